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

    async def _until_drained(self) -> None:
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
            await self._until_drained()
        except asyncio.CancelledError:
            self.stop()
            # The notebook's stop button cancels what a cell awaits; any other cancellation belongs to whoever asked for it.
            is_stop_button = in_kernel_loop()
            task = asyncio.current_task()
            if is_stop_button and task is not None:
                task.uncancel()
            await self._until_drained()
            print(self._stopped_sentence())
            if not is_stop_button:
                raise
        return self._result()


class AwaitedRun(Awaited):
    """One that is waited for; its watchers are told through a pump.

    Args:
        pump: Delivers to the watchers.
    """

    def __init__(self, pump: Pump) -> None:
        self._pump = pump
        self._drained = threading.Event()
        self.notices: list[str] = []
        """Sentences about what went wrong beside the training: MLflow, the disk, a watcher."""
        self._told_notices = 0

    @property
    def error(self) -> BaseException | None:
        """Why it failed, else None."""
        raise NotImplementedError

    async def _until_drained(self) -> None:
        if not self._pump.has_loop and threading.current_thread() is threading.main_thread():
            self._pump.attach(asyncio.get_running_loop())
        # By looking again and again: a kernel's loop that sleeps does not notice an interrupt until something wakes it.
        while not self._drained.is_set():
            await asyncio.sleep(INTERVAL_S)
        if self._pump.may_deliver_here():
            self._pump.deliver()

    def _wait(self, deadline: float | None) -> None:
        delivers = self._pump.may_deliver_here()
        while not self._drained.is_set():
            interval_s = self._pump.interval_s
            rest_s = interval_s if deadline is None else min(interval_s, deadline - time.monotonic())
            if rest_s <= 0:
                break
            self._drained.wait(rest_s)
            if delivers:
                self._pump.deliver()
        if delivers:
            self._pump.deliver()

    def _result(self) -> Self:
        fresh, self._told_notices = self.notices[self._told_notices :], len(self.notices)
        for sentence in fresh:
            warnings.warn(sentence, stacklevel=3)
        if self.error is not None:
            raise self.error
        return self
