"""Writes checkpoints, each whole or not there at all, and takes away those that need not be kept."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import secrets
import shutil
import time
from pathlib import Path
from typing import Any

import torch
from torch import nn

from slm_widgets.files import flush_folder, write_json
from slm_widgets.library.checkpoints import (
    FACTS,
    FORMAT,
    NEW,
    STATE,
    VERSION,
    WEIGHTS,
    Checkpoint,
    checkpoint_name,
    checkpoints,
    discard,
    entries,
    measured,
)
from slm_widgets.library.process import is_alive, process_identity
from slm_widgets.library.run_folder import RunFolder
from slm_widgets.library.weights import save_weights, write_tensors
from slm_widgets.training import Snapshot
from slm_widgets.version import __version__

# An unfinished folder that does not tell its writer yet, or whose writer is on another machine, is a left-over after this.
_ABANDONED_S = 3600

_being_written: set[Path] = set()


def save_checkpoint(folder: RunFolder, snapshot: Snapshot, model: nn.Module, keep_best: int) -> Checkpoint:
    """Writes a checkpoint, and then takes away those that need not be kept.

    It is written under a hidden name, flushed to the disk, and renamed. One of the same step is replaced. The newest always
    stays, and of those with a validation loss the ``keep_best`` best. Those of later steps go: a run that saves step 100 when
    200 is there went back and took another way.

    Args:
        folder: The run's.
        snapshot: All but the weights. ``facts["val_loss"]`` is the validation loss of the weights at this very step, if it was
            measured.
        model: Whose weights are kept.
        keep_best: How many are kept besides the newest.

    Raises:
        OSError: when the folder cannot be written to or the disk is full; the checkpoints from before are untouched then, and
            nothing else is left behind.
    """
    place = folder.checkpoints
    place.mkdir(exist_ok=True)
    _tidy(place)
    name = checkpoint_name(snapshot.step)
    temporary = place / f".{name}.{secrets.token_hex(4)}.tmp"
    _being_written.add(temporary)
    try:
        temporary.mkdir()
        _fill(temporary, folder, snapshot, model)
        _put(temporary, place / name)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        _being_written.discard(temporary)
    _prune(folder.path, snapshot.step, keep_best)
    return next(each for each in checkpoints(folder.path) if each.step == snapshot.step)


def fingerprint(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint_of(facts: dict[str, Any]) -> str:
    """The SHA-256 of what can be said in JSON, however it is spelled there."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _fill(temporary: Path, folder: RunFolder, snapshot: Snapshot, model: nn.Module) -> None:
    # First of all, so that whoever finds it unfinished can tell whether it will ever be finished.
    write_json(temporary / FACTS, {"process": process_identity()})
    save_weights(model, temporary / WEIGHTS)
    write_tensors(temporary / STATE, snapshot.tensors)
    facts = {
        "format": FORMAT,
        "version": VERSION,
        "process": process_identity(),
        "step": snapshot.step,
        "val_loss": measured(snapshot.facts.get("val_loss")),
        "facts": snapshot.facts,
        "sha256": {name: fingerprint(temporary / name) for name in (WEIGHTS, STATE)},
        "config": json.loads(folder.config.read_text(encoding="utf-8")) if folder.config.is_file() else None,
        "threads": torch.get_num_threads(),  # the same numbers come out at the same number of threads only
        "versions": {
            "slm_widgets": __version__,
            "torch": torch.__version__,
            "python": platform.python_version(),
        },
    }
    write_json(temporary / FACTS, {**facts, "sha256_of_this": fingerprint_of(facts)})
    flush_folder(temporary)


def _put(temporary: Path, path: Path) -> None:
    """Gives a finished checkpoint its name. At every moment one of this step, the old or the new, has a name to be found by."""
    if not path.exists():
        os.rename(temporary, path)
        flush_folder(path.parent)
        return
    new = path.with_name(path.name + NEW)
    os.rename(temporary, new)
    flush_folder(path.parent)
    _settle(new)


def _settle(new: Path) -> None:
    """Ends the replacing of a checkpoint. Where the system refuses, it is as good under the name that it has."""
    path = new.with_suffix("")
    with contextlib.suppress(OSError):
        discard(path)
        os.rename(new, path)
        flush_folder(path.parent)


def _prune(folder: Path, step: int, keep_best: int) -> None:
    found = checkpoints(folder)
    ranked = sorted((each.val_loss, -each.step) for each in found if each.val_loss is not None and each.step <= step)
    kept = {step, *(-negative for _, negative in ranked[:keep_best])}
    for each in found:
        if each.step not in kept:
            discard(each.path)


def _tidy(place: Path) -> None:
    """Removes or completes what killed writers left."""
    for path in entries(place):
        if path.suffix == NEW:
            _settle(path)
        elif path.name.startswith(".") and (path.suffix == ".old" or (path.suffix == ".tmp" and _is_left_over(path))):
            shutil.rmtree(path, ignore_errors=True)


def _is_left_over(path: Path) -> bool:
    if path in _being_written:
        return False
    alive = None
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        writer = json.loads((path / FACTS).read_text(encoding="utf-8"))["process"]
        # What this process is writing it knows of.
        alive = False if writer == process_identity() else is_alive(writer)
    if alive is not None:
        return not alive
    with contextlib.suppress(OSError):
        return time.time() - path.stat().st_mtime > _ABANDONED_S
    return False
