"""Which numbers go to MLflow, and when: it takes milliseconds for each call, so there are few and big ones."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict

from slm_widgets.training import Evaluation, Event, Step

POINTS_PER_S = 5


class Thinner:
    """Lets at most five steps a second of training through, and each evaluation: MLflow's page itself draws a few hundred."""

    def __init__(self) -> None:
        self._since_last_s = 0.0
        self._held: Step | None = None
        self._first = True

    def points(self, event: Event) -> Iterator[tuple[int, dict[str, float]]]:
        """Yields the points to log for one event: the step, and by name the numbers that are known."""
        if isinstance(event, Step):
            self._since_last_s += event.step_time_s
            if self._first or self._since_last_s >= 1 / POINTS_PER_S:
                self._first, self._held, self._since_last_s = False, None, 0.0
                yield event.step, _numbers(event)
            else:
                self._held = event
        elif isinstance(event, Evaluation):
            # As the history names them, too.
            numbers = {f"val_{name.removeprefix('val_')}": value for name, value in _numbers(event).items()}
            yield event.step, numbers

    def rest(self) -> Iterator[tuple[int, dict[str, float]]]:
        """Yields the last step, unless it was let through already."""
        if self._held is not None:
            yield self._held.step, _numbers(self._held)
            self._held = None


def _numbers(event: Step | Evaluation) -> dict[str, float]:
    """All but the step; without nan, which says that nobody knows, and infinity, which no curve can show."""
    return {name: value for name, value in asdict(event).items() if name != "step" and math.isfinite(value)}
