"""The subcommands, in this process: what they print, and with which status they end."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from slm_widgets.cli import lab, main
from slm_widgets.cli.curve import smooth
from slm_widgets.library import load_run, runs
from slm_widgets.stack import preset
from slm_widgets.training import Training

QUICK = ["--steps", "12", "--batch-size", "4", "--no-track"]


@pytest.fixture
def run_folder(text):
    assert main(["train", "--corpus", str(text), *QUICK, "--folder", "mine"]) == 0
    return "mine"


def test_train_prints_the_losses_and_where_the_run_lies(text, capsys):
    assert main(["train", "--preset", "llama-nano", "--corpus", str(text), *QUICK, "--name", "first"]) == 0
    (run,) = runs()
    out = capsys.readouterr().out
    assert (run.name, run.state, run.step) == ("first", "FINISHED", 12)
    assert f"validation loss {run.history['val_loss'][-1]:.3f} nats per token" in out
    assert str(run.folder) in out.replace("\n", "")
    assert "loss, nats per token" in out  # the curve
    assert "tokens/s" in out


def test_train_reads_a_design_and_settings_from_files(text, tmp_path):
    preset("gpt2-nano").save(tmp_path / "mine.slm.json")
    (tmp_path / "settings.json").write_text('{"max_steps": 500, "lr": 0.001, "sample_every": 0, "eval_batches": 1}')
    words = ["--stack", "mine.slm.json", "--config", "settings.json", "--tokenizer", "byte", "--folder", "run"]
    assert main(["train", "--corpus", str(text), *words, *QUICK]) == 0
    run = load_run("run")
    assert (run.config.max_steps, run.config.lr, run.config.sample_every) == (12, 0.001, 0)  # what was typed wins
    assert run.tokenizer.vocab_size == 256


def test_an_error_that_nobody_can_explain_is_a_sentence_too_and_says_how_to_go_on(text, monkeypatch, capsys):
    learn = Training._learn

    def breaks(training):
        if training.step == 5:
            raise RuntimeError("unspecified launch failure")
        return learn(training)

    monkeypatch.setattr(Training, "_learn", breaks)
    assert main(["train", "--corpus", str(text), *QUICK, "--folder", "run"]) == 2
    told = capsys.readouterr()
    assert "RuntimeError: unspecified launch failure" in told.err
    assert "slm-widgets resume" in told.err
    assert "loss, nats per token" in told.out  # the curve as far as it came


def test_generate_writes_the_prompt_and_as_many_tokens_as_asked(run_folder, capsys):
    capsys.readouterr()
    assert main(["generate", run_folder, "--prompt", "The cat", "--tokens", "9", "--seed", "1"]) == 0
    first = capsys.readouterr().out
    assert first.startswith("The cat")
    assert len(first) == len("The cat") + 9 + 1
    main(["generate", run_folder, "--prompt", "The cat", "--tokens", "9", "--seed", "1"])
    assert capsys.readouterr().out == first


def test_check_tells_shapes_counts_and_the_total(tmp_path, capsys):
    preset("gpt2").save(tmp_path / "gpt2.slm.json")
    assert main(["check", "gpt2.slm.json"]) == 0
    out = capsys.readouterr().out
    assert "124,439,808 parameters" in out
    assert "B × T × 768" in out


def test_check_tells_problems_and_still_shows_what_it_understood(tmp_path, capsys):
    design = preset("gpt2-nano").to_json()
    design["layer_stack"][2]["children"][1]["data"]["numHeads"] = 6
    (tmp_path / "six.slm.json").write_text(json.dumps(design))
    assert main(["check", "six.slm.json"]) == 1
    captured = capsys.readouterr()
    assert "error: Layer" in captured.err
    assert "divides 64: 1, 2, 4, 8" in captured.err
    assert "tokenEmbedding" in captured.out
    assert "parameters," not in captured.out  # no total of a design that cannot be built


def test_check_shows_a_warning_and_is_content(tmp_path, capsys):
    design = preset("gpt2-nano").to_json()
    design["layer_stack"][0]["data"]["colour"] = "blue"
    (tmp_path / "blue.slm.json").write_text(json.dumps(design))
    assert main(["check", "blue.slm.json"]) == 0
    assert "warning: Layer 1" in capsys.readouterr().err


MISTAKES = {
    "no such preset": (["train", "--preset", "gpt2-nan"], "Did you mean gpt2-nano?"),
    "no such design": (["train", "--stack", "nowhere.slm.json"], "There is no file nowhere.slm.json"),
    "no such text": (["train", "--corpus", "nowhere.txt"], "nowhere.txt"),
    "no such tokenizer": (["train", "--tokenizer", "words"], "words"),
    "no such settings": (["train", "--config", "nowhere.json"], "cannot be read: No such file"),
    "settings that are none": (["train", "--config", "list.json"], "a list, not an object"),
    "an unknown setting": (["train", "--config", "odd.json"], "There is no field max_step."),
    "no steps": (["train", "--steps", "0"], "max_steps is 0"),
    "a folder in use": (["train", "--folder", "."], "a run writes over nothing"),
    "no run": (["generate", "."], "is not the folder of a run"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_a_sentence_on_stderr_and_status_2(name, tmp_path, capsys):
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "odd.json").write_text('{"max_step": 3}')
    words, sentence = MISTAKES[name]
    assert main(words) == 2
    captured = capsys.readouterr()
    assert sentence in captured.err
    assert "Traceback" not in captured.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--prompt", "漢"], "漢"),
        (["--temperature", "-1"], "temperature is -1.0"),
        (["--top-p", "2"], "top_p is 2.0"),
        (["--tokens", "0"], "max_new_tokens is 0"),
    ],
)
def test_generate_refuses_what_cannot_be_used(run_folder, words, sentence, capsys):
    capsys.readouterr()
    assert main(["generate", run_folder, *words]) == 2
    captured = capsys.readouterr()
    assert sentence in captured.err
    assert captured.out == ""


def test_a_missing_design_to_check_is_status_1(capsys):
    assert main(["check", "nowhere.slm.json"]) == 1
    assert "There is no file nowhere.slm.json" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["bake"], ["train", "--bake"], ["--language", "fr", "check", "x"], ["train", "--steps", "many"]]
)
def test_words_that_are_no_command_are_status_2(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_everything_speaks_korean_wherever_the_language_is_given(tmp_path, capsys):
    for words in (["--language", "ko", "check", "x"], ["check", "x", "--language=ko"]):
        assert main(words) == 1
        assert "오류: x 파일이 없습니다" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["--language", "ko", "train", "--help"])
    assert "학습률" in capsys.readouterr().out


def test_the_demo_shows_design_curve_floor_sample_and_the_way_on(capsys):
    assert main(["demo", *QUICK[:2], "--no-track", "--language", "ko"]) == 0
    out = capsys.readouterr().out
    for part in ("tiny-tales-ko", "mhAttention", "엔트로피 하한", "이어 씁니다", "slm-widgets lab", "12스텝 중 12스텝"):
        assert part in out
    (run,) = runs()
    assert str(run.folder) in out.replace("\n", "")


# -- lab ----------------------------------------------------------------------------------------------------------------


def started(monkeypatch, *words):
    """-> (exit status, the command that would have started JupyterLab, its surroundings)."""
    caught = {}

    class Process:
        def __init__(self, command, env):
            caught.update(command=command, env=env)

        def wait(self):
            return 7

    monkeypatch.setattr(subprocess, "Popen", Process)
    status = main(["lab", *words])
    return status, caught["command"], caught["env"]


def test_lab_copies_the_course_and_opens_the_first_lesson(tmp_path, monkeypatch):
    monkeypatch.delenv("SLM_RUNS")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    status, command, env = started(monkeypatch, "--no-browser", "--port", "8899", "--ip", "0.0.0.0", "--allow-root")
    assert status == 7
    assert command[1:] == [
        *("-m", "jupyterlab", str(tmp_path / "slm_course" / "01_first_model.ipynb")),
        *("--no-browser", "--port=8899", "--ip=0.0.0.0", "--allow-root"),
    ]
    assert {path.name for path in (tmp_path / "slm_course").iterdir()} >= set(lab.FIRST.values())
    assert env["SLM_RUNS"] == str(tmp_path / "slm_runs")  # what demo made here is found there
    assert env["MLFLOW_TRACKING_URI"] == f"sqlite:///{tmp_path.as_posix()}/mlflow.db"


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a program without a signal")
def test_whoever_ends_lab_ends_jupyterlab(tmp_path):
    (tmp_path / "jupyterlab").mkdir()
    (tmp_path / "jupyterlab" / "__init__.py").touch()
    (tmp_path / "jupyterlab" / "__main__.py").write_text("import time; print('here', flush=True); time.sleep(600)")
    command = [
        sys.executable,
        "-c",
        "from slm_widgets.cli import main; raise SystemExit(main(['lab', '--no-browser']))",
    ]
    paths = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths})
    assert process.stdout is not None
    with process.stdout:
        while process.stdout.readline().strip() != "here":
            assert process.poll() is None
        process.terminate()
        assert process.wait(60) == -signal.SIGTERM % 256  # JupyterLab's own, as a byte
        assert process.stdout.read() == ""  # the end of the pipe: JupyterLab is gone too


def test_lab_opens_the_korean_twin(monkeypatch):
    _, command, env = started(monkeypatch, "--language", "ko")
    assert command[3].endswith("01_first_model_ko.ipynb")
    assert env["SLM_LANGUAGE"] == "ko"


def test_lab_never_writes_over_a_students_notebook(tmp_path, monkeypatch):
    (tmp_path / "slm_course").mkdir()
    mine = tmp_path / "slm_course" / "01_first_model.ipynb"
    mine.write_text("my work")
    started(monkeypatch)
    assert mine.read_text() == "my work"
    assert (tmp_path / "slm_course" / "01_first_model_ko.ipynb").exists()


def test_lab_without_jupyterlab_says_what_to_install(monkeypatch, capsys):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "jupyterlab" else find(name))
    assert main(["lab"]) == 2
    assert 'pip install -e ".[lab]"' in capsys.readouterr().err


def test_lab_says_so_where_it_cannot_write(tmp_path, capsys):
    (tmp_path / "slm_course").write_text("a file is in the way")
    assert main(["lab"]) == 2
    assert "cannot be copied" in capsys.readouterr().err


# -- small things -------------------------------------------------------------------------------------------------------


def test_a_long_curve_is_averaged_and_a_short_one_left_alone():
    assert smooth([1, 2, 3], [3, 2, 1], 10) == ([1, 2, 3], [3, 2, 1])
    assert smooth([1, 2, 3, 4, 5], [1, 3, 5, 7, 9], 3) == ([1.5, 3.5, 5], [2, 6, 9])
