"""The configs of the designs that a page opened, by the numbers that it knows them by."""

from __future__ import annotations

import copy
from typing import Any

MOST = 24
"""How many are remembered. A file that is dropped may be of 5 MB, and a page may ask for many that it never draws."""

Config = dict[str, Any]


class OpenedConfigs:
    """Remembers the latest configs; those that are drawn, and come back by undo and redo, count as late.

    Args:
        config: That of the design that an editor began with, whose number is 0.
    """

    def __init__(self, config: Config) -> None:
        self._known: dict[int, Config] = {0: copy.deepcopy(config)}
        self._next = 1

    def note(self, config: Config, drawn: int) -> int:
        """Remembers a config, and returns its number.

        Args:
            config: Of a design that may be drawn.
            drawn: The number of the design that is drawn now, which is never forgotten.
        """
        number, self._next = self._next, self._next + 1
        self._known[number] = copy.deepcopy(config)
        others = [known for known in self._known if known not in (drawn, number)]
        for oldest in others[: max(0, len(self._known) - MOST)]:
            del self._known[oldest]
        return number

    def gave(self, number: Any) -> bool:
        """Whether this is the number of a design, remembered or not."""
        return type(number) is int and 0 <= number < self._next

    def put(self, number: int, config: Config) -> None:
        """Remembers what has become of a config."""
        self._known.pop(number, None)  # so that it comes last again
        self._known[number] = copy.deepcopy(config)

    def get(self, number: int) -> Config | None:
        """A config, or None for one that was forgotten."""
        return copy.deepcopy(self._known.get(number))
