"""The one thread for work that may come later. Nothing here goes by the clock: jobs wait for events that the test sets."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator

import pytest

from slm_widgets.widgets.editor.afterwards import Afterwards

LONG_S = 60.0


class Asker:
    pass


@pytest.fixture
def afterwards() -> Iterator[Afterwards]:
    worker = Afterwards()
    yield worker
    worker.close(LONG_S)


class Held:
    """A job that tells when it begins, and ends when it may."""

    def __init__(self) -> None:
        self.has_begun, self.may_end, self.has_ended = (threading.Event() for _ in range(3))
        self.was_wanted: bool | None = None

    def __call__(self, goes_on: Callable[[], bool]) -> None:
        self.has_begun.set()
        assert self.may_end.wait(LONG_S)
        self.was_wanted = goes_on()
        self.has_ended.set()


def test_a_job_is_done_beside_what_the_asker_does(afterwards: Afterwards) -> None:
    asker, job = Asker(), Held()
    afterwards.ask(asker, job, 0)
    assert job.has_begun.wait(LONG_S)  # while this thread goes on
    job.may_end.set()
    assert job.has_ended.wait(LONG_S)
    assert job.was_wanted is True


def test_of_many_jobs_that_wait_only_the_latest_is_done(afterwards: Afterwards) -> None:
    asker, first, done = Asker(), Held(), []
    afterwards.ask(asker, first, 0)
    assert first.has_begun.wait(LONG_S)
    last = Held()
    for number in range(5):
        afterwards.ask(asker, lambda _, number=number: done.append(number), 0)
    afterwards.ask(asker, last, 0)
    first.may_end.set()
    assert last.has_begun.wait(LONG_S)
    last.may_end.set()
    assert last.has_ended.wait(LONG_S)
    assert done == []
    assert (first.was_wanted, last.was_wanted) == (False, True)


def test_each_asker_has_a_job_of_its_own(afterwards: Afterwards) -> None:
    askers, jobs = [Asker(), Asker()], [Held(), Held()]
    for asker, job in zip(askers, jobs, strict=True):
        afterwards.ask(asker, job, 0)
        job.may_end.set()
    assert all(job.has_ended.wait(LONG_S) for job in jobs)


def test_work_is_done_on_a_daemon_thread_that_goes_when_there_is_none(afterwards: Afterwards) -> None:
    asker, job, threads = Asker(), Held(), []

    def note(goes_on: Callable[[], bool]) -> None:
        threads.append(threading.current_thread())
        job(goes_on)

    afterwards.ask(asker, note, 0)
    assert job.has_begun.wait(LONG_S)
    (thread,) = threads
    assert (thread.daemon, thread.name) == (True, "slm-afterwards")
    job.may_end.set()
    thread.join(LONG_S)
    assert not thread.is_alive()
    again = Held()
    again.may_end.set()
    afterwards.ask(asker, again, 0)
    assert again.has_ended.wait(LONG_S)


def test_a_job_that_waits_keeps_no_asker_alive_and_is_dropped_with_it(afterwards: Afterwards) -> None:
    first, busy = Asker(), Held()
    afterwards.ask(first, busy, 0)
    assert busy.has_begun.wait(LONG_S)
    lost, done = Asker(), []
    seen = weakref.ref(lost)
    afterwards.ask(lost, lambda _: done.append("lost"), 0)
    del lost
    gc.collect()
    assert seen() is None
    busy.may_end.set()
    last = Held()
    last.may_end.set()
    afterwards.ask(first, last, 0)
    assert last.has_ended.wait(LONG_S)
    assert done == []


def test_a_job_whose_asker_goes_meanwhile_is_not_wanted(afterwards: Afterwards) -> None:
    asker, job = Asker(), Held()
    afterwards.ask(asker, job, 0)
    assert job.has_begun.wait(LONG_S)
    del asker
    gc.collect()
    job.may_end.set()
    assert job.has_ended.wait(LONG_S)
    assert job.was_wanted is False


def test_a_job_that_fails_takes_no_other_along(afterwards: Afterwards) -> None:
    asker, other, job = Asker(), Asker(), Held()

    def fail(_: object) -> None:
        raise RuntimeError("a mistake of ours")

    afterwards.ask(asker, fail, 0)
    job.may_end.set()
    afterwards.ask(other, job, 0)
    assert job.has_ended.wait(LONG_S)


def test_closing_waits_for_no_job_and_tells_it(afterwards: Afterwards) -> None:
    asker, job, done = Asker(), Held(), []
    afterwards.ask(asker, job, 0)
    assert job.has_begun.wait(LONG_S)
    afterwards.close(0)
    afterwards.ask(asker, lambda _: done.append("late"), 0)
    job.may_end.set()
    assert job.has_ended.wait(LONG_S)
    assert (job.was_wanted, done) == (False, [])


@pytest.mark.slow
def test_a_program_that_ends_while_something_is_counted_ends_well() -> None:
    """A thread that is in torch while Python goes away would abort the process (return code 134)."""
    program = """
import slm_widgets.widgets.editor.counted_costs as counted_costs
from slm_widgets.stack import shares
from slm_widgets.widgets.graph_editor import GraphEditor
import threading
counted_costs.QUIET_S = 0
begun = threading.Event()
layers = shares._layers
shares._layers = lambda counted: (begun.set(), layers(counted))[1]
editor = GraphEditor("gpt2")
editor.look_at_costs()
assert begun.wait(60)
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
