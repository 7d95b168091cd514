"""Events that wait for a watcher, however long it does not look."""

from __future__ import annotations

from collections import deque

from slm_widgets.training import Event, Progress, Step

MOST_STEPS = 10_000
"""How many steps wait: some 3 MB."""


class Backlog:
    """Events in order; of the steps the last ``MOST_STEPS``, of the progress the newest, of all else everything.

    Behind a cell that blocks the loop for hours all of them would fill the memory: a million steps take 280 MB for each
    watcher, and each progress of a sample carries the whole text so far.
    """

    def __init__(self) -> None:
        self._events: dict[int, Event] = {}  # by the order in which they came
        self._steps: deque[int] = deque()
        self._progress = -1
        self._next = 0

    def __bool__(self) -> bool:
        return bool(self._events)

    def add(self, event: Event) -> None:
        """Takes an event, for which an older one may have to go."""
        number, self._next = self._next, self._next + 1
        self._events[number] = event
        if isinstance(event, Progress):
            self._events.pop(self._progress, None)
            self._progress = number
        elif isinstance(event, Step):
            self._steps.append(number)
            if len(self._steps) > MOST_STEPS:
                del self._events[self._steps.popleft()]

    def take(self) -> list[Event]:
        """Hands out all that waits, in order, and is empty then."""
        events = list(self._events.values())
        self._events.clear()
        self._steps.clear()
        return events
