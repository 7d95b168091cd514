"""Lists of lines that survive a crash."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO


class LineWriter:
    """Appends JSON values to a file, one a line."""

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("a", encoding="utf-8")

    def write(self, values: Iterable[Any]) -> None:
        """Writes all values and hands them to the operating system, so that they outlive this process."""
        lines = [json.dumps(value, ensure_ascii=False) + "\n" for value in values]
        if lines:
            self._file.write("".join(lines))
            self._file.flush()

    def close(self) -> None:
        """Writes to the disk itself, and closes."""
        if not self._file.closed:
            try:
                self._file.flush()
                os.fsync(self._file.fileno())
            finally:
                self._file.close()


def read_lines(path: Path) -> Iterator[Any]:
    """Reads a file of ``LineWriter``; a last line that a killed process left half written is passed over.

    Raises:
        ValueError: where any other line is not JSON.
    """
    if not path.exists():
        return
    lines = path.read_bytes().split(b"\n")
    # A whole line ends with a line break, so what stands after the last one was cut off.
    for line in lines[:-1]:
        if line:
            yield json.loads(line)
