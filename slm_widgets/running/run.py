"""A training that goes on in the background."""

from __future__ import annotations

import asyncio
import threading
import time
import warnings
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from slm_widgets.data import Tokenizer
from slm_widgets.errors import SLMError
from slm_widgets.language import language, say
from slm_widgets.library import RunFolder
from slm_widgets.main_loop import in_kernel_loop, main_loop
from slm_widgets.running import at_exit
from slm_widgets.running.clock import TrainingClock
from slm_widgets.running.control import Control
from slm_widgets.running.device_queue import Place
from slm_widgets.running.plan import Plan
from slm_widgets.running.pump import INTERVAL_S, Callback, Pump
from slm_widgets.running.recorder import Recorder
from slm_widgets.running.worker import Worker
from slm_widgets.stack import LayerStack
from slm_widgets.tracking import Tracker
from slm_widgets.training import Event, History, Notice, RunState, Sample, StateChanged, TrainConfig

if TYPE_CHECKING:
    from slm_widgets.model import LanguageModel


class Run:
    """A training in the background: what it does, and the switches to it. ``train`` makes them.

    Its methods and properties may be used from any thread, a widget's callback on a subshell among them.

    Args:
        plan: What is trained and how.
        run_folder: Its folder, made already.
        track: Whether it is written to MLflow.
    """

    def __init__(self, plan: Plan, run_folder: RunFolder, track: bool) -> None:
        self.plan = plan
        self.run_folder = run_folder
        self.control = Control()
        self.clock = TrainingClock()
        self.live_model: LanguageModel | None = None
        self.tracker = Tracker(plan.name, plan.parameters(), self._tracked, self._notice) if track else None
        self.recorder = Recorder(run_folder, self.tracker)
        self.notices: list[str] = []
        """Sentences about what went wrong beside the training: MLflow, a watcher."""
        self._telling = threading.RLock()  # a watcher that comes while something is told hears of it once
        self._state = RunState.PENDING
        self._error: BaseException | None = None
        self._history = History()
        self._began_s = 0.0
        self._elapsed_s = 0.0
        self._pump = Pump(main_loop(), self._notice)
        self._drained = threading.Event()
        self._told_notices = 0
        worker = Worker(self, Place(str(plan.device)), language())
        self._thread = threading.Thread(target=worker.work, name=f"slm-run-{plan.name}", daemon=True)

    # -- what it is -----------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Its name."""
        return self.plan.name

    @property
    def stack(self) -> LayerStack:
        """The design, vocabulary filled in."""
        return self.plan.stack

    @property
    def config(self) -> TrainConfig:
        """The settings."""
        return self.plan.config

    @property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer."""
        return self.plan.tokenizer

    @property
    def entropy_floor(self) -> float | None:
        """The loss in nats per token that no model can beat, where the corpus tells."""
        return self.plan.dataset.entropy_floor

    @property
    def max_steps(self) -> int:
        """How many steps it will have: by steps or epochs, whichever ends first."""
        return self.plan.total_steps

    @property
    def folder(self) -> Path:
        """Where it lies on disk."""
        return self.run_folder.path

    # -- how it stands --------------------------------------------------------------------------------------------------

    @property
    def state(self) -> RunState:
        """PENDING, RUNNING, PAUSED, STOPPED, FAILED or FINISHED. Its folder is complete once one of the last three."""
        return self._state

    @property
    def step(self) -> int:
        """How many steps are done."""
        return self._history.last_step

    @property
    def history(self) -> dict[str, list[float]]:
        """The numbers so far, as columns: a copy.

        ``step``, ``loss``, ``lr``, ``grad_norm``, ``tokens_per_s``, ``step_time_s`` have an entry a step; ``val_step``,
        ``val_loss``, ``val_elapsed_s`` an entry an evaluation. Losses in nats per token.
        """
        return self._history.columns()

    @property
    def samples(self) -> list[Sample]:
        """The texts written so far."""
        return self._history.samples()

    @property
    def elapsed_s(self) -> float:
        """Seconds of training so far, pauses and the time in the queue left out."""
        return self._elapsed_s

    @property
    def error(self) -> BaseException | None:
        """Why it FAILED, else None."""
        return self._error

    @property
    def tracking_error(self) -> str | None:
        """Why MLflow was not written, as a sentence, else None."""
        return self.tracker.error if self.tracker is not None else None

    @property
    def model(self) -> LanguageModel | None:
        """The model, in eval mode.

        Once the run is over: the trained model itself (of a diverged run, the last good weights). Before that a copy, taken
        between two steps, that further training does not change; asking waits for the end of the step. None while the run
        waits for its turn, and where it ended before a model was built.
        """
        if self._state is RunState.PENDING:
            return None
        if self._state.is_active:
            copy = self.control.ask_copy()
            if copy is not None:
                return copy
        return self.live_model

    def __repr__(self) -> str:
        loss, val_loss = self._history.last("loss"), self._history.last("val_loss")
        numbers = f"loss {loss:.3f}, " if loss is not None else ""
        numbers += f"val_loss {val_loss:.3f}, " if val_loss is not None else ""
        why = f"; {self._reason()}" if self._error is not None else ""
        return f"<Run {self.name!r} {self._state}: step {self.step} of {self.max_steps}, {numbers}{self.folder}{why}>"

    # -- the switches ---------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Asks it to stop after the current step; the model is kept. Returns at once."""
        self.control.stop()

    def pause(self) -> None:
        """Asks it to pause after the current step; ``state`` is PAUSED once it does. Returns at once."""
        self.control.pause()

    def unpause(self) -> None:
        """Asks it to go on. Returns at once."""
        self.control.unpause()

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Calls ``callback`` with a list of events, at most ten times a second, and a last time after the end.

        Notices from before, and the end of a run that is over, come first; other events only from now on.

        It is called on the main thread's event loop (a notebook), or from within ``wait`` where that blocks the loop or there
        is none (a script). One that raises is not called again; the reason is in ``notices`` and ``subscriber_errors``.

        Returns:
            A function that ends the subscription.
        """
        with self._telling:
            first: list[Event] = [Notice(sentence) for sentence in self.notices]
            if self._state.is_over:
                first.append(self._state_event())
            return self._pump.subscribe(callback, first)

    @property
    def subscriber_errors(self) -> list[Exception]:
        """What subscribers raised."""
        return list(self._pump.errors)

    # -- waiting --------------------------------------------------------------------------------------------------------

    def wait(self, timeout_s: float | None = None) -> Self:
        """Waits for the end: in a script, a notebook cell, a test. Watchers are told meanwhile.

        An interrupt (Ctrl-C, the notebook's stop button) stops the run, keeps its model and returns.

        Args:
            timeout_s: Returns after so many seconds even if the run goes on.

        Returns:
            The run itself.

        Raises:
            Exception: ``error``, where the run FAILED.
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

        The notebook's stop button stops the run, keeps its model and returns. Elsewhere a cancellation (``asyncio.wait_for``,
        a task group) stops the run too, and goes on once the model is kept.
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
            rest_s = INTERVAL_S if deadline is None else min(INTERVAL_S, deadline - time.monotonic())
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
        if self._state is RunState.FAILED and self._error is not None:
            raise self._error
        return self

    # -- told by the worker ---------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Starts the thread; ``train`` has done so."""
        at_exit.register(self)
        self._thread.start()
        return self

    def drain(self, timeout_s: float) -> None:
        """Waits until all is recorded, without telling anyone; for the end of the program."""
        self._drained.wait(timeout_s)

    def built(self, model: LanguageModel) -> None:
        """The model is there, and the training begins."""
        self.live_model = model
        self._began_s = self.clock()

    def happened(self, event: Event) -> None:
        """Notes an event and hands it to the recorder and the watchers."""
        self._elapsed_s = self.clock() - self._began_s
        self._history.add(event)
        self.recorder.put(event)
        self._pump.publish(event)

    def enter(self, state: RunState) -> None:
        """Is in another state: its folder says so first."""
        self.run_folder.update(state=state, step=self.step)
        with self._telling:
            self._state = state
            self._pump.publish(self._state_event())

    def over(self, state: RunState, error: BaseException | None) -> None:
        """Is over: its folder says so first, then it does itself."""
        self._error = error
        told = None
        if error is not None:
            told = {"type": type(error).__name__, "message": self._reason(), "field": getattr(error, "field", None)}
        try:
            self.run_folder.update(state=state, step=self.step, error=told, ended=time.time())
        except OSError as reason:
            state, self._error = RunState.FAILED, error or reason
        with self._telling:
            self._state = state
            self._pump.publish(self._state_event())
        self.control.close()
        if self.tracker is not None:
            folder = self.run_folder
            self.tracker.close(state, [folder.stack, folder.config, folder.weights, folder.samples, folder.tokenizer])

    def drained(self, patience_s: float) -> None:
        """Is over, and MLflow has it too, or took too long."""
        if self.tracker is not None and not self.tracker.join(patience_s):
            self._notice(
                say(
                    en="MLflow is slow: what was not sent yet is still being sent in the background.",
                    ko="MLflow가 느려서, 보내지 못한 것을 뒤에서 계속 보내고 있습니다.",
                )
            )
        self._drained.set()
        at_exit.unregister(self)

    # -- small things ---------------------------------------------------------------------------------------------------

    def _state_event(self) -> StateChanged:
        return StateChanged(self._state, self.step, self._reason() if self._error is not None else "")

    def _reason(self) -> str:
        error = self._error
        return error.message if isinstance(error, SLMError) else f"{type(error).__name__}: {error}"

    def _stopped_sentence(self) -> str:
        return say(
            en=f"Stopped after step {self.step} of {self.max_steps}. The model is kept: run.model, and in {self.folder}.",
            ko=f"{self.max_steps}스텝 중 {self.step}스텝에서 멈췄습니다. 모델은 run.model과 {self.folder}에 남아 있습니다.",
        )

    def _tracked(self, ids: dict[str, str]) -> None:
        self.run_folder.update(mlflow=ids)

    def _notice(self, sentence: str) -> None:
        with self._telling:
            self.notices.append(sentence)
            self._pump.publish(Notice(sentence))
