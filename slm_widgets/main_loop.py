"""The event loop on which widgets are updated."""

from __future__ import annotations

import asyncio
import sys
import threading


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


def _kernel_loop() -> asyncio.AbstractEventLoop | None:
    ipython = sys.modules.get("IPython")  # nobody has a kernel who has not imported it
    shell = ipython.get_ipython() if ipython is not None else None
    kernel = getattr(shell, "kernel", None)
    loop = getattr(getattr(kernel, "io_loop", None), "asyncio_loop", None)
    return loop if isinstance(loop, asyncio.AbstractEventLoop) else None
