"""What happens to runs when the program ends: they stop cleanly and keep their models, and the user is told."""

from __future__ import annotations

import atexit
import contextlib
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


def active() -> list[Run]:
    """The runs that are not over and recorded."""
    return list(_active)


@atexit.register
def _stop_all() -> None:
    runs = active()
    unfinished = [run for run in runs if run.state.is_active]
    for run in unfinished:
        run.stop()
    for run in runs:
        run.drain(_PATIENCE_S)
    for run in unfinished:
        sentence = say(
            en=f"The program ended while the run {run.name!r} was training. It was stopped after step {run.step} of "
            f"{run.max_steps}; the model is in {run.folder}. Call run.wait() to let it finish.",
            ko=f"실행 {run.name!r}이(가) 학습하는 동안 프로그램이 끝났습니다. {run.max_steps}스텝 중 {run.step}스텝에서 멈췄고, 모델은 "
            f"{run.folder}에 있습니다. 끝까지 학습하려면 run.wait()를 부르세요.",
        )
        with contextlib.suppress(ValueError, OSError, AttributeError):  # the stream may be gone by now
            print(sentence, file=sys.stderr)
