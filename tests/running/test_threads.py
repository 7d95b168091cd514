"""The threads that a training computes with."""

from __future__ import annotations

import os
import sys
import threading

import pytest
import torch

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


def _compute_with_a_team() -> set[str]:
    """Computes on this thread with three others; returns the names that the system has for these."""
    before = set(os.listdir("/proc/self/task"))
    numbers = torch.rand(1_000_000)
    assert torch.equal(numbers.neg().neg(), numbers)
    return set(os.listdir("/proc/self/task")) - before


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
    assert len(team) == 3
    end_idle_threads()
    assert not team & set(os.listdir("/proc/self/task"))
    assert len(_compute_with_a_team()) == 3


@has_team
@pytest.mark.usefixtures("four_threads")
def test_what_a_cell_computed_leaves_no_threads_beside_a_run():
    before = _compute_with_a_team()
    run = start(ENDLESS)
    try:
        assert not before & set(os.listdir("/proc/self/task"))
        until(lambda: run.step > 2)  # it has its own by now
        beside = _compute_with_a_team()  # as a cell does while it trains
        run.wait(timeout_s=0.5)
        assert len(beside) == 3
        assert not beside & set(os.listdir("/proc/self/task"))
    finally:
        run.stop()
        run.wait()
