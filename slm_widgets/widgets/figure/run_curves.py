"""What a figure draws of one run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from slm_widgets.training import Evaluation, Event, Step
from slm_widgets.training.running_mean import RunningMean
from slm_widgets.widgets.figure.curve import KEPT, Curve

# A column that a history does not have, and a number that an event does not know.
_UNKNOWN = math.nan


class RunCurves:
    """The curves of one run, fed with events or with a history; bounded in size, however long the run.

    Args:
        max_steps: The length of the run where it is known: the running mean reaches over about a sixtieth of it.
        kept: The most points to keep of each curve.
    """

    def __init__(self, max_steps: int | None = None, kept: int = KEPT) -> None:
        self.loss, self.smooth, self.lr, self.grad_norm, self.validation = (Curve(kept) for _ in range(5))
        self._mean = RunningMean.for_steps(max_steps)

    @property
    def last_step(self) -> float:
        """The newest step of any curve, 0 before the first."""
        return max(self.loss.last_x, self.validation.last_x)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw yet."""
        return not len(self.loss) and not len(self.validation)

    def hear(self, events: Sequence[Event]) -> None:
        """Adds the steps and evaluations among some events."""
        steps = [e for e in events if isinstance(e, Step)]
        if steps:
            columns = [[getattr(e, name) for e in steps] for name in ("step", "loss", "smooth_loss", "lr", "grad_norm")]
            self._add(*columns)
        evaluations = [e for e in events if isinstance(e, Evaluation)]
        self.validation.extend([e.step for e in evaluations], [e.val_loss for e in evaluations])

    def read(self, history: Mapping[str, Sequence[float]]) -> None:
        """Adds what is in a ``run.history``; histories of older runs lack some columns."""
        steps = history.get("step", ())
        blank = np.full(len(steps), _UNKNOWN)
        self._add(steps, *(history.get(name, blank) for name in ("loss", "smooth_loss", "lr", "grad_norm")))
        self.validation.extend(history.get("val_step", ()), history.get("val_loss", ()))

    def _add(self, at: ArrayLike, losses: ArrayLike, smooth: ArrayLike, lr: ArrayLike, grad_norm: ArrayLike) -> None:
        steps = np.asarray(at, dtype=np.float64)
        # A step that was drawn before must not count twice in the mean either.
        new = steps > self.loss.last_x if len(self.loss) else np.ones(len(steps), dtype=bool)
        new_losses = np.asarray(losses, dtype=np.float64)[new]
        means = np.array(smooth, dtype=np.float64)[new]
        if not np.isfinite(means).all():  # of a run so old that it does not tell them
            reckoned = np.array([self._mean.add(loss) for loss in new_losses.tolist()])
            unknown = ~np.isfinite(means) & np.isfinite(new_losses)
            means[unknown] = reckoned[unknown]
        self.smooth.extend(steps[new], means)
        self.loss.extend(steps[new], new_losses)
        self.lr.extend(steps, lr)
        self.grad_norm.extend(steps, grad_norm)
