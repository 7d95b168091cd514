"""Ctrl-C while a run trains: the first one stops it cleanly, the second one is impatient."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from types import FrameType, TracebackType
from typing import Self

from slm_widgets.language import Text
from slm_widgets.running import Run

STOPPING = Text(
    en="stopping after this step; Ctrl-C again leaves at once",
    ko="이 스텝까지 하고 멈춥니다. 한 번 더 누르면 바로 끝냅니다",
)


class ImpatientError(BaseException):
    """A second Ctrl-C. No KeyboardInterrupt: with that, ``Run.wait`` would wait on for the end of the step."""


class Interrupts:
    """``with Interrupts(run) as interrupts: run.wait()``; ``interrupts.is_asked`` once somebody has pressed Ctrl-C.

    Args:
        run: What is stopped.
        speaks: Whether it says so itself, where nothing on the screen moves.
    """

    def __init__(self, run: Run, speaks: bool = True) -> None:
        self._run, self._speaks = run, speaks
        self._before = signal.getsignal(signal.SIGINT)
        # Where nobody is to be interrupted (nohup, a job in the background) that stays so.
        self._hears = (
            threading.current_thread() is threading.main_thread() and self._before is signal.default_int_handler
        )
        self.is_asked = False

    def __enter__(self) -> Self:
        if self._hears:
            signal.signal(signal.SIGINT, self._interrupted)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._hears:
            signal.signal(signal.SIGINT, self._before)

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        if self.is_asked:
            raise ImpatientError
        self.is_asked = True
        self._run.stop()
        if self._speaks:
            # No print: the signal may have come in the middle of one, which cannot be begun twice.
            with contextlib.suppress(OSError, ValueError, AttributeError):
                os.write(sys.stderr.fileno(), f"{STOPPING}\n".encode(sys.stderr.encoding, "replace"))
