"""A training on a terminal: a bar that moves; where there is no terminal, a line now and then."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from slm_widgets.language import say
from slm_widgets.running import Run
from slm_widgets.training import Evaluation, Event, Step
from slm_widgets.training import Progress as SignOfLife


class TrainingProgress:
    """Shows a run while it goes on: ``with TrainingProgress(console, run): run.wait()``.

    Args:
        console: Where it is shown.
        run: What is shown.
    """

    def __init__(self, console: Console, run: Run) -> None:
        self._console, self._run = console, run
        self._step: Step | None = None
        self._val_loss: float | None = None
        self._activity = ""
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[facts]}"))
        self._bar = Progress(*columns, console=console) if console.is_terminal else None
        self._task = self._bar.add_task("", total=run.max_steps, facts="") if self._bar is not None else None
        self._unsubscribe = run.subscribe(self._hear)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._unsubscribe()
        if self._bar is not None:
            self._bar.stop()

    def _hear(self, events: list[Event]) -> None:
        for event in events:
            self._activity = ""
            if isinstance(event, Step):
                self._step = event
            elif isinstance(event, SignOfLife):
                self._activity = self._doing(event)
            elif isinstance(event, Evaluation):
                self._val_loss = event.val_loss
                if self._bar is None:
                    self._console.print(f"{event.step}/{self._run.max_steps}  {self._facts()}", highlight=False)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=self._run.step, facts=self._facts())

    def _doing(self, sign: SignOfLife) -> str:
        if sign.activity == "evaluating":
            return say(en="validating", ko="검증 중")
        return say(en="writing a sample", ko="글 써 보는 중")

    def _facts(self) -> str:
        facts = []
        if self._step is not None:
            facts.append(say(en=f"loss {self._step.loss:.3f}", ko=f"손실 {self._step.loss:.3f}"))
        if self._val_loss is not None:
            facts.append(say(en=f"validation {self._val_loss:.3f}", ko=f"검증 {self._val_loss:.3f}"))
        if self._step is not None:
            rate = f"{self._step.tokens_per_s:,.0f}"
            facts.append(say(en=f"{rate} tokens/s", ko=f"초당 {rate}토큰"))
            if self._run.step < self._run.max_steps:
                facts.append(time_left(self._run.elapsed_s, self._run.step, self._run.max_steps))
        return "  ".join([*facts, self._activity]).rstrip()


def time_left(elapsed_s: float, step: int, steps: int) -> str:
    """How long the rest will take if it goes on like this, in words."""
    rest_s = round(elapsed_s / max(step, 1) * (steps - step))
    clock = f"{rest_s // 60}:{rest_s % 60:02}"
    return say(en=f"{clock} left", ko=f"{clock} 남음")
