"""Processes that train, and end or are killed."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import psutil

from tests.tracking.mlflow_stores import PATIENCE_S

ROOT = Path(__file__).parents[2]

_PROGRAM = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from tests.tracking.mlflow_stores import Followed
run = Followed(Path(sys.argv[1]))
run.tracker.start()
run.steps(1, 5)
how = sys.argv[2]
if "known" in how:
    run.known
if "finish" in how:
    run.finish()
from slm_widgets.tracking.courier import courier
print(courier()._process.pid, flush=True)
if "alone" in how:  # as a machine that loses its power: nobody is left who could deliver
    os.kill(courier()._process.pid, signal.SIGKILL)
os.kill(os.getpid(), signal.SIGKILL)
"""


def train_and_die(folder: Path, how: str) -> psutil.Process | None:
    """Has a process of its own record five steps in a folder, which then ends as if somebody had killed it.

    Args:
        folder: The run's.
        how: Words: ``known`` waits until MLflow knows the run, ``finish`` ends the run, ``alone`` kills the courier too.

    Returns:
        Its courier, where that still lives.
    """
    command = [sys.executable, "-c", _PROGRAM, str(folder), how, str(ROOT)]
    # It returns although the courier goes on: that holds nothing of its parent's.
    told = subprocess.run(command, timeout=PATIENCE_S, check=False, stdout=subprocess.PIPE, text=True).stdout
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(int(told))
    return None
