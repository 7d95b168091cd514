"""The event loop on which widgets are updated, and the kernel whose it is."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import sys
import threading
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


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


def unasked(function: Callable[P, R]) -> Callable[P, R]:
    """Wraps what changes widgets by itself, in a thread or with a delivery, and not because the page asked for it.

    ipykernel 7.4 hands what the page says of a widget to the subshell whose request that widget answered last, and takes any
    change of it for such an answer: to the request that happened to come last. When that subshell is gone (a page that was
    opened again makes one and lets it go), all further clicks on the widget are dropped. What a cell began stays its answer:
    nbclient takes note of nothing else.
    """

    @functools.wraps(function)
    def answering_no_subshell(*arguments: P.args, **named: P.kwargs) -> R:
        kernel = _kernel()
        parent = getattr(kernel, "_shell_parent", None)
        if not isinstance(parent, ContextVar):
            return function(*arguments, **named)
        request = kernel.get_parent("shell")
        is_subshells = bool((request.get("header") or {}).get("subshell_id"))
        context = copy_context()
        # Held to the end: a thread would else answer whatever request comes last meanwhile.
        context.run(parent.set, {} if is_subshells else request)
        return context.run(function, *arguments, **named)

    return answering_no_subshell


def _kernel_loop() -> asyncio.AbstractEventLoop | None:
    loop = getattr(getattr(_kernel(), "io_loop", None), "asyncio_loop", None)
    return loop if isinstance(loop, asyncio.AbstractEventLoop) else None


def _kernel() -> Any:
    ipython = sys.modules.get("IPython")  # nobody has a kernel who has not imported it
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None)
