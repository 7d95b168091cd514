"""Who trains on a device and who waits for it, in the order in which they came or were put.

Only the first of those that wait is ever called, so nobody is overtaken without being asked: one that trains alone is not
passed by two that share, however many of them there are.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

MOST_AT_ONCE = 2
"""How many that share train at once."""

_LOOK_AGAIN_S = 0.5
_lock = threading.Lock()  # guards all queues and places; nothing is called while it is held
_queues: dict[str, _DeviceQueue] = {}


class _DeviceQueue:
    """The places of one device; each stands in one of the two lists."""

    def __init__(self) -> None:
        self.training: list[Place] = []
        self.waiting: list[Place] = []

    def call(self) -> None:
        """Calls whoever may begin now."""
        while self.waiting and self._may_begin(self.waiting[0]):
            place = self.waiting.pop(0)
            self.training.append(place)
            place.look.set()

    def _may_begin(self, place: Place) -> bool:
        if not self.training:
            return True
        return place.shares and len(self.training) < MOST_AT_ONCE and all(other.shares for other in self.training)


class Place:
    """A place in the queue of a device, taken when it is made, so that runs go in the order of their ``train`` calls.

    Its methods may be called from any thread.

    Args:
        device: ``"cpu"``, ``"cuda"``, ...
        owner: Whose place it is, for whoever looks at the queue.
        share: Whether another that shares may train at the same time. Only a CPU is shared: on a graphics processor two
            trainings would have to fit into its memory together.
    """

    def __init__(self, device: str, owner: Any = None, share: bool = False) -> None:
        self.device = device
        self.owner = owner
        self.shares = share and device == "cpu"
        self.look = threading.Event()
        """Set when there is something to look at: its turn, or a reason to give up."""
        with _lock:
            self._queue = _queues.setdefault(device, _DeviceQueue())
            self._queue.waiting.append(self)
            self._queue.call()

    @property
    def position(self) -> int | None:
        """0 for whoever has its turn, 1 for the next, and so on; None once it has left."""
        with _lock:
            if self in self._queue.training:
                return 0
            return self._queue.waiting.index(self) + 1 if self in self._queue.waiting else None

    def move_to(self, position: int) -> bool:
        """Goes to another place among those that wait: 1 is the next; beyond either end counts as that end.

        Returns:
            False where it does not wait any more, and so stays where it is.
        """
        with _lock:
            if self not in self._queue.waiting:
                return False
            self._move_to(position)
            return True

    def move_by(self, places: int) -> bool:
        """Goes forward (below zero) or back by so many places; as ``move_to``."""
        with _lock:
            if self not in self._queue.waiting:
                return False
            self._move_to(self._queue.waiting.index(self) + 1 + places)
            return True

    def _move_to(self, position: int) -> None:
        self._queue.waiting.remove(self)
        self._queue.waiting.insert(max(0, position - 1), self)
        self._queue.call()

    def leave(self) -> None:
        """Gives the place up; a second time changes nothing."""
        with _lock:
            for places in (self._queue.training, self._queue.waiting):
                if self in places:
                    places.remove(self)
            self._queue.call()

    @contextmanager
    def turn(self, give_up: Callable[[], bool]) -> Iterator[bool]:
        """Waits for the turn, and gives it on at the end of the block.

        Args:
            give_up: Asked after ``look`` was set, and now and then without that; true leaves the queue.

        Yields:
            Whether the turn came.
        """
        try:
            yield self._wait(give_up)
        finally:
            self.leave()

    def _wait(self, give_up: Callable[[], bool]) -> bool:
        while True:
            self.look.clear()  # before looking: what comes meanwhile is looked at next
            if self.position == 0:
                return True
            if give_up():
                self.leave()
                return False
            self.look.wait(_LOOK_AGAIN_S)


def _forget() -> None:
    """A copy of this program (``os.fork``) has none of the threads that train or wait, nor the one that may hold the lock."""
    global _lock
    _lock = threading.Lock()
    _queues.clear()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_forget)


def is_busy(device: str) -> bool:
    """Whether somebody trains there, or waits to."""
    with _lock:
        return device in _queues and bool(_queues[device].training or _queues[device].waiting)


def places() -> list[tuple[int, Place]]:
    """All places with their positions, at one moment: device by device, in order."""
    with _lock:
        return [
            (position, place)
            for device in sorted(_queues)
            for position, place in [
                *((0, place) for place in _queues[device].training),
                *enumerate(_queues[device].waiting, 1),
            ]
        ]
