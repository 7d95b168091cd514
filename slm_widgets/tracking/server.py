"""MLflow's own pages, on demand: a small server for the store in use, which ends with this process."""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO
from urllib.parse import urlsplit

from slm_widgets.errors import RunError
from slm_widgets.language import language, say, use_language
from slm_widgets.tracking.address import chosen_uri, with_credentials, without_credentials

_HOST = "127.0.0.1"
_CURVES = "model-metrics?workflowType=machine_learning"  # the other type shows prompts and judges all around
_PATIENCE_S = 90.0  # 4 s on a quick machine; a busy one with two cores needs half a minute

# Holds the server and ends it, workers and all, once its own input ends: also where this process is killed.
_KEEPER = """import subprocess, sys, threading, psutil
server = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
def watch():
    sys.stdin.read()
    family = psutil.Process().children(recursive=True)
    for signal in ("terminate", "kill"):
        for one in family:
            try: getattr(one, signal)()
            except psutil.Error: pass
        family = psutil.wait_procs(family, timeout=5)[1]
threading.Thread(target=watch, daemon=True).start()
server.wait()"""

# 2 processes and half a gigabyte, where the defaults take 15 and 2.5.
_LIGHT = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}


@dataclass
class _Server:
    """One for each store; ``lock`` is held while it is being started."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    process: subprocess.Popen[bytes] | None = None
    address: str = ""

    def end(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            with contextlib.suppress(OSError):
                assert process.stdin is not None
                process.stdin.close()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


_servers: dict[tuple[str | None, str], _Server] = {}
_looking = threading.Lock()


def open_ui(ids: Mapping[str, str] | None = None, timeout_s: float = _PATIENCE_S) -> str:
    """Starts MLflow's pages, unless they are there already, and returns once they answer.

    Args:
        ids: Those of a tracker: its store is shown, and the page with the run's curves. None: the store that a new run would
            be written to.
        timeout_s: How long to wait for the server, in seconds.

    Returns:
        The address for a browser on this machine. Where runs are written to a server, that server's.

    Raises:
        RunError: where the server does not start, or the store is one that it has no pages for.
    """
    uri = with_credentials(ids["tracking_uri"]) if ids is not None else chosen_uri()
    scheme = urlsplit(uri or "").scheme or (uri or "")
    if scheme in ("http", "https"):
        address = without_credentials(uri or "").rstrip("/")
    elif scheme.startswith("databricks") or scheme == "uc":
        raise RunError(
            say(
                en=f"The runs are kept in {uri}, which has pages of its own. Open them in the browser there.",
                ko=f"실행이 {uri}에 저장되어 있고, 그곳에 자체 화면이 있습니다. 브라우저에서 여세요.",
            ),
            field="track",
        )
    else:
        address = _local(uri, timeout_s)
    if ids is not None:
        address += f"/#/experiments/{ids['experiment_id']}/runs/{ids['run_id']}/{_CURVES}"
    return address


def open_ui_soon(
    ready: Callable[[str], object], failed: Callable[[str], object], ids: Mapping[str, str] | None = None
) -> None:
    """Does what ``open_ui`` does and returns at once, for a widget's callback.

    Args:
        ready: Called with the address, on a thread of its own.
        failed: Called with a sentence instead, there too.
        ids: As for ``open_ui``.
    """
    spoken = language()

    def work() -> None:
        with use_language(spoken):
            try:
                address = open_ui(ids)
            except RunError as error:
                failed(error.message)
            else:
                ready(address)

    threading.Thread(target=work, name="slm-mlflow-ui", daemon=True).start()


def _local(uri: str | None, timeout_s: float) -> str:
    with _looking:
        server = _servers.setdefault((uri, os.getcwd() if uri is None else ""), _Server())
    with server.lock:
        if server.process is None or server.process.poll() is not None:
            server.end()
            _start(server, uri, time.monotonic() + timeout_s)
        return server.address


def _start(server: _Server, uri: str | None, deadline: float) -> None:
    port = _free_port()
    command = [sys.executable, "-m", "mlflow", "server", "--host", _HOST, "--port", str(port), "--workers", "1"]
    # Not as an argument, which every user of the machine could read: an address may hold a password.
    where = {} if uri is None else {"MLFLOW_BACKEND_STORE_URI": uri}
    with tempfile.TemporaryFile() as log:
        try:
            server.process = subprocess.Popen(
                [sys.executable, "-P", "-c", _KEEPER, *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env={**os.environ, **_LIGHT, **where, "MLFLOW_SERVER_ALLOWED_HOSTS": _allowed_hosts()},
                start_new_session=True,  # Ctrl-C, or a notebook's stop button, is not meant for it
            )
        except OSError as error:
            raise _not_started(str(error)) from error
        server.address = f"http://{_HOST}:{port}"
        while not _answers(server.address):
            is_gone = server.process.poll() is not None
            if is_gone or time.monotonic() > deadline:
                server.end()
                raise _not_started(_last_line(log) if is_gone else say(en="it does not answer", ko="응답하지 않습니다"))
            time.sleep(0.2)


def _answers(address: str) -> bool:
    try:
        # Without the proxy of the surroundings, which knows nothing of this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{address}/health", timeout=5) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


def _allowed_hosts() -> str:
    """Under which names the server may be asked: those of this machine, and any behind a hub's proxy, whose name nobody knows."""
    given = os.environ.get("MLFLOW_SERVER_ALLOWED_HOSTS")
    behind_proxy = any(
        name in os.environ for name in ("JUPYTERHUB_SERVICE_PREFIX", "COLAB_RELEASE_TAG", "BINDER_REPO_URL")
    )
    return given or ("*" if behind_proxy else "localhost,localhost:*,127.0.0.1,127.0.0.1:*")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((_HOST, 0))
        return listener.getsockname()[1]


def _last_line(log: IO[bytes]) -> str:
    log.seek(0)
    lines = without_credentials(log.read().decode(errors="replace")).strip().splitlines()
    return lines[-1] if lines else "-"


def _not_started(reason: str) -> RunError:
    return RunError(
        say(
            en=f"MLflow's pages could not be started ({reason}). Try again, or start them in a terminal: mlflow server.",
            ko=f"MLflow 화면을 시작하지 못했습니다({reason}). 다시 시도하거나 터미널에서 mlflow server로 시작하세요.",
        ),
        field="track",
    )


@atexit.register
def close_ui() -> None:
    """Ends the servers that ``open_ui`` started; the end of the program does so by itself."""
    with _looking:
        servers = list(_servers.values())
        _servers.clear()
    for server in servers:
        server.end()
