"""The training's side of the process that brings numbers to MLflow."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from slm_widgets.language import Text
from slm_widgets.tracking.address import chosen_uri, without_credentials

Listener = Callable[[dict[str, Any]], None]

# The child has the parent's places to import from, after its own: a file queue.py beside a notebook must not replace Python's.
_PROGRAM = """import json, sys
sys.path += [place for place in json.loads(sys.argv[1]) if place and place not in sys.path]
from slm_widgets.tracking.courier_process import main
main()"""


class Courier:
    """Starts the process when it is needed, hands it folders, and passes on what it tells.

    It is started again where it ended with work left; it ends some time after this process does, when it notices that its input
    has ended. All methods may be called from any thread and return at once.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._orders: dict[int, tuple[dict[str, Any], Listener]] = {}
        self._numbers = itertools.count()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_listening = (
            False  # as long as a thread cares for a process, restarts and the pauses between them included
        )
        self._failures = 0
        self._reason = Text("")

    def deliver(self, folder: Path, listener: Listener, is_orphan: bool = False, uri: str | None = None) -> None:
        """Has a folder delivered until MLflow has its end.

        Args:
            folder: The run's.
            listener: Takes the tellings about it, on a thread of the courier.
            is_orphan: Whether no living process writes to the folder any more; it is then tried only once.
            uri: Where it was to be delivered when the run was made, user and password included; None: as it is now.
        """
        environment = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": os.environ.get("MLFLOW_DISABLE_TELEMETRY", "true")}
        uri = uri or chosen_uri()
        if uri is not None and uri != without_credentials(uri):  # set by a program, and in no file
            environment["MLFLOW_TRACKING_URI"] = uri
        with self._lock:
            number = next(self._numbers)
            order = {"number": number, "deliver": str(folder), "environment": environment, "is_orphan": is_orphan}
            self._orders[number] = order, listener
            if self._is_listening:
                self._send(order)
            else:
                self._start()

    def hurry(self, folder: Path) -> None:
        """Has a folder tried now rather than when its pause is over."""
        with self._lock:
            self._send({"hurry": str(folder)})

    def _start(self) -> None:
        """Starts the process and gives it all that is to be done; what fails is tried again by the thread that listens."""
        command = [
            sys.executable or "python3",  # not known where Python is a part of another program
            "-P",
            "-c",
            _PROGRAM,
            json.dumps([*map(str, sys.path), str(Path(__file__).parents[2])]),
        ]
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        self._process = None
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,  # a thread that sleeps in a buffer's lock would break the end of the program
                env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"},
                creationflags=flags,
                # Ctrl-C, or a kernel that is killed with all its group, does not end it half way.
                start_new_session=True,
            )
        except OSError as error:  # no memory, too many processes, or none allowed at all
            self._reason = Text(
                f"the process that would write to it cannot be started: {error}",
                f"기록할 프로세스를 시작할 수 없습니다: {error}",
            )
        for order, _ in self._orders.values():
            self._send(order)
        self._is_listening = True
        threading.Thread(target=self._listen, args=(self._process,), name="slm-courier", daemon=True).start()

    def _send(self, order: dict[str, Any]) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError, ValueError):  # it ended; the thread that listens starts it again
                self._process.stdin.write((json.dumps(order) + "\n").encode())

    def _listen(self, process: subprocess.Popen[bytes] | None) -> None:
        if process is not None and process.stdout is not None:
            with contextlib.suppress(ValueError, OSError):
                for line in process.stdout:
                    self._failures = 0
                    self._pass_on(json.loads(line))
            words = _last_words(process)
            self._reason = Text(
                f"the process that writes to it ended: {words}", f"기록하던 프로세스가 끝났습니다: {words}"
            )
        self._failures += 1
        with self._lock:
            numbers = list(self._orders)
        if numbers and self._failures > 1:
            for number in numbers:
                self._pass_on({"number": number, "error": self._reason, "is_final": False})
            time.sleep(min(60.0, 2.0 ** min(6, self._failures)))
        with self._lock:
            self._process, self._is_listening = None, False
            if self._orders:
                self._start()

    def _pass_on(self, telling: dict[str, Any]) -> None:
        with self._lock:
            _, listener = self._orders.get(telling["number"], (None, None))
            if "over" in telling:
                self._orders.pop(telling["number"], None)
        if listener is not None:
            listener(telling)


def _last_words(process: subprocess.Popen[bytes]) -> str:
    """Waits for the end of a process and tells why it ended, as far as that is known."""
    lines: list[str] = []
    with contextlib.suppress(OSError, ValueError):
        if process.stderr is not None:  # it holds what went wrong before the process could tell it
            lines = without_credentials(process.stderr.read().decode(errors="replace")).strip().splitlines()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        with contextlib.suppress(OSError):
            if pipe is not None:
                pipe.close()
    return lines[-1] if lines else f"status {process.returncode}"


_ours: tuple[int, Courier] | None = None
_making = threading.Lock()


def courier() -> Courier:
    """The courier of this process; a fork gets its own."""
    global _ours
    with _making:
        if _ours is None or _ours[0] != os.getpid():
            _ours = os.getpid(), Courier()
        return _ours[1]
