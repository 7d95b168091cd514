"""A training on a terminal: a bar that moves and its numbers; where there is no terminal, a line for each evaluation."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text as Words

from slm_widgets.cli.errors import tell
from slm_widgets.cli.interrupts import STOPPING
from slm_widgets.cli.numbers import Numbers, clock
from slm_widgets.language import Text, say
from slm_widgets.running import Run
from slm_widgets.training import Choice, Evaluation, Event, Notice, Progress

_BAR = 40

_DOING = {
    "evaluating": Text(en="validating", ko="검증 중"),
    "sampling": Text(en="writing a sample", ko="글 써 보는 중"),
    "measuring": Text(en="trying which precision is fastest here", ko="어떤 정밀도가 가장 빠른지 재는 중"),
    "compiling": Text(en="compiling the model, up to a minute", ko="모델을 컴파일하는 중, 1분쯤"),
}


class TrainingProgress:
    """Shows a run while it goes on: ``with TrainingProgress(console, run): run.wait()``.

    Args:
        console: Where it is shown.
        run: What is shown.
        is_stopping: Whether somebody has asked it to stop.
    """

    def __init__(self, console: Console, run: Run, is_stopping: Callable[[], bool] = lambda: False) -> None:
        self._console, self._run, self._is_stopping = console, run, is_stopping
        self._numbers = Numbers()
        self._activity = ""
        self._live: Live | None = None
        if console.is_terminal:
            self._live = Live(console=console, get_renderable=self._drawn, refresh_per_second=5)
        self._unsubscribe = run.subscribe(self._hear)

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._unsubscribe()
        self._activity = ""
        if self._live is not None:
            self._live.stop()

    def _hear(self, events: list[Event]) -> None:
        for event in events:
            self._numbers.hear(event)
            self._activity = str(_DOING[event.activity]) if isinstance(event, Progress) else ""
            if isinstance(event, Choice):
                self._console.print(chosen(event), soft_wrap=True, markup=False)
            elif isinstance(event, Notice):
                tell(event.message)
            elif isinstance(event, Evaluation) and self._live is None:
                facts = [progress_of(self._run, event.step), *self._numbers.facts(), self._left()]
                self._console.print("  ".join(filter(None, facts)), soft_wrap=True)

    def _doing(self) -> str:
        return " · ".join(filter(None, (str(STOPPING) if self._is_stopping() else "", self._activity)))

    def _drawn(self) -> RenderableType:
        """What a terminal shows now; called by rich's own thread."""
        run = self._run
        line = Table.grid(padding=(0, 2))
        bar = ProgressBar(1.0, share_done(run), width=min(_BAR, self._console.width // 2))
        line.add_row(bar, progress_of(run, run.step), self._left())
        facts = [Words(fact) for fact in self._numbers.facts()]
        return Group(line, Columns(facts, padding=(0, 2)), Words(self._doing(), "dim"))

    def _left(self) -> str:
        left_s = self._run.time_left_s
        return "" if left_s is None else say(en=f"{clock(left_s)} left", ko=f"{clock(left_s)} 남음")


def progress_of(run: Run, step: int) -> str:
    """How far a run is, by what ends it: steps, or the clock."""
    minutes = run.config.max_minutes
    if run.max_steps is not None:
        return f"{step}/{run.max_steps}"
    steps = say(en=f"step {step}", ko=f"{step}스텝")
    return steps if minutes is None else f"{clock(run.elapsed_s)}/{clock(60 * minutes)}  {steps}"


def share_done(run: Run) -> float:
    """How much of a run is done, 0 to 1, by whichever end is nearer."""
    steps = 0.0 if run.max_steps is None else run.step / run.max_steps
    minutes = run.config.max_minutes
    return min(1.0, max(steps, 0.0 if minutes is None else run.elapsed_s / (60 * minutes)))


def chosen(choice: Choice) -> str:
    """A line about what ``auto`` chose."""
    return say(
        en=f"auto chose {choice.setting} {choice.value}: {choice.why}",
        ko=f"자동으로 고른 {choice.setting}: {choice.value} ({choice.why})",
    )
