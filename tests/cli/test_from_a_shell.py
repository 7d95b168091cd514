"""The command in a process of its own, as a person starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from slm_widgets.cli import main
from slm_widgets.library import load_run

COMMAND = [sys.executable, "-m", "slm_widgets"]
NO_WARMUP = ["--set", "warmup_steps=null"]
signals = pytest.mark.skipif(os.name == "nt", reason="no SIGINT to a child on Windows")


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


def training(*words):
    """A training in a process of its own, as soon as it trains; its output is read by whoever asked."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    command = [
        *COMMAND,
        "train",
        "--no-track",
        "--folder",
        "run",
        "--set",
        "sample_every=0",
        "--compile",
        "off",
        *words,
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", env=environment
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "tokens/s" in line:  # the first evaluation after the first step
            return process, process.stdout
    raise AssertionError("the training ended before it began")


@signals
def test_ctrl_c_stops_a_training_keeps_the_model_and_says_how_to_go_on(text, tmp_path):
    process, output = training("--corpus", str(text), "--steps", "1000000", "--eval-every", "5")
    with process:
        process.send_signal(signal.SIGINT)
        rest = output.read()
    assert process.returncode == 130
    assert "The run lies in" in rest
    assert f"to go on: slm-widgets resume {tmp_path / 'run'}" in rest
    assert "Traceback" not in rest
    run = load_run(tmp_path / "run")
    assert run.state == "STOPPED"
    assert run.model is not None
    stopped_at = run.step
    assert main(["resume", str(run.folder), "--no-track", "--steps", str(stopped_at + 2), *NO_WARMUP]) == 0
    assert (load_run(run.folder).state, load_run(run.folder).step) == ("FINISHED", stopped_at + 2)


# The fourth step never ends.
STUCK = """
import itertools, sys, time
from slm_widgets.cli import main
from slm_widgets.model import LanguageModel
loss, passes = LanguageModel.loss, itertools.count(1)
def stuck(model, *batch):
    if model.training and next(passes) == 4:
        print("stuck", flush=True)
        time.sleep(3600)
    return loss(model, *batch)
LanguageModel.loss = stuck
sys.exit(main(sys.argv[1:]))
"""


@signals
def test_a_second_ctrl_c_leaves_at_once_and_the_run_goes_on_from_its_checkpoint(text, tmp_path):
    words = ["train", "--corpus", str(text), "--steps", "6", "--batch-size", "4", "--checkpoint-every", "1"]
    words += ["--no-track", "--folder", "run", "--set", "sample_every=0", "--set", "eval_batches=1"]
    with subprocess.Popen(
        [sys.executable, "-c", STUCK, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        for sign in ("stuck", "stopping after this step"):
            assert any(sign in line for line in process.stdout)
            process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert process.returncode == 130
    assert "Traceback" not in rest
    assert f"slm-widgets resume {tmp_path / 'run'}" in rest
    assert load_run("run").state == "FAILED"
    assert main(["resume", "run", "--no-track"]) == 0
    assert (load_run("run").state, load_run("run").step) == ("FINISHED", 6)


@pytest.mark.slow
@signals
@pytest.mark.filterwarnings("ignore:The run was cut off after step")  # unless the kill came just behind a checkpoint
def test_a_killed_training_goes_on_and_ends_with_the_numbers_of_one_that_was_not(text, tmp_path, capsys):
    words = [
        "--corpus",
        str(text),
        "--steps",
        "60",
        "--batch-size",
        "8",
        "--eval-every",
        "5",
        "--checkpoint-every",
        "5",
    ]
    process, output = training(*words)
    with process:
        for line in output:
            if line.startswith("20/60"):
                process.kill()
                break
        output.read()
    killed = load_run(tmp_path / "run")
    assert killed.state == "FAILED"
    assert killed.step < 60
    for command in (["runs", "--folder", "."], ["resume", "run", "--no-track"]):
        assert main(command) == 0
    assert "failed" in capsys.readouterr().out.splitlines()[1]
    # In a process with as many threads as the killed one had: at another number the last bits are others.
    whole = shell("train", *words, "--no-track", "--folder", "whole", "--set", "sample_every=0", "--compile", "off")
    assert whole.returncode == 0, whole.stderr
    for name in ("loss", "val_loss", "lr", "grad_norm"):
        assert load_run("run").history[name] == load_run("whole").history[name]
