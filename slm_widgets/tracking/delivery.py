"""One run's waiting lines to MLflow. The only place that imports mlflow."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from slm_widgets.files import write_json
from slm_widgets.tracking.address import with_credentials, without_credentials
from slm_widgets.tracking.outbox import STATE, read_state
from slm_widgets.tracking.parent_run import PARENT_TAG, SWEEP_TAG, begin_parent, end_parent

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "slm_widgets"
ID_TAG = "slm_widgets.id"

_BATCH_METRICS = 500  # a call may carry 1,000
_BATCH_PARAMETERS = 100  # the most that one call takes
_CHUNK_BYTES = 1 << 20
_ANSWER_S = 10  # patience with a server; it wants to be asked again rather than waited for
_LONGEST_REASON = 160  # characters
_FILES_S = 120  # it may take its time to store a model

# What no second try can mend: a run that was deleted, a value that MLflow does not take.
_FINAL = ("INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST")


class RefusedError(Exception):
    """MLflow will never take it."""


class Delivery:
    """Brings the lines of one folder to MLflow, a part at a time; any call may fail and be repeated.

    Args:
        folder: The run's.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.state: dict[str, Any] = {
            "uri": None,
            "experiment": None,
            "experiment_id": None,
            "run_id": None,
            "parent_run_id": None,
            "delivered_bytes": 0,
            "parameters": False,
            "artifacts": False,
            "ended": None,
            "refused": None,
            **read_state(folder),
        }
        self._saved = dict(self.state)
        self._client: MlflowClient | None = None

    @property
    def ids(self) -> dict[str, str] | None:
        """Where the run is in MLflow, None before it is."""
        if self.state["run_id"] is None:
            return None
        return {
            "tracking_uri": self.state["uri"],
            "experiment_id": self.state["experiment_id"],
            "run_id": self.state["run_id"],
        }

    def advance(self, lines: IO[bytes], is_orphan: bool = False) -> bool:
        """Delivers all lines that are there.

        Args:
            lines: The folder's tracking.jsonl, open for reading.
            is_orphan: Whether the process that writes the lines is gone, so that a run without an end has failed.

        Returns:
            Whether MLflow has the whole run, its end too.

        Raises:
            RefusedError: for what no second try can mend.
            Exception: whatever mlflow and its stores raise; what was delivered before counts.
        """
        _make_impatient()
        try:
            while self._advance_by_a_chunk(lines):
                pass
            if is_orphan and not self.state["ended"] and self.state["run_id"] is not None:
                self._end({"status": "FAILED", "artifacts": []})
        except Exception as error:
            if getattr(error, "error_code", None) in _FINAL:
                self.state["refused"] = first_line(error)
                raise RefusedError(first_line(error)) from error
            raise
        finally:
            self._save()
        return bool(self.state["ended"])

    def _advance_by_a_chunk(self, lines: IO[bytes]) -> bool:
        """Delivers some lines; tells whether there were any."""
        lines.seek(self.state["delivered_bytes"])
        chunk = lines.read(_CHUNK_BYTES)
        whole = chunk[: chunk.rfind(b"\n") + 1]  # the last one may be half written
        points: list[dict[str, Any]] = []
        done = self.state["delivered_bytes"]
        for text in whole.splitlines(keepends=True):
            line = json.loads(text)
            if line["kind"] == "point":
                points.append(line)
            if line["kind"] != "point" or sum(len(point["numbers"]) for point in points) > _BATCH_METRICS:
                self._log(points)
                points = []
                self.state["delivered_bytes"] = done
            if line["kind"] == "begin":
                self._begin(line)
            elif line["kind"] == "end":
                self._end(line)
            done += len(text)
        self._log(points)
        self.state["delivered_bytes"] = done
        return bool(whole)

    def _begin(self, line: dict[str, Any]) -> None:
        state = self.state
        if state["run_id"] is None:
            state["uri"] = state["uri"] or _address(line)
            client = self._connect()
            state["experiment_id"], state["experiment"] = _experiment(client, line)
            state["parent_run_id"] = self._begin_parent(line)
            state["run_id"] = _run(client, state["experiment_id"], line, state["parent_run_id"])
            self._save()
        else:  # the run is resumed
            self._connect().update_run(state["run_id"], status="RUNNING")
            state["parent_run_id"] = self._begin_parent(line)
            state["ended"], state["artifacts"] = None, False
        if not state["parameters"]:
            self._log_parameters(line["parameters"])
            state["parameters"] = True
        else:
            self._tag_changes(line["parameters"])

    def _begin_parent(self, line: dict[str, Any]) -> str | None:
        sweep = line.get("sweep")
        if sweep is None:
            return None
        return begin_parent(self._connect(), self.state["experiment_id"], sweep, line["time_ms"])

    def _log_parameters(self, parameters: dict[str, str]) -> None:
        from mlflow.entities import Param

        items = [Param(name, value) for name, value in parameters.items()]
        for start in range(0, len(items), _BATCH_PARAMETERS):
            self._connect().log_batch(self.state["run_id"], params=items[start : start + _BATCH_PARAMETERS])

    def _tag_changes(self, parameters: dict[str, str]) -> None:
        """Tells with what other settings the run goes on: MLflow lets no parameter be changed, so they are tags."""
        from mlflow.entities import RunTag

        told = self._connect().get_run(self.state["run_id"]).data
        now = {name: told.tags.get(f"resumed.{name}", told.params.get(name)) for name in parameters}
        tags = [RunTag(f"resumed.{name}", value) for name, value in parameters.items() if now[name] != value]
        if tags:
            self._connect().log_batch(self.state["run_id"], tags=tags)

    def _log(self, points: list[dict[str, Any]]) -> None:
        from mlflow.entities import Metric

        if points and self.state["ended"]:  # another process took it for an orphan just when this one resumed it
            self._connect().update_run(self.state["run_id"], status="RUNNING")
            self.state["ended"] = None
        metrics = [
            Metric(name, value, point["time_ms"], point["step"])
            for point in points
            for name, value in point["numbers"].items()
        ]
        for start in range(0, len(metrics), _BATCH_METRICS):
            self._connect().log_batch(self.state["run_id"], metrics=metrics[start : start + _BATCH_METRICS])

    def _end(self, line: dict[str, Any]) -> None:
        client, run_id = self._connect(), self.state["run_id"]
        if not self.state["artifacts"]:
            os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] = str(_FILES_S)
            for name in line["artifacts"]:
                path = self._folder / name
                if path.is_dir():
                    client.log_artifacts(run_id, str(path), path.name)
                elif path.exists():
                    client.log_artifact(run_id, str(path))
            os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] = str(_ANSWER_S)
            self.state["artifacts"] = bool(line["artifacts"])
        client.set_terminated(run_id, line["status"], line.get("time_ms"))
        if self.state["parent_run_id"] is not None:
            end_parent(client, self.state["experiment_id"], self.state["parent_run_id"], line.get("time_ms"))
        self.state["ended"] = line["status"]

    def _connect(self) -> MlflowClient:
        from mlflow import MlflowClient

        if self._client is None:
            _go_beside(self.state["uri"])
            self._client = MlflowClient(tracking_uri=with_credentials(self.state["uri"]))
        return self._client

    def _save(self) -> None:
        """Writes tracking.json where it changed; on a full disk the next call does, and until then a line may go out twice."""
        if self.state != self._saved:
            with contextlib.suppress(OSError):
                write_json(self._folder / STATE, self.state)
                self._saved = dict(self.state)


def first_line(error: BaseException) -> str:
    """What an error says, on one line; where that is a tale, what it came from (Connection refused)."""
    line = without_credentials((str(error).strip().splitlines() or [type(error).__name__])[0])
    cause = error.__cause__ or error.__context__
    if cause is None or isinstance(cause, LookupError) or len(line) <= _LONGEST_REASON:
        return line
    return first_line(cause)


def _make_impatient() -> None:
    """Has mlflow raise at once where it would go on trying for minutes: whoever calls has other folders, and tries for hours."""
    os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] = str(_ANSWER_S)
    os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0"
    with contextlib.suppress(ImportError, AttributeError):
        from mlflow.store.db import utils

        utils.MAX_RETRY_COUNT = 1


def _address(line: dict[str, Any]) -> str:
    """Where MLflow is: as the training's process saw it, else mlflow's own default, both seen from the folder of that process."""
    import mlflow

    if os.path.isdir(line["cwd"]):
        os.chdir(line["cwd"])
    uri = line["uri"] or without_credentials(mlflow.get_tracking_uri())
    path = uri.removeprefix("sqlite:///")
    if path != uri and not os.path.isabs(path):  # another process, somewhere else, may have to find it again
        uri = f"sqlite:///{Path(path).resolve().as_posix()}"
    return uri


def _go_beside(uri: str) -> None:
    """Makes a database's folder the working folder: mlflow keeps the files of new experiments in the latter's "mlruns"."""
    path = uri.removeprefix("sqlite:///")
    if path != uri and Path(path).parent.is_dir():
        os.chdir(Path(path).parent)


def _experiment(client: MlflowClient, line: dict[str, Any]) -> tuple[str, str | None]:
    """The id and the name of the experiment, made if it is missing."""
    if line["experiment_id"]:
        return line["experiment_id"], None
    name = line["experiment"] or EXPERIMENT
    found = client.get_experiment_by_name(name)
    return (client.create_experiment(name) if found is None else found.experiment_id), name


def _run(client: MlflowClient, experiment_id: str, line: dict[str, Any], parent_id: str | None) -> str:
    """The id of the run: a new one, or that which was made by an earlier call whose answer never came."""
    found = client.search_runs([experiment_id], f"tags.`{ID_TAG}` = '{line['id']}'", max_results=1)
    if found:
        return found[0].info.run_id
    tags = {ID_TAG: line["id"]}
    if parent_id is not None:
        tags |= {PARENT_TAG: parent_id, SWEEP_TAG: line["sweep"]["id"]}
    made = client.create_run(experiment_id, line["time_ms"], tags, line["name"])
    return made.info.run_id
