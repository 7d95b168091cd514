"""No number is lost, written twice or torn, whatever the disk does; with disks that are really full or read-only."""

from __future__ import annotations

import json
import threading

import pytest

from slm_widgets.errors import RunError
from slm_widgets.library import RunFolder
from slm_widgets.library.records import read_record
from slm_widgets.lines import LineWriter
from slm_widgets.running import RunState
from slm_widgets.running.recorder import Recorder
from slm_widgets.tracking import Tracker
from slm_widgets.training import Evaluation, Sample, Step
from tests.running.disks import fill, read_only, small_disk
from tests.small_runs import ENDLESS, start, until


def step(number):
    return Step(number, 1.0 / number, 0.1, 1.0, 100.0, 0.01, smooth_loss=1.5)


class Recorded:
    """A recorder in a folder of its own, with what it says."""

    def __init__(self, path):
        self.folder = RunFolder.create("a", {"name": "a", "state": RunState.RUNNING}, path)
        self.notices = []
        self.recorder = Recorder(self.folder, None, self.notices.append)
        self.recorder.start()

    def steps(self, first, last):
        for number in range(first, last + 1):
            self.recorder.put(step(number))

    @property
    def on_disk(self):
        lines = self.folder.metrics.read_bytes().splitlines(keepends=True)
        assert all(line.endswith(b"\n") for line in lines)
        return [json.loads(line)["step"] for line in lines]


def test_steps_of_a_full_disk_are_written_once_there_is_room(tmp_path):
    with small_disk(tmp_path / "disk", 1024) as disk:
        run = Recorded(disk / "run")
        run.steps(1, 10)
        until(lambda: run.on_disk == list(range(1, 11)))
        hog = fill(disk)
        run.steps(11, 3000)
        until(lambda: run.notices)
        assert "No space left" in run.notices[0]
        assert "training goes on" in run.notices[0]
        assert run.recorder.error is None
        run.steps(3001, 3010)
        # Some of it may fit in the last block of the file, but only whole calls, and in order.
        assert run.on_disk == list(range(1, len(run.on_disk) + 1))
        assert len(run.on_disk) < 3010
        hog.unlink()
        until(lambda: len(run.notices) == 2)
        assert "all that waited is on disk" in run.notices[1]
        run.recorder.close()
        assert run.recorder.error is None
        assert run.on_disk == list(range(1, 3011))


def test_folder_that_becomes_read_only_is_written_once_it_is_writable(tmp_path):
    run = Recorded(tmp_path / "run")
    run.steps(1, 5)
    until(lambda: run.on_disk == [1, 2, 3, 4, 5])
    with read_only(run.folder.path):
        run.steps(6, 9)
        run.recorder.put(Sample(9, "The", " cat"))
        until(lambda: run.notices)
        assert "Read-only file system" in run.notices[0]
        assert run.recorder.error is None
        assert run.on_disk == [1, 2, 3, 4, 5]
    until(lambda: len(run.notices) == 2)
    run.recorder.close()
    assert run.on_disk == list(range(1, 10))
    assert json.loads(run.folder.samples.read_text()) == {"kind": "sample", "step": 9, "prompt": "The", "text": " cat"}


def test_what_waits_for_mlflow_comes_to_disk_in_a_pause_too(tmp_path):
    """No event comes then that would bring it there."""
    place = tmp_path / "not there yet"
    recorder = Recorder(RunFolder.create("a", {"name": "a"}, tmp_path / "run"), Tracker(place, "a", {}), print)
    recorder.start()
    recorder.put(step(1))
    until(lambda: not recorder._events)
    place.mkdir()
    until(lambda: (place / "tracking.jsonl").exists(), 20)
    recorder.close()


def test_disk_that_stays_full_is_the_error_of_the_end(tmp_path):
    with small_disk(tmp_path / "disk", 64) as disk:
        run = Recorded(disk / "run")
        until(lambda: run.folder.metrics.exists())
        fill(disk)
        run.steps(1, 3000)
        until(lambda: run.notices)
        run.recorder.close()
        assert isinstance(run.recorder.error, OSError)
        assert run.on_disk == list(range(1, len(run.on_disk) + 1))


def test_folder_that_is_gone_for_good_is_said_and_ends_as_an_error(tmp_path):
    run = Recorded(tmp_path / "run")
    run.folder.discard()
    run.steps(1, 2)
    until(lambda: run.notices)
    run.recorder.close()
    assert isinstance(run.recorder.error, FileNotFoundError)
    run.steps(3, 1000)
    assert not run.recorder._events  # which nobody would ever take


def test_when_too_much_waits_steps_are_thinned_and_all_else_stays(tmp_path, monkeypatch):
    monkeypatch.setattr("slm_widgets.running.recorder._MOST_WAITING", 100)
    run = Recorded(tmp_path / "run")
    with read_only(run.folder.path):
        for number in range(1, 1001):
            run.recorder.put(step(number))
            if number % 100 == 0:
                run.recorder.put(Evaluation(number, 2.0, 1.0))
                run.recorder.put(Sample(number, "a", "b"))
                until(lambda: not run.recorder._events)
        until(lambda: len(run.notices) == 2)
        assert "wait for the disk" in run.notices[1]
    until(lambda: len(run.notices) == 3)
    assert "only a part" in run.notices[2]
    run.recorder.close()
    lines = [json.loads(line) for line in run.folder.metrics.read_text().splitlines()]
    assert [line["step"] for line in lines if line["kind"] == "evaluation"] == list(range(100, 1001, 100))
    steps = [line["step"] for line in lines if line["kind"] == "step"]
    assert steps == sorted(set(steps))
    assert 10 <= len(steps) <= 200
    assert steps[-1] == 1000
    assert len(run.folder.samples.read_text().splitlines()) == 10


def test_line_that_a_killed_process_left_half_is_taken_away_before_the_next(tmp_path):
    path = tmp_path / "lines"
    path.write_bytes(b'{"a":1}\n{"a":2}\n{"a"')
    LineWriter(path).write([{"a": 3}])
    assert path.read_bytes() == b'{"a":1}\n{"a":2}\n{"a":3}\n'
    path.write_bytes(b'{"never ended')
    LineWriter(path).write([{"a": "고양이"}])
    assert path.read_text(encoding="utf-8") == '{"a":"고양이"}\n'


def test_long_half_line_is_taken_away_too(tmp_path):
    path = tmp_path / "lines"
    path.write_bytes(b"[1]\n" + b"x" * 200_000)
    LineWriter(path)
    assert path.read_bytes() == b"[1]\n"


def test_call_that_failed_half_way_leaves_nothing_and_may_be_repeated(tmp_path):
    with small_disk(tmp_path / "disk", 64) as disk:
        writer = LineWriter(disk / "lines")
        writer.write([{"line": 1}])
        hog = fill(disk)
        values = [{"line": number} for number in range(2, 4000)]  # more than fits, so that a part is taken
        with pytest.raises(OSError, match="No space left"):
            writer.write(values)
        assert (disk / "lines").read_bytes() == b'{"line":1}\n'
        hog.unlink()
        writer.write(values[:1000])
        writer.sync()
        assert [json.loads(line)["line"] for line in (disk / "lines").read_text().splitlines()] == list(range(1, 1002))


def test_numbers_that_nobody_knows_are_left_out_and_come_back_as_nan(tmp_path):
    run = Recorded(tmp_path / "run")
    run.recorder.put(step(1))
    run.recorder.put(Evaluation(1, 2.0, 0.5, accuracy=0.25))
    run.recorder.close()
    strict = [json.loads(line, parse_constant=pytest.fail) for line in run.folder.metrics.read_text().splitlines()]
    assert [repr(read_record(line)) for line in strict] == [repr(step(1)), repr(Evaluation(1, 2.0, 0.5, accuracy=0.25))]


def test_what_comes_while_others_are_written_is_not_lost(tmp_path):
    run = Recorded(tmp_path / "run")
    threads = [threading.Thread(target=run.steps, args=(1 + 2000 * n, 2000 + 2000 * n)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.recorder.close()
    assert sorted(run.on_disk) == list(range(1, 8001))


def test_full_disk_holds_no_training_up_and_its_numbers_are_all_there(tmp_path):
    with small_disk(tmp_path / "disk", 4096) as disk:
        run = start({**ENDLESS, "checkpoint_every": 0, "precision": "fp32", "compile": "off"}, folder=disk / "run")
        until(lambda: run.step >= 3)
        hog = fill(disk)
        before = run.step
        until(lambda: any("cannot be written" in sentence for sentence in run.notices) and run.step > before + 50)
        assert run.state is RunState.RUNNING
        hog.unlink()
        until(lambda: any("can be written again" in sentence for sentence in run.notices))
        run.stop()
        with pytest.warns(UserWarning, match="written") as told:
            run.wait()
        assert [str(one.message) for one in told] == run.notices
        assert run.state is RunState.STOPPED
        lines = [json.loads(line) for line in (run.folder / "metrics.jsonl").read_text().splitlines()]
        assert [line["step"] for line in lines if line["kind"] == "step"] == list(range(1, run.step + 1))


def test_disk_that_stays_full_fails_the_run_at_its_end_and_leaves_the_model_in_memory(tmp_path):
    with small_disk(tmp_path / "disk", 4096) as disk:
        run = start({**ENDLESS, "checkpoint_every": 0, "precision": "fp32", "compile": "off"}, folder=disk / "run")
        until(lambda: run.step >= 3)
        fill(disk)
        until(lambda: any("cannot be written" in sentence for sentence in run.notices))
        run.stop()
        with pytest.warns(UserWarning, match="."), pytest.raises(RunError, match="No space left"):
            run.wait()
        assert run.state is RunState.FAILED
        assert run.model is not None
