"""One run's way to MLflow: its numbers wait on disk, and a process of its own brings them there."""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from slm_widgets.language import language, say, use_language
from slm_widgets.tracking.address import chosen_uri, without_credentials
from slm_widgets.tracking.courier import courier
from slm_widgets.tracking.outbox import Outbox
from slm_widgets.tracking.points import Thinner
from slm_widgets.training import Event, RunState

_STATUS = {RunState.FINISHED: "FINISHED", RunState.STOPPED: "KILLED", RunState.FAILED: "FAILED"}
_LONGEST_VALUE = 6000
_RETRY_S = 5.0


class Tracker:
    """Sends a run's parameters, numbers and files to MLflow.

    Where to is mlflow's own business: ``MLFLOW_TRACKING_URI``, ``mlflow.set_tracking_uri``, else its default sqlite file.
    The experiment is ``MLFLOW_EXPERIMENT_NAME``, else ``slm_widgets``. A run that is resumed goes on as the same run there.

    Nothing here waits for MLflow. Where it is away, slow or locked, what is not sent stays in the folder; it is tried again,
    with growing pauses, for as long as this process lives, and by ``deliver_waiting`` in a later one.

    Args:
        folder: The run's folder.
        name: The run's name.
        parameters: What is logged as parameters, values as text.
        on_started: Called once, on another thread, with tracking_uri, experiment_id and run_id.
        on_notice: Called on another thread with a sentence: with ``error``, and once all that waited was sent after all.
        sweep: The sweep that the run belongs to (``"id"``, ``"name"``, ``"of"``): a run in MLflow too, whose child it becomes.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        parameters: Mapping[str, Any],
        on_started: Callable[[dict[str, str]], None] = lambda ids: None,
        on_notice: Callable[[str], None] = lambda sentence: None,
        sweep: Mapping[str, Any] | None = None,
    ) -> None:
        self.error: str | None = None
        """Why MLflow lacks something, as a sentence; None again once it has everything."""
        self.ids: dict[str, str] | None = None
        """Where the run is in MLflow, once it is there: tracking_uri, experiment_id and run_id."""
        self._folder = folder
        self._name = name
        self._parameters = {key: str(value)[:_LONGEST_VALUE] for key, value in parameters.items()}
        self._sweep = None if sweep is None else dict(sweep)
        self._on_started = on_started
        self._on_notice = on_notice
        # As they are here, where the user calls: the run may have to wait for its turn.
        self._uri = chosen_uri()
        self._surroundings = {
            "uri": None if self._uri is None else without_credentials(self._uri),
            "cwd": _working_folder(),
            "experiment": os.environ.get("MLFLOW_EXPERIMENT_NAME"),
            "experiment_id": os.environ.get("MLFLOW_EXPERIMENT_ID"),
        }
        self._outbox = Outbox(folder)
        self._thinner = Thinner()
        self._language = language()
        self._is_started = False
        self._is_closed = False
        self._changed = threading.Condition()
        self._is_over = False
        self._failed_since_close = False

    def start(self) -> None:
        """Begins; the files are written from now on, and MLflow is asked."""
        self._is_started = True
        self._outbox.put(
            [
                {
                    "kind": "begin",
                    "id": secrets.token_hex(8),
                    "time_ms": _now_ms(),
                    "name": self._name,
                    "parameters": self._parameters,
                    "sweep": self._sweep,
                    **self._surroundings,
                }
            ]
        )
        courier().deliver(self._folder, self._hear, uri=self._uri)

    def put(self, events: list[Event]) -> None:
        """Takes events to send; none gives those that wait for the disk another chance. Returns at once."""
        now_ms = _now_ms()
        self._outbox.put([_line(point, now_ms) for event in events for point in self._thinner.points(event)])

    def close(self, state: RunState, artifacts: Sequence[Path]) -> None:
        """Has what is left sent, then the files and folders, and the MLflow run ended; returns at once.

        Args:
            state: How the run ended.
            artifacts: Files and folders within the run's folder; what is missing is left out.
        """
        if not self._is_started:
            return
        now_ms = _now_ms()
        lines = [_line(point, now_ms) for point in self._thinner.rest()]
        names = [path.name for path in artifacts]
        lines.append({"kind": "end", "status": _STATUS[state], "artifacts": names, "time_ms": now_ms})
        with self._changed:
            self._is_closed = True
        if not self._outbox.put(lines, now=True):  # a full disk: the last lines come when there is room
            threading.Thread(target=self._keep_trying, name="slm-tracking", daemon=True).start()
        courier().hurry(self._folder)

    def join(self, timeout_s: float | None = None) -> bool:
        """Waits until all is sent, or ``error`` tells why not; tells whether one of the two is so."""
        if not self._is_started:  # there was nothing to send
            return True
        with self._changed:
            return self._changed.wait_for(lambda: self._is_over or self._failed_since_close, timeout_s)

    def _keep_trying(self) -> None:
        while not self._outbox.put([], now=True):
            time.sleep(_RETRY_S)
        courier().hurry(self._folder)

    def _hear(self, telling: dict[str, Any]) -> None:
        with use_language(self._language):
            if "ids" in telling and telling["ids"] != self.ids:
                self.ids = telling["ids"]
                with contextlib.suppress(OSError):  # the run's own disk may be full; run.json has them the next time
                    self._on_started(telling["ids"])
            if "error" in telling:
                self._failed(telling["error"], telling["is_final"])
            elif telling.get("over", True) and self.error is not None:  # whatever else it tells, MLflow took it
                self._caught_up()
        with self._changed:
            self._is_over = self._is_over or "over" in telling
            self._failed_since_close = self._is_closed and self.error is not None
            self._changed.notify_all()

    def _caught_up(self) -> None:
        self.error = None
        self._on_notice(
            say(
                en="MLflow answers again: all that waited in the run's folder was sent.",
                ko="MLflow가 다시 응답합니다. 실행 폴더에서 기다리던 값을 모두 보냈습니다.",
            )
        )

    def _failed(self, reason: str, is_final: bool) -> None:
        was_fine = self.error is None
        if is_final:
            self.error = say(
                en=f"MLflow was not written: it refuses this run ({reason}). The training is not affected and all numbers are in "
                "the run's folder. Check MLFLOW_TRACKING_URI, or train with track=False.",
                ko=f"MLflow에 기록하지 못했습니다. 이 실행을 받아들이지 않습니다({reason}). 학습에는 영향이 없고 모든 값은 실행 폴더에 "
                "있습니다. MLFLOW_TRACKING_URI를 확인하거나 track=False로 학습하세요.",
            )
        else:
            self.error = say(
                en=f"MLflow was not written ({reason}). The training is not affected: its numbers wait in the run's folder and "
                "are sent as soon as MLflow answers. Check MLFLOW_TRACKING_URI, or train with track=False.",
                ko=f"MLflow에 기록하지 못했습니다({reason}). 학습에는 영향이 없습니다. 값은 실행 폴더에서 기다리다가 MLflow가 응답하면 "
                "바로 보내집니다. MLFLOW_TRACKING_URI를 확인하거나 track=False로 학습하세요.",
            )
        if was_fine or is_final:
            self._on_notice(self.error)


def _line(point: tuple[int, dict[str, float]], time_ms: int) -> dict[str, Any]:
    step, numbers = point
    return {"kind": "point", "step": step, "time_ms": time_ms, "numbers": numbers}


def _working_folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # somebody deleted it
        return ""


def _now_ms() -> int:
    return int(time.time() * 1000)
