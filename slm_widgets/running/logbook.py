"""What a run has done so far, and everyone who is told of it: its folder, MLflow, those who watch."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from slm_widgets.errors import sentence_of
from slm_widgets.library import RunFolder, let_go
from slm_widgets.main_loop import main_loop
from slm_widgets.running.explanation import explain
from slm_widgets.running.plan import Plan
from slm_widgets.running.pump import Callback, Pump
from slm_widgets.running.recorder import Recorder
from slm_widgets.tracking import Tracker
from slm_widgets.training import Choice, Event, History, Notice, RunState, StateChanged, TimeLeft, Training


@dataclass(frozen=True)
class Past:
    """What a run that goes on brings with it.

    Args:
        history: What it told so far.
        checkpoint: Where it goes on; None where it was stopped before its first.
        elapsed_s: Seconds that it trained before.
        choices: What ``auto`` chose.
    """

    history: History = field(default_factory=History)
    checkpoint: Path | None = None
    elapsed_s: float = 0.0
    choices: tuple[Choice, ...] = ()


class Logbook:
    """Is written by a run's worker, and read by anyone from any thread.

    Args:
        plan: What is trained and how.
        run_folder: Where the run lies.
        track: Whether it is written to MLflow.
        past: What was written before the run was stopped.
    """

    def __init__(self, plan: Plan, run_folder: RunFolder, track: bool, past: Past) -> None:
        self._plan, self._folder = plan, run_folder
        self.state = RunState.PENDING
        self.error: BaseException | None = None
        self.ended_early = ""
        self.history = past.history
        self.choices = list(past.choices)
        self.elapsed_s = past.elapsed_s
        self.time_left = TimeLeft(plan.config, plan.total_steps)
        self.notices: list[str] = []
        self._training: Training | None = None
        self._telling = threading.RLock()  # a watcher that comes while something is told hears of it once
        self.pump = Pump(main_loop(), self.notify)
        told = (plan.name, plan.parameters(), self._note_mlflow, self.notify, run_folder.facts.get("sweep"))
        self.tracker = Tracker(run_folder.path, *told) if track else None
        self.recorder = Recorder(run_folder, self.tracker, self.notify)

    # -- read -----------------------------------------------------------------------------------------------------------

    @property
    def reason(self) -> str:
        """Why it failed, as a sentence; empty where it did not."""
        return "" if self.error is None else sentence_of(self.error)

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Lets someone watch: tells the notices so far, and the end where that is past; returns what ends it."""
        with self._telling:
            first: list[Event] = [Notice(sentence) for sentence in self.notices]
            if self.state.is_over:
                first.append(self._state_event())
            return self.pump.subscribe(callback, first)

    # -- written --------------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Begins to record: the run's turn has come."""
        if self.tracker is not None:
            self.tracker.start()
        self.recorder.start()  # after: it hands the tracker its lines, on a thread of its own

    def follow(self, training: Training) -> None:
        """From now on the seconds of this training count."""
        self._training = training

    def add(self, event: Event) -> None:
        """Notes an event and hands it to the recorder and the watchers."""
        if self._training is not None:
            self.elapsed_s = self._training.elapsed_s
        if isinstance(event, Choice):
            self.choices.append(event)
            self._write_down(choices=[asdict(choice) for choice in self.choices])
        self.history.add(event)
        self.time_left.hear(event)
        self.recorder.put(event)
        self.pump.publish(event)

    def notify(self, sentence: str) -> None:
        """Notes a sentence that a person should read, and tells the watchers."""
        with self._telling:
            self.notices.append(sentence)
            self.pump.publish(Notice(sentence))

    def enter(self, state: RunState) -> None:
        """The run is in another state: its folder says so first."""
        self._write_down(state=state, step=self.history.last_step)
        self._tell(state)

    def close(self, state: RunState, error: BaseException | None, ended_early: str) -> None:
        """The run is over: its folder says so first."""
        self._training = None  # and with it what the optimizer remembers, which is twice the model
        self.error, self.ended_early = error, ended_early
        told = None
        if error is not None:
            told = {"type": type(error).__name__, "message": self.reason, "field": getattr(error, "field", None)}
        try:
            self._folder.update(
                state=state,
                step=self.history.last_step,
                best_val_loss=self.history.best_val_loss,
                error=told,
                ended_early=ended_early,
                elapsed_s=self.elapsed_s,
                ended=time.time(),
            )
        except OSError as unwritten:
            let_go(self._folder)
            state, self.error, self.ended_early = RunState.FAILED, error or explain(unwritten, self._plan), ""
        self._tell(state)

    def close_mlflow(self) -> None:
        """Hands MLflow the files and the end; sending goes on in the background."""
        if self.tracker is not None:
            folder = self._folder
            files = [folder.stack, folder.config, folder.weights, folder.samples, folder.tokenizer]
            self.tracker.close(self.state, files)

    # -- small things ---------------------------------------------------------------------------------------------------

    def _tell(self, state: RunState) -> None:
        with self._telling:
            self.state = state
            self.pump.publish(self._state_event())

    def _state_event(self) -> StateChanged:
        return StateChanged(self.state, self.history.last_step, self.reason or self.ended_early)

    def _note_mlflow(self, ids: dict[str, str]) -> None:
        self._write_down(mlflow=ids)

    def _write_down(self, **facts: Any) -> None:
        """Tells run.json; on a full disk they wait for the next time, at the latest for the end, which says so if it fails."""
        with contextlib.suppress(OSError):
            self._folder.update(**facts)
