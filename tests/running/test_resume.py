"""Runs that were stopped, killed or failed, and go on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import torch

import slm_widgets as slm
from slm_widgets.errors import ConfigError, DivergedError, RunError
from slm_widgets.library import RunFolder, SavedRun, checkpoint_reading, latest_whole
from slm_widgets.running import Run, RunState
from slm_widgets.running.device_queue import places
from slm_widgets.training import TrainConfig
from tests.running.disks import small_disk
from tests.small_runs import DESIGN, ENDLESS, SETTINGS, leave_in_the_middle, model_of, small_corpus, start, until

# What a clock or the machine says; all else must be the same.
CLOCKS = {"tokens_per_s", "step_time_s", "val_elapsed_s", "memory_bytes", "gpu_memory_bytes", "gpu_use", "peak_share"}

# So long a run measures number formats, and two of them may choose differently on a processor with instructions for bfloat16.
LONG = {
    **SETTINGS,
    "max_steps": 200,
    "checkpoint_every": 10,
    "sample_every": 50,
    "sample_tokens": 5,
    "eval_every": 25,
    "precision": "fp32",
}


def numbers(run) -> str:
    """As text, in which nan equals nan."""
    columns = {name: column for name, column in run.history.items() if name not in CLOCKS}
    return json.dumps([columns, [(one.step, one.text) for one in run.samples]])


def went_on(folder, **options) -> Run:
    run = slm.resume(folder, track=False, **options)
    assert isinstance(run, Run)
    return run


def same_weights(first, second) -> None:
    for name, tensor in first.state_dict().items():
        assert torch.equal(tensor, second.state_dict()[name]), name


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    return start(LONG, folder=tmp_path_factory.mktemp("whole") / "run").wait()


def test_stopped_run_goes_on_as_if_it_had_never_stopped(uninterrupted):
    run = start({**LONG, "checkpoint_every": 0})
    until(lambda: run.step >= 30)
    run.stop()
    run.wait()
    stopped_at = run.step
    assert stopped_at < 200
    other = went_on(run.folder).wait()
    assert other.folder == run.folder
    assert other.state is RunState.FINISHED
    assert numbers(other) == numbers(uninterrupted)
    same_weights(model_of(other), model_of(uninterrupted))
    assert numbers(slm.load_run(run.folder)) == numbers(uninterrupted)


SCRIPT = """
import sys
import slm_widgets as slm
from tests.running.test_resume import LONG
from tests.small_runs import DESIGN, small_corpus
folder = sys.argv[1]
run = slm.train(DESIGN, small_corpus(), "char", LONG, folder=folder, track=False) if sys.argv[2] == "train" else (
    slm.resume(folder, track=False))
run.wait()
"""


def killed(folder: Path, what: str, after_step: int) -> int:
    """Trains in a process of its own and kills it, without a word, once some steps more are on disk; tells the last one."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder), what],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stderr=subprocess.PIPE,
    )
    try:
        until(lambda: last_step(folder) >= after_step or process.poll() is not None, timeout_s=120)
        assert process.poll() is None, process.stderr.read().decode() if process.stderr else ""
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    return last_step(folder)


def last_step(folder: Path) -> int:
    metrics = folder / "metrics.jsonl"
    lines = metrics.read_text(encoding="utf-8").split("\n")[:-1] if metrics.exists() else []
    steps = [json.loads(line).get("step", 0) for line in lines]
    return max(steps, default=0)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The run was cut off after step")  # unless the kill came just behind a checkpoint
def test_run_killed_three_times_ends_as_one_that_never_was(uninterrupted, tmp_path):
    folder = tmp_path / "killed"
    killed(folder, "train", 35)
    saved = slm.load_run(folder)
    assert saved.state is RunState.FAILED
    assert saved.can_resume
    assert saved.error is not None
    assert "slm.resume" in str(saved.error)
    killed(folder, "resume", 90)
    killed(folder, "resume", 140)
    run = went_on(folder).wait()
    assert numbers(run) == numbers(uninterrupted)
    same_weights(model_of(run), model_of(uninterrupted))


@pytest.mark.slow
def test_run_killed_before_its_first_checkpoint_begins_anew(uninterrupted, tmp_path):
    folder = tmp_path / "killed"
    killed(folder, "train", 3)
    for checkpoint in (folder / "checkpoints").glob("step-*"):
        pytest.skip(f"it was so fast that it has {checkpoint.name}")
    run = went_on(folder)
    with pytest.warns(UserWarning, match="before its first checkpoint: it begins anew"):
        run.wait()
    assert numbers(run) == numbers(uninterrupted)


def test_finished_run_is_returned_as_it_is_and_can_be_given_more_to_do():
    run = start().wait()
    again = slm.resume(run.folder)
    assert isinstance(again, SavedRun)
    assert again.state is RunState.FINISHED
    longer = went_on(run.folder, config={"max_steps": 30}).wait()
    assert longer.step == 30
    assert longer.history["step"] == list(range(1, 31))
    assert slm.load_run(run.folder).config.max_steps == 30


@pytest.mark.parametrize(
    ("wanted", "field", "words"),
    [
        ({"max_steps": 7}, "max_steps", "already at step 20"),
        ({"epochs": 0.01}, "epochs", "Give more epochs"),
        ({"max_minutes": 1e-4}, "max_minutes", "Give a max_minutes above"),
    ],
)
def test_end_that_lies_behind_it_is_refused_and_changes_nothing(wanted, field, words):
    run = start().wait()
    before = {path.name: path.read_bytes() for path in run.folder.iterdir() if path.is_file()}
    with pytest.raises(ConfigError, match=words) as caught:
        slm.resume(run.folder, wanted)
    assert caught.value.field == field
    after = {path.name: path.read_bytes() for path in run.folder.iterdir() if path.is_file()}
    changed = {name for name in before if before[name] != after.get(name)}
    assert changed <= {"run.json"}  # whose it is was written down and taken back
    assert slm.load_run(run.folder).state is RunState.FINISHED


def test_warm_up_that_nobody_asked_for_now_gives_way_to_fewer_steps():
    run = start({**ENDLESS, "warmup_steps": 100})
    until(lambda: run.step >= 2)
    run.stop()
    run.wait()
    with pytest.warns(UserWarning, match="warmup_steps was 100 and is None"):
        shorter = went_on(run.folder, config={"max_steps": run.step + 3}).wait()
    assert (shorter.step, shorter.config.warmup_steps) == (run.step + 3, None)


def test_run_whose_minutes_were_over_when_it_was_killed_only_says_so():
    run = start({**ENDLESS, "max_minutes": 0.005}).wait()
    RunFolder.open(run.folder).update(state=RunState.FAILED)
    assert went_on(run.folder).wait().step == run.step


def test_run_that_still_trains_here_is_returned_itself_and_a_paused_one_goes_on():
    run = start(ENDLESS)
    until(lambda: run.step >= 2)
    run.pause()
    until(lambda: run.state is RunState.PAUSED)
    assert slm.resume(run.folder) is run
    until(lambda: run.state is RunState.RUNNING)
    run.stop()
    run.wait()


def test_run_that_is_stopping_is_waited_for_and_goes_on():
    run = start(ENDLESS)
    until(lambda: run.step >= 2)
    run.stop()
    longer = went_on(run.folder)
    assert longer is not run
    assert run.state is RunState.STOPPED
    until(lambda: longer.step >= run.step + 2)
    longer.stop()
    longer.wait()


def test_settings_for_a_run_that_is_training_are_refused_and_it_goes_on():
    run = start(ENDLESS)
    until(lambda: run.step >= 2)
    with pytest.raises(RunError, match="stop it first") as caught:
        slm.resume(run.folder, {"lr": 1e-4})
    assert caught.value.field == "config"
    assert run.state is RunState.RUNNING
    run.stop()
    assert went_on(run.folder, config={"lr": 1e-4, "max_steps": run.step + 3}).wait().config.lr == 1e-4


def test_pause_keeps_a_checkpoint_with_which_the_machine_may_be_closed():
    run = start(ENDLESS)
    until(lambda: run.step >= 2)
    run.pause()
    until(lambda: run.state is RunState.PAUSED)
    assert [one.step for one in run.checkpoints] == [run.step]
    run.stop()
    run.wait()


def test_run_that_another_process_trains_is_not_taken_from_it(tmp_path):
    run = start().wait()
    parent = {"host": os.uname().nodename, "pid": os.getppid(), "started": None}
    RunFolder.open(run.folder).update(state=RunState.RUNNING, process=parent)
    with pytest.raises(RunError, match="another process"):
        slm.resume(run.folder)


def test_text_that_is_kept_with_the_run_needs_no_file_any_more(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(small_corpus().text, encoding="utf-8")
    run = slm.train(DESIGN, path, "char", ENDLESS, track=False)
    until(lambda: run.step >= 2)
    run.stop()
    run.wait()
    path.unlink()
    assert went_on(run.folder, config={"max_steps": run.step + 3}).wait().step == run.step + 3


def test_diverged_run_can_go_on_with_a_lower_learning_rate():
    run = start({**SETTINGS, "max_steps": 60, "lr": 900.0, "grad_clip": 0, "warmup_steps": 0, "optimizer": "SGD"})
    with pytest.raises(DivergedError) as caught:
        run.wait()
    assert caught.value.message.count(",") >= 1  # three things to try
    with pytest.raises(ConfigError, match="do so again") as again:
        slm.resume(run.folder)
    assert again.value.field == "lr"
    better = went_on(run.folder, config={"lr": 1e-3})
    with pytest.warns(UserWarning, match="begins anew"):  # it diverged before its first checkpoint
        better.wait()
    assert better.state is RunState.FINISHED
    assert better.error is None
    assert slm.load_run(run.folder).error is None


@pytest.mark.parametrize(
    ("change", "field"),
    [({"optimizer": "SGD"}, "optimizer"), ({"stride": 3}, "stride"), ({"seed": 5}, "seed"), ({"lr": -1}, "lr")],
)
def test_what_cannot_be_changed_any_more_is_refused_and_changes_nothing(change, field):
    run = start().wait()
    before = {path.name: path.read_bytes() for path in run.folder.iterdir() if path.is_file()}
    with pytest.raises(ConfigError) as caught:
        slm.resume(run.folder, change)
    assert caught.value.field == field
    assert {path.name: path.read_bytes() for path in run.folder.iterdir() if path.is_file()} == before


def test_damaged_checkpoint_gives_way_to_the_one_before_and_is_told(uninterrupted):
    run = start({**LONG, "keep_best": 3})
    until(lambda: run.step >= 60)
    run.stop()
    run.wait()
    newest, *older = run.checkpoints
    assert older
    weights = newest.path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-7])
    of_the_end = (run.folder / "model.safetensors").read_bytes()
    other = went_on(run.folder)
    with pytest.warns(UserWarning, match=f"{newest.path.name}|weights that it ended with") as told:
        other.wait()
    assert [newest.path.name in str(told[0].message), f"ended with, step {run.step}, are" in str(told[1].message)] == [
        True
    ] * 2
    assert (run.folder / "model-before-resume.safetensors").read_bytes() == of_the_end  # nothing else has them any more
    assert numbers(other) == numbers(uninterrupted)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but the lock, which stays."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(".lock")
    }


@pytest.mark.parametrize(
    "damage",
    ['{"kind": \n', '{"kind": "step", "step": 3}\n', '{"kind": "other", "step": 3}\n'],
    ids=["no JSON", "no loss", "no kind"],
)
def test_finished_run_with_a_damaged_line_is_refused_and_keeps_its_weights(damage):
    run = start().wait()
    metrics = run.folder / "metrics.jsonl"
    metrics.write_text(damage + metrics.read_text(encoding="utf-8"), encoding="utf-8")
    before = contents(run.folder)
    assert "model.safetensors" in before
    with pytest.raises(RunError, match=r"metrics\.jsonl"):
        slm.resume(run.folder, {"max_steps": 30}, track=False)
    assert contents(run.folder) == before
    assert slm.load_run(run.folder).state is RunState.FINISHED
    same_weights(slm.load_run(run.folder).model, model_of(run))


def test_finished_run_on_a_disk_without_room_for_its_records_is_refused_and_keeps_its_weights(tmp_path):
    with small_disk(tmp_path / "disk", 4096) as disk:
        run = start(folder=disk / "run").wait()
        metrics = run.folder / "metrics.jsonl"
        metrics.write_text(metrics.read_text(encoding="utf-8") * 20, encoding="utf-8")
        with (disk / "hog").open("wb", buffering=0) as hog:
            # Room for run.json and not for the records once more.
            rest = os.statvfs(disk)
            hog.write(bytes(rest.f_bavail * rest.f_bsize - 16384))
        before = contents(run.folder)
        with pytest.raises(RunError, match="No space left") as caught:
            slm.resume(run.folder, {"max_steps": 30}, track=False)
        assert caught.value.field == "folder"
        assert contents(run.folder) == before
        (disk / "hog").unlink()
        assert slm.load_run(run.folder).state is RunState.FINISHED
        assert went_on(run.folder, config={"max_steps": 22}).wait().step == 22


def test_run_none_of_whose_checkpoints_is_whole_is_refused_and_changes_nothing():
    run = start().wait()
    for one in run.checkpoints:
        weights = one.path / "model.safetensors"
        weights.write_bytes(weights.read_bytes()[:-7])
    before = contents(run.folder)
    with pytest.raises(RunError, match=run.checkpoints[0].name):
        slm.resume(run.folder, {"max_steps": 30}, track=False)
    assert contents(run.folder) == before


def test_run_without_a_checkpoint_begins_anew_and_keeps_the_weights_that_it_had():
    run = start().wait()
    shutil.rmtree(run.folder / "checkpoints")
    weights = (run.folder / "model.safetensors").read_bytes()
    longer = went_on(run.folder, config={"max_steps": 5})
    aside = run.folder / "model-before-resume.safetensors"
    with pytest.warns(UserWarning, match=aside.name):
        longer.wait()
    assert aside.read_bytes() == weights
    assert longer.history["step"] == [1, 2, 3, 4, 5]
    same_weights(slm.load_run(run.folder).model, model_of(longer))


@pytest.mark.parametrize("has_weights", [True, False])
@pytest.mark.parametrize("kept", [2, 0])
def test_run_that_was_cut_off_behind_its_checkpoint_says_what_is_done_again(kept, has_weights):
    """Its end is not written down: how far it was, only its records know, which are cut back to the checkpoint."""
    run = start({**SETTINGS, "max_steps": 4, "checkpoint_every": 2, "eval_every": 2, "keep_best": 3}).wait()
    for checkpoint in run.checkpoints:
        if checkpoint.step > kept:
            shutil.rmtree(checkpoint.path)
    of_the_end = (run.folder / "model.safetensors").read_bytes()
    if not has_weights:
        (run.folder / "model.safetensors").unlink()
    leave_in_the_middle(run.folder)
    again = went_on(run.folder)
    aside = run.folder / "model-before-resume.safetensors"
    lost = f"cut off after step 4. Its newest checkpoint is of step {kept}" if kept else "begins anew"
    with pytest.warns(UserWarning, match=aside.name if has_weights else lost):
        again.wait()
    assert aside.exists() == has_weights
    assert not has_weights or aside.read_bytes() == of_the_end
    assert again.history["step"] == [1, 2, 3, 4]


def test_checkpoint_is_read_through_at_most_twice(monkeypatch):
    run = start().wait()
    read, fingerprint = Counter(), checkpoint_reading.fingerprint

    def counted(path):
        read[path] += 1
        return fingerprint(path)

    monkeypatch.setattr(checkpoint_reading, "fingerprint", counted)
    went_on(run.folder, config={"max_steps": 22}).wait()
    assert read
    assert max(read.values()) <= 2


def test_more_threads_than_processors_are_kept_and_told(monkeypatch):
    run = start({**SETTINGS, "max_steps": 4}).wait()
    facts = json.loads((run.folder / "run.json").read_text())
    facts["threads"] = many = 2 * (os.cpu_count() or 1)
    (run.folder / "run.json").write_text(json.dumps(facts))
    longer = went_on(run.folder, config={"max_steps": 5})
    until(lambda: longer.state.is_over)
    assert longer.plan.threads == many
    assert any(f"{many} threads" in notice for notice in longer.notices)


def test_settings_of_a_config_are_those_that_were_given_and_anything_else_is_refused():
    run = start({**SETTINGS, "max_steps": 6}).wait()
    with pytest.raises(ConfigError, match="config is a list"):
        slm.resume(run.folder, [("max_steps", 9)], track=False)  # pyright: ignore[reportArgumentType]
    longer = went_on(run.folder, config=TrainConfig(max_steps=9)).wait()
    assert longer.config == TrainConfig(**{**run.config.model_dump(), "max_steps": 9})
    assert longer.step == 9


def test_run_that_ended_early_needs_more_patience_to_go_on():
    settings = {**SETTINGS, "max_steps": 20, "eval_every": 2, "patience": 1, "min_improvement": 50.0}
    run = start(settings).wait()
    assert run.step == 2
    with pytest.raises(ConfigError, match="ended early") as caught:
        slm.resume(run.folder, {"max_steps": 30}, track=False)
    assert caught.value.field == "patience"
    assert slm.load_run(run.folder).state is RunState.FINISHED
    changes = {"max_steps": 8, "patience": None, "min_improvement": 0.0}
    assert went_on(run.folder, config=changes).wait().step == 8


def test_elapsed_time_goes_on_where_it_was():
    run = start().wait()
    _, at, _ = latest_whole(run.folder)
    longer = went_on(run.folder, config={"max_steps": 22}).wait()
    assert longer.elapsed_s > at["elapsed_s"] > 0
    elapsed = longer.history["val_elapsed_s"]
    assert elapsed == sorted(elapsed)


@pytest.mark.parametrize("step", ["discard_later", "write_json"])
def test_a_run_that_cannot_go_on_after_all_leaves_the_device_to_others_and_is_as_it_was(monkeypatch, step):
    run = start({**SETTINGS, "max_steps": 6}).wait()
    before = (slm.load_run(run.folder).facts, (run.folder / "config.json").read_text())

    def fails(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(f"slm_widgets.running.resuming.{step}", fails)
        with pytest.raises(RunError, match="No space left"):
            slm.resume(run.folder, {"max_steps": 9}, track=False)
    assert not places()
    assert (slm.load_run(run.folder).facts, (run.folder / "config.json").read_text()) == before
    start({**SETTINGS, "max_steps": 2}).wait(60)
    assert went_on(run.folder, config={"max_steps": 9}).wait().step == 9
