"""What is on disk: the runs of this folder, each as one line of a list."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from slm_widgets.errors import RunError
from slm_widgets.language import say
from slm_widgets.library import SavedRun, load_run, runs_folder
from slm_widgets.training import RunState

_MOST = 50
# Columns of the list. Hangul is not quite as wide as two letters in most fonts: what may hold it comes last.
_BEGUN, _BEST, _STEPS, _STATE = 16, 9, 21, 9


@dataclass(frozen=True)
class RunLine:
    """A run in the list, as it was when the list was made.

    Args:
        best: The lowest validation loss in nats per token, None where it was never measured.
    """

    folder: Path
    name: str
    created: str
    state: RunState
    step: int
    max_steps: int | None
    best: float | None

    def __str__(self) -> str:
        best = "–" if self.best is None else f"{self.best:.3f}"
        steps = f"{self.step:,}" + (f" / {self.max_steps:,}" if self.max_steps else "")
        return "  ".join(
            (
                fitted(_date(self.created), _BEGUN),
                f"{best:>{_BEST}}",
                fitted(steps, _STEPS),
                fitted(self.state.label, _STATE),
                self.name,
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
    folders = [path.parent for path in runs_folder().glob("*/run.json")]
    found = []
    for folder in sorted(folders, key=lambda path: path.name, reverse=True):  # a name begins with the time
        try:
            found.append(_line(load_run(folder)))
        except RunError:
            continue
        if len(found) == _MOST:
            break
    return sorted(found, key=lambda line: (line.created, line.folder.name), reverse=True)


def _line(run: SavedRun) -> RunLine:
    try:
        step, best = run.step, run.facts.get("best_val_loss", math.nan)
        if best is not None and not math.isfinite(best):  # only the end of a run writes it down, and older ones did not
            best = min(filter(math.isfinite, run.history["val_loss"]), default=None)
    except RunError:  # its numbers are damaged: the list still says that it is there
        step, best = 0, None
    return RunLine(run.folder, run.name, run.created, run.state, step, run.max_steps, best)


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
