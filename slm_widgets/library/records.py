"""Events as lines of JSON: metrics.jsonl and samples.jsonl."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

from slm_widgets.library.run_folder import RunFolder
from slm_widgets.lines import LineWriter
from slm_widgets.training import CheckpointSaved, Choice, Evaluation, Event, Sample, Step

Recorded = Step | Evaluation | Sample | CheckpointSaved | Choice

_KINDS: dict[str, type[Recorded]] = {
    "step": Step,
    "evaluation": Evaluation,
    "sample": Sample,
    "checkpoint": CheckpointSaved,
    "choice": Choice,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
# The fields that every line has, and those that nan says nothing about.
_ALWAYS = {kind: tuple(f.name for f in fields(kind) if f.default is not math.nan) for kind in _NAMES}
_KNOWN = {kind: tuple(f.name for f in fields(kind) if f.default is math.nan) for kind in _NAMES}

# Lines for one call to the system. It bounds what is made in vain where the disk is still full.
_CHUNK = 1000


class EventWriter:
    """Appends the events of a run to its files; those that have no place there are passed over.

    What cannot be written waits in memory, in order, for the next call.

    Raises:
        OSError: where the files cannot be made.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._metrics, self._samples = _Waiting(folder.metrics), _Waiting(folder.samples)

    def keep(self, events: Iterable[Event]) -> None:
        """Takes events and lets them wait."""
        for event in events:
            if isinstance(event, Sample):
                self._samples.events.append(event)
            elif isinstance(event, Recorded):
                self._metrics.events.append(event)

    def write(self, events: Iterable[Event] = ()) -> None:
        """Writes what waits and some more events, and hands them to the operating system.

        Raises:
            OSError: where it cannot; what is not written waits.
        """
        self.keep(events)
        try:
            self._metrics.write()
        finally:
            self._samples.write()

    @property
    def waiting(self) -> int:
        """How many events wait."""
        return len(self._metrics.events) + len(self._samples.events)

    def thin(self) -> None:
        """Forgets every second step that waits; evaluations, samples and the newest step stay."""
        kept: list[Recorded] = []
        goes = True
        for event in reversed(self._metrics.events):  # counted from the newest
            if isinstance(event, Step):
                goes = not goes
                if goes:
                    continue
            kept.append(event)
        self._metrics.events = kept[::-1]

    def sync(self) -> None:
        """Writes to the disk itself; raises OSError where that fails."""
        try:
            self._metrics.writer.sync()
        finally:
            self._samples.writer.sync()


def read_record(record: dict[str, Any]) -> Event:
    """Makes the event of one line; KeyError or TypeError where it is none.

    A number that the line does not hold, as it was written before there was one, or as nobody knew it, is nan.
    """
    values: dict[str, Any] = {name: math.nan if value is None else value for name, value in record.items()}
    return _KINDS[values.pop("kind")](**values)


class _Waiting:
    """A file, and the events that are not in it yet."""

    def __init__(self, path: Path) -> None:
        self.writer = LineWriter(path)
        self.events: list[Recorded] = []

    def write(self) -> None:
        while self.events:
            self.writer.write([_record(event) for event in self.events[:_CHUNK]])
            del self.events[:_CHUNK]


def _record(event: Recorded) -> dict[str, Any]:
    """The event as plain data, without the numbers that nobody knows: JSON has no nan, and they come back as nan.

    An infinite one is left out with them. Where a field has to be there, JSON says null.
    """
    # By hand, as dataclasses.asdict takes ten times as long, once for each step of a training.
    kind = type(event)
    record: dict[str, Any] = {"kind": _NAMES[kind]}
    for name in _ALWAYS[kind]:
        record[name] = getattr(event, name)
    for name in _KNOWN[kind]:
        value = getattr(event, name)
        if value - value == 0:  # neither nan nor infinite
            record[name] = value
    return record
