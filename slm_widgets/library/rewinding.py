"""Brings a run back to a checkpoint, from which it then goes on."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

from slm_widgets.files import flush_folder
from slm_widgets.library import layout
from slm_widgets.library.checkpoints import checkpoints, discard
from slm_widgets.library.reading_lines import whole_lines
from slm_widgets.library.run_json import unreadable


def rewind(folder: Path, step: int, looked: bool) -> None:
    """Takes away what a run recorded after a checkpoint, and will record again.

    Steps stay up to ``step``. Evaluations, samples and marks of checkpoints stay if they were before it, and those of the very
    step with ``looked``.

    No file is replaced before all of them are read and written anew, and each is in one go, so a process that is killed in
    between leaves a run that can be rewound again.

    Args:
        folder: The run's.
        step: The step of the checkpoint.
        looked: Whether it was taken after the evaluation and the sample of its step.

    Raises:
        RunError: where a line is damaged, other than a torn last one, which is dropped. Nothing is changed then.
        OSError: where the folder cannot be written to or the disk is full. Nothing is changed then.
    """
    rewound: dict[Path, Path] = {}
    try:
        for path in (folder / layout.METRICS, folder / layout.SAMPLES):
            if path.exists():
                rewound[path] = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
                _filter(path, rewound[path], step, looked)
        for path, temporary in rewound.items():
            os.replace(temporary, path)
        flush_folder(folder)
    finally:
        for temporary in rewound.values():
            temporary.unlink(missing_ok=True)


def discard_later(folder: Path, step: int) -> None:
    """Takes away the checkpoints after a step, and model.safetensors, which holds the weights of where the run was stopped.

    As long as a run is on its way its model is that of its last checkpoint. What this takes away does not come back: it is the
    last thing to do before the run goes on.

    Raises:
        OSError: where the folder cannot be written to.
    """
    for checkpoint in checkpoints(folder):
        if checkpoint.step > step:
            discard(checkpoint.path)
    (folder / layout.WEIGHTS).unlink(missing_ok=True)


def set_weights_aside(folder: Path) -> Path | None:
    """Renames model.safetensors, which nothing else could bring back, so that a run can go on from before them.

    Returns:
        Where it is now, a name that was free; None where there was none.

    Raises:
        OSError: where the folder cannot be written to.
    """
    weights = folder / layout.WEIGHTS
    if not weights.is_file():
        return None
    place, number = weights.with_stem(f"{weights.stem}-before-resume"), 1
    while place.exists():
        number += 1
        place = weights.with_stem(f"{weights.stem}-before-resume-{number}")
    return weights.rename(place)


def _filter(path: Path, temporary: Path, step: int, looked: bool) -> None:
    try:
        with temporary.open("xb") as file:
            for line in whole_lines(path):
                if _stays(json.loads(line), step, looked):
                    file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except (ValueError, TypeError, KeyError) as error:
        raise unreadable(path, error) from error


def _stays(record: dict[str, Any], step: int, looked: bool) -> bool:
    own = 0 if record["kind"] == "choice" else record["step"]  # what auto chose, it chose before the first step
    return own < step or (own == step and (looked or record["kind"] == "step"))
