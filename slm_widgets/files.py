"""Files that are whole or not there at all."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any


def write_atomically(path: str | os.PathLike[str], write: Callable[[Path], None]) -> None:
    """Puts a file in place only once it is whole and on disk: written beside its place, flushed, then renamed.

    Args:
        path: Where the file belongs; what was there before stays until the new one is whole.
        write: Fills the (existing, empty) file that it is given.

    Raises:
        OSError: when the folder cannot be written to or the disk is full; nothing is left behind.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    temporary.touch(exist_ok=False)
    try:
        write(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
        flush_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def flush_folder(path: Path) -> None:
    """Brings the names in a folder to the disk itself, so that a rename outlives a power cut, where the system can do so."""
    # Windows opens no folder, and some network drives flush none; there the system itself decides when.
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Writes a text to a file, whole or not at all; raises OSError as ``write_atomically`` does."""

    def write(temporary: Path) -> None:
        temporary.write_text(text, encoding="utf-8")

    write_atomically(path, write)


def write_json(path: str | os.PathLike[str], value: Any) -> None:
    """Writes JSON to a file, whole or not at all; raises OSError as ``write_atomically`` does."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")
