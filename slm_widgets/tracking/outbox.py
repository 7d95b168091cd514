"""What waits for MLflow in a run's folder.

``tracking.jsonl`` is written by the training's process alone, a line each:

- ``{"kind": "begin", ...}``: a process (the first, or one that resumes) begins to train;
- ``{"kind": "point", "step", "time_ms", "numbers"}``: numbers of a step or an evaluation;
- ``{"kind": "end", "status", "artifacts", "time_ms"}``: the run is over, and these files and folders of it belong to it.

``tracking.json`` is written by whoever delivers: where to, as which run, and how many bytes of the lines MLflow has.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from slm_widgets.lines import LineWriter

LINES = "tracking.jsonl"
STATE = "tracking.json"

_PAUSE_S = 1.0
_CHUNK = 500
_MOST_WAITING = 20_000  # points in memory while the disk is full: half an hour, 10 MB


class Outbox:
    """Appends lines; where the disk does not take them they wait in memory for the next call.

    Args:
        folder: The run's.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LINES
        self._writer: LineWriter | None = None
        self._waiting: list[dict[str, Any]] = []
        self._again_at = 0.0

    def put(self, lines: list[dict[str, Any]], now: bool = False) -> bool:
        """Appends lines; tells whether all are on disk.

        Args:
            lines: More lines; none gives those that wait another chance.
            now: Whether to try even if that failed a moment ago.
        """
        self._waiting += lines
        if not self._waiting:
            return True
        if time.monotonic() < self._again_at and not now:
            return False
        try:
            if self._writer is None:
                self._writer = LineWriter(self._path)
            while self._waiting:
                self._writer.write(self._waiting[:_CHUNK])
                del self._waiting[:_CHUNK]
        except OSError:
            self._again_at = time.monotonic() + _PAUSE_S
            if len(self._waiting) > _MOST_WAITING:
                self._waiting = list(_thinned(self._waiting))
            return False
        return True


def read_state(folder: Path) -> dict[str, Any]:
    """Reads what is known of the delivery; empty before the first, and where it cannot be read."""
    with contextlib.suppress(OSError, ValueError):
        state = json.loads((folder / STATE).read_text(encoding="utf-8"))
        if isinstance(state, dict):
            return state
    return {}


def has_waiting(folder: Path) -> bool:
    """Whether MLflow lacks something of the run in this folder, its end for instance."""
    state = read_state(folder)
    if state.get("refused"):
        return False
    try:
        with (folder / LINES).open("rb") as lines:
            if not lines.readline():
                return False
            lines.seek(state.get("delivered_bytes", 0))
            # Half a line, which a killed process left at the end, is never delivered.
            return not state.get("ended") or lines.readline().endswith(b"\n")
    except OSError:
        return False


@contextlib.contextmanager
def alone(lines: IO[bytes]) -> Iterator[bool]:
    """Tells whether this process is the only one that delivers a file of lines, and keeps it so until the end.

    The system itself lets go of the lock where a process is killed. A drive that knows no locks is taken for free.
    """
    if sys.platform == "win32":
        import msvcrt

        try:
            lines.seek(1 << 40)  # beyond every line, as others may not even read what is locked
            msvcrt.locking(lines.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            yield False
            return
    else:
        import fcntl

        try:
            fcntl.flock(lines, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:
            pass
    yield True  # closing the file unlocks it


def _thinned(lines: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every second step, and all else."""
    goes = False
    for line in lines:
        if line["kind"] == "point" and "loss" in line["numbers"]:
            goes = not goes
            if goes:
                continue
        yield line
