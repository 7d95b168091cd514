"""Drawing no more often than a page can follow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from slm_widgets.main_loop import unasked

# A browser that gets more than ten pictures a second falls behind.
_GAP_S = 0.1


class Repaint:
    """Calls something soon, but never twice within a tenth of a second; what was asked for last is always done.

    Args:
        paint: What to call; from the thread that asks, or from one of its own.
        gap_s: The least time between two calls, in seconds.
    """

    def __init__(self, paint: Callable[[], object], gap_s: float = _GAP_S) -> None:
        self._paint = paint
        self._gap_s = gap_s
        self._lock = threading.Lock()  # guards what follows
        self._last_s = -gap_s
        self._timer: threading.Timer | None = None

    def soon(self) -> None:
        """Asks for a call."""
        with self._lock:
            if self._timer is not None:
                return
            wait_s = self._last_s + self._gap_s - time.monotonic()
            if wait_s > 0:
                self._timer = threading.Timer(wait_s, unasked(self._at_last))
                self._timer.daemon = True
                self._timer.start()
                return
            self._last_s = time.monotonic()
        self._paint()

    def done(self) -> None:
        """Tells that it was painted just now anyway."""
        self._last_s = time.monotonic()

    def _at_last(self) -> None:
        with self._lock:
            self._timer = None
            self._last_s = time.monotonic()
        self._paint()
