"""When to give up waiting for a better evaluation."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from slm_widgets.language import say
from slm_widgets.training.config import TrainConfig


@dataclass(frozen=True)
class Judgement:
    """What the evaluations so far say.

    Args:
        waited: Evaluations in a row since one that was better by ``min_improvement``.
        mark: The loss that the next one must beat for that.
    """

    waited: int = 0
    mark: float = math.inf

    def after(self, val_loss: float, config: TrainConfig) -> Judgement:
        """What they say with one more."""
        if val_loss < self.mark - config.min_improvement:
            return Judgement(0, val_loss)
        return replace(self, waited=self.waited + 1)

    def gives_up(self, config: TrainConfig) -> bool:
        """Whether early stopping ends the training now."""
        return config.patience is not None and self.waited >= config.patience

    def sentence(self, config: TrainConfig) -> str:
        """Why early stopping ended the training."""
        by, by_ko = "", ""
        if config.min_improvement:
            by, by_ko = f" by more than {config.min_improvement:g}", f" {config.min_improvement:g} 넘게"
        return say(
            en=f"Early stopping: no validation loss got below {self.mark:.3f} nats per token{by} for so many evaluations in a row: "
            f"{self.waited}.",
            ko=f"조기 종료: 검증 손실이 {self.waited}번 연속으로 토큰당 {self.mark:.3f}나트보다{by_ko} 나아지지 않았습니다.",
        )

    def facts(self) -> dict[str, Any]:
        """As JSON, in which infinity has no place."""
        return {name: value for name, value in asdict(self).items() if not math.isinf(value)}

    @classmethod
    def of(cls, facts: dict[str, Any]) -> Self:
        """Back from ``facts``."""
        return cls(**facts)
