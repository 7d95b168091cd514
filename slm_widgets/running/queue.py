"""The queue as people see it: what trains, what waits, and how long it may take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from slm_widgets.language import say
from slm_widgets.running.device_queue import places
from slm_widgets.stack.text_table import in_columns
from slm_widgets.training import RunState

if TYPE_CHECKING:
    from slm_widgets.running.run import Run


@dataclass(frozen=True)
class QueueEntry:
    """One run in the queue, as it stood when it was looked at.

    Args:
        device: What it trains on, or waits for.
        position: 0 for a run that has its turn, 1 for the next.
        name: The run's name.
        state: Its state.
        time_left_s: Seconds of training to its end; None while nobody can tell.
        shares: Whether another that shares may train beside it.
        run: The run itself, to move or stop it.
    """

    device: str
    position: int
    name: str
    state: RunState
    time_left_s: float | None
    shares: bool
    run: Run = field(repr=False, compare=False)


class Queue(Sequence[QueueEntry]):
    """The runs that train or wait, device by device and in order; prints as a table."""

    def __init__(self, entries: Sequence[QueueEntry]) -> None:
        self.entries = tuple(entries)

    def __getitem__(self, index: Any) -> Any:
        return self.entries[index]

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[QueueEntry]:
        return iter(self.entries)

    def __repr__(self) -> str:
        if not self.entries:
            return say(en="No run trains or waits.", ko="학습 중이거나 기다리는 실행이 없습니다.")
        head = (
            say(en="run", ko="실행"),
            say(en="device", ko="장치"),
            say(en="position", ko="순서"),
            say(en="state", ko="상태"),
            say(en="time left", ko="남은 시간"),
        )
        return "\n".join([in_columns([head, *(_row(entry) for entry in self.entries)]), *self._blocked()])

    def _blocked(self) -> list[str]:
        """A sentence for each paused run that others wait for."""
        return [
            paused_sentence(entry.name, entry.device)
            for entry in self.entries
            if entry.state is RunState.PAUSED
            and any(other.position and other.device == entry.device for other in self.entries)
        ]

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))


def queue() -> Queue:
    """Looks at the runs of this program that train or wait for a device.

    A run's ``move_to``, ``move_up`` and ``move_down`` change the order, ``stop`` takes it out.
    """
    owned = [(position, place) for position, place in places() if place.owner is not None]
    return Queue([_entry(position, place.device, place.shares, place.owner) for position, place in owned])


def paused_on(device: str) -> Run | None:
    """The run that is paused on a device where nobody else trains, so that all others wait for it; None where there is none."""
    training = [place.owner for position, place in places() if place.device == device and position == 0]
    if all(run is not None and run.state is RunState.PAUSED for run in training):
        return next(iter(training), None)
    return None


def paused_sentence(name: str, device: str) -> str:
    """Says that others wait for a paused run, and what to do."""
    return say(
        en=f"The run {name!r} is paused and keeps {device}: unpause() lets it go on, stop() lets the next one begin.",
        ko=f"실행 {name!r}이(가) 일시 정지한 채 {device}를 차지하고 있습니다. unpause()로 이어서 학습하거나 stop()으로 다음 실행이 시작되게 "
        "하세요.",
    )


def _entry(position: int, device: str, shares: bool, run: Run) -> QueueEntry:
    return QueueEntry(device, position, run.name, run.state, run.time_left_s, shares, run)


def _row(entry: QueueEntry) -> tuple[str, ...]:
    if entry.time_left_s is None:
        left = "–"
    else:
        minutes, seconds = divmod(round(entry.time_left_s), 60)
        left = say(
            en=f"{minutes} min {seconds} s" if minutes else f"{seconds} s",
            ko=f"{minutes}분 {seconds}초" if minutes else f"{seconds}초",
        )
    position = say(en="training", ko="학습 차례") if entry.position == 0 else str(entry.position)
    shares = say(en=" (shares)", ko=" (함께)") if entry.shares else ""
    return entry.name, entry.device + shares, position, entry.state.label, left
