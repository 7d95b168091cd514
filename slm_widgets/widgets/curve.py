"""A curve that grows, and how much of it to show."""

from __future__ import annotations

import math
from array import array

import numpy as np


class Curve:
    """Points of a curve as they come; those that are not finite numbers are left out, as nobody can draw them.

    Args:
        smoothing: How much of the running mean stays at each point, 0 to below 1.
    """

    def __init__(self, smoothing: float = 0.0) -> None:
        self._x, self._y, self._smooth = array("d"), array("d"), array("d")
        self._smoothing = smoothing
        self._mean = 0.0
        self._weight = 0.0

    def add(self, x: float, y: float) -> None:
        """Adds a point, unless it is already there: who reads a history and then hears of events may hear of one again."""
        if not math.isfinite(y) or (self._x and x <= self._x[-1]):
            return
        keep = self._smoothing
        self._mean = keep * self._mean + (1 - keep) * y
        # Divided by the weight so far, as Adam does: else the first means would be too small.
        self._weight = keep * self._weight + (1 - keep)
        self._x.append(x)
        self._y.append(y)
        self._smooth.append(self._mean / self._weight)

    @property
    def x(self) -> np.ndarray:
        """Positions; a new array."""
        return np.array(self._x)

    @property
    def y(self) -> np.ndarray:
        """Values; a new array."""
        return np.array(self._y)

    @property
    def smooth(self) -> np.ndarray:
        """The running mean of the values; a new array."""
        return np.array(self._smooth)

    @property
    def last_x(self) -> float:
        """The newest position, 0 before the first."""
        return self._x[-1] if self._x else 0.0


def limits(smooth: np.ndarray, train: np.ndarray, validation: np.ndarray, floor: float | None) -> tuple[float, float]:
    """Chooses what part of the losses to show, from a little below the lowest to where the curve has left its start.

    A training begins near ln V and falls steeply; shown whole, that fall would press all that comes later into the lowest
    part of the figure. So the first twentieth of the steps may leave at the top, and so may single outliers.

    Args:
        smooth: Running means of the training losses.
        train: The training losses.
        validation: The validation losses, the first from before the first step.
        floor: A line that must be seen.
    """
    values = np.concatenate([train, validation, [] if floor is None else [floor]])
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if len(train) >= 40:
        settled = smooth[len(smooth) // 20 :]
        later = train[len(train) // 20 :]
        calm = validation[max(1, len(validation) // 10) :]
        high = float(max(settled.max(), np.quantile(later, 0.99), calm.max(initial=-math.inf), floor or -math.inf))
    room = max((high - low) * 0.06, 0.02)
    return (max(0.0, low - room) if low >= 0 else low - room), high + room


def round_ticks(low: float, high: float, most: int = 6) -> np.ndarray:
    """Chooses round numbers within a range, 1, 2 or 5 times a power of ten apart, ``most`` of them or a few less."""
    rough = max(high - low, 1e-12) / most
    power = 10.0 ** math.floor(math.log10(rough))
    distance = next(power * times for times in (1, 2, 5, 10) if power * times >= rough)
    first, last = math.ceil(low / distance - 1e-9), math.floor(high / distance + 1e-9)
    return np.arange(first, last + 1) * distance
