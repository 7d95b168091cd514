"""The newest numbers of a training, and how a person reads them."""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields

from slm_widgets.language import say
from slm_widgets.stack.sizes import write_bytes
from slm_widgets.training import Evaluation, Event, Step
from slm_widgets.widgets.training.meanings import Fact, fact

# Speeds and times are medians of so many steps: a single one says little, and the first are slower than all others.
_RECENT = 30


class Numbers:
    """Keeps what the panel shows of a training: its recent steps and its last evaluation."""

    def __init__(self) -> None:
        self.recent: deque[Step] = deque(maxlen=_RECENT)
        self.evaluation: Evaluation | None = None

    @property
    def step(self) -> int:
        """How many steps are done."""
        return self.recent[-1].step if self.recent else 0

    def hear(self, events: Iterable[Event]) -> None:
        """Takes note of the steps and evaluations among some events."""
        for event in events:
            if isinstance(event, Step) and event.step > self.step:  # one may be heard of twice
                self.recent.append(event)
            elif isinstance(event, Evaluation):
                self.evaluation = event

    def read(self, history: Mapping[str, Sequence[float]]) -> None:
        """Takes the newest numbers of a ``run.history``."""
        self.recent.clear()
        self.hear(newest_steps(history))
        self.evaluation = newest_evaluation(history)

    def main(self) -> list[Fact]:
        """The losses and the speed."""
        last = self.recent[-1] if self.recent else None
        return [
            fact("loss", _decimals(_smooth(last), 3)),
            self._val_loss(),
            fact("tokens_per_s", _whole(self._median("tokens_per_s"))),
        ]

    def further(self) -> list[Fact]:
        """Everything else that is known of this training."""
        last, look = self.recent[-1] if self.recent else None, self.evaluation
        pace = self._median("step_time_s")
        values = {
            "perplexity": look and _significant(look.perplexity),
            "bits_per_byte": look and _decimals(look.bits_per_byte, 3),
            "accuracy": look and _percent(look.accuracy),
            "top5_accuracy": look and _percent(look.top5_accuracy),
            "macro_f1": look and _decimals(look.macro_f1, 3),
            "lr": last and f"{last.lr:.3g}",
            "grad_norm": last and _decimals(last.grad_norm, 2),
            "step_time_s": pace and milliseconds(pace),
            "memory_bytes": last and _bytes(last.memory_bytes),
            "gpu_memory_bytes": last and _bytes(last.gpu_memory_bytes),
            "gpu_use": last and _percent(last.gpu_use),
            "peak_share": last and _percent(last.peak_share),
        }
        return [fact(name, value) for name, value in values.items() if value and value != "–"]

    def _val_loss(self) -> Fact:
        """The validation loss, and after which step: the losses beside it are newer, as a rule."""
        look = self.evaluation
        loss = fact("val_loss", _decimals(look and look.val_loss, 3))
        if look is None:
            return loss
        return loss._replace(name=say(en=f"{loss.name}, step {look.step:,}", ko=f"{loss.name}, {look.step:,}스텝"))

    def _median(self, name: str) -> float | None:
        values = [getattr(step, name) for step in self.recent]
        return statistics.median(values) if values else None


def newest_steps(history: Mapping[str, Sequence[float]]) -> Iterator[Step]:
    """The last steps of a ``run.history``, oldest first."""
    names = [field.name for field in fields(Step) if field.name in history]
    for row in zip(*(history[name][-_RECENT:] for name in names), strict=True):
        values = dict(zip(names, row, strict=True))
        yield Step(**{**values, "step": int(values["step"])})


def newest_evaluation(history: Mapping[str, Sequence[float]]) -> Evaluation | None:
    """The last evaluation of a ``run.history``, None where there is none."""
    columns = {"step": "val_step", "val_loss": "val_loss", "elapsed_s": "val_elapsed_s"}
    columns |= {field.name: f"val_{field.name}" for field in fields(Evaluation) if field.name not in columns}
    last = {name: history[column][-1] for name, column in columns.items() if history.get(column)}
    return Evaluation(**{**last, "step": int(last["step"])}) if last else None


def duration(seconds: float) -> str:
    """A number of seconds as a person says it: 48 s, 3:05 min, 2:10 h."""
    whole = math.ceil(seconds)
    if whole < 60:
        return say(en=f"{whole} s", ko=f"{whole}초")
    if whole < 3600:
        return say(en=f"{whole // 60}:{whole % 60:02} min", ko=f"{whole // 60}분 {whole % 60}초")
    return say(en=f"{whole // 3600}:{whole % 3600 // 60:02} h", ko=f"{whole // 3600}시간 {whole % 3600 // 60}분")


def milliseconds(seconds: float) -> str:
    """The time of one step."""
    if seconds < 1:
        return say(en=f"{seconds * 1000:,.3g} ms", ko=f"{seconds * 1000:,.3g}ms")
    return say(en=f"{seconds:,.2f} s", ko=f"{seconds:,.2f}초")


def _smooth(step: Step | None) -> float | None:
    if step is None:
        return None
    return step.smooth_loss if math.isfinite(step.smooth_loss) else step.loss


def _decimals(value: float | None, digits: int) -> str:
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:,.{digits}f}" if abs(value) < 10_000 else f"{value:.2e}"  # what diverges grows without end


def _significant(value: float) -> str:
    return "–" if not math.isfinite(value) else f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _whole(value: float | None) -> str:
    return "–" if value is None or not math.isfinite(value) else f"{value:,.0f}"


def _percent(value: float) -> str:
    return "–" if not math.isfinite(value) else f"{100 * value:.1f} %" if value < 0.995 else f"{100 * value:.0f} %"


def _bytes(value: float) -> str:
    return "–" if not math.isfinite(value) else write_bytes(int(value))
