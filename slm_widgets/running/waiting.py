"""Waiting for one run or several: in a script, a cell, a test, or with ``await``."""

from __future__ import annotations

import asyncio
import threading
import time
import warnings
from collections.abc import Generator
from typing import Any, Self

from slm_widgets.main_loop import in_kernel_loop
from slm_widgets.running.pump import INTERVAL_S, Pump


class Awaited:
    """What can be waited for and stopped meanwhile; its end comes from other threads."""

    def stop(self) -> None:
        """Asks it to stop; an interrupt does so."""
        raise NotImplementedError

    def _wait(self, deadline: float | None) -> None:
        """Blocks until the end, or until ``time.monotonic()`` is past the deadline; tells the watchers."""
        raise NotImplementedError

    async def until_drained(self) -> None:
        """Lets the loop go on until the end; tells the watchers."""
        raise NotImplementedError

    def _result(self) -> Self:
        """What waiting returns, warns of or raises."""
        raise NotImplementedError

    def _stopped_sentence(self) -> str:
        raise NotImplementedError

    def wait(self, timeout_s: float | None = None) -> Self:
        """Waits for the end: in a script, a notebook cell, a test. Watchers are told meanwhile.

        An interrupt (Ctrl-C, the notebook's stop button) stops what is waited for, keeps every model and returns.

        Args:
            timeout_s: Returns after so many seconds even if it goes on.

        Returns:
            What was waited for, itself.

        Raises:
            Exception: a run's ``error``, where it FAILED; several runs raise nothing, a warning says which of them failed.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        try:
            self._wait(deadline)
        except KeyboardInterrupt:
            self.stop()
            self._wait(None)
            print(self._stopped_sentence())
        return self._result()

    def __await__(self) -> Generator[Any, None, Self]:
        """Waits as ``wait`` does, and lets the loop go on meanwhile.

        The notebook's stop button stops it, keeps every model and returns. Elsewhere a cancellation (``asyncio.wait_for``, a
        task group) stops it too, and goes on once the models are kept.
        """
        return self._await().__await__()

    async def _await(self) -> Self:
        try:
            await self.until_drained()
        except asyncio.CancelledError:
            self.stop()
            # The notebook's stop button cancels what a cell awaits; any other cancellation belongs to whoever asked for it.
            is_stop_button = in_kernel_loop()
            task = asyncio.current_task()
            if is_stop_button and task is not None:
                task.uncancel()
            await self.until_drained()
            print(self._stopped_sentence())
            if not is_stop_button:
                raise
        return self._result()


class AwaitedRun(Awaited):
    """One that is waited for; its watchers are told through a pump.

    Args:
        pump: Delivers to the watchers.
        notices: Sentences about what went wrong beside the training: MLflow, the disk, a watcher. The list grows.
    """

    def __init__(self, pump: Pump, notices: list[str]) -> None:
        self._pump = pump
        self._drained = threading.Event()
        self.notices = notices
        self._told_notices = 0

    @property
    def error(self) -> BaseException | None:
        """Why it failed, else None."""
        raise NotImplementedError

    @property
    def is_drained(self) -> bool:
        """Whether it is over, and all of it is recorded."""
        return self._drained.is_set()

    @property
    def interval_s(self) -> float:
        """Seconds from one delivery to the watchers to the next: the slower they draw, the longer."""
        return self._pump.interval_s

    def drain(self, timeout_s: float) -> None:
        """Waits until it is over and all of it is recorded; tells nobody."""
        self._drained.wait(timeout_s)

    def deliver(self) -> None:
        """Tells the watchers what is new, where the calling thread may; nobody else does while that blocks the loop."""
        if self._pump.may_deliver_here():
            self._pump.deliver()

    async def until_drained(self) -> None:
        """Lets the loop go on until it is over and recorded; its watchers are told."""
        if not self._pump.has_loop and threading.current_thread() is threading.main_thread():
            self._pump.attach(asyncio.get_running_loop())
        # By looking again and again: a kernel's loop that sleeps does not notice an interrupt until something wakes it.
        while not self.is_drained:
            await asyncio.sleep(INTERVAL_S)
        self.deliver()

    def _wait(self, deadline: float | None) -> None:
        while not self.is_drained:
            rest_s = self.interval_s if deadline is None else min(self.interval_s, deadline - time.monotonic())
            if rest_s <= 0:
                break
            self.drain(rest_s)
            self.deliver()
        self.deliver()

    def _result(self) -> Self:
        fresh, self._told_notices = self.notices[self._told_notices :], len(self.notices)
        for sentence in fresh:
            warnings.warn(sentence, stacklevel=3)
        if self.error is not None:
            raise self.error
        return self
