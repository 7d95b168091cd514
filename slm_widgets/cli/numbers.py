"""The newest numbers of a training, in a few words each."""

from __future__ import annotations

import math

from slm_widgets.language import say
from slm_widgets.stack.sizes import write_bytes
from slm_widgets.training import Evaluation, Event, Step


class Numbers:
    """Keeps the last step and the last evaluation."""

    def __init__(self) -> None:
        self._step: Step | None = None
        self._evaluation: Evaluation | None = None

    def hear(self, event: Event) -> None:
        """Takes note of an event."""
        if isinstance(event, Step):
            self._step = event
        elif isinstance(event, Evaluation):
            self._evaluation = event

    def facts(self) -> list[str]:
        """All that is known, the most wanted first."""
        step, look = self._step, self._evaluation
        facts = [] if step is None else [_loss(step)]
        facts += [] if look is None else _of_evaluation(look)
        facts += [] if step is None else _of_machine(step)
        return facts


def clock(seconds: float) -> str:
    """Seconds as a clock has them: 1:05, 2:03:04."""
    minutes, rest = divmod(math.ceil(seconds), 60)
    return f"{minutes}:{rest:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _loss(step: Step) -> str:
    loss = step.smooth_loss if math.isfinite(step.smooth_loss) else step.loss
    return say(en=f"loss {loss:.3f}", ko=f"손실 {loss:.3f}")


def _of_evaluation(look: Evaluation) -> list[str]:
    facts = [say(en=f"validation {look.val_loss:.3f}", ko=f"검증 {look.val_loss:.3f}")]
    if math.isfinite(look.perplexity):
        facts.append(say(en=f"perplexity {look.perplexity:.3g}", ko=f"퍼플렉시티 {look.perplexity:.3g}"))
    if math.isfinite(look.bits_per_byte):
        bits = f"{look.bits_per_byte:.3f}"
        facts.append(say(en=f"{bits} bits/byte", ko=f"바이트당 {bits}비트"))
    return facts


def _of_machine(step: Step) -> list[str]:
    rate = f"{step.tokens_per_s:,.0f}"
    facts = [f"lr {step.lr:.3g}", say(en=f"{rate} tokens/s", ko=f"초당 {rate}토큰")]
    if math.isfinite(step.memory_bytes):
        facts.append(write_bytes(step.memory_bytes))
    if math.isfinite(step.gpu_memory_bytes):
        facts.append(
            say(en=f"GPU {write_bytes(step.gpu_memory_bytes)}", ko=f"GPU {write_bytes(step.gpu_memory_bytes)}")
        )
    return facts
