"""One training at a time on each device; the others wait in the order in which they came."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_changed = threading.Condition()
_waiting: dict[str, deque[object]] = {}


class Place:
    """A place in the queue of a device, taken when it is made, so that runs go in the order of their ``train`` calls."""

    def __init__(self, device: str) -> None:
        self._queue = _waiting.setdefault(device, deque())
        with _changed:
            self._queue.append(self)

    @contextmanager
    def turn(self, give_up: Callable[[], bool]) -> Iterator[bool]:
        """Waits for the turn, and gives it on at the end of the block.

        Args:
            give_up: Asked now and then while waiting; true leaves the queue.

        Yields:
            Whether the turn came.
        """
        try:
            with _changed:
                while self._queue[0] is not self and not give_up():
                    _changed.wait(0.1)
                its_turn = self._queue[0] is self
            yield its_turn
        finally:
            with _changed:
                self._queue.remove(self)
                _changed.notify_all()
