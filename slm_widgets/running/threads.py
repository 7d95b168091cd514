"""How many threads a training computes with, without a word to anybody else's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import torch

_lock = threading.Lock()


def share_of(threads: int, shares: bool) -> int:
    """How many of the machine's threads a run takes: all, or half where it shares, whether or not another came yet.

    Always half, as the same numbers come out at the same number of threads only.
    """
    return max(1, threads // 2) if shares else threads


def use_threads(count: int) -> None:
    """Lets this thread compute with so many threads; every other one stays as it is, those begun later too.

    torch keeps the number for each thread, but a thread that begins takes the number that was set last anywhere: a run on
    half of the threads would leave that half to all runs after it. So the old number is set again, in a passing thread.
    """
    with _lock:
        if torch.get_num_threads() == count:
            return
        for_new_ones = _in_passing(torch.get_num_threads)
        torch.set_num_threads(count)
        _in_passing(lambda: torch.set_num_threads(for_new_ones))


def _in_passing(function: Callable[[], Any]) -> Any:
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(function()), name="slm-threads")
    thread.start()
    thread.join()
    return answers[0]
