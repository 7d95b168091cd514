"""What a training takes of the machine: memory of the process, memory and time of the graphics processor."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import NamedTuple

import psutil
import torch

INTERVAL_S = 0.1
"""It is looked at no more often than this."""


class Machine(NamedTuple):
    """One look at the machine; nan where nobody can tell.

    Args:
        memory_bytes: What the process holds in the machine's memory.
        gpu_memory_bytes: What torch holds on the graphics processor, its own reserve included.
        gpu_use: How much of the last moments (a sixth of a second to one second) the graphics processor was busy, 0 to 1.
    """

    memory_bytes: float
    gpu_memory_bytes: float
    gpu_use: float


class MachineWatch:
    """Looks at the machine when asked, at most ten times a second; in between it repeats what it saw.

    Nothing here may disturb a training: what cannot be measured is nan, without an error or a warning.

    Args:
        device: Where the training computes.
        clock: Seconds.
    """

    def __init__(self, device: torch.device, clock: Callable[[], float] = time.monotonic) -> None:
        self._device, self._clock = device, clock
        self._process = psutil.Process()
        self._can_tell_use = device.type == "cuda"
        self._seen = Machine(math.nan, math.nan, math.nan)
        self._due_s = -math.inf

    def now(self) -> Machine:
        """What the machine was seen to do, a tenth of a second ago at most."""
        now_s = self._clock()
        if now_s >= self._due_s:
            self._due_s = now_s + INTERVAL_S
            self._seen = Machine(self._memory(), self._gpu_memory(), self._gpu_use())
        return self._seen

    def _memory(self) -> float:
        try:
            return float(self._process.memory_info().rss)
        except (psutil.Error, OSError):
            return math.nan

    def _gpu_memory(self) -> float:
        try:
            if self._device.type == "cuda":
                return float(torch.cuda.memory_reserved(self._device))
            if self._device.type == "mps":
                return float(torch.mps.driver_allocated_memory())
        except RuntimeError:
            pass
        return math.nan

    def _gpu_use(self) -> float:
        if not self._can_tell_use:
            return math.nan
        try:
            return torch.cuda.utilization(self._device) / 100
        # Without pynvml an ImportError, without NVIDIA's library or on a part of a GPU an error of pynvml's own.
        except Exception:
            self._can_tell_use = False
            return math.nan
