"""``slm-widgets runs``: what lies on disk."""

from __future__ import annotations

import argparse
import math
from datetime import datetime
from pathlib import Path

from slm_widgets.errors import RunError
from slm_widgets.language import say
from slm_widgets.library import SavedRun, runs, runs_folder
from slm_widgets.stack.text_table import in_columns


def main(arguments: argparse.Namespace) -> int:
    """Prints a table of the runs in a folder, the newest first."""
    folder = existing_folder(arguments.folder) or runs_folder()
    found = runs(folder)
    if not found:
        print(say(en=f"There are no runs in {folder}.", ko=f"{folder}에 실행이 없습니다."))
        return 0
    head = (
        say(en="run", ko="실행"),
        say(en="begun", ko="시작"),
        say(en="state", ko="상태"),
        say(en="steps", ko="스텝"),
        say(en="best validation loss", ko="최저 검증 손실"),
        say(en="folder", ko="폴더"),
    )
    print(in_columns([head, *map(_row, found)]))
    return 0


def existing_folder(name: str | None) -> Path | None:
    """A folder that was typed, None where none was.

    Raises:
        RunError: where it is not there: a slip of the hand would read as a folder without runs.
    """
    if name is None:
        return None
    folder = Path(name).expanduser().resolve()
    if not folder.is_dir():
        raise RunError(
            say(
                en=f"There is no folder {folder}. Give the folder of your runs, or leave it out for {runs_folder()}.",
                ko=f"{folder} 폴더가 없습니다. 실행이 있는 폴더를 주거나, 빼면 {runs_folder()}에서 찾습니다.",
            ),
            field="folder",
        )
    return folder


def _row(run: SavedRun) -> tuple[str, ...]:
    try:
        losses = [loss for loss in run.history["val_loss"] if math.isfinite(loss)]
        best = f"{min(losses):.3f}" if losses else "–"
        step = str(run.step)
    except RunError:  # its numbers are damaged: the list still says that it is there
        best = step = "?"
    steps = step if run.max_steps is None else f"{step}/{run.max_steps}"
    return run.name, _date(run.created), run.state.label, steps, best, _short(run.folder)


def _date(created: str) -> str:
    try:
        return f"{datetime.fromisoformat(created).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return created


def _short(folder: Path) -> str:
    """As it can be typed from here."""
    here = Path.cwd()
    return str(folder.relative_to(here) if folder.is_relative_to(here) else folder)
