"""One run in MLflow, written from a thread of its own: slow or missing servers never hold up a training."""

from __future__ import annotations

import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from slm_widgets.language import language, say, use_language
from slm_widgets.tracking.points import Thinner
from slm_widgets.tracking.quiet import no_printed_address, quiet_handlers, quiet_thread
from slm_widgets.training import Event, RunState

if TYPE_CHECKING:
    from mlflow import MlflowClient

_BATCH_METRICS = 100
_BATCH_S = 1.0
_CONNECT_S = 3.0
EXPERIMENT = "slm_widgets"
_STATUS = {RunState.FINISHED: "FINISHED", RunState.STOPPED: "KILLED", RunState.FAILED: "FAILED"}


class Tracker:
    """Sends a run's parameters, numbers and files to MLflow.

    Where to is mlflow's own business: ``MLFLOW_TRACKING_URI``, ``mlflow.set_tracking_uri``, else its default sqlite file.
    The experiment is ``MLFLOW_EXPERIMENT_NAME``, else ``slm_widgets``.

    Whatever goes wrong is kept in ``error`` as a sentence; from then on nothing more is sent.

    Args:
        name: The run's name.
        parameters: What is logged as parameters, values as text.
        on_started: Called once, on the tracker's thread, with tracking_uri, experiment_id and run_id.
        on_error: Called once, on the tracker's thread, with ``error``.
    """

    def __init__(
        self,
        name: str,
        parameters: Mapping[str, Any],
        on_started: Callable[[dict[str, str]], None] = lambda ids: None,
        on_error: Callable[[str], None] = lambda error: None,
    ) -> None:
        self.error: str | None = None
        self.ids: dict[str, str] | None = None
        self._name = name
        self._parameters = dict(parameters)
        self._on_started = on_started
        self._on_error = on_error
        self._inbox: queue.SimpleQueue[list[Event] | tuple[RunState, Sequence[Path]]] = queue.SimpleQueue()
        self._end: tuple[RunState, Sequence[Path]] | None = None
        self._language = language()
        self._thread = threading.Thread(target=self._work, name=f"slm-tracking-{name}", daemon=True)

    def start(self) -> None:
        """Starts the thread; mlflow is imported there."""
        self._thread.start()

    def put(self, events: list[Event]) -> None:
        """Takes events to send; returns at once."""
        if self.error is None:
            self._inbox.put(events)

    def close(self, state: RunState, artifacts: Sequence[Path]) -> None:
        """Sends what is left, then the files and folders, and ends the MLflow run; returns at once."""
        self._inbox.put((state, artifacts))

    def join(self, timeout_s: float | None = None) -> bool:
        """Waits until all is sent (or given up); tells whether it is."""
        if self._thread.ident is None:  # never started: there was nothing to send
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _work(self) -> None:
        with use_language(self._language), quiet_thread():
            try:
                self._track()
            except Exception as error:  # whatever mlflow and its stores raise: a training must not care
                self.error = say(
                    en=f"MLflow was not written ({_first_line(error)}). The training is not affected and all numbers are in "
                    "the run's folder. Check MLFLOW_TRACKING_URI, or train with track=False.",
                    ko=f"MLflow에 기록하지 못했습니다({_first_line(error)}). 학습에는 영향이 없고 모든 값은 실행 폴더에 있습니다. "
                    "MLFLOW_TRACKING_URI를 확인하거나 track=False로 학습하세요.",
                )
                self._on_error(self.error)

    def _track(self) -> None:
        import mlflow
        from mlflow import MlflowClient

        quiet_handlers()
        uri = mlflow.get_tracking_uri()
        _check_server(uri)
        client = MlflowClient(tracking_uri=uri)
        experiment_id = _experiment(client)
        run_id = client.create_run(experiment_id, run_name=self._name).info.run_id
        self._log_parameters(client, run_id)
        self.ids = {"tracking_uri": uri, "experiment_id": experiment_id, "run_id": run_id}
        self._on_started(self.ids)
        try:
            self._log_metrics(client, run_id)
            state, artifacts = self._end or (RunState.FAILED, ())
            for path in artifacts:
                if path.is_dir():
                    client.log_artifacts(run_id, str(path), path.name)
                elif path.exists():
                    client.log_artifact(run_id, str(path))
        except BaseException:
            with no_printed_address():
                client.set_terminated(run_id, "FAILED")
            raise
        with no_printed_address():
            client.set_terminated(run_id, _STATUS[state])

    def _log_parameters(self, client: MlflowClient, run_id: str) -> None:
        from mlflow.entities import Param

        items = list(self._parameters.items())
        for start in range(0, len(items), 100):  # the most that one call takes
            batch = [Param(key, str(value)[:6000]) for key, value in items[start : start + 100]]
            client.log_batch(run_id, params=batch)

    def _log_metrics(self, client: MlflowClient, run_id: str) -> None:
        """Sends points in batches until the end is announced."""
        from mlflow.entities import Metric

        thinner = Thinner()
        metrics: list[Metric] = []
        sent = time.monotonic()
        while self._end is None:
            try:
                message = self._inbox.get(timeout=max(0.0, sent + _BATCH_S - time.monotonic()))
            except queue.Empty:
                message = []
            if isinstance(message, tuple):
                self._end = message
                points = list(thinner.rest())
            else:
                points = [point for event in message for point in thinner.points(event)]
            now_ms = int(time.time() * 1000)
            metrics += [Metric(key, value, now_ms, step) for step, numbers in points for key, value in numbers.items()]
            is_due = self._end is not None or time.monotonic() - sent >= _BATCH_S
            while len(metrics) >= _BATCH_METRICS or (is_due and metrics):
                client.log_batch(run_id, metrics=metrics[:_BATCH_METRICS])
                del metrics[:_BATCH_METRICS]
            if is_due:
                sent = time.monotonic()


def _experiment(client: MlflowClient) -> str:
    if os.environ.get("MLFLOW_EXPERIMENT_ID"):
        return os.environ["MLFLOW_EXPERIMENT_ID"]
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
    found = client.get_experiment_by_name(name)
    return client.create_experiment(name) if found is None else found.experiment_id


def _check_server(uri: str) -> None:
    """Asks a server of the network whether it is there; mlflow itself would go on asking for minutes."""
    address = urlsplit(uri)
    if address.scheme in ("http", "https") and address.hostname:
        port = address.port or (443 if address.scheme == "https" else 80)
        try:
            socket.create_connection((address.hostname, port), timeout=_CONNECT_S).close()
        except OSError as error:
            raise ConnectionError(f"{uri}: {error}") from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
