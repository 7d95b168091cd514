"""The process that brings what waits to MLflow, one folder after the other, and tells the training's process how it goes.

It reads orders from its standard input and writes tellings to its standard output, both as lines of JSON:

- ``{"number", "deliver": folder, "environment": {...}, "is_orphan": bool}``: takes on a folder;
- ``{"hurry": folder}``: tries now;
- ``{"number", "ids"}``, ``{"number", "error", "is_final"}``, ``{"number", "caught_up"}`` after an error that was not final;
- ``{"number", "over"}``: it has no more to do with the folder; true where MLflow has all of it.

Where the process that gave the orders is gone, the folders are orphans: what waits is delivered, and a run without an end
has failed. What MLflow does not take within half a minute is left to a later process.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from slm_widgets.tracking.delivery import Delivery, RefusedError, first_line
from slm_widgets.tracking.outbox import LINES, alone

INTERVAL_S = 1.0
LONGEST_PAUSE_S = 30.0
_IDLE_S = 60.0
_ALONE_S = 30.0


@dataclass
class _Job:
    number: int
    folder: Path
    environment: dict[str, str]
    is_orphan: bool
    due: float = 0.0
    pause_s: float = 0.0
    delivery: Delivery | None = None
    lines: IO[bytes] | None = None
    lock: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    told_ids: bool = False


class CourierProcess:
    """Holds the folders to deliver; ``work`` returns when there is nothing left to do.

    Args:
        orders: Lines as they come; None once they end.
        tell: Takes a telling.
    """

    def __init__(self, orders: queue.SimpleQueue[dict[str, Any] | None], tell: Any) -> None:
        self._orders = orders
        self._tell = tell
        self._jobs: dict[str, _Job] = {}
        self._parent = os.getppid()
        self._ends_at: float | None = None

    def work(self) -> None:
        """Delivers until nobody wants anything any more."""
        idle_since = time.monotonic()
        while True:
            if self._jobs:
                idle_since = time.monotonic()
            self._hear(self._rest_s())
            if self._ends_at is None and os.getppid() != self._parent:  # a fork of the parent may still hold our input
                self._abandoned()
            now = time.monotonic()
            if self._ends_at is not None and (not self._jobs or now > self._ends_at):
                return
            if not self._jobs and now - idle_since > _IDLE_S:
                return
            due = [job for job in self._jobs.values() if job.due <= now]
            if due:
                self._try(min(due, key=lambda job: (job.is_orphan, job.due)))

    def _rest_s(self) -> float:
        now = time.monotonic()
        return min([INTERVAL_S, *(max(0.0, job.due - now) for job in self._jobs.values())])

    def _hear(self, patience_s: float) -> None:
        with contextlib.suppress(queue.Empty):
            order = self._orders.get(timeout=patience_s) if patience_s else self._orders.get_nowait()
            if order is None:
                self._abandoned()
            elif "deliver" in order:
                self._take(_Job(order["number"], Path(order["deliver"]), order["environment"], order["is_orphan"]))
            elif order["hurry"] in self._jobs:
                self._jobs[order["hurry"]].due = 0.0

    def _take(self, job: _Job) -> None:
        earlier = self._jobs.get(str(job.folder))
        if earlier is not None and job.is_orphan:  # somebody writes to it, so it is none
            self._tell({"number": job.number, "over": False})
            return
        if earlier is not None:  # the run is resumed before MLflow had all of it
            self._drop(earlier, is_done=False)
        self._jobs[str(job.folder)] = job

    def _abandoned(self) -> None:
        if self._ends_at is None:
            self._ends_at = time.monotonic() + _ALONE_S
            for job in self._jobs.values():
                job.is_orphan = True
                job.due = 0.0

    def _try(self, job: _Job) -> None:
        job.due = time.monotonic() + INTERVAL_S
        try:
            delivery = self._opened(job)
            if delivery is None or job.lines is None:
                if job.is_orphan:
                    self._drop(job, is_done=False)
                return
            os.environ.clear()
            os.environ.update(job.environment)
            is_done = delivery.advance(job.lines, job.is_orphan)
        except Exception as error:  # whatever mlflow, its stores and the disk raise: it is tried again
            is_final = isinstance(error, RefusedError)
            self._tell({"number": job.number, "error": first_line(error), "is_final": is_final})
            job.pause_s = min(LONGEST_PAUSE_S, 2 * job.pause_s or INTERVAL_S)
            job.due = time.monotonic() + job.pause_s
            # Of orphans the next program tries again; here others wait.
            if is_final or (job.is_orphan and self._ends_at is None):
                self._drop(job, is_done=False)
        else:
            self._tell_ids(job, delivery)
            if job.pause_s:
                job.pause_s = 0.0
                self._tell({"number": job.number, "caught_up": True})
            if is_done or job.is_orphan:
                self._drop(job, is_done)

    def _tell_ids(self, job: _Job, delivery: Delivery) -> None:
        if delivery.ids is not None and not job.told_ids:
            job.told_ids = True
            self._tell({"number": job.number, "ids": delivery.ids})

    def _opened(self, job: _Job) -> Delivery | None:
        """Opens the folder's lines, once this process alone delivers them; None while there are none, or another does."""
        if job.lines is None:
            try:
                lines = (job.folder / LINES).open("rb", buffering=0)
            except FileNotFoundError:  # the disk is full from the beginning, or the folder is gone
                return None
            job.lock.enter_context(lines)
            if not job.lock.enter_context(alone(lines)):
                job.lock.close()
                return None
            job.lines = lines
            job.delivery = Delivery(job.folder)
        return job.delivery

    def _drop(self, job: _Job, is_done: bool) -> None:
        job.lock.close()
        self._jobs.pop(str(job.folder), None)
        self._tell({"number": job.number, "over": is_done})


def main() -> None:
    """Works as the courier's process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the training
    with contextlib.suppress(OSError, AttributeError):
        os.nice(5)  # the training goes first
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):  # mlflow says this and that, into whichever cell is latest
        os.dup2(nowhere, stream)
    orders: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(orders,), daemon=True).start()

    def tell(telling: dict[str, Any]) -> None:
        with contextlib.suppress(OSError, ValueError):  # nobody listens any more
            out.write(json.dumps(telling) + "\n")
            out.flush()

    CourierProcess(orders, tell).work()
    os._exit(0)  # without waiting for threads that mlflow left


def _read(orders: queue.SimpleQueue[dict[str, Any] | None]) -> None:
    for line in sys.stdin:
        orders.put(json.loads(line))
    orders.put(None)
