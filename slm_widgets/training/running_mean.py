"""A running mean, for a loss that jumps from step to step."""

from __future__ import annotations

import math
from collections.abc import Mapping


class RunningMean:
    """The exponentially weighted mean of the numbers so far; those that are not finite are left out.

    Divided by the weight so far, as Adam does: else the first means would be too small.

    Source: Kingma and Ba 2015 (arXiv 1412.6980), section 3.

    Args:
        keep: How much of the mean stays at each number, 0 to below 1.
    """

    def __init__(self, keep: float) -> None:
        self._keep = keep
        self._mean = self._weight = 0.0

    @classmethod
    def for_steps(cls, steps: int | None) -> RunningMean:
        """Over about a sixtieth of a training of so many steps, None where nobody knows how many: calm, and not late."""
        return cls(1 - 1 / max(4.0, (steps or 600) / 60))

    def add(self, value: float) -> float:
        """Takes a number in, and returns the mean with it; nan before the first finite one."""
        if math.isfinite(value):
            keep = self._keep
            self._mean = keep * self._mean + (1 - keep) * value
            self._weight = keep * self._weight + (1 - keep)
        return self.value

    @property
    def value(self) -> float:
        """The mean, nan before the first number."""
        return self._mean / self._weight if self._weight else math.nan

    def state(self) -> dict[str, float]:
        """All that it knows, for JSON; restored, it goes on with the same numbers bit for bit."""
        return {"keep": self._keep, "mean": self._mean, "weight": self._weight}

    def restore(self, state: Mapping[str, float]) -> None:
        """Goes on from a ``state``."""
        self._keep, self._mean, self._weight = float(state["keep"]), float(state["mean"]), float(state["weight"])
