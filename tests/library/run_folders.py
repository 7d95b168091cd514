"""Folders of runs that were never trained."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from slm_widgets.library import RunFolder, process_identity
from slm_widgets.training import RunState, Snapshot


def make_folder(name: str = "a", **facts: Any) -> RunFolder:
    """A folder with its run.json."""
    return RunFolder.create(
        name,
        {
            "name": name,
            "state": RunState.RUNNING,
            "created": "2026-01-01T00:00:00+00:00",
            "process": process_identity(),
            **facts,
        },
    )


def snapshot(step: int, tensors: dict[str, torch.Tensor] | None = None, **facts: Any) -> Snapshot:
    """A snapshot with a tensor that tells its step."""
    return Snapshot(step, {"step": torch.tensor(step)} if tensors is None else tensors, {"step": step, **facts})


def marked(step: int) -> torch.nn.Module:
    """A model of one weight matrix, all of whose numbers are the step."""
    model = torch.nn.Linear(8, 8)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(step)
    return model


def all_files(folder: Path) -> dict[str, bytes]:
    """What lies in a folder and below, hidden or not."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@contextlib.contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """Mounts a real disk of a size such as ``"256k"``."""
    place.mkdir()
    try:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], capture_output=True)
    except FileNotFoundError:
        pytest.skip("this system has no mount")
    if mounted.returncode:
        pytest.skip("no disk may be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)
