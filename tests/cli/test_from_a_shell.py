"""The command in a process of its own, as a person starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from slm_widgets.library import load_run

COMMAND = [sys.executable, "-m", "slm_widgets.cli"]


def shell(*words, **environment):
    surroundings = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8", **environment}
    return subprocess.run([*COMMAND, *words], capture_output=True, encoding="utf-8", env=surroundings, timeout=120)


def test_help_imports_nothing_heavy():
    code = (
        "import sys\nfrom slm_widgets.cli import main\n"
        "try: main(['train', '--help'])\n"
        "except SystemExit as ended: assert ended.code == 0\n"
        "print([m for m in ('torch', 'pydantic', 'rich', 'plotext', 'mlflow', 'numpy') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert answer.stdout.strip().endswith("[]")


def test_the_language_of_the_environment_is_spoken():
    assert "작은 언어 모델" in shell("--help", SLM_LANGUAGE="ko").stdout
    assert "small language model" in shell("--language", "en", "--help", SLM_LANGUAGE="ko").stdout


def test_a_terminal_without_hangul_gets_question_marks_instead_of_an_error():
    answer = shell("check", "nowhere", "--language", "ko", PYTHONIOENCODING="ascii")
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to a child on Windows")
def test_ctrl_c_stops_a_training_and_keeps_the_model(text, tmp_path):
    words = ["train", "--corpus", str(text), "--steps", "1000000", "--no-track", "--folder", "run"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, encoding="utf-8", env=environment) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "tokens/s" in line:  # the training is on
                process.send_signal(signal.SIGINT)
                break
        rest = process.stdout.read()
    assert process.returncode == 130
    assert "The run lies in" in rest
    run = load_run(tmp_path / "run")
    assert run.state == "STOPPED"
    assert run.model is not None
