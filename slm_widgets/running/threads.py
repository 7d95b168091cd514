"""The threads that a training computes with: how many, and nobody else's beside them."""

from __future__ import annotations

import ctypes
import functools
import os
import sys
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


def end_idle_threads() -> None:
    """Ends the threads that torch keeps ready for the calling thread; it makes new ones (0.2 ms) when that computes again.

    torch on Linux computes with GNU's OpenMP, which keeps a team of threads for each thread that ever computed, say for a
    cell that called a model. As long as all teams together have more threads than there are processors, none of them is
    allowed to wait awake for its next piece of work, and a training, whose pieces are short, takes 1.4 to 5 times as long
    (two processors), though the other team does nothing. Elsewhere, and where there is no team, nothing happens.
    """
    pause = _pause_of_openmp()
    if pause is not None and not _is_forked:
        pause(_OMP_PAUSE_HARD)


_is_forked = False


def _forked() -> None:
    """A copy of this program (``os.fork``) has the books of a team whose threads it has not: ending them would wait for ever."""
    global _is_forked
    _is_forked = True


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_forked)


_OMP_PAUSE_HARD = 2  # omp_pause_resource_t of OpenMP 5.0; in GNU's a matter of the calling thread's team alone


@functools.cache
def _pause_of_openmp() -> Callable[[int], int] | None:
    if sys.platform != "linux":
        return None
    loaded = ctypes.CDLL(None)
    if hasattr(loaded, "__kmpc_fork_call"):  # LLVM's and Intel's: their pause ends everybody's threads
        return None
    return getattr(loaded, "omp_pause_resource_all", None)


def _in_passing(function: Callable[[], Any]) -> Any:
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(function()), name="slm-threads")
    thread.start()
    thread.join()
    return answers[0]
