"""Where a training ends: after so many steps, epochs or minutes, whichever comes first."""

from __future__ import annotations

import math

from slm_widgets.data import Dataset
from slm_widgets.training.config import TrainConfig
from slm_widgets.training.schedule import total_steps

_FAR = 10_000_000  # steps


def steps_per_epoch(dataset: Dataset, config: TrainConfig) -> float:
    """How many steps one pass over the training windows takes; a batch may reach from one pass into the next."""
    return len(dataset.train) / (config.batch_size * config.grad_accumulation)


class Horizon:
    """Knows the end of a training, or foresees it.

    Attributes:
        steps: How many steps it has at most; None where only the clock ends it.
    """

    def __init__(self, dataset: Dataset, config: TrainConfig) -> None:
        self.steps = total_steps(config, steps_per_epoch(dataset, config))
        self._limit_s = None if config.max_minutes is None else config.max_minutes * 60
        if self.steps is not None:
            config.check_steps(self.steps)

    def is_reached(self, step: int, elapsed_s: float) -> bool:
        """Whether the training is over after ``step`` steps and so many seconds."""
        return (self.steps is not None and step >= self.steps) or (
            self._limit_s is not None and step > 0 and elapsed_s >= self._limit_s
        )

    def at(self, step: int, elapsed_s: float, began_s: float) -> int:
        """How many steps it will have in all: what a schedule goes by.

        Args:
            step: Steps that are done.
            elapsed_s: Seconds since the beginning.
            began_s: How many of them had passed when the second step began. The first one may have waited for a compiler.
        """
        if self._limit_s is None:
            assert self.steps is not None
            return self.steps
        # Before there is a pace to speak of, the end is far away.
        pace_s = (elapsed_s - began_s) / (step - 1) if step > 1 else 0.0
        foreseen = step + math.ceil((self._limit_s - elapsed_s) / pace_s) if pace_s > 0 else _FAR
        return max(step + 1, foreseen if self.steps is None else min(foreseen, self.steps))
