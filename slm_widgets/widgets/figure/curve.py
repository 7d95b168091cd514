"""A curve that grows without end and takes no more room than it needs to look the same."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from slm_widgets.widgets.figure.decimation import Points

# Points kept: some twenty for each pixel of a wide screen, so that zooming in twentyfold still shows something new.
KEPT = 32_768
# The first ones are kept whatever comes: on a logarithmic axis they are half of the picture.
_FIRST = 1024


class Curve:
    """Points of a curve as they come; those that are not finite numbers are left out, as nobody can draw them.

    Up to ``kept`` points it keeps all. Then it halves itself, again and again: of every four points that follow one another
    stay the lowest and the highest, so that no peak is ever lost; a point that comes later waits until there are enough
    for such a bucket, and is shown meanwhile.

    Args:
        kept: The most points to keep, a multiple of 4.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._x = self._y = np.zeros(0)
        self._count = 0
        self._bucket = 1  # how many points became two (or stayed one, while it is 1)
        self._waiting: Points = (np.zeros(0), np.zeros(0))
        self._first: Points = (np.zeros(0), np.zeros(0))
        self.last_x = self._last_y = 0.0  # the newest point, 0 before the first

    def __len__(self) -> int:
        """How many points are kept."""
        return self._count + len(self._waiting[0])

    def extend(self, x: ArrayLike, y: ArrayLike) -> None:
        """Adds points, but for those already there: who reads a history and then hears of events may hear of one again.

        Shape: (N,), (N,).

        Args:
            x: Positions; those that are not beyond every earlier one are left out.
            y: Values.
        """
        x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        usable = np.isfinite(y) & np.isfinite(x)
        x, y = x[usable], y[usable]
        before = self.last_x if len(self) else -math.inf
        ahead = (
            x > np.concatenate(([before], np.maximum(np.maximum.accumulate(x), before)[:-1])) if len(x) else usable[:0]
        )
        x, y = x[ahead], y[ahead]
        if not len(x):
            return
        self.last_x, self._last_y = float(x[-1]), float(y[-1])
        if (room := _FIRST - len(self._first[0])) > 0:
            self._first = _join(self._first, (x[:room].copy(), y[:room].copy()))
        while len(x):
            x, y = self._take(x, y)

    def between(self, low: float = -math.inf, high: float = math.inf) -> Points:
        """The kept points from one position to another, and one more on either side, so that a line leaves the picture.

        Shape: -> (M,), (M,), M a little above ``kept`` at most.
        """
        x, y = _join((self._x[: self._count], self._y[: self._count]), self._waiting)
        if self._bucket > 1:
            later = np.searchsorted(x, self._first[0][-1], side="right")
            x, y = _join(self._first, (x[later:], y[later:]))
            if x[-1] < self.last_x:  # the newest point need not be the lowest or the highest of its bucket
                x, y = np.append(x, self.last_x), np.append(y, self._last_y)
        start = max(0, int(np.searchsorted(x, low)) - 1)
        stop = int(np.searchsorted(x, high, side="right")) + 1
        return x[start:stop].copy(), y[start:stop].copy()

    def _take(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> Points:
        """Takes as many of some points as there is room for; hands the others back."""
        if self._bucket > 1:
            x, y = _join(self._waiting, (x, y))
            self._waiting = (x[:0], y[:0])
        per_bucket = 2 if self._bucket > 1 else 1
        buckets = min(len(x) // self._bucket, (self._kept - self._count) // per_bucket)
        whole = buckets * self._bucket
        self._append(*(thin(x[:whole], y[:whole], self._bucket) if self._bucket > 1 else (x[:whole], y[:whole])))
        x, y = x[whole:], y[whole:]
        if self._count == self._kept:
            kept_x, kept_y = thin(self._x[: self._count], self._y[: self._count], 4)
            self._count = len(kept_x)
            self._x[: self._count], self._y[: self._count] = kept_x, kept_y
            self._bucket = 4 if self._bucket == 1 else 2 * self._bucket
        if len(x) < self._bucket:
            self._waiting = (x.copy(), y.copy())  # a view would keep all of a long history alive
            return x[:0], y[:0]
        return x, y

    def _append(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        end = self._count + len(x)
        if end > len(self._x):
            room = min(self._kept, max(end, 2 * len(self._x), 256)) - self._count
            spare = np.zeros(room)
            self._x = np.concatenate((self._x[: self._count], spare))
            self._y = np.concatenate((self._y[: self._count], spare))
        self._x[self._count : end], self._y[self._count : end] = x, y
        self._count = end


def thin(x: NDArray[np.float64], y: NDArray[np.float64], size: int) -> Points:
    """Keeps two of every ``size`` points, the lowest and the highest, in their order.

    Shape: (N,), (N,) -> (2 N / size,), (2 N / size,); N is a multiple of ``size``, which is 2 or more.
    """
    rows = y.reshape(-1, size)
    lowest, highest = rows.argmin(axis=1), rows.argmax(axis=1)
    level = lowest == highest  # all are equal: any two will do, but they must be two
    first, second = np.minimum(lowest, highest), np.where(level, size - 1, np.maximum(lowest, highest))
    kept = (np.arange(len(rows)) * size + np.stack((first, second))).T.ravel()
    return x[kept], y[kept]


def _join(one: Points, other: Points) -> Points:
    if not len(other[0]):
        return one
    return np.concatenate((one[0], other[0])), np.concatenate((one[1], other[1]))
