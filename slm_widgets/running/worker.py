"""The life of a run, in its own thread: waits for its turn, trains, keeps the model, says how it ended."""

from __future__ import annotations

import contextlib
import math
import time
import traceback
from typing import TYPE_CHECKING

from slm_widgets.errors import DivergedError, SLMError
from slm_widgets.language import say, use_language
from slm_widgets.library import load_checkpoint, save_checkpoint, save_weights
from slm_widgets.model.build import build_with_doubts
from slm_widgets.running.explanation import explain
from slm_widgets.running.memory import check_memory_of
from slm_widgets.running.threads import end_idle_threads, use_threads
from slm_widgets.training import CheckpointDue, CheckpointSaved, RunState, Training

if TYPE_CHECKING:
    from slm_widgets.running.run import Run

# How long the end of a run waits for MLflow. Sending goes on in the background after that.
TRACKING_PATIENCE_S = 30.0


class Worker:
    """Does the work of one run. It alone changes the run's state."""

    def __init__(self, run: Run, language: str) -> None:
        self._run = run
        self._language = language
        self._kept = (-1, False)
        self._cannot_keep = False

    def work(self) -> None:
        """Runs from the queue to the end; never raises."""
        run = self._run
        with use_language(self._language):
            try:
                with run.place.turn(lambda: run.control.stopping) as its_turn:
                    if its_turn:
                        self._train()
                    else:
                        self._end(RunState.STOPPED)
            except BaseException as error:  # nobody else would see it
                self._end(RunState.FAILED, error)
            finally:
                if isinstance(run.error, SLMError) and run.error.__traceback__ is not None:
                    # Its frames hold the optimizer. Those of what we cannot explain stay, for whoever looks into it.
                    traceback.clear_frames(run.error.__traceback__)
                end_idle_threads()  # the next run does not wait for MLflow
                run.drained(TRACKING_PATIENCE_S)

    def _train(self) -> None:
        run = self._run
        run.logbook.open()
        state, error, training, why = RunState.FINISHED, None, None, ""
        try:
            run.logbook.enter(RunState.RUNNING)
            use_threads(run.plan.threads)
            training = self._prepare()
            if self._follow(training):
                state = RunState.STOPPED
            else:
                why = training.ended_early
            self._keep(training)
        except Exception as reason:
            state, error = RunState.FAILED, explain(reason, run.plan, run.folder)
            # After a divergence the weights are older than the step, and those of the step are nothing to go on from.
            if training is not None and training.is_whole and not isinstance(reason, DivergedError):
                self._keep(training)
        self._end(state, error, why)

    def _prepare(self) -> Training:
        """Builds the model, with the weights of the checkpoint where it goes on from one."""
        run, plan = self._run, self._run.plan
        check_memory_of(plan)
        model, doubts = build_with_doubts(run.stack, seed=run.config.seed, device=plan.device)
        for doubt in [*doubts, *run.config.idle_settings()]:
            run.notify(doubt)
        model.recompute_blocks(run.config.gradient_checkpointing)
        snapshot = None if run.goes_on_from is None else load_checkpoint(run.goes_on_from, model)
        training = Training(model, plan.dataset, run.tokenizer, run.config, clock=run.clock, resumed=snapshot)
        if snapshot is not None:
            self._kept = training.position
        run.live_model = model
        run.logbook.follow(training)
        return training

    def _follow(self, training: Training) -> bool:
        """Hands every event on; returns whether a stop was asked for."""
        run, control = self._run, self._run.control
        assert run.live_model is not None
        with contextlib.closing(training.events()) as events:
            for event in events:
                if isinstance(event, CheckpointDue):
                    self._keep(training)
                else:
                    run.logbook.add(event)
                if control.is_asked:
                    control.serve_copies(run.live_model)
                    if control.pausing and not control.stopping:
                        self._pause(training)
                    if control.stopping:
                        return True
                    control.settle()
        return False

    def _pause(self, training: Training) -> None:
        run = self._run
        assert run.live_model is not None
        run.clock.pause()
        self._keep(training)  # whoever pauses may close the machine
        run.logbook.enter(RunState.PAUSED)
        end_idle_threads()  # those of another run go on
        run.control.wait_while_pausing(run.live_model)
        run.clock.unpause()
        if not run.control.stopping:
            run.logbook.enter(RunState.RUNNING)

    def _keep(self, training: Training) -> None:
        """Takes a checkpoint, unless this step has one; a disk that takes none is told, and tried again next time."""
        run = self._run
        if run.live_model is None or training.position == self._kept or not training.step:
            return
        began_s = time.perf_counter()
        run.logbook.recorder.flush()
        try:
            saved = save_checkpoint(run.run_folder, training.snapshot(), run.live_model, run.config.keep_best)
        except Exception as error:  # the disk, or no memory for the copy: the training is worth more
            if not self._cannot_keep:
                run.notify(_not_kept(error))
            self._cannot_keep = True
        else:
            if self._cannot_keep:
                run.notify(say(en="Checkpoints can be written again.", ko="체크포인트를 다시 쓸 수 있습니다."))
            self._kept, self._cannot_keep = training.position, False
            val_loss = math.nan if saved.val_loss is None else saved.val_loss
            run.logbook.add(CheckpointSaved(saved.step, saved.path.name, val_loss, saved.is_best))
        training.kept(time.perf_counter() - began_s, is_whole=not self._cannot_keep)

    def _end(self, state: RunState, error: BaseException | None = None, ended_early: str = "") -> None:
        """Keeps the model, completes the folder, and only then says that the run is over."""
        run = self._run
        try:
            try:
                if run.live_model is not None:
                    save_weights(run.live_model, run.run_folder.weights)
            finally:
                run.logbook.recorder.close()  # else its thread and its files would outlive the run
            if run.logbook.recorder.error is not None and error is None:
                raise run.logbook.recorder.error
        except Exception as reason:  # the disk, or safetensors' word for it
            state, error = RunState.FAILED, error or explain(reason, run.plan)
        run.over(state, error, ended_early if state is RunState.FINISHED else "")


def _not_kept(error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return say(
        en=f"No checkpoint could be written ({reason}). The training goes on and tries again. Make room, or "
        "run.model takes the model out of memory.",
        ko=f"체크포인트를 쓸 수 없습니다({reason}). 학습은 계속되며 다시 시도합니다. 공간을 비우세요. 모델은 "
        "run.model로 메모리에서 꺼낼 수 있습니다.",
    )
