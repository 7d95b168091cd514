"""Keeps mlflow from talking into a notebook cell or calling home."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_quiet_threads: set[int] = set()


class _FromLoudThreads(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return record.thread not in _quiet_threads


_filter = _FromLoudThreads()


@contextmanager
def quiet_thread() -> Iterator[None]:
    """Shows no log record of this thread while inside. Other threads, such as a user's own use of mlflow, stay as loud."""
    if "mlflow" not in sys.modules:
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")  # class time must not need, or use, a network
    _quiet_threads.add(threading.get_ident())
    try:
        yield
    finally:
        _quiet_threads.discard(threading.get_ident())


def quiet_handlers() -> None:
    """Puts the filter on what writes log records; once after mlflow was imported, as the import adds a handler."""
    handlers = [*logging.getLogger("mlflow").handlers, *logging.getLogger().handlers]
    if logging.lastResort is not None:
        handlers.append(logging.lastResort)
    for handler in handlers:
        handler.addFilter(_filter)  # a second time changes nothing


@contextmanager
def no_printed_address() -> Iterator[None]:
    """Keeps mlflow from printing a run's address: from a thread it would land in whichever cell is latest."""
    name = "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"
    before = os.environ.get(name)
    os.environ[name] = "true"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = before
