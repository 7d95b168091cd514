"""Which process owns a run, and whether it still lives. A process id alone will not do: ids are given out again."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil


def process_identity() -> dict[str, Any]:
    """Describes this process so that another one can tell later whether it is still there."""
    pid = os.getpid()
    return {"host": platform.node(), "pid": pid, "started": _start_of(pid)}


def is_alive(identity: Mapping[str, Any]) -> bool | None:
    """Tells whether a process of ``process_identity`` still runs; None where that cannot be known (another machine)."""
    if identity.get("host") != platform.node():
        return None
    pid, started = identity.get("pid"), identity.get("started")
    if not isinstance(pid, int) or not psutil.pid_exists(pid) or _has_ended(pid):
        return False
    return started is None or _start_of(pid) == started


def _has_ended(pid: int) -> bool:
    """Whether a process is dead though its number is still there, because its parent does not ask how it ended.

    The first process of a container often asks for none, so that there it stays so for good.
    """
    try:
        return psutil.Process(pid).status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:  # this machine does not tell
        return False


def _start_of(pid: int) -> str | None:
    """When a process began, as a text that is only good for comparing; None where this machine does not tell."""
    if sys.platform == "linux":
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
            boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        except OSError:
            return None
        # Field 22, counted after the name, which stands in brackets and may hold spaces.
        return f"{boot}/{stat.rpartition(')')[2].split()[19]}"
    try:
        return f"{psutil.Process(pid).create_time():.2f}"
    except psutil.Error:
        return None
