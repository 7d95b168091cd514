"""MLflow's stores as the tests break them: a server to kill, a database to lock, a run to follow."""

from __future__ import annotations

import contextlib
import os
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
from mlflow import MlflowClient

from slm_widgets.tracking import Tracker
from slm_widgets.training import Evaluation, RunState, Step
from tests.small_runs import until

PATIENCE_S = 240.0  # a busy machine takes a minute to import mlflow, and two to start its server


def eventually(condition: Callable[[], Any]) -> None:
    """Waits for something that mlflow has to do first."""
    until(condition, PATIENCE_S)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """A real mlflow server that can be killed and started again at the same place.

    Args:
        folder: With its database, ``store.db``.
    """

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.uri = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._process is not None:
            return
        command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--workers", "1", "--backend-store-uri", f"sqlite:///{self._folder / 'store.db'}"]
        self._process = subprocess.Popen(
            command,
            cwd=self._folder,
            env={**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        eventually(self._answers)

    def kill(self) -> None:
        if self._process is not None:
            family = [*psutil.Process(self._process.pid).children(recursive=True), psutil.Process(self._process.pid)]
            for one in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.uri}/health", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False


@contextlib.contextmanager
def locked(database: Path) -> Iterator[None]:
    """Holds a database so that nobody else can read or write it."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


class Followed:
    """A tracker in a folder of its own, with all that it says."""

    def __init__(self, folder: Path, name: str = "run", **parameters: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.notices: list[str] = []
        self.started: list[dict[str, str]] = []
        self.tracker = Tracker(folder, name, parameters, self.started.append, self.notices.append)

    def steps(self, first: int, last: int) -> None:
        self.tracker.put([Step(n, 5.0 / n, 0.1, 1.0, 100.0, 0.2, smooth_loss=6.0 / n) for n in range(first, last + 1)])

    def evaluate(self, step: int, val_loss: float) -> None:
        self.tracker.put([Evaluation(step, val_loss, 1.0, accuracy=0.5)])

    def finish(self, *names: str) -> None:
        self.tracker.close(RunState.FINISHED, [self.folder / name for name in names])

    def is_all_there(self) -> bool:
        """Whether MLflow has all of it, after some patience."""
        return self.tracker.join(PATIENCE_S) and self.tracker.error is None

    @property
    def known(self) -> dict[str, str]:
        eventually(lambda: self.tracker.ids is not None)
        assert self.tracker.ids is not None
        return self.tracker.ids

    def read_back(self) -> Any:
        return MlflowClient(tracking_uri=self.known["tracking_uri"]).get_run(self.known["run_id"])

    def curve(self, name: str) -> list[tuple[int, float]]:
        client = MlflowClient(tracking_uri=self.known["tracking_uri"])
        return sorted((m.step, m.value) for m in client.get_metric_history(self.known["run_id"], name))
