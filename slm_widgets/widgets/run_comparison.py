"""RunComparison: several runs in one figure and one table, while they train and after."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import ipywidgets
import traitlets

from slm_widgets.errors import RunError
from slm_widgets.language import LANGUAGES, say, use_language
from slm_widgets.language import language as current_language
from slm_widgets.running.comparison import Compared
from slm_widgets.training import Event, StateChanged
from slm_widgets.widgets.border import send_again, shown
from slm_widgets.widgets.figure.repaint import Repaint
from slm_widgets.widgets.figure.rules import overlay_line
from slm_widgets.widgets.live_figure import LiveFigure
from slm_widgets.widgets.run_table import RULES, failures, read_rows, table
from slm_widgets.widgets.style import Words, style_sheet


class RunComparison(ipywidgets.VBox):
    """Draws the validation and the smoothed training loss of several runs over each other, and tells them in one table.

    Each run has a line of its own; a click on its name in the legend hides it. The table shows what differs between the runs
    and what came of them, the best first. Runs that go on are followed while they train.

    Args:
        runs: A sweep, or runs: those that train, those that are over, and those read back from their folders.
        language: ``"en"`` or ``"ko"``; None for the chosen one.
        height_px: Height of the drawing.

    Attributes:
        figure: The LiveFigure.

    Raises:
        RunError: where there is no run, or something that is none.
    """

    language = traitlets.Enum(list(LANGUAGES))
    # A widget that could not be made is closed all the same.
    _unsubscribe: Sequence[Callable[[], None] | None] = ()

    def __init__(self, runs: Iterable[Any], *, language: str | None = None, height_px: int = 320) -> None:
        self._lock = threading.RLock()  # the main loop, whoever waits and a timer may all have something to show
        self.runs: list[Compared] = _checked(runs)
        names = _distinct([str(run.name) for run in self.runs])
        lengths = [run.max_steps for run in self.runs if run.max_steps]
        with use_language(language):
            spoken = current_language()
        self.figure = LiveFigure(
            _common([getattr(run, "entropy_floor", None) for run in self.runs]),
            max(lengths, default=None),
            language=spoken,
            height_px=height_px,
        )
        self._table, self._problems, self._trouble = ipywidgets.HTML(), Words(), Words()
        self._table.add_class("slm-wide-table")
        self._lines = [overlay_line(number) for number in range(len(self.runs))]
        super().__init__(
            [style_sheet(), style_sheet(RULES), self.figure, self._table, self._problems, self._trouble],
            language=spoken,
            layout=ipywidgets.Layout(width="100%"),
        )
        self.add_class("slm")
        self.add_class("slm-panel")
        self._repaint = Repaint(self._redraw)
        self._heard: dict[str, list[Event]] = {}  # since the figure was drawn
        with self._lock:  # whoever waits for a run may tell us of it at once
            self._unsubscribe = [self._follow(number) for number in range(len(self.runs))]
            # Whatever happened before a run was followed is in its history; what is in both is drawn once.
            self.figure.overlay_all({name: run.history for name, run in zip(names, self.runs, strict=True)})
            self._rows = read_rows(self.runs, names)
        self.observe(lambda change: self._speak(), "language")
        self._redraw()

    def __repr__(self) -> str:
        return f"<RunComparison of {', '.join(repr(str(run.name)) for run in self.runs)}>"

    def _follow(self, number: int) -> Any:
        subscribe = getattr(self.runs[number], "subscribe", None)
        return None if subscribe is None else subscribe(lambda events: self._hear(number, events))

    def _hear(self, number: int, events: list[Event]) -> None:
        with use_language(self.language), shown(lambda error, words: self._trouble.show(words, "slm-problem")):
            with self._lock:
                row = self._rows[number]
                row.hear(events)
                self._heard.setdefault(row.name, []).extend(events)
            # Its end is shown at once: a notebook that is saved now must not keep it as it was a moment before.
            is_end = any(isinstance(event, StateChanged) and event.state.is_over for event in events)
            (self._redraw if is_end else self._repaint.soon)()

    def show_again(self) -> None:
        """Sends all that it shows once more: a cell shows it that was run after it was made."""
        with self._lock:
            send_again(self)

    def close(self) -> None:
        """Takes it away, and listens to no run any more."""
        for unsubscribe in self._unsubscribe:
            if unsubscribe is not None:
                unsubscribe()
        super().close()

    def _speak(self) -> None:
        self.figure.language = self.language
        self._redraw()

    def _redraw(self) -> None:
        with self._lock, use_language(self.language):
            heard, self._heard = self._heard, {}
            self.figure.overlay_events(heard)
            told = table(self._rows, self._lines)
            if told != self._table.value:
                self._table.value = told
            self._problems.show(failures(self._rows), "slm-problem")
        self._repaint.done()


def _checked(runs: Iterable[Any]) -> list[Compared]:
    found: list[Any] = (
        list(runs) if isinstance(runs, Iterable) and not isinstance(runs, str | bytes | Mapping) else [runs]
    )
    wrong = [
        type(run).__name__ for run in found if not all(hasattr(run, name) for name in ("stack", "history", "config"))
    ]
    if not found or wrong:
        raise RunError(
            say(
                en=f"{'There is no run' if not found else f'{wrong[0]} is no run'} to compare. Give a sweep, or a list "
                "of runs: what train(), load_run() and runs() return.",
                ko=f"{'비교할 실행이 없습니다' if not found else f'{wrong[0]}은(는) 실행이 아닙니다'}. sweep이나 실행의 목록을 "
                "주세요. train(), load_run(), runs()가 돌려주는 것입니다.",
            ),
            field="runs",
        )
    return found


def _distinct(names: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        found.append(
            next(n for n in itertools.chain([name], (f"{name} ({k})" for k in itertools.count(2))) if n not in found)
        )
    return found


def _common(floors: Sequence[float | None]) -> float | None:
    """The entropy floor where it is the same for all: they learn the same text with the same tokenizer."""
    return floors[0] if len(set(floors)) == 1 else None
