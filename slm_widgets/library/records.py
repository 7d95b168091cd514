"""Events as lines of JSON: metrics.jsonl and samples.jsonl."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from slm_widgets.library.files import LineWriter
from slm_widgets.library.run_folder import RunFolder
from slm_widgets.training import Evaluation, Event, Sample, Step

_KINDS: dict[str, type[Step | Evaluation | Sample]] = {"step": Step, "evaluation": Evaluation, "sample": Sample}
_NAMES = {kind: name for name, kind in _KINDS.items()}


class EventWriter:
    """Appends the events of a run to its files; those that have no place there are passed over."""

    def __init__(self, folder: RunFolder) -> None:
        self._metrics = LineWriter(folder.metrics)
        self._samples = LineWriter(folder.samples)

    def write(self, events: Iterable[Event]) -> None:
        """Writes some events and hands them to the operating system."""
        metrics, samples = [], []
        for event in events:
            if isinstance(event, Step | Evaluation | Sample):
                (samples if isinstance(event, Sample) else metrics).append(_record(event))
        self._metrics.write(metrics)
        self._samples.write(samples)

    def close(self) -> None:
        """Writes to the disk itself, and closes."""
        try:
            self._metrics.close()
        finally:
            self._samples.close()


def read_record(record: dict[str, Any]) -> Event:
    """Makes the event of one line; KeyError or TypeError where it is none."""
    values = dict(record)
    return _KINDS[values.pop("kind")](**values)


def _record(event: Step | Evaluation | Sample) -> dict[str, Any]:
    return {"kind": _NAMES[type(event)], **asdict(event)}
