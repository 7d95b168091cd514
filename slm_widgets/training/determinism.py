"""Bit for bit the same, or an error."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

_lock = threading.Lock()  # guards what follows
_inside = 0
_before = (False, False)


@contextmanager
def strictly_deterministic(is_asked: bool) -> Iterator[None]:
    """Lets torch refuse what may come out differently each time, as long as it is inside; does nothing unless asked.

    The switch is the whole process's: a second run at the same time obeys it too, and it stays until the last of those that
    asked is over. On a CPU nothing that we compute needs it at a fixed number of threads; on a graphics processor sums of many
    threads come in any order otherwise (``choose_device`` has set what CUDA's matrix library must be told before its first use).

    Source: torch's notes on reproducibility.
    """
    if not is_asked:
        yield
        return
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _inside, _before
    with _lock:
        if not _inside:
            _before = torch.are_deterministic_algorithms_enabled(), torch.backends.cudnn.benchmark
            torch.use_deterministic_algorithms(True)
            torch.backends.cudnn.benchmark = False
        _inside += 1


def _leave() -> None:
    global _inside
    with _lock:
        _inside -= 1
        if not _inside:
            is_strict, torch.backends.cudnn.benchmark = _before
            torch.use_deterministic_algorithms(is_strict)
