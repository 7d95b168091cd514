"""The threads that a training computes with."""

from __future__ import annotations

import os
import signal
import sys
import threading

import pytest
import torch

from slm_widgets.running.pump import Pump
from slm_widgets.running.threads import end_idle_threads, share_of, use_threads
from tests.small_runs import ENDLESS, start, until

has_team = pytest.mark.skipif(
    sys.platform != "linux" or "OpenMP" not in torch.__config__.parallel_info(),
    reason="torch has no team of threads here",
)


def test_threads_of_one_run_are_nobody_elses_business():
    before = torch.get_num_threads()
    seen: dict[str, int] = {}

    def work(count: int) -> None:
        use_threads(count)
        seen["own"] = torch.get_num_threads()

    def look() -> None:
        seen["later"] = torch.get_num_threads()

    for function, arguments in ((work, (before + 3,)), (look, ())):
        thread = threading.Thread(target=function, args=arguments)
        thread.start()
        thread.join()
    assert seen == {"own": before + 3, "later": before}
    assert torch.get_num_threads() == before


def test_a_gradient_is_computed_with_the_threads_of_its_run():
    seen = []

    class Look(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, *gradients):
            seen.append(torch.get_num_threads())
            return gradients[0]

    def work() -> None:
        use_threads(3)
        Look.apply(torch.ones(2, requires_grad=True)).sum().backward()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [3]


@pytest.mark.parametrize(("threads", "shares", "expected"), [(8, True, 4), (3, True, 1), (1, True, 1), (8, False, 8)])
def test_two_that_share_have_half_of_the_threads_each(threads, shares, expected):
    assert share_of(threads, shares) == expected


def _tasks() -> set[str]:
    """The names that the system has for this program's threads."""
    return set(os.listdir("/proc/self/task"))


def _compute_with_a_team() -> set[str]:
    """Computes on this thread with three others; returns the names of the threads that are there since."""
    before = _tasks()
    numbers = torch.rand(1_000_000)
    assert torch.equal(numbers.neg().neg(), numbers)
    return _tasks() - before


@pytest.fixture
def four_threads():
    before = torch.get_num_threads()
    end_idle_threads()
    torch.set_num_threads(4)
    yield
    end_idle_threads()
    torch.set_num_threads(before)


@has_team
@pytest.mark.usefixtures("four_threads")
def test_idle_threads_end_and_come_back_when_they_are_needed():
    team = _compute_with_a_team()
    assert len(team) >= 3
    end_idle_threads()
    until(lambda: not team & _tasks())  # the system's list is a little behind
    assert len(_compute_with_a_team()) >= 3


@has_team
@pytest.mark.usefixtures("four_threads")
def test_what_a_cell_computed_before_a_run_leaves_no_threads_beside_it():
    before = _compute_with_a_team()
    run = start(ENDLESS)
    try:
        until(lambda: not before & _tasks())
    finally:
        run.stop()
        run.wait()


@has_team
@pytest.mark.usefixtures("four_threads")
def test_what_a_watcher_or_a_cell_computes_meanwhile_leaves_none_either():
    pump = Pump(None, print)
    team = _compute_with_a_team()
    pump.deliver()
    until(lambda: not team & _tasks())


@has_team
@pytest.mark.usefixtures("four_threads")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_copy_of_a_program_that_has_computed_does_not_wait_for_threads_that_it_has_not():
    assert _compute_with_a_team()
    child = os.fork()
    if not child:
        signal.alarm(20)
        end_idle_threads()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
