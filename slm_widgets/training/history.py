"""The numbers of a training as columns."""

from __future__ import annotations

import threading
from dataclasses import fields

from slm_widgets.training.events import Evaluation, Event, Sample, Step

_STEP_COLUMNS = tuple(field.name for field in fields(Step))
_EVALUATION_COLUMNS = {"step": "val_step", "val_loss": "val_loss", "elapsed_s": "val_elapsed_s"}


class History:
    """Collects events into columns; one thread adds, any thread reads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._columns: dict[str, list[float]] = {name: [] for name in (*_STEP_COLUMNS, *_EVALUATION_COLUMNS.values())}
        self._samples: list[Sample] = []

    def add(self, event: Event) -> None:
        """Adds a step, an evaluation or a sample; other events have no place here."""
        with self._lock:
            if isinstance(event, Step):
                for name in _STEP_COLUMNS:
                    self._columns[name].append(getattr(event, name))
            elif isinstance(event, Evaluation):
                for attribute, name in _EVALUATION_COLUMNS.items():
                    self._columns[name].append(getattr(event, attribute))
            elif isinstance(event, Sample):
                self._samples.append(event)

    def columns(self) -> dict[str, list[float]]:
        """A copy of all columns, equally long among those of the steps and among those of the evaluations (``val_...``)."""
        with self._lock:
            return {name: list(column) for name, column in self._columns.items()}

    def samples(self) -> list[Sample]:
        """A copy of the samples."""
        with self._lock:
            return list(self._samples)

    @property
    def last_step(self) -> int:
        """How many steps are in it, 0 before the first."""
        steps = self._columns["step"]
        return int(steps[-1]) if steps else 0

    def last(self, name: str) -> float | None:
        """The newest value of a column, None before the first."""
        column = self._columns[name]
        return column[-1] if column else None
