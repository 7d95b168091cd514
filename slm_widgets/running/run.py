"""A training that goes on in the background."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Self

from slm_widgets.data import Tokenizer
from slm_widgets.language import language, say
from slm_widgets.library import Checkpoint, RunFolder, checkpoints
from slm_widgets.library.ancestry import Parent
from slm_widgets.library.descendant import Descendant
from slm_widgets.running import active_runs
from slm_widgets.running.clock import TrainingClock
from slm_widgets.running.control import Control
from slm_widgets.running.device_queue import Place
from slm_widgets.running.explanation import no_thread
from slm_widgets.running.leftovers import deliver_in_background
from slm_widgets.running.logbook import Logbook, Past
from slm_widgets.running.plan import Plan
from slm_widgets.running.pump import Callback
from slm_widgets.running.queued import Queued
from slm_widgets.running.threads import end_idle_threads
from slm_widgets.running.waiting import AwaitedRun
from slm_widgets.running.worker import Worker
from slm_widgets.stack import LayerStack
from slm_widgets.tracking import Tracker
from slm_widgets.training import Choice, RunState, Sample, TrainConfig

if TYPE_CHECKING:
    from slm_widgets.model import LanguageModel


class Run(Queued, Descendant, AwaitedRun):
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
        self.logbook = Logbook(plan, run_folder, track, past or Past())
        super().__init__(self.logbook.pump, self.logbook.notices)
        self.plan = plan
        self.run_folder = run_folder
        self.origin = origin
        self.goes_on_from = None if past is None else past.checkpoint
        self.control = Control()
        self.clock = TrainingClock()
        self.live_model: LanguageModel | None = None
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
    def corpus_name(self) -> str:
        """What the text is called."""
        return self.plan.corpus.name

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
        return self.logbook.state

    @property
    def step(self) -> int:
        """How many steps are done."""
        return self.logbook.history.last_step

    @property
    def history(self) -> dict[str, list[float]]:
        """The numbers so far, as columns: a copy.

        ``step``, ``loss``, ``smooth_loss``, ``lr``, ``grad_norm``, ``tokens_per_s``, ``step_time_s``, ``memory_bytes``,
        ``gpu_memory_bytes``, ``gpu_use`` and ``peak_share`` have an entry a step (``Step`` says what they are); ``val_step``,
        ``val_loss``, ``val_elapsed_s``, ``val_perplexity``, ``val_bits_per_byte``, ``val_accuracy``, ``val_top5_accuracy`` and
        ``val_macro_f1`` an entry an evaluation. Losses in nats per token. Of a very long run it holds fewer steps, evenly
        spread; all of them are in the folder's metrics.jsonl.
        """
        return self.logbook.history.columns()

    @property
    def samples(self) -> list[Sample]:
        """The texts written so far."""
        return self.logbook.history.samples()

    @property
    def choices(self) -> list[Choice]:
        """What ``auto`` chose for this run, and why."""
        return list(self.logbook.choices)

    @property
    def checkpoints(self) -> list[Checkpoint]:
        """Its checkpoints on disk, the newest first."""
        return checkpoints(self.run_folder.path)

    @property
    def elapsed_s(self) -> float:
        """Seconds of training so far, pauses and the time in the queue left out."""
        return self.logbook.elapsed_s

    @property
    def time_left_s(self) -> float | None:
        """Seconds of training to its end, pauses left out; None while nobody can tell, and once it is over."""
        return None if self.state.is_over else self.logbook.time_left.seconds(self.elapsed_s)

    @property
    def error(self) -> BaseException | None:
        """Why it FAILED, else None."""
        return self.logbook.error

    @property
    def ended_early(self) -> str:
        """Why it FINISHED before its steps or epochs were done (early stopping, ``max_minutes``), a sentence; else empty."""
        return self.logbook.ended_early

    @property
    def tracker(self) -> Tracker | None:
        """What sends it to MLflow; None where it is not written there."""
        return self.logbook.tracker

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
        if self.state is RunState.PENDING:
            return None
        if self.state.is_active:
            copy = self.control.ask_copy()
            if copy is not None:
                return copy
        return self.live_model

    def __repr__(self) -> str:
        history = self.logbook.history
        loss, val_loss = history.last("loss"), history.last("val_loss")
        numbers = f"loss {loss:.3f}, " if loss is not None else ""
        numbers += f"val_loss {val_loss:.3f}, " if val_loss is not None else ""
        why = f"; {self.logbook.reason}" if self.error is not None else ""
        return f"<Run {self.name!r} {self.state}: step {self._step_of()}, {numbers}{self.folder}{why}>"

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
        return self.logbook.subscribe(callback)

    @property
    def subscriber_errors(self) -> list[Exception]:
        """What subscribers raised."""
        return list(self._pump.errors)

    # -- its beginning and its end --------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Starts the thread; ``train`` has done so.

        Raises:
            RunError: where the system gives this program no more threads; its place in the queue is given up then.
        """
        active_runs.register(self)
        try:
            if self.tracker is not None:
                deliver_in_background()
            end_idle_threads()
            self._thread.start()
        except BaseException as error:
            self.place.leave()  # else all later runs would wait for one that never begins
            active_runs.unregister(self)
            if isinstance(error, RuntimeError):
                raise no_thread(error) from error
            raise
        return self

    def over(self, state: RunState, error: BaseException | None, ended_early: str) -> None:
        """Is over; the worker tells."""
        self.logbook.close(state, error, ended_early)
        self.control.close()
        self.logbook.close_mlflow()

    def drained(self, patience_s: float) -> None:
        """Is over, and MLflow has it too, or took too long; the worker tells."""
        if self.tracker is not None and not self.tracker.join(patience_s):
            self.notify(
                say(
                    en="MLflow is slow: what was not sent yet is still being sent in the background.",
                    ko="MLflow가 느려서, 보내지 못한 것을 뒤에서 계속 보내고 있습니다.",
                )
            )
        self._drained.set()
        active_runs.unregister(self)

    def notify(self, sentence: str) -> None:
        """Notes a sentence that a person should read, and tells the watchers."""
        self.logbook.notify(sentence)

    # -- small things ---------------------------------------------------------------------------------------------------

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
