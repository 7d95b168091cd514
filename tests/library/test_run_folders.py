from __future__ import annotations

import json
import os
import subprocess
import sys

import psutil
import pytest

from slm_widgets.errors import RunError
from slm_widgets.library import RunFolder, claim, load_run, process_identity, runs, runs_folder
from slm_widgets.library.process import _start_of, is_alive
from slm_widgets.training import RunState, Sample


def make(tmp_path, name="a", **facts):
    return RunFolder.create(
        name,
        {
            "name": name,
            "state": RunState.RUNNING,
            "created": "2026-01-01T00:00:00+00:00",
            "process": process_identity(),
            **facts,
        },
    )


def test_runs_lie_in_the_folder_that_the_environment_names(tmp_path, monkeypatch):
    assert runs_folder() == (tmp_path / "runs").resolve()
    monkeypatch.delenv("SLM_RUNS")
    assert runs_folder() == (tmp_path / "slm_runs").resolve()


def test_folder_whose_first_file_cannot_be_written_does_not_stay(tmp_path):
    with pytest.raises(UnicodeEncodeError):
        make(tmp_path, corpus="\ud83d")
    assert list(runs_folder().iterdir()) == []


def test_runs_of_the_same_second_get_folders_of_their_own(tmp_path):
    assert len({make(tmp_path).path for _ in range(5)}) == 5


@pytest.mark.parametrize("name", ["../../etc", "a/b\\c", "한국어 모델", "", "...", "x" * 300])
def test_any_name_makes_a_folder_inside(tmp_path, name):
    assert make(tmp_path, name).path.parent == runs_folder()


def test_folder_in_use_is_refused(tmp_path):
    used = tmp_path / "used"
    used.mkdir()
    (used / "thesis.txt").write_text("mine")
    with pytest.raises(RunError, match="used"):
        RunFolder.create("a", {}, used)
    with pytest.raises(RunError, match="thesis"):
        RunFolder.create("a", {}, used / "thesis.txt")
    assert [file.name for file in used.iterdir()] == ["thesis.txt"]


def test_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="SLM_RUNS"):
        RunFolder.create("a", {}, tmp_path / "file" / "run")


def test_run_of_a_living_process_is_as_it_says(tmp_path):
    run = load_run(make(tmp_path).path)
    assert run.state is RunState.RUNNING
    assert run.error is None


@pytest.mark.parametrize("state", [RunState.PENDING, RunState.RUNNING, RunState.PAUSED])
def test_run_of_a_process_that_is_gone_reads_failed(tmp_path, state):
    script = "from slm_widgets.library.process import process_identity as p; import json; print(json.dumps(p()))"
    child = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    run = load_run(make(tmp_path, state=state, process=json.loads(child.stdout)).path)
    assert run.state is RunState.FAILED
    assert "ended without finishing" in str(run.error)


def test_recycled_process_id_is_not_mistaken_for_the_owner(tmp_path):
    mine = process_identity()
    assert is_alive(mine) is True
    assert is_alive({**mine, "started": "an earlier moment"}) is False
    assert is_alive({**mine, "host": "elsewhere"}) is None
    # To os.kill these two are groups of processes.
    assert is_alive({**mine, "pid": -1, "started": None}) is False
    assert is_alive({**mine, "pid": 0, "started": None}) is (0 in psutil.pids())


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="only here a process stays after its end")
def test_killed_process_that_nobody_asks_how_it_ended_is_not_alive(tmp_path):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        identity = {**process_identity(), "pid": child.pid, "started": _start_of(child.pid)}
        run = make(tmp_path, process=identity)
        assert (is_alive(identity), load_run(run.path).state) == (True, RunState.RUNNING)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # dead, and not asked for
        assert psutil.pid_exists(child.pid)
        assert (is_alive(identity), load_run(run.path).state) == (False, RunState.FAILED)
        claim(run.path)


def test_silent_run_of_another_machine_reads_failed(tmp_path):
    folder = make(tmp_path, process={**process_identity(), "host": "elsewhere"})
    assert load_run(folder.path).state is RunState.RUNNING
    for path in (*folder.path.iterdir(), folder.path):
        os.utime(path, (0, 0))
    assert load_run(folder.path).state is RunState.FAILED


def test_file_that_vanishes_while_the_runs_are_listed_is_no_error(tmp_path):
    folder = make(tmp_path, process={**process_identity(), "host": "elsewhere"})
    # It is listed and then not there, as a file is that was renamed in between.
    (folder.path / "vanished").symlink_to(folder.path / "nowhere")
    assert [run.state for run in runs()] == [RunState.RUNNING]


def test_of_two_checkpoints_of_a_step_the_later_one_is_told_of(tmp_path):
    folder = make(tmp_path)
    lines = [
        {"kind": "checkpoint", "step": step, "name": f"step-{step:08d}", "val_loss": val_loss, "is_best": False}
        for step, val_loss in ((5, 1.5), (10, None), (10, 1.25), (15, 1.0))
    ]
    evaluation = {"kind": "evaluation", "step": 10, "val_loss": 1.25, "elapsed_s": 2.0}
    lines.insert(2, evaluation)  # paused within a look: once before the evaluation is told, and once after it
    folder.metrics.write_text("".join(json.dumps(line) + "\n" for line in lines))
    recorded = load_run(folder.path).recorded
    assert [(each.step, each.val_loss) for each in recorded.checkpoints()] == [(5, 1.5), (10, 1.25), (15, 1.0)]
    assert recorded.columns()["val_loss"] == [1.25]


def test_half_written_last_line_is_passed_over(tmp_path):
    folder = make(tmp_path)
    line = {"kind": "evaluation", "step": 5, "val_loss": 1.5, "elapsed_s": 2.0}
    folder.metrics.write_text(json.dumps(line) + "\n" + json.dumps(line)[:20], encoding="utf-8")
    sample = {"kind": "sample", "step": 5, "prompt": "고양이", "text": "가 간다"}
    whole = json.dumps(sample, ensure_ascii=False).encode() + b"\n"
    folder.samples.write_bytes(whole + whole[:-8])  # in the middle of a Korean letter
    run = load_run(folder.path)
    assert run.history["val_loss"] == [1.5]
    assert run.samples == [Sample(5, "고양이", "가 간다")]


def test_damaged_line_in_the_middle_is_a_sentence(tmp_path):
    folder = make(tmp_path)
    folder.metrics.write_text('{"kind": \n{"kind": "evaluation", "step": 5, "val_loss": 1.5, "elapsed_s": 2.0}\n')
    with pytest.raises(RunError, match=r"metrics\.jsonl"):
        _ = load_run(folder.path).history


@pytest.mark.parametrize(
    "content", [None, "", "{", "[]", '"run"', '{"format": "other"}', '{"format": "slm-widgets-run", "version": 1}']
)
def test_folder_that_is_no_run_is_a_sentence(tmp_path, content):
    folder = tmp_path / "thing"
    folder.mkdir()
    if content is not None:
        (folder / "run.json").write_text(content)
    with pytest.raises(RunError, match="thing"):
        load_run(folder)


def test_runs_are_listed_newest_first_and_a_damaged_one_hides_no_other(tmp_path):
    assert runs() == []
    for day in (2, 3, 1):
        make(tmp_path, f"day{day}", created=f"2026-01-0{day}T00:00:00+00:00", state=RunState.FINISHED)
    (runs_folder() / "stray").mkdir()
    (runs_folder() / "damaged").mkdir()
    (runs_folder() / "damaged" / "run.json").write_text("{")
    with pytest.warns(UserWarning, match="damaged"):
        names = [run.name for run in runs()]
    assert names == ["day3", "day2", "day1"]
