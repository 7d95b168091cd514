"""Disks that are full or cannot be written, for real: mounted as root, where that is allowed."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


def _do(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no mounting here: {getattr(error, 'stderr', '') or error}")


@contextlib.contextmanager
def small_disk(place: Path, size_kb: int) -> Iterator[Path]:
    """Mounts an empty disk of so many kilobytes."""
    if sys.platform != "linux":
        pytest.skip("a tmpfs is Linux's")
    place.mkdir()
    _do("mount", "-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", str(place))
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def fill(disk: Path) -> Path:
    """Takes all the room that is left; deleting the file gives it back."""
    hog = disk / "hog"
    with hog.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    return hog


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Has a folder that nobody can write to, root neither; writing is possible again afterwards."""
    if sys.platform != "linux":
        pytest.skip("a bind mount is Linux's")
    _do("mount", "--bind", str(folder), str(folder))
    try:
        _do("mount", "-o", "remount,ro,bind", str(folder))
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
