"""The life of a run, in its own thread: waits for its turn, trains, keeps the model, says how it ended."""

from __future__ import annotations

import contextlib
import traceback
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError

from slm_widgets.errors import RunError, TrainingError
from slm_widgets.language import say, use_language
from slm_widgets.library import save_weights
from slm_widgets.model import build_model
from slm_widgets.running.device_queue import Place
from slm_widgets.training import RunState, train_events

if TYPE_CHECKING:
    from slm_widgets.running.run import Run

# How long the end of a run waits for MLflow. Sending goes on in the background after that.
TRACKING_PATIENCE_S = 30.0


class Worker:
    """Does the work of one run. It alone changes the run's state."""

    def __init__(self, run: Run, place: Place, language: str) -> None:
        self._run = run
        self._place = place
        self._language = language

    def work(self) -> None:
        """Runs from the queue to the end; never raises."""
        run = self._run
        run.recorder.start()
        with use_language(self._language):
            try:
                with self._place.turn(lambda: run.control.stopping) as its_turn:
                    if its_turn:
                        self._train()
                    else:
                        self._end(RunState.STOPPED)
            except BaseException as error:  # nobody else would see it
                self._end(RunState.FAILED, error)
            finally:
                run.drained(TRACKING_PATIENCE_S)

    def _train(self) -> None:
        run = self._run
        if run.tracker is not None:
            run.tracker.start()
        state, error = RunState.FINISHED, None
        try:
            run.enter(RunState.RUNNING)
            run.built(build_model(run.stack, seed=run.config.seed, device=run.plan.device))
            if self._follow():
                state = RunState.STOPPED
        except Exception as reason:
            state, error = RunState.FAILED, _explained(reason)
        self._end(state, error)

    def _follow(self) -> bool:
        """Hands every event on; returns whether a stop was asked for."""
        run, control = self._run, self._run.control
        assert run.live_model is not None
        events = train_events(run.live_model, run.plan.dataset, run.tokenizer, run.config, clock=run.clock)
        with contextlib.closing(events):
            for event in events:
                run.happened(event)
                if run.recorder.error is not None:
                    raise run.recorder.error
                if control.is_asked:
                    control.serve_copy(run.live_model, run.step)
                    if control.pausing and not control.stopping:
                        self._pause()
                    if control.stopping:
                        return True
                    control.settle()
        return False

    def _pause(self) -> None:
        run = self._run
        assert run.live_model is not None
        run.clock.pause()
        run.enter(RunState.PAUSED)
        run.control.wait_while_pausing(run.live_model, run.step)
        run.clock.unpause()
        if not run.control.stopping:
            run.enter(RunState.RUNNING)

    def _end(self, state: RunState, error: BaseException | None = None) -> None:
        """Keeps the model, completes the folder, and only then says that the run is over."""
        run = self._run
        try:
            try:
                if run.live_model is not None:
                    save_weights(run.live_model, run.run_folder.weights)
            finally:
                run.recorder.close()  # else its thread and its files would outlive the run
            if run.recorder.error is not None and error is None:
                raise run.recorder.error
        except Exception as reason:  # the disk, or safetensors' word for it
            state, error = RunState.FAILED, error or _explained(reason)
        run.over(state, error)


def _explained(error: BaseException) -> BaseException:
    """Sentences for what the machine says when it is out of memory or disk; anything else is the error itself."""
    if isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error):
        return _caused(
            TrainingError(
                say(
                    en="The memory is not enough for this training. Use a smaller batch_size or context_length, or a smaller "
                    "design.",
                    ko="메모리가 모자라 학습할 수 없습니다. batch_size나 context_length를 줄이거나 더 작은 설계를 쓰세요.",
                ),
                field="batch_size",
            ),
            error,
        )
    if isinstance(error, OSError | SafetensorError):
        return _caused(
            RunError(
                say(
                    en=f"The run's folder cannot be written ({error}). Make room, or choose another place with folder=... or "
                    "SLM_RUNS. The model is still in memory: run.model.",
                    ko=f"실행 폴더에 쓸 수 없습니다({error}). 공간을 비우거나 folder=... 또는 SLM_RUNS로 다른 곳을 정하세요. "
                    "모델은 아직 메모리에 있습니다: run.model.",
                ),
                field="folder",
            ),
            error,
        )
    return error


def _caused(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    traceback.clear_frames(cause.__traceback__)  # its frames hold the batch and all activations
    return error
