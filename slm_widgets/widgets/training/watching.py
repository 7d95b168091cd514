"""Which runs a panel listens to: the one that it began last, and the one that it shows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from slm_widgets.language import language, use_language
from slm_widgets.library import SavedRun
from slm_widgets.main_loop import unasked
from slm_widgets.running import Run, RunState
from slm_widgets.running.active_runs import list_active
from slm_widgets.training import Event, StateChanged
from slm_widgets.widgets.border import shown
from slm_widgets.widgets.training.complaints import Tell
from slm_widgets.widgets.training.run_view import RunView

_LOOK_AGAIN_S = 0.5


class Watching:
    """Hears of runs and has them shown.

    Args:
        view: What shows one of them.
        lock: Held by whoever shows something.
        draw: Draws the panel anew; called from any thread.
        news: Called when a run that is heard of is in another state.
        tell: Called with what goes wrong while something is shown.

    Attributes:
        latest: The run that was begun last, None before the first.
        is_own: Whether this panel began it; not so for one that was found going on.
    """

    def __init__(
        self,
        view: RunView,
        lock: threading.RLock,
        draw: Callable[[], object],
        news: Callable[[], object],
        tell: Tell,
    ) -> None:
        self._view, self._lock, self._draw, self._news, self._tell = view, lock, draw, news, tell
        self._watched: dict[Run, Callable[[], None]] = {}
        self._spoken = language()
        self.latest: Run | None = None
        self.is_own = True

    @property
    def meant(self) -> Run | None:
        """The run that Pause and Stop mean: the one that is shown if it goes on, else the latest."""
        run = self._view.run
        return run if isinstance(run, Run) and run.state.is_active else self.latest

    @property
    def is_busy(self) -> bool:
        """Whether the latest run is this panel's, and not over."""
        return self.latest is not None and self.is_own and self.latest.state.is_active

    def speak(self) -> None:
        """Speaks the current language from now on."""
        self._spoken = language()

    def find(self) -> None:
        """Shows what goes on in this program already, if anything does: one that trains before those that wait."""
        going_on = [run for run in list_active() if run.state.is_active]
        if going_on:
            latest = next((run for run in going_on if run.state is not RunState.PENDING), going_on[0])
            self.adopt(latest, is_own=False)

    def adopt(self, run: Run, *, is_own: bool) -> None:
        """Takes a run for the latest, and shows it."""
        self.latest, self.is_own = run, is_own
        self.look_at(run)

    def look_at(self, run: Run | SavedRun) -> None:
        """Shows a run and hears of it from now on. What happened before is in its history; what is in both counts once."""
        if isinstance(run, Run) and run not in self._watched:
            with self._lock:
                self._watched[run] = run.subscribe(lambda events: self._hear(run, events))
            if run.state is RunState.PENDING:
                threading.Thread(
                    target=unasked(self._await_turn), args=(run,), name="slm-queue-place", daemon=True
                ).start()
        self._view.show(run)

    def close(self) -> None:
        """Hears of no run any more."""
        for run in list(self._watched):
            self._forget(run)

    def _forget(self, run: Run) -> None:
        with self._lock:
            unsubscribe = self._watched.pop(run, None)
        if unsubscribe is not None:
            unsubscribe()

    def _hear(self, run: Run, events: list[Event]) -> None:
        with self._lock, use_language(self._spoken), shown(self._tell):
            self._view.hear(run, events)
            if any(isinstance(event, StateChanged) for event in events):
                self._news()
            if run not in (self.latest, self._view.run):
                return
            self._draw()
            if run.state.is_over:
                threading.Thread(
                    target=unasked(self._await_tracking), args=(run,), name="slm-tracked", daemon=True
                ).start()

    def _await_turn(self, run: Run) -> None:
        """A run that waits hears nothing of those before it."""
        while run.state is RunState.PENDING:
            time.sleep(_LOOK_AGAIN_S)
            if run is self._view.run:
                self._draw()

    def _await_tracking(self, run: Run) -> None:
        """MLflow may be minutes behind, and says where it wrote only then. After that nothing more is heard of the run."""
        run.drain(600)
        self._forget(run)  # which would else be held, its model with it
        if run is self._view.run:
            self._draw()
