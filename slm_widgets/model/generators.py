"""torch's random generators, one for each device in the whole process: who must draw the same numbers again holds them meanwhile."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.RLock()


@contextmanager
def held_generators() -> Iterator[None]:
    """Keeps all others out who ask in this way: models that are built, forward passes that draw. A plain ``torch.rand`` of
    somebody else's thread cannot be kept out.
    """
    with _lock:
        yield


def _forked() -> None:
    """A copy of this program (``os.fork``) has nobody who could let go of what another thread held."""
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_forked)
