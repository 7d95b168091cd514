"""The weights to go back to when a training diverges."""

from __future__ import annotations

import math

import torch
from torch import nn

from slm_widgets.errors import DivergedError
from slm_widgets.language import say
from slm_widgets.training.config import TrainConfig

# Copying the weights costs about as much memory traffic as an optimizer step; every tenth step keeps that under 1%.
_KEEP_EVERY = 10


class LastGood:
    """Remembers weights whose loss was a finite number, and gives them back when one is not."""

    def __init__(self, model: nn.Module) -> None:
        self._tensors = _tensors(model)
        self._copy = [tensor.detach().clone() for tensor in self._tensors]
        self.step = 0

    def keep(self, model: nn.Module, step: int) -> None:
        """Remembers the weights after ``step`` changes, now and then."""
        if step % _KEEP_EVERY == 0 and step != self.step:
            _fill(self._copy, self._tensors)
            self.step = step

    def check(self, value: float, model: nn.Module, step: int, config: TrainConfig, what: str = "loss") -> None:
        """Does nothing for a finite number.

        Args:
            value: A loss or the length of a gradient, of the weights after ``step`` changes.

        Raises:
            DivergedError: for any other; the weights are the remembered ones again.
        """
        if math.isfinite(value):
            return
        _fill(self._tensors, self._copy)
        remedies_en, remedies_ko = [f"a lower lr (it was {config.lr:g})"], [f"더 작은 lr (지금 {config.lr:g})"]
        if not config.warmup_steps:
            remedies_en.append("warmup_steps such as 100")
            remedies_ko.append("100 정도의 warmup_steps")
        if not config.grad_clip or config.grad_clip > 1:
            remedies_en.append("grad_clip of 1")
            remedies_ko.append("grad_clip 1")
        raise DivergedError(
            say(
                en=f"After step {step} the {what} is {value}: the training has diverged. The model is back at the weights of "
                f"step {self.step}. Try {' or '.join(remedies_en)}.",
                ko=f"{step}스텝 뒤의 {'손실' if what == 'loss' else '기울기'} 값이 {value}입니다. 학습이 발산했습니다. 모델은 "
                f"{self.step}스텝의 가중치로 돌아갔습니다. 다음을 해 보세요: {', '.join(remedies_ko)}.",
            ),
            field="lr",
        )


def _tensors(model: nn.Module) -> list[torch.Tensor]:
    """Parameters and the buffers that are saved; a tied weight once."""
    persistent = {id(tensor): tensor for tensor in model.state_dict(keep_vars=True).values()}
    return list(persistent.values())


@torch.no_grad()
def _fill(targets: list[torch.Tensor], sources: list[torch.Tensor]) -> None:
    for target, source in zip(targets, sources, strict=True):
        target.copy_(source)
