"""The event loop on which widgets are updated, and the kernel whose it is."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from typing import Any


def main_loop() -> asyncio.AbstractEventLoop | None:
    """Finds the loop of the kernel's main thread, or in a plain program the loop that runs in the main thread.

    A widget's callback may run on a subshell, which is another thread with a loop of its own; widgets are updated from
    the main loop all the same.

    Returns:
        None where there is no such loop: an ordinary script, a terminal.
    """
    kernel_loop = _kernel_loop()
    if kernel_loop is not None:
        return kernel_loop
    if threading.current_thread() is threading.main_thread():
        try:
            return asyncio.get_running_loop()
        except RuntimeError:
            pass
    return None


def in_kernel_loop() -> bool:
    """Tells whether this is called from a coroutine on a kernel's loop: a cell that awaits."""
    return _kernel_loop() is asyncio.get_running_loop()


def take_up_requests() -> None:
    """Lets the kernel look whether a cell or a click waits that it has not noticed; any thread may call it.

    ipykernel 7.0 to 7.3 overlook a request that arrives while they send a reply, until another page connects
    (ipython/ipykernel#1529 and #1554): more often than not within some twenty cells, while a thread trains. Elsewhere nothing
    happens.
    """
    stream = getattr(_kernel(), "shell_stream", None)
    ipykernel = sys.modules.get("ipykernel")
    if stream is not None and ipykernel is not None and (7, 0) <= ipykernel.version_info[:2] < (7, 4):
        with contextlib.suppress(RuntimeError):  # the kernel ends, its loop is closed
            stream.io_loop.add_callback(stream.flush)


def _kernel_loop() -> asyncio.AbstractEventLoop | None:
    loop = getattr(getattr(_kernel(), "io_loop", None), "asyncio_loop", None)
    return loop if isinstance(loop, asyncio.AbstractEventLoop) else None


def _kernel() -> Any:
    ipython = sys.modules.get("IPython")  # nobody has a kernel who has not imported it
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None)
