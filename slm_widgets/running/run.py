"""A training that goes on in the background."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from slm_widgets.data import Tokenizer
from slm_widgets.errors import SLMError
from slm_widgets.language import language, say
from slm_widgets.library import Checkpoint, RunFolder, checkpoints, let_go
from slm_widgets.library.ancestry import Parent
from slm_widgets.library.descendant import Descendant
from slm_widgets.main_loop import main_loop
from slm_widgets.running import at_exit
from slm_widgets.running.awaited import AwaitedRun
from slm_widgets.running.clock import TrainingClock
from slm_widgets.running.control import Control
from slm_widgets.running.device_queue import Place
from slm_widgets.running.explained import explained
from slm_widgets.running.in_queue import InQueue
from slm_widgets.running.left_behind import deliver_in_background
from slm_widgets.running.plan import Plan
from slm_widgets.running.pump import Callback, Pump
from slm_widgets.running.recorder import Recorder
from slm_widgets.running.threads import end_idle_threads
from slm_widgets.running.worker import Worker
from slm_widgets.stack import LayerStack
from slm_widgets.tracking import Tracker
from slm_widgets.training import (
    Choice,
    Event,
    History,
    Notice,
    RunState,
    Sample,
    StateChanged,
    TimeLeft,
    TrainConfig,
    Training,
)

if TYPE_CHECKING:
    from slm_widgets.model import LanguageModel


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


class Run(InQueue, Descendant, AwaitedRun):
    """A training in the background: what it does, and the switches to it. ``train`` makes them.

    Its methods and properties may be used from any thread, a widget's callback on a subshell among them.

    Args:
        plan: What is trained and how.
        run_folder: Its folder, made already.
        track: Whether it is written to MLflow.
        share: Whether another run that shares may train at the same time on the same CPU.
        past: Where it goes on from, None for a new one.
        origin: What it was changed from, where that is known.
    """

    def __init__(
        self,
        plan: Plan,
        run_folder: RunFolder,
        track: bool,
        share: bool = False,
        past: Past | None = None,
        origin: Parent | None = None,
    ) -> None:
        super().__init__(Pump(main_loop(), self.notify))
        self.plan = plan
        self.run_folder = run_folder
        self.past = past or Past()
        self.origin = origin
        self.control = Control()
        self.clock = TrainingClock()
        self.live_model: LanguageModel | None = None
        sweep = run_folder.facts.get("sweep")
        told = (plan.name, plan.parameters(), self._tracked, self.notify, sweep)
        self.tracker = Tracker(run_folder.path, *told) if track else None
        self.recorder = Recorder(run_folder, self.tracker, self.notify)
        self._telling = threading.RLock()  # a watcher that comes while something is told hears of it once
        self._state = RunState.PENDING
        self._error: BaseException | None = None
        self._ended_early = ""
        self._history = self.past.history
        self._elapsed_s = self.past.elapsed_s
        self._choices = list(self.past.choices)
        self._time_left = TimeLeft(plan.config, plan.total_steps)
        self._training: Training | None = None
        self.place = Place(str(plan.device), self, share)
        worker = Worker(self, language())
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
    def max_steps(self) -> int | None:
        """How many steps it will have at most: by steps or epochs, whichever ends first; None where only the clock ends it."""
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

        ``step``, ``loss``, ``smooth_loss``, ``lr``, ``grad_norm``, ``tokens_per_s``, ``step_time_s``, ``memory_bytes``,
        ``gpu_memory_bytes``, ``gpu_use`` and ``peak_share`` have an entry a step (``Step`` says what they are); ``val_step``,
        ``val_loss``, ``val_elapsed_s``, ``val_perplexity``, ``val_bits_per_byte``, ``val_accuracy``, ``val_top5_accuracy`` and
        ``val_macro_f1`` an entry an evaluation. Losses in nats per token. Of a very long run it holds fewer steps, evenly
        spread; all of them are in the folder's metrics.jsonl.
        """
        return self._history.columns()

    @property
    def samples(self) -> list[Sample]:
        """The texts written so far."""
        return self._history.samples()

    @property
    def choices(self) -> list[Choice]:
        """What ``auto`` chose for this run, and why."""
        return list(self._choices)

    @property
    def checkpoints(self) -> list[Checkpoint]:
        """Its checkpoints on disk, the newest first."""
        return checkpoints(self.run_folder.path)

    @property
    def elapsed_s(self) -> float:
        """Seconds of training so far, pauses and the time in the queue left out."""
        return self._elapsed_s

    @property
    def time_left_s(self) -> float | None:
        """Seconds of training to its end, pauses left out; None while nobody can tell, and once it is over."""
        return None if self._state.is_over else self._time_left.seconds(self._elapsed_s)

    @property
    def error(self) -> BaseException | None:
        """Why it FAILED, else None."""
        return self._error

    @property
    def ended_early(self) -> str:
        """Why it FINISHED before its steps or epochs were done (early stopping, ``max_minutes``), a sentence; else empty."""
        return self._ended_early

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
        return f"<Run {self.name!r} {self._state}: step {self._step_of()}, {numbers}{self.folder}{why}>"

    # -- the switches ---------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Asks it to stop after the current step; the model is kept, and ``resume`` goes on. Returns at once."""
        self.control.stop()
        self.place.look.set()

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
        While a cell blocks the loop the last 10,000 steps and the newest progress are kept for it; ``history`` has every step.

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

    # -- told by the worker ---------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Starts the thread; ``train`` has done so."""
        at_exit.register(self)
        if self.tracker is not None:
            deliver_in_background()
        end_idle_threads()
        self._thread.start()
        return self

    def drain(self, timeout_s: float) -> None:
        """Waits until all is recorded, without telling anyone; for the end of the program."""
        self._drained.wait(timeout_s)

    def built(self, model: LanguageModel, training: Training) -> None:
        """The model is there, and the training begins."""
        self.live_model, self._training = model, training

    def happened(self, event: Event) -> None:
        """Notes an event and hands it to the recorder and the watchers."""
        if self._training is not None:
            self._elapsed_s = self._training.elapsed_s
        if isinstance(event, Choice):
            self._choices.append(event)
            self._write_down(choices=[asdict(choice) for choice in self._choices])
        self._history.add(event)
        self._time_left.hear(event)
        self.recorder.put(event)
        self._pump.publish(event)

    def enter(self, state: RunState) -> None:
        """Is in another state: its folder says so first."""
        self._write_down(state=state, step=self.step)
        with self._telling:
            self._state = state
            self._pump.publish(self._state_event())

    def over(self, state: RunState, error: BaseException | None, ended_early: str) -> None:
        """Is over: its folder says so first, then it does itself."""
        self._error, self._ended_early = error, ended_early
        self._training = None  # and with it what the optimizer remembers, which is twice the model
        told = None
        if error is not None:
            told = {"type": type(error).__name__, "message": self._reason(), "field": getattr(error, "field", None)}
        try:
            self.run_folder.update(
                state=state,
                step=self.step,
                best_val_loss=self._best_val_loss(),
                error=told,
                ended_early=ended_early,
                elapsed_s=self._elapsed_s,
                ended=time.time(),
            )
        except OSError as reason:
            let_go(self.run_folder)
            state, self._error, self._ended_early = RunState.FAILED, error or explained(reason, self.plan), ""
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
            self.notify(
                say(
                    en="MLflow is slow: what was not sent yet is still being sent in the background.",
                    ko="MLflow가 느려서, 보내지 못한 것을 뒤에서 계속 보내고 있습니다.",
                )
            )
        self._drained.set()
        at_exit.unregister(self)

    # -- small things ---------------------------------------------------------------------------------------------------

    def _state_event(self) -> StateChanged:
        return StateChanged(self._state, self.step, self._ended_early if self._error is None else self._reason())

    def _reason(self) -> str:
        error = self._error
        return error.message if isinstance(error, SLMError) else f"{type(error).__name__}: {error}"

    def _best_val_loss(self) -> float | None:
        return min(self._history.columns()["val_loss"], default=None)

    def _step_of(self) -> str:
        return f"{self.step} of {self.max_steps}" if self.max_steps is not None else f"{self.step}"

    def _stopped_sentence(self) -> str:
        of_ko = f"{self.max_steps}스텝 중 " if self.max_steps is not None else ""
        return say(
            en=f"Stopped after step {self._step_of()}. The model is kept: run.model, and in {self.folder}. "
            "slm.resume(run.folder) goes on from there.",
            ko=f"{of_ko}{self.step}스텝에서 멈췄습니다. 모델은 run.model과 {self.folder}에 남아 있습니다. "
            "slm.resume(run.folder)로 이어서 학습할 수 있습니다.",
        )

    def _tracked(self, ids: dict[str, str]) -> None:
        self._write_down(mlflow=ids)

    def _write_down(self, **facts: Any) -> None:
        """Tells run.json; on a full disk they wait for the next time, at the latest for the end, which says so if it fails."""
        with contextlib.suppress(OSError):
            self.run_folder.update(**facts)

    def notify(self, sentence: str) -> None:
        """Notes a sentence that a person should read, and tells the watchers."""
        with self._telling:
            self.notices.append(sentence)
            self._pump.publish(Notice(sentence))
