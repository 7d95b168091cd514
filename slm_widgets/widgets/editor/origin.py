"""Where an editor was begun, so that a page can tell whether a drawing that it kept belongs to it."""

from __future__ import annotations

import hashlib
import json
import sys
import uuid
from collections import Counter
from typing import Any

_KERNEL = uuid.uuid4().hex
"""Another one in each kernel."""


def origin_of(begun_with: Any) -> dict[str, str]:
    """Names an editor's place and the editor itself.

    Args:
        begun_with: The design that it was opened with, or the path of the file that keeps its drawing.

    Returns:
        ``place``: the same each time that this cell is run, for the first editor that it opens with this design, for the
        second, and so on. ``session``: another one for each editor, or, where the notebook does not tell its cells apart, for
        each kernel: two cells may then have opened the same design.
    """
    cell, run = _cell_and_run()
    text = json.dumps([cell, begun_with], sort_keys=True, default=str)
    text += f" {_RUNS.count(run, text)}"
    place = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:24]
    return {"place": place, "session": uuid.uuid4().hex if cell else _KERNEL}


class _Runs:
    """Counts what one run of a cell began with the same."""

    def __init__(self) -> None:
        self._run, self._begun = "", Counter[str]()

    def count(self, run: str, text: str) -> int:
        """How often this run began with this before; 0 where nobody tells one run from another."""
        if run != self._run:
            self._run, self._begun = run, Counter()
        if run:
            self._begun[text] += 1
        return max(0, self._begun[text] - 1)


_RUNS = _Runs()


def _cell_and_run() -> tuple[str, str]:
    """The id of the notebook cell that runs now, which JupyterLab and VS Code tell, and that of this run, which all tell."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    parent = getattr(shell, "parent_header", None)
    return _text(parent, "metadata", "cellId"), _text(parent, "header", "msg_id")


def _text(parent: Any, part: str, name: str) -> str:
    values = parent.get(part) if isinstance(parent, dict) else None
    text = values.get(name) if isinstance(values, dict) else None
    return text if isinstance(text, str) else ""
