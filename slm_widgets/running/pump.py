"""Events from the training's thread to whoever watches, on the thread where widgets live."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from slm_widgets.language import say
from slm_widgets.main_loop import take_up_requests, unasked
from slm_widgets.running.backlog import Backlog
from slm_widgets.running.threads import end_idle_threads
from slm_widgets.training import Event, StateChanged

INTERVAL_S = 0.1
# While watchers draw, the training waits for Python's one lock: of short steps that is most of what a figure costs.
_SHARE = 0.02
_LONGEST_INTERVAL_S = 1.0

Callback = Callable[[list[Event]], object]


@dataclass(eq=False)
class _Subscriber:
    callback: Callback
    pending: Backlog = field(default_factory=Backlog)


class Pump:
    """Delivers events in lists, at most ten times a second; where watchers are slow, less often, so that they get 2% of the time.

    Another state is told after a tenth of a second all the same, and slower than once a second it never gets.

    With a loop, an asyncio task there delivers; ``wait`` on the loop's own thread blocks the loop and so delivers itself,
    and without a loop whoever waits does. Between deliveries events are kept; where that lasts (a cell that blocks the loop),
    of the steps only the last 10,000 and of the progress only the newest: a watcher that wants every number reads the run's
    ``history``.

    Args:
        loop: The loop of the thread that owns the widgets, None where there is none.
        notice: Called with a sentence where a subscriber raised; it was dropped then, its error is in ``errors``.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop | None, notice: Callable[[str], None]) -> None:
        self.loop = loop
        self.errors: list[Exception] = []
        self._notice = notice
        self._lock = threading.Lock()  # guards what follows
        self._subscribers: list[_Subscriber] = []
        self._is_due = False
        # One delivery at a time, in order; a callback may wait for the run, and so deliver again.
        self._delivering = threading.RLock()
        self._delivered_at = 0.0
        self.interval_s = INTERVAL_S
        """Seconds between two deliveries."""
        self._is_urgent = False
        # The loop itself holds its tasks weakly: without this reference a delivery could vanish.
        self._task: asyncio.Task[None] | None = None

    def subscribe(self, callback: Callback, first: list[Event]) -> Callable[[], None]:
        """Adds a callback.

        Args:
            callback: Takes a list of events; called on the loop's thread or by ``wait``.
            first: Events that it alone gets first.

        Returns:
            A function that takes it away again.
        """
        subscriber = _Subscriber(callback)
        for event in first:
            subscriber.pending.add(event)
        with self._lock:
            self._subscribers.append(subscriber)
        if first:
            self._schedule()

        def unsubscribe() -> None:
            with self._lock, contextlib.suppress(ValueError):
                self._subscribers.remove(subscriber)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Takes an event from any thread; returns at once."""
        with self._lock:
            for subscriber in self._subscribers:
                subscriber.pending.add(event)
            self._is_urgent |= isinstance(event, StateChanged)
            is_idle = not self._is_due
        if is_idle:
            self._schedule()

    def deliver(self) -> None:
        """Calls every subscriber that has something waiting; one that raises is dropped and its error kept.

        Whether or not there are any: what a cell or a watcher computed on this thread does not slow the training afterwards.
        """
        with self._delivering:
            self._is_urgent = False
            began_s = time.thread_time()  # not by the clock on the wall, which counts waiting for that lock too
            with self._lock:
                batches = [(s, s.pending.take()) for s in self._subscribers if s.pending]
            for subscriber, events in batches:
                try:
                    unasked(subscriber.callback)(events)
                except Exception as error:  # a watcher's mistake must not end the training, nor hide
                    self._drop(subscriber, error)
            end_idle_threads()
            take_up_requests()
            self._delivered_at = time.monotonic()
            self.interval_s = min(_LONGEST_INTERVAL_S, max(INTERVAL_S, (time.thread_time() - began_s) / _SHARE))

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Delivers on a loop from now on (a program that awaits a run which it began before its loop)."""
        with self._lock:
            self._is_due = False  # what was due on a loop that is closed never comes
        self.loop = loop
        self._schedule()

    @property
    def has_loop(self) -> bool:
        """Whether there is a loop that can deliver."""
        return self.loop is not None and not self.loop.is_closed()

    def may_deliver_here(self) -> bool:
        """Whether a thread that waits should deliver: it blocks the loop, or there is none."""
        if not self.has_loop:
            return True
        try:
            return asyncio.get_running_loop() is self.loop
        except RuntimeError:
            # A cell's own thread without a running loop: an old kernel that runs plain cells outside its loop.
            return threading.current_thread() is threading.main_thread()

    def _schedule(self) -> None:
        with self._lock:
            if self.loop is None or self._is_due:
                return
            self._is_due = True
        try:
            self.loop.call_soon_threadsafe(self._start_task)
        except RuntimeError:  # the loop was closed: from now on only ``wait`` delivers
            self.loop = None

    def _start_task(self) -> None:
        self._task = asyncio.ensure_future(self._deliver_soon())

    async def _deliver_soon(self) -> None:
        try:
            while (rest_s := self._delivered_at + self.interval_s - time.monotonic()) > 0 and not self._is_urgent:
                await asyncio.sleep(min(rest_s, INTERVAL_S))
        finally:  # cancelled or not: what comes from now on schedules the next delivery
            with self._lock:
                self._is_due = False
        self.deliver()

    def _drop(self, subscriber: _Subscriber, error: Exception) -> None:
        self.errors.append(error)
        name = getattr(subscriber.callback, "__qualname__", repr(subscriber.callback))
        with self._lock:
            self._subscribers = [s for s in self._subscribers if s is not subscriber]
        self._notice(
            say(
                en=f"{name} watched this run and raised {type(error).__name__}: {error}. It is no longer told; the training "
                "goes on.",
                ko=f"이 실행을 지켜보던 {name}에서 {type(error).__name__}: {error} 오류가 났습니다. 더는 알리지 않으며, "
                "학습은 계속됩니다.",
            )
        )
