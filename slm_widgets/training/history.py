"""The numbers of a training as columns."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter

import numpy as np

from slm_widgets.training.events import CheckpointSaved, Choice, Evaluation, Event, Sample, Step
from slm_widgets.training.thinned import Thinned, ThinnedRows

MOST_ROWS = 20_000
"""So many steps are held, and so many evaluations."""
MOST_TEXTS = 2_000
"""So many samples and checkpoints are held."""

_STEP_FIELDS = tuple(field.name for field in fields(Step))
_EVALUATION_FIELDS = tuple(field.name for field in fields(Evaluation))
_EVALUATION_COLUMNS = tuple(f"val_{name.removeprefix('val_')}" for name in _EVALUATION_FIELDS)
_step_row, _evaluation_row = attrgetter(*_STEP_FIELDS), attrgetter(*_EVALUATION_FIELDS)


class History:
    """Collects events into columns, in a few megabytes however long a training is; one thread adds, any thread reads.

    Up to ``most_rows`` steps each one is there. Of more, every 2nd is kept, later every 4th, every 8th and so on, from the
    first; the newest is always there. The same goes for evaluations, samples, checkpoints and choices. The complete record
    is a run's metrics.jsonl.

    Columns: those of ``Step`` by their names, and those of ``Evaluation`` with ``val_`` before them. A number that nobody
    knows is nan.

    Args:
        most_rows: How many steps and how many evaluations are held, besides the newest.
        most_texts: How many samples, checkpoints and choices are held, besides the newest of each.
    """

    def __init__(self, most_rows: int = MOST_ROWS, most_texts: int = MOST_TEXTS) -> None:
        self._lock = threading.Lock()
        self._steps = ThinnedRows(len(_STEP_FIELDS), most_rows)
        self._evaluations = ThinnedRows(len(_EVALUATION_FIELDS), most_rows)
        self._samples = Thinned[Sample](most_texts)
        self._checkpoints = Thinned[CheckpointSaved](most_texts)
        self._choices = Thinned[Choice](most_texts)
        self._best_val_loss = math.inf

    def add(self, event: Event) -> None:
        """Adds a step, an evaluation, a sample, a checkpoint or a choice; other events have no place here."""
        with self._lock:
            if isinstance(event, Step):
                self._steps.add(_step_row(event))
            elif isinstance(event, Evaluation):
                self._evaluations.add(_evaluation_row(event))
                if event.val_loss < self._best_val_loss:  # which nan never is
                    self._best_val_loss = event.val_loss
            elif isinstance(event, Sample):
                self._samples.add(event)
            elif isinstance(event, CheckpointSaved):
                self._checkpoints.add(event)
            elif isinstance(event, Choice):
                self._choices.add(event)

    def columns(self) -> dict[str, list[float]]:
        """A copy of all columns, equally long among those of the steps and among those of the evaluations (``val_...``)."""
        with self._lock:
            steps, evaluations = self._steps.table(), self._evaluations.table()
        columns = zip((*_STEP_FIELDS, *_EVALUATION_COLUMNS), (*steps.T, *evaluations.T), strict=True)
        return {name: _plain(column, whole=name in ("step", "val_step")) for name, column in columns}

    def samples(self) -> list[Sample]:
        """A copy of the samples."""
        with self._lock:
            return self._samples.items()

    def checkpoints(self) -> list[CheckpointSaved]:
        """What was last said of each checkpoint; some of them may have made room for better ones since."""
        with self._lock:
            return list({one.step: one for one in self._checkpoints.items()}.values())

    def choices(self) -> list[Choice]:
        """A copy of what ``auto`` chose."""
        with self._lock:
            return self._choices.items()

    @property
    def last_step(self) -> int:
        """The number of the newest step, 0 before the first."""
        newest = self._steps.newest
        return int(newest[0]) if newest is not None else 0

    @property
    def best_val_loss(self) -> float | None:
        """The lowest validation loss of all evaluations, in nats per token; None before the first."""
        return None if math.isinf(self._best_val_loss) else self._best_val_loss

    def last(self, name: str) -> float | None:
        """The newest value of a column, None before the first; the steps' and the evaluations' names are those of ``columns``.

        Raises:
            ValueError: for a column that is not there.
        """
        if name in _STEP_FIELDS:
            return _value(self._steps.newest, _STEP_FIELDS.index(name))
        return _value(self._evaluations.newest, _EVALUATION_COLUMNS.index(name))


def _value(row: Sequence[float] | None, place: int) -> float | None:
    return None if row is None else row[place]


def _plain(column: np.ndarray, whole: bool) -> list[float]:
    """A column as plain numbers."""
    if whole:
        return column.astype(np.int64).tolist()
    values: list[float] = column.tolist()
    # math.nan itself: unlike any other nan, it makes two lists with the same numbers equal.
    return [math.nan if value != value else value for value in values] if np.isnan(column).any() else values
