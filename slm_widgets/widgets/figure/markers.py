"""What happened at single steps of a run and can be opened: evaluations, checkpoints, samples."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from slm_widgets.training import CheckpointSaved, Evaluation, Event, Sample

Kind = Literal["evaluation", "checkpoint", "sample"]
Opened = Evaluation | CheckpointSaved | Sample
KINDS: dict[Kind, type[Opened]] = {"evaluation": Evaluation, "checkpoint": CheckpointSaved, "sample": Sample}

# A long run has tens of thousands, which are all in its folder; of a kind no more than this are kept to be opened here.
_KEPT = 400

_EVALUATION = {
    "val_loss": "val_loss",
    "elapsed_s": "val_elapsed_s",
    "perplexity": "val_perplexity",
    "bits_per_byte": "val_bits_per_byte",
    "accuracy": "val_accuracy",
    "top5_accuracy": "val_top5_accuracy",
    "macro_f1": "val_macro_f1",
}


class Markers:
    """The evaluations, checkpoints and samples of a run, by step; bounded in number, however long the run.

    Args:
        kept: The most of each kind. Where there are more, every second one goes, but never the newest, nor the best.
    """

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._all: dict[Kind, dict[int, Opened]] = {kind: {} for kind in KINDS}

    def hear(self, events: Sequence[Event]) -> None:
        """Takes note of those among some events; one that is heard of twice is there once."""
        for event in events:
            for kind, sort in KINDS.items():
                if isinstance(event, sort):
                    self._all[kind][event.step] = event
        for kind in KINDS:
            while len(self._all[kind]) > self._kept:
                self._all[kind] = _every_second(dict(sorted(self._all[kind].items())))

    def read(self, history: Mapping[str, Sequence[float]]) -> None:
        """Takes the evaluations of a ``run.history``; what older runs did not measure is nan."""
        steps = history.get("val_step", ())
        columns = {name: history.get(column, [math.nan] * len(steps)) for name, column in _EVALUATION.items()}
        self.hear(
            [
                Evaluation(int(step), **{name: float(column[row]) for name, column in columns.items()})
                for row, step in enumerate(steps)
            ]
        )

    def count(self, kind: Kind) -> int:
        """How many there are of a kind."""
        return len(self._all[kind])

    def get(self, kind: Kind, step: int) -> Opened | None:
        """The one of this kind at this step, None where there is none."""
        return self._all[kind].get(step)

    def between(self, kind: Kind, low: float, high: float, most: int) -> list[Opened]:
        """Those of a kind within a range of steps, in order; evenly fewer where there are more than ``most``."""
        found = {step: it for step, it in sorted(self._all[kind].items()) if low <= step <= high}
        while len(found) > most:
            found = _every_second(found)
        return list(found.values())

    def beside(self, kind: Kind | None, step: float, direction: Literal[-1, 1]) -> tuple[Kind, int] | None:
        """The next one or the one before, of any kind, in the order of the steps.

        Args:
            kind: The one to start from; None starts between the steps.
            step: Where to start.
            direction: 1 for the next one, -1 for the one before.

        Returns:
            Kind and step, None at the end.
        """
        order = list(KINDS)
        here = (step, order.index(kind) if kind else math.inf * -direction)
        places = sorted((step, order.index(kind)) for kind, those in self._all.items() for step in those)
        ahead = [place for place in places if (place > here if direction > 0 else place < here)]
        if not ahead:
            return None
        step, number = ahead[0] if direction > 0 else ahead[-1]
        return order[number], step


def _every_second(those: dict[int, Opened]) -> dict[int, Opened]:
    steps = list(those)
    stay = set(steps[::-2]) | {_best(those)}
    return {step: it for step, it in those.items() if step in stay}


def _best(those: Mapping[int, Opened]) -> int | None:
    losses = {
        step: it.val_loss for step, it in those.items() if not isinstance(it, Sample) and it.val_loss == it.val_loss
    }
    return min(losses, key=lambda step: losses[step]) if losses else None
