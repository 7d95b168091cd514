"""Reads the files of ``LineWriter``, the last line of which may be cut off."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_BLOCK_BYTES = 65536


def read_lines(path: Path) -> Iterator[Any]:
    """Reads a file of ``LineWriter`` line by line; a last one that a killed process left half written is passed over.

    Raises:
        ValueError: where any other line is not JSON.
    """
    for line in whole_lines(path):
        yield json.loads(line)


def last_lines(path: Path) -> Iterator[bytes]:
    """The lines of ``whole_lines`` from the last to the first; little more of the file is read than is asked for."""
    if not path.exists():
        return
    with path.open("rb") as file:
        at, rest, is_end = file.seek(0, os.SEEK_END), b"", True
        while at:
            start = max(0, at - _BLOCK_BYTES)
            file.seek(start)
            # The first piece may begin in the block before.
            rest, *lines = (file.read(at - start) + rest).split(b"\n")
            if lines and is_end:
                lines.pop()  # it has no line break after it, so it was cut off
                is_end = False
            yield from (line for line in reversed(lines) if line.strip())
            at = start
        if rest.strip() and not is_end:
            yield rest


def whole_lines(path: Path) -> Iterator[bytes]:
    """Reads the lines of a file that have an end, as they are; none where there is no file. Blank ones are left out."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            # A whole line ends with a line break, so what stands after the last one was cut off.
            if line.endswith(b"\n") and line.strip():
                yield line
