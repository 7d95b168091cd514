"""Work that may come later: done on one thread for all widgets, the latest of each only, once nothing new has come for a moment."""

from __future__ import annotations

import atexit
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from slm_widgets.main_loop import unasked

EXIT_WAIT_S = 0.5
"""How long at most the end of the program waits until a job has noticed that it is not wanted any more."""

GoesOn = Callable[[], bool]
"""Whether the job that asks is still the latest of a living asker."""
Job = Callable[[GoesOn], None]


@dataclass(frozen=True)
class _Waiting:
    asker: weakref.ref[Any]
    job: Job
    due: float


class Afterwards:
    """Does jobs on a daemon thread that lives while there is something to do.

    A job must hold no asker, or it keeps it alive; it shows its own errors.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[int, _Waiting] = {}
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def ask(self, asker: Any, job: Job, after_s: float) -> None:
        """Does a job in a while, in place of what the same asker asked for before.

        Args:
            asker: Whom it is for. If nobody else holds it any more, the job is dropped.
            job: What to do; gets a function that tells whether it is still wanted.
            after_s: Seconds without a newer job before it begins.
        """
        with self._changed:
            if self._is_closed:
                return
            waiting = _Waiting(weakref.ref(asker), job, time.monotonic() + after_s)
            self._waiting[id(asker)] = waiting
            if self._thread is None or not self._thread.is_alive():  # not yet, done, or left behind by a fork
                self._thread = threading.Thread(target=unasked(self._work), name="slm-afterwards", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def close(self, wait_s: float) -> None:
        """Drops what waits, and waits so long at most for what is being done."""
        with self._changed:
            self._is_closed = True
            self._waiting.clear()
            self._changed.notify_all()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(wait_s)

    def _work(self) -> None:
        while (taken := self._next()) is not None:
            key, one = taken
            # What a job has to say it says itself; one that fails must not take the others along.
            with suppress(Exception):
                one.job(lambda key=key, one=one: self._is_wanted(key, one))
            del taken, one

    def _next(self) -> tuple[int, _Waiting] | None:
        with self._changed:
            while True:
                # A lost asker's job goes with it.
                self._waiting = {key: one for key, one in self._waiting.items() if one.asker() is not None}
                if not self._waiting:
                    self._thread = None
                    return None
                key, first = min(self._waiting.items(), key=lambda item: item[1].due)
                left = first.due - time.monotonic()
                if left <= 0:
                    return key, self._waiting.pop(key)
                self._changed.wait(left)

    def _is_wanted(self, key: int, one: _Waiting) -> bool:
        with self._changed:
            return not self._is_closed and key not in self._waiting and one.asker() is not None


AFTERWARDS = Afterwards()
"""For all widgets: two at once would only take each other's time."""


@atexit.register
def _close() -> None:
    # A thread that still runs torch while Python goes away could take the process down with a crash.
    AFTERWARDS.close(EXIT_WAIT_S)
