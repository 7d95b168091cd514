"""Which numbers go to MLflow, and when: it takes milliseconds for each call, so there are few and big ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from slm_widgets.training import Evaluation, Event, Step

POINTS_PER_S = 10


class Thinner:
    """Lets at most ten steps a second of training through, and each evaluation."""

    def __init__(self) -> None:
        self._since_last_s = 0.0
        self._held: Step | None = None
        self._first = True

    def points(self, event: Event) -> Iterator[tuple[int, dict[str, float]]]:
        """Yields the points to log for one event: the step and the numbers by name."""
        if isinstance(event, Step):
            self._since_last_s += event.step_time_s
            if self._first or self._since_last_s >= 1 / POINTS_PER_S:
                self._first, self._held, self._since_last_s = False, None, 0.0
                yield _point(event)
            else:
                self._held = event
        elif isinstance(event, Evaluation):
            yield event.step, {"val_loss": event.val_loss}

    def rest(self) -> Iterator[tuple[int, dict[str, float]]]:
        """Yields the last step, unless it was let through already."""
        if self._held is not None:
            yield _point(self._held)
            self._held = None


def _point(step: Step) -> tuple[int, dict[str, float]]:
    numbers = asdict(step)
    return numbers.pop("step"), numbers
