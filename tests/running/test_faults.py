"""Whole runs that meet real faults: disks that fill up or cannot be written, no memory, numbers that are none, interrupts."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError

import slm_widgets as slm
from slm_widgets.errors import DivergedError, RunError, TrainingError
from slm_widgets.model import LanguageModel
from slm_widgets.running import Run, RunState, worker
from slm_widgets.training import StateChanged, Step
from tests.running.disks import fill, read_only, small_disk
from tests.running.test_resume import CLOCKS, numbers, same_weights, went_on
from tests.small_runs import SETTINGS, model_of, small_corpus, start, until

# A learning rate that does not ask how long the run will be: one that goes further has the same numbers so far.
STEADY = {**SETTINGS, "schedule": "constant", "warmup_steps": 0, "precision": "fp32", "compile": "off"}
LOOKING = {**STEADY, "eval_every": 20, "sample_every": 30, "sample_tokens": 4, "checkpoint_every": 0}


def on_disk(run: Run) -> list[int]:
    """The steps in the folder of a run; every line must be whole, and none may stand there twice."""
    steps = []
    for name in ("metrics.jsonl", "samples.jsonl"):
        data = (run.folder / name).read_bytes()
        assert not data or data.endswith(b"\n")
        lines = [json.loads(line) for line in data.splitlines()]
        # A pause before the evaluation of a step keeps a checkpoint of that step, and so may the end of the evaluation.
        marks = [
            (line["kind"], line.get("step"), line.get("setting")) for line in lines if line["kind"] != "checkpoint"
        ]
        assert len(marks) == len(set(marks))
        steps += [step for kind, step, _ in marks if kind == "step"]
    return steps


def complete(run: Run) -> None:
    """What a run that is over must have left behind, whatever happened to it."""
    assert on_disk(run) == list(range(1, run.step + 1))
    saved = slm.load_run(run.folder)
    assert saved.state is run.state
    assert saved.history == run.history
    assert saved.samples == run.samples
    assert not model_of(run).training
    same_weights(saved.model, model_of(run))
    assert [path.name for path in run.folder.rglob("*.tmp")] == []


def said(run: Run, words: str) -> bool:
    return any(words in sentence for sentence in run.notices)


def end(run: Run) -> None:
    """Stops a run that has said something; what it said is warned of."""
    run.stop()
    with pytest.warns(UserWarning, match="written"):
        run.wait()
    assert run.state is RunState.STOPPED


def without_fault(run: Run, config) -> None:
    """Trains as many steps of the same without any fault, and compares what the models saw and became."""
    other = start({**config, "max_steps": run.step}).wait()
    for name, column in run.history.items():
        # How much is smoothed depends on how many steps there were to be.
        if name not in CLOCKS | {"smooth_loss"}:
            assert repr(column) == repr(other.history[name]), name
    assert run.samples == other.samples
    same_weights(model_of(run), model_of(other))


# -- the disk ----------------------------------------------------------------------------------------------------------


def test_run_on_a_disk_that_fills_up_and_is_freed_has_all_on_disk_and_goes_on_as_if_nothing_had_been(tmp_path):
    with small_disk(tmp_path / "disk", 4096) as disk:
        run = start({**LOOKING, "max_steps": 1_000_000}, folder=disk / "run")
        until(lambda: run.step >= 25 and bool(on_disk(run)))
        hog = fill(disk)
        before = run.step
        until(lambda: said(run, "training goes on, they wait in memory") and run.step >= before + 40)
        assert run.state is RunState.RUNNING
        assert max(on_disk(run)) < run.step
        hog.unlink()
        until(lambda: said(run, "all that waited is on disk now"))
        end(run)
        complete(run)
        longer = went_on(run.folder, config={"max_steps": run.step + 20}).wait()
        assert longer.state is RunState.FINISHED
        complete(longer)
        without_fault(longer, LOOKING)


def test_run_on_a_disk_that_stays_full_fails_with_a_sentence_and_its_model_is_in_memory(tmp_path):
    with small_disk(tmp_path / "disk", 4096) as disk:
        run = start({**LOOKING, "max_steps": 1_000_000, "checkpoint_every": 10}, folder=disk / "run")
        until(lambda: len(run.checkpoints) > 0)
        hog = fill(disk)
        before = run.step
        until(lambda: said(run, "training goes on") and run.step >= before + 20)
        run.stop()
        with pytest.warns(UserWarning, match="written"), pytest.raises(RunError, match="No space left") as caught:
            run.wait()
        assert caught.value.field == "folder"
        assert "run.model" in caught.value.message
        assert run.state is RunState.FAILED
        assert run.step > before
        steps = on_disk(run)
        assert steps == list(range(1, len(steps) + 1))
        same_weights(model_of(run), model_of(start({**LOOKING, "max_steps": run.step}).wait()))
        # Whoever makes room goes on from the last checkpoint, in the same program.
        hog.unlink()
        longer = went_on(run.folder, config={"max_steps": run.step + 5}).wait()
        assert longer.state is RunState.FINISHED
        complete(longer)
        without_fault(longer, LOOKING)


def test_run_whose_folder_becomes_read_only_and_writable_again_has_all_on_disk(tmp_path):
    run = start({**LOOKING, "max_steps": 1_000_000, "checkpoint_every": 10})
    until(lambda: len(run.checkpoints) > 0)
    with read_only(run.folder):
        names = sorted(path.name for path in (run.folder / "checkpoints").iterdir())
        before = run.step
        until(lambda: said(run, "Read-only file system") and said(run, "No checkpoint could be written"))
        until(lambda: run.step >= before + 20)
        assert run.state is RunState.RUNNING
        assert sorted(path.name for path in (run.folder / "checkpoints").iterdir()) == names
    until(lambda: said(run, "all that waited is on disk now") and said(run, "Checkpoints can be written again"))
    end(run)
    complete(run)
    assert numbers(run) == numbers(slm.load_run(run.folder))


def test_checkpoint_that_cannot_be_written_leaves_the_older_ones_alone_and_the_run_goes_on(tmp_path):
    with small_disk(tmp_path / "disk", 4096) as disk:
        run = start({**LOOKING, "max_steps": 1_000_000, "checkpoint_every": 10}, folder=disk / "run")
        until(lambda: run.step >= 35 and len(run.checkpoints) > 1)
        run.pause()
        until(lambda: run.state is RunState.PAUSED)
        before = {path: path.read_bytes() for path in (run.folder / "checkpoints").rglob("*") if path.is_file()}
        hog = fill(disk)
        run.unpause()
        step = run.step
        until(lambda: said(run, "No checkpoint could be written (No space left on device)"))
        until(lambda: run.step >= step + 30)  # so that it tries again
        assert sum("No checkpoint" in sentence for sentence in run.notices) == 1
        after = {path: path.read_bytes() for path in (run.folder / "checkpoints").rglob("*") if path.is_file()}
        assert after == before
        hog.unlink()
        until(lambda: said(run, "Checkpoints can be written again"))
        assert run.checkpoints[0].step > step
        end(run)
        complete(run)


# -- memory ------------------------------------------------------------------------------------------------------------


def test_batch_that_no_memory_holds_is_refused_before_anything_is_made(tmp_path):
    huge = slm.preset("gpt2")
    with pytest.raises(TrainingError, match=r"are free on cpu.*Lower the batch size") as caught:
        slm.train(huge, small_corpus(), "char", {**SETTINGS, "batch_size": 65536}, folder=tmp_path / "run", track=False)
    assert caught.value.field == "batch_size"
    assert not (tmp_path / "run").exists()


def fails_at(monkeypatch, step: int, error: BaseException) -> None:
    """A fault in the midst of the model's arithmetic of one step."""
    loss, steps = LanguageModel.loss, []

    def failing(model, *arguments, **options):
        if model.training:
            steps.append(1)
            if len(steps) > step:
                raise error
        return loss(model, *arguments, **options)

    monkeypatch.setattr(LanguageModel, "loss", failing)


def test_memory_that_runs_out_in_the_middle_is_a_sentence_with_what_would_fit(monkeypatch):
    with monkeypatch.context() as patch:
        fails_at(patch, 12, torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."))
        run = start({**STEADY, "max_steps": 30, "batch_size": 8, "checkpoint_every": 10})
        with pytest.raises(TrainingError, match="Lower batch_size to 4") as caught:
            run.wait()
    assert caught.value.field == "batch_size"
    assert isinstance(caught.value.__cause__, torch.OutOfMemoryError)
    assert (run.state, run.step) == (RunState.FAILED, 12)
    assert run.checkpoints[0].step == 12  # the gradient failed, the weights are whole
    complete(run)
    told = slm.load_run(run.folder).error
    assert isinstance(told, TrainingError)
    assert told.field == "batch_size"
    same_weights(model_of(run), model_of(start({**STEADY, "max_steps": 12, "batch_size": 8}).wait()))
    smaller = went_on(run.folder, config={"batch_size": 4, "grad_accumulation": 2}).wait()
    assert (smaller.state, smaller.step) == (RunState.FINISHED, 30)
    complete(smaller)


OUT_OF_MEMORY = """
import resource
import slm_widgets as slm
from slm_widgets.errors import TrainingError
from tests.small_runs import DESIGN, small_corpus
from tests.running.test_faults import STEADY

slm.train(DESIGN, small_corpus(), "char", {**STEADY, "max_steps": 2}, track=False).wait()  # threads and libraries are there
with open("/proc/self/status") as status:
    used_kb = next(int(line.split()[1]) for line in status if line.startswith("VmSize"))
resource.setrlimit(resource.RLIMIT_AS, (used_kb * 1024 + 150_000_000,) * 2)
run = slm.train(DESIGN, small_corpus(), "char", {**STEADY, "batch_size": 8192, "eval_batches": 1}, track=False)
try:
    run.wait()
except TrainingError as error:
    print(run.state, error.field, error)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory as Linux does")
def test_real_lack_of_memory_is_that_sentence_too(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", OUT_OF_MEMORY],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("FAILED batch_size The memory of cpu"), done.stdout + done.stderr
    assert done.stderr == ""


def test_checkpoint_that_no_memory_holds_is_told_and_the_training_goes_on(monkeypatch):
    save, tries = worker.save_checkpoint, []

    def fails(*given):
        tries.append(1)
        if len(tries) < 3:
            raise [SafetensorError("I/O error"), MemoryError()][len(tries) - 1]
        return save(*given)

    monkeypatch.setattr(worker, "save_checkpoint", fails)
    run = start({**STEADY, "max_steps": 40, "checkpoint_every": 10, "keep_best": 10})
    with pytest.warns(UserWarning, match="written"):
        run.wait()
    assert run.state is RunState.FINISHED
    assert said(run, "No checkpoint could be written (I/O error)")
    assert said(run, "Checkpoints can be written again")
    assert 30 in [one.step for one in run.checkpoints]
    complete(run)


# -- numbers that are none, and mistakes ---------------------------------------------------------------------------------


def test_nan_in_the_middle_fails_the_run_with_the_last_good_model_and_three_things_to_try(monkeypatch):
    loss, steps = LanguageModel.loss, []

    def spoiled(model, *arguments, **options):
        value = loss(model, *arguments, **options)
        if model.training:
            steps.append(1)
            return value * float("nan") if len(steps) > 57 else value
        return value

    with monkeypatch.context() as patch:
        patch.setattr(LanguageModel, "loss", spoiled)
        run = start({**STEADY, "max_steps": 100})
        with pytest.raises(DivergedError, match=r"After step 57 the loss is nan.*weights of step (\d+)") as caught:
            run.wait()
    assert (run.state, run.step) == (RunState.FAILED, 57)
    message = caught.value.message
    good = int(message.partition("weights of step ")[2].partition(".")[0])
    assert 0 < good <= 57
    remedies = message.partition("Try ")[2].replace(" or ", ", ").split(", ")
    assert len([one for one in remedies if one.strip()]) >= 3
    assert "a lower lr" in message
    complete(run)
    same_weights(model_of(run), model_of(start({**STEADY, "max_steps": good}).wait()))
    with pytest.warns(UserWarning, match="no checkpoint"):
        better = went_on(run.folder, config={"lr": 1e-4}).wait()
    assert (better.state, better.step) == (RunState.FINISHED, 100)
    complete(better)


def test_mistake_in_the_training_thread_reaches_the_error_and_the_watchers_and_is_printed_nowhere(monkeypatch, capfd):
    fails_at(monkeypatch, 6, ZeroDivisionError("a layer of my own"))
    told = []
    run = start({**STEADY, "eval_every": 5})
    run.subscribe(told.extend)
    with pytest.raises(ZeroDivisionError, match="a layer of my own") as caught:
        run.wait()
    assert run.error is caught.value
    last = told[-1]
    assert isinstance(last, StateChanged)
    assert (last.state, last.step) == (RunState.FAILED, 6)
    assert "ZeroDivisionError: a layer of my own" in last.message
    complete(run)
    assert capfd.readouterr() == ("", "")


def test_run_that_fails_at_a_sample_goes_on_from_there_though_it_kept_no_checkpoint(monkeypatch):
    settings = {**STEADY, "max_steps": 30, "sample_every": 15, "sample_tokens": 4, "checkpoint_every": 0}
    with monkeypatch.context() as patch:

        def fails(*_, **__):
            raise ZeroDivisionError("a tokenizer of my own")

        patch.setattr("slm_widgets.training.training.write_sample", fails)
        run = start(settings)
        with pytest.raises(ZeroDivisionError, match="a tokenizer of my own"):
            run.wait()
    assert (run.state, run.step) == (RunState.FAILED, 15)
    assert [one.step for one in run.checkpoints] == [15]
    complete(run)
    steps = []
    longer = went_on(run.folder)
    longer.subscribe(lambda events: steps.extend(event.step for event in events if isinstance(event, Step)))
    assert longer.wait().state is RunState.FINISHED
    assert steps == list(range(16, 31))
    complete(longer)
    without_fault(longer, settings)


def test_weights_that_were_changed_by_half_are_no_checkpoint(monkeypatch):
    change, steps = torch.optim.AdamW.step, []

    def fails(optimizer, *given, **named):
        change(optimizer, *given, **named)
        steps.append(1)
        if len(steps) > 12:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    with monkeypatch.context() as patch:
        patch.setattr(torch.optim.AdamW, "step", fails)
        run = start({**STEADY, "max_steps": 30, "checkpoint_every": 10})
        with pytest.raises(TrainingError, match="ran out"):
            run.wait()
    assert (run.state, run.step) == (RunState.FAILED, 12)
    assert max(one.step for one in run.checkpoints) == 10
    with pytest.warns(UserWarning, match="goes on from there. The weights that it ended with, step 12"):
        longer = went_on(run.folder).wait()
    complete(longer)
    without_fault(longer, STEADY)


# -- whatever a person presses, at any moment ------------------------------------------------------------------------------


class Interrupts:
    """Sends this program a real SIGINT at some moment while it waits, and not a moment later."""

    def __init__(self) -> None:
        self._is_armed = False

    def __enter__(self):
        self._before = signal.signal(signal.SIGINT, self._interrupted)
        return self

    def __exit__(self, *_) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _interrupted(self, *_) -> None:
        if self._is_armed:
            self._is_armed = False
            raise KeyboardInterrupt

    def wait(self, run: Run, after_s: float) -> None:
        timer = threading.Timer(after_s, lambda: os.kill(os.getpid(), signal.SIGINT))
        timer.start()
        with contextlib.suppress(KeyboardInterrupt):  # after the run's own end
            self._is_armed = True
            run.wait()
            self._is_armed = False
        timer.join()
        run.wait()


BUSY = {
    **STEADY,
    "max_steps": 120,
    "eval_every": 6,
    "eval_batches": 8,
    "sample_every": 9,
    "sample_tokens": 12,
    "checkpoint_every": 25,
    "grad_accumulation": 2,
}


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform == "win32", reason="sends signals as Unix does")
@pytest.mark.parametrize("trial", range(2))
def test_run_that_is_stopped_paused_and_interrupted_at_any_moment_ends_as_one_that_never_was(trial, tmp_path, capsys):
    seed = random.randrange(10**6)
    with capsys.disabled():
        print(f"\n  seed {seed}", end="")
    dice = random.Random(seed)
    whole = start(BUSY).wait()
    run = start(BUSY, folder=tmp_path / "run")
    ends = 0
    with Interrupts() as interrupts:
        while run.state is not RunState.FINISHED:
            threading.Event().wait(dice.expovariate(1 / 0.1))
            match dice.choice(("pause", "pause", "stop", "interrupt", "model")):
                case "pause":
                    run.pause()
                    threading.Event().wait(dice.expovariate(1 / 0.05))
                    if dice.random() < 0.3:
                        run.stop()
                    run.unpause()
                case "stop":
                    run.stop()
                case "interrupt":
                    interrupts.wait(run, dice.expovariate(1 / 0.1))
                case "model":
                    copy = run.model
                    assert copy is None or not copy.training
            if run.control.stopping or run.state.is_over:
                run.wait()
                assert run.state in (RunState.STOPPED, RunState.FINISHED)
                if run.model is not None:
                    complete(run)
                if run.state is RunState.STOPPED:
                    ends += 1
                    run = went_on(run.folder)
    assert numbers(run) == numbers(whole)
    assert numbers(slm.load_run(run.folder)) == numbers(whole)
    same_weights(model_of(run), model_of(whole))
    with capsys.disabled():
        print(f", {ends} times stopped", end="")
