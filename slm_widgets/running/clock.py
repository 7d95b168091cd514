"""Seconds of training."""

from __future__ import annotations

import time


class TrainingClock:
    """Counts seconds like ``time.perf_counter``, but stands still while the training is paused."""

    def __init__(self) -> None:
        self._paused_s = 0.0
        self._paused_at: float | None = None

    def __call__(self) -> float:
        """Seconds since an arbitrary moment."""
        now = self._paused_at if self._paused_at is not None else time.perf_counter()
        return now - self._paused_s

    def pause(self) -> None:
        """Stands still from now on."""
        self._paused_at = time.perf_counter()

    def unpause(self) -> None:
        """Goes on from where it stood."""
        if self._paused_at is not None:
            self._paused_s += time.perf_counter() - self._paused_at
            self._paused_at = None
