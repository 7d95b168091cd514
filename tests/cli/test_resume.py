"""Runs that go on, and how a run that did not finish says so."""

from __future__ import annotations

import pytest

from slm_widgets.cli import main
from slm_widgets.library import load_run

QUICK = ["--batch-size", "4", "--no-track", "--set", "eval_batches=1", "--set", "sample_every=0"]


@pytest.fixture
def finished(text, capsys):
    assert main(["train", "--corpus", str(text), "--steps", "12", *QUICK, "--folder", "my run"]) == 0
    capsys.readouterr()
    return "my run"


def test_a_finished_run_says_how_to_train_it_further_and_does_so(finished, tmp_path, capsys):
    before = load_run(finished).history["loss"]
    assert main(["resume", finished, "--no-track"]) == 0
    out = capsys.readouterr().out
    assert f"slm-widgets resume '{tmp_path / 'my run'}' --steps 24" in out  # quoted, because of the space
    assert main(["resume", finished, "--no-track", "--steps", "15", "--set", "eval_every=3"]) == 0
    out = capsys.readouterr().out
    assert "goes on after step 12" in out
    assert "After 15 of 15 steps" in out
    run = load_run(finished)
    assert (run.state, run.step, run.config.eval_every) == ("FINISHED", 15, 3)
    assert run.history["loss"][:12] == before


def test_what_cannot_be_changed_any_more_is_refused(finished, capsys):
    assert main(["resume", finished, "--optimizer", "SGD", "--steps", "20"]) == 2
    assert "optimizer cannot be changed any more" in capsys.readouterr().err
    assert load_run(finished).state == "FINISHED"


def test_a_folder_without_a_run_is_refused(capsys):
    assert main(["resume", "."]) == 2
    assert "is not the folder of a run" in capsys.readouterr().err


@pytest.mark.filterwarnings("default:This run has no checkpoint")
@pytest.mark.parametrize(("language", "word"), [("en", "has diverged"), ("ko", "발산")])
def test_a_diverged_run_says_why_and_goes_on_with_a_lower_learning_rate(text, tmp_path, capsys, language, word):
    wild = ["--optimizer", "SGD", "--lr", "1000", "--set", "grad_clip=0", "--set", "warmup_steps=0"]
    words = ["--corpus", str(text), "--steps", "40", *QUICK, *wild, "--folder", "wild"]
    assert main(["--language", language, "train", *words]) == 2
    captured = capsys.readouterr()
    assert captured.err.count(word) == 1
    assert f"slm-widgets resume {tmp_path / 'wild'} --lr 0.1" in captured.err
    assert "Traceback" not in captured.err
    assert load_run("wild").state == "FAILED"
    assert main(["resume", "wild", "--no-track", "--lr", "0.01", "--set", "grad_clip=1"]) == 0
    assert capsys.readouterr().err.count("no checkpoint") == 1
    assert (load_run("wild").state, load_run("wild").step) == ("FINISHED", 40)


def test_a_run_that_only_the_clock_ends_shows_its_time(text, capsys):
    assert main(["train", "--corpus", str(text), "--minutes", "0.02", *QUICK, "--folder", "run"]) == 0
    out = capsys.readouterr().out
    run = load_run("run")
    assert run.config.max_steps is None
    assert "/0:02  step 0" in out
    assert f"After {run.step} steps and" in out


def test_what_auto_chose_is_told_once_and_why(text, capsys):
    assert main(["train", "--corpus", str(text), "--steps", "3", *QUICK, "--folder", "run"]) == 0
    out = capsys.readouterr().out
    for choice in load_run("run").choices:
        assert out.count(f"auto chose {choice.setting} {choice.value}: {choice.why}") == 1
    assert out.count("auto chose") == 3  # device, precision and compile
