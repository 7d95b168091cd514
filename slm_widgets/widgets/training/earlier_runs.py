"""What is on disk: the runs of this folder, each as one line of a list."""

from __future__ import annotations

import contextlib
import itertools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from slm_widgets.errors import RunError, SLMError
from slm_widgets.language import say
from slm_widgets.library import SavedRun, load_run, runs_folder
from slm_widgets.running.comparison import differing
from slm_widgets.running.grid import value_text
from slm_widgets.training import RunState

_MOST = 50
# Columns of the list. Hangul is not quite as wide as two letters in most fonts: what may hold it comes last.
_BEGUN, _BEST, _STEPS, _STATE = 16, 9, 21, 9
_MOST_CHANGES = 3
_IN_STEPS = "max_steps"  # the column of the steps says it


@dataclass(frozen=True)
class RunLine:
    """A run in the list, as it was when the list was made.

    Args:
        best: The lowest validation loss in nats per token, None where it was never measured.
        changes: How it differs from the run of that name before it, "lr=0.003"; empty for the first, and where nothing does.
    """

    folder: Path
    name: str
    created: str
    state: RunState
    step: int
    max_steps: int | None
    best: float | None
    changes: str = ""

    def __str__(self) -> str:
        best = "–" if self.best is None else f"{self.best:.3f}"
        steps = f"{self.step:,}" + (f" / {self.max_steps:,}" if self.max_steps else "")
        return "  ".join(
            (
                fitted(_date(self.created), _BEGUN),
                f"{best:>{_BEST}}",
                fitted(steps, _STEPS),
                fitted(self.state.label, _STATE),
                f"{self.name}: {self.changes}" if self.changes else self.name,
            )
        )


def headings() -> str:
    """What stands over the columns, in the current language, as HTML."""
    widths = {
        say(en="begun", ko="시작"): _BEGUN,
        say(en="val. loss", ko="검증 손실"): _BEST,
        say(en="steps", ko="스텝"): _STEPS,
        say(en="state", ko="상태"): _STATE,
        say(en="run", ko="실행"): 4,
    }
    return "".join(f'<span style="width: {width + 2}ch">{words}</span>' for words, width in widths.items())


def list_runs() -> list[RunLine]:
    """The newest runs of ``runs_folder()``; a folder that cannot be read is passed over (``slm.runs()`` says which and why).

    Reads numbers from disk: not for the thread that answers the page.
    """
    # One more than are listed: the last of these may change something of it.
    found = [(_line(run), run) for run in itertools.islice(newest_runs(), _MOST + 1)]
    found.sort(key=lambda one: (one[0].created, one[0].folder.name), reverse=True)
    return [_with_changes(line, run, found[position:]) for position, (line, run) in enumerate(found, start=1)][:_MOST]


def newest_runs() -> Iterator[SavedRun]:
    """The runs of ``runs_folder()``, those that were begun last first; a folder that cannot be read is passed over."""
    folders = [path.parent for path in runs_folder().glob("*/run.json")]
    for folder in sorted(folders, key=lambda path: path.name, reverse=True):  # a name begins with the time
        with contextlib.suppress(RunError):
            yield load_run(folder)


def _line(run: SavedRun) -> RunLine:
    try:
        step, best = run.step, run.best_val_loss
    except RunError:  # its numbers are damaged: the list still says that it is there
        step, best = 0, None
    return RunLine(run.folder, run.name, run.created, run.state, step, run.max_steps, best)


def _with_changes(line: RunLine, run: SavedRun, older: Sequence[tuple[RunLine, SavedRun]]) -> RunLine:
    """The line with what the run changes of the newest older one of its name: rows of one design would else look alike."""
    before = next((other for one, other in older if one.name == line.name), None)
    if before is None:
        return line
    try:
        changed = {key: new for key, (_, new) in differing([before, run]).items()}
    except SLMError:  # a damaged folder: the list still says that it is there
        return line
    # Another text has another vocabulary, and sizes of layers with it: what a person chose comes first, at least.
    chosen = sorted(changed, key=lambda key: "." in key)
    told = [f"{key}={'–' if changed[key] is None else value_text(changed[key])}" for key in chosen if key != _IN_STEPS]
    return replace(line, changes=", ".join(told[:_MOST_CHANGES]) + (", …" if len(told) > _MOST_CHANGES else ""))


def fitted(text: str, width: int) -> str:
    """A text cut or filled to so many columns; Hangul and Chinese characters take two."""
    used, kept = 0, ""
    for character in text:
        wide = _columns(character)
        if used + wide > width:
            kept = kept[:-1] + "…"
            break
        used, kept = used + wide, kept + character
    return kept + " " * (width - sum(map(_columns, kept)))


def _columns(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _date(created: str) -> str:
    try:
        return f"{datetime.fromisoformat(created).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return fitted(created, 16)
