"""What happens to runs when the program ends: they stop cleanly and keep their models, and the user is told."""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
from typing import TYPE_CHECKING

from slm_widgets.language import say

if TYPE_CHECKING:
    from slm_widgets.running.run import Run

_PATIENCE_S = 60.0
_active: list[Run] = []


def register(run: Run) -> None:
    """Remembers a run that is not over."""
    _active.append(run)


def unregister(run: Run) -> None:
    """Forgets a run that is over and recorded."""
    with contextlib.suppress(ValueError):
        _active.remove(run)


def list_active() -> list[Run]:
    """The runs that are not over and recorded."""
    return list(_active)


def _forget() -> None:
    """A copy of this program (``os.fork``) has none of its threads: the runs are not its own to stop or to wait for."""
    _active.clear()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_forget)


@atexit.register
def _stop_all() -> None:
    runs = list_active()
    unfinished = [run for run in runs if run.state.is_active]
    for run in unfinished:
        run.stop()
    for run in runs:
        run.drain(_PATIENCE_S)
    for run in unfinished:
        sentence = say(
            en=f"The program ended while the run {run.name!r} was training. It was stopped after step {run.step}; the model is in "
            f"{run.folder}, and resume() goes on from there. Call run.wait() to let a run finish.",
            ko=f"실행 {run.name!r}이(가) 학습하는 동안 프로그램이 끝났습니다. {run.step}스텝에서 멈췄고, 모델은 {run.folder}에 있으며, "
            "resume()으로 이어서 학습할 수 있습니다. 끝까지 학습하려면 run.wait()를 부르세요.",
        )
        with contextlib.suppress(ValueError, OSError, AttributeError):  # the stream may be gone by now
            print(sentence, file=sys.stderr)
