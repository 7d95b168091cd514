"""The checkpoints of a run: which there are, and what their files are called."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slm_widgets.library import layout

FORMAT = "slm-widgets-checkpoint"
VERSION = 1

WEIGHTS = layout.WEIGHTS
STATE = "state.safetensors"
FACTS = "state.json"

NEW = ".new"
"""What the name of a checkpoint ends with while it takes the place of another of the same step: no system replaces a folder
that is not empty in one go."""

_NAME = re.compile(rf"step-(\d{{8,}})({re.escape(NEW)})?")


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint on disk.

    Args:
        val_loss: Nats per token of its weights; None where they were not evaluated.
        is_best: Whether it has the lowest validation loss of those that are kept; of two alike, the later one.
        is_last: Whether it is the newest.
    """

    step: int
    path: Path
    val_loss: float | None
    is_best: bool
    is_last: bool

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.path.name


def checkpoint_name(step: int) -> str:
    """What the folder of a checkpoint is called."""
    return f"step-{step:08d}"


def step_of(path: Path) -> int | None:
    """The step that the name of a checkpoint's folder tells; None where it is the name of something else."""
    match = _NAME.fullmatch(path.name)
    return int(match[1]) if match else None


def checkpoints(folder: Path) -> list[Checkpoint]:
    """Lists the checkpoints of a run's folder, the newest first; damaged ones too, which only loading tells."""
    found: dict[int, Path] = {}
    for path in entries(folder / layout.CHECKPOINTS):  # sorted, so that NEW comes after what it replaces
        if (step := step_of(path)) is not None:
            found[step] = path
    losses = {step: _val_loss(path) for step, path in found.items()}
    known = {step: loss for step, loss in losses.items() if loss is not None}
    best = min(known, key=lambda step: (known[step], -step), default=None)
    last = max(found, default=None)
    return [
        Checkpoint(step, found[step], losses[step], is_best=step == best, is_last=step == last)
        for step in sorted(found, reverse=True)
    ]


def entries(place: Path) -> list[Path]:
    """What lies in the folder of the checkpoints, by name; nothing where there is none."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        return sorted(place.iterdir())
    return []


def discard(path: Path) -> None:
    """Takes a checkpoint away, as well as it can: in one go from its name, and then from the disk.

    What stays because the process is killed in between is removed when the next checkpoint is saved.
    """
    old = path.with_name(f".{path.name}.{secrets.token_hex(4)}.old")
    with contextlib.suppress(OSError):
        os.rename(path, old)
        shutil.rmtree(old, ignore_errors=True)


def measured(value: Any) -> float | None:
    """A validation loss, None where there is none or it is no finite number."""
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _val_loss(path: Path) -> float | None:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return measured(json.loads((path / FACTS).read_text(encoding="utf-8")).get("val_loss"))
    return None
