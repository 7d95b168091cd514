"""The list of runs, and MLflow from a shell."""

from __future__ import annotations

import os
import signal
import subprocess
import urllib.error
import urllib.request

import pytest

from slm_widgets.cli import main
from slm_widgets.library import load_run
from tests.cli.test_from_a_shell import COMMAND

QUICK = ["--steps", "4", "--batch-size", "4", "--no-track", "--set", "eval_batches=1", "--set", "sample_every=0"]


def test_runs_lists_state_steps_the_best_loss_and_a_folder_to_type(text, tmp_path, capsys):
    for name in ("first", "second"):
        main(["train", "--corpus", str(text), *QUICK, "--name", name, "--folder", f"kept/{name}"])
    capsys.readouterr()
    assert main(["runs", "--folder", "kept"]) == 0
    head, newest, oldest = capsys.readouterr().out.splitlines()
    assert head.split()[:4] == ["run", "begun", "state", "steps"]
    run = load_run("kept/second")
    assert newest.split()[0] == "second"
    assert newest.split()[-4:] == ["finished", "4/4", f"{min(run.history['val_loss']):.3f}", "kept/second"]
    assert oldest.split()[0] == "first"


def test_a_damaged_run_stays_in_the_list(text, tmp_path, capsys):
    main(["train", "--corpus", str(text), *QUICK, "--name", "torn", "--folder", "kept/torn"])
    (tmp_path / "kept" / "torn" / "metrics.jsonl").write_text("not json\n")
    capsys.readouterr()
    assert main(["runs", "--folder", "kept"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[-2:] == ["?", "kept/torn"]


def test_no_runs_and_no_folder_are_told_apart(capsys):
    assert main(["runs"]) == 0
    assert "There are no runs in" in capsys.readouterr().out
    for words in (["runs", "--folder", "nowhere"], ["deliver", "nowhere"]):
        assert main(words) == 2
        assert "There is no folder" in capsys.readouterr().err


def test_deliver_says_that_nothing_waits(capsys):
    assert main(["deliver", "--language", "ko"]) == 0
    assert "MLflow에 보낼 것이 남아 있지 않습니다." in capsys.readouterr().out


def test_the_pages_of_a_server_are_told_and_not_started(monkeypatch, capsys):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://teacher:secret@mlflow.example:5000")
    assert main(["mlflow"]) == 0
    assert capsys.readouterr().out == "MLflow's pages: http://mlflow.example:5000\n"


def test_a_run_that_mlflow_does_not_know_has_no_page(text, capsys):
    main(["train", "--corpus", str(text), *QUICK, "--folder", "run"])
    assert main(["mlflow", "run"]) == 2
    assert "is not in MLflow" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to a child on Windows")
def test_the_pages_answer_until_ctrl_c(tmp_path):
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path}/mlflow.db"}
    with subprocess.Popen([*COMMAND, "mlflow"], stdout=subprocess.PIPE, encoding="utf-8", env=environment) as process:
        assert process.stdout is not None
        address = next(line for line in process.stdout if "http" in line).split()[-1]
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(address, timeout=60) as answer:
            assert b"MLflow" in answer.read()
        assert "Ctrl-C" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        process.stdout.read()
    assert process.returncode == 0
    with pytest.raises(urllib.error.URLError):
        opener.open(address, timeout=5)
