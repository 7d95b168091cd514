"""What comes without end, in bounded memory: the first and the newest stay, and what lies between gets sparser evenly."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np

T = TypeVar("T")


class Thinned(Generic[T]):
    """A list that keeps each item until it is full, then every 2nd of all that ever came, then every 4th, and so on.

    Whoever gets the same items in the same order keeps the same ones.

    Args:
        most: How many stay, besides the newest.
    """

    def __init__(self, most: int) -> None:
        self._most, self._every, self._came, self._kept = most, 1, 0, 0
        self._newest_stays = True
        self._newest: T | None = None
        self._items: list[T] = []

    @property
    def newest(self) -> T | None:
        """The last that came, whether it stays or not; None before the first."""
        return self._newest

    def add(self, item: T) -> None:
        """Takes an item in."""
        if self._kept == self._most and self._came % self._every == 0:
            self._halve()
            self._kept -= self._kept // 2
            self._every *= 2
        self._newest, self._newest_stays = item, self._came % self._every == 0
        self._came += 1
        if self._newest_stays:
            self._keep(item)
            self._kept += 1

    def items(self) -> list[T]:
        """A copy of all that stayed, and the newest."""
        return [*self._items, *self._passing()]

    def _passing(self) -> list[T]:
        """The newest, where it does not stay."""
        return [] if self._newest_stays or self._newest is None else [self._newest]

    def _keep(self, item: T) -> None:
        self._items.append(item)

    def _halve(self) -> None:
        del self._items[1::2]


class ThinnedRows(Thinned[Sequence[float]]):
    """The same for rows of numbers, in eight bytes a number.

    Args:
        width: Numbers in a row.
        most: How many rows stay, besides the newest.
    """

    def __init__(self, width: int, most: int) -> None:
        super().__init__(most)
        self._width = width
        self._numbers = array("d")

    def table(self) -> np.ndarray:
        """A copy of all rows that stayed, and the newest: (rows, width) float64."""
        numbers = self._numbers[:]
        for row in self._passing():
            numbers.extend(row)
        return np.frombuffer(numbers, dtype=np.float64).reshape(-1, self._width)

    def _keep(self, item: Sequence[float]) -> None:
        self._numbers.extend(item)

    def _halve(self) -> None:
        rows = np.frombuffer(self._numbers, dtype=np.float64).reshape(-1, self._width)
        self._numbers = array("d", rows[::2].tobytes())
