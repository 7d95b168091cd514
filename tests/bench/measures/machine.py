"""Where and when something was measured, and how figures are told."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import platform
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import torch


def print_machine(threads: int, device: str = "cpu") -> None:
    """Prints date, processor, threads, load and versions: what a figure is worth depends on them."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    instructions = "" if device == "cuda" or _multiplies_bfloat16() else ", without instructions for bfloat16"
    print(f"{time.strftime('%Y-%m-%d %H:%M')}, {processor(device)}{instructions}, {threads} threads{load},")
    names = ("torch", "transformers", "mlflow", "ipykernel")
    print(f"Python {platform.python_version()}, " + ", ".join(f"{name} {_version(name)}" for name in names), flush=True)


def processor(device: str = "cpu") -> str:
    """The name of what computes."""
    if device == "cuda":
        return torch.cuda.get_device_name()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def spread(numbers: Sequence[float], digits: int = 2) -> str:
    """The median, and from where to where."""
    low, high = min(numbers), max(numbers)
    return f"**{statistics.median(numbers):.{digits}f}** ({low:.{digits}f} to {high:.{digits}f})"


def _multiplies_bfloat16() -> bool:
    with contextlib.suppress(OSError):
        return "bf16" in Path("/proc/cpuinfo").read_text()
    return True  # nobody can tell; better no remark than a wrong one


def _version(name: str) -> str:
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version(name)
    return "absent"
