"""The weights to go back to when a training diverges, and how one knows that it does."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import nn

from slm_widgets.errors import DivergedError
from slm_widgets.language import say
from slm_widgets.training.config import TrainConfig
from slm_widgets.training.running_mean import RunningMean
from slm_widgets.training.schedule import warmup_steps

# Copying the weights costs about as much memory traffic as an optimizer step; every tenth step keeps that under 1%.
_KEEP_EVERY = 10

# A model that guesses all tokens alike has a loss of ln V. One that is four times as far off, or as far as it was at first if
# that was worse, for so many steps in a row, is not learning but exploding: a spike is over sooner.
_TIMES = 4.0
_STEPS = 20

# One that has learned, whose smoothed loss was once below nine tenths of guessing, need not get that bad: twice is enough.
_LEARNED = 0.9
_TIMES_LEARNED = 2.0

# Weights are worth going back to while their loss is not too far above the best: half as far again smoothed, as much again for
# one batch. Below a quarter of guessing all are alike.
_STILL_GOOD, _STILL_GOOD_BATCH = 1.5, 2.0
_LOW = 0.25
_CALM = 0.9  # how much of the smoothed loss stays at each step


# The highest learning rates that small models like: the help of ``lr`` says so.
_USUAL = {"AdamW": 3e-3, "Adam": 3e-3, "Muon": 0.02, "SGD": 0.1}


class LastGood:
    """Remembers weights whose loss was sound, and gives them back when it is no number or explodes.

    Args:
        model: What is trained; its ``vocab_size`` V says how bad guessing would be.
        config: The settings, for what to try instead.
        steps: How many steps the training has, None where only the clock ends it; for the same.
    """

    def __init__(self, model: nn.Module, config: TrainConfig, steps: int | None = None) -> None:
        self._config, self._steps = config, steps
        self._is_normalized = any("norm" in type(module).__name__.lower() for module in model.modules())
        self.precision = config.precision
        """What the products are computed in, once that is chosen."""
        self._tensors = _tensors(model)
        self._copy = [tensor.detach().clone() for tensor in self._tensors]
        self._guessing = math.log(max(2, getattr(model, "vocab_size", 2)))
        self._first: float | None = None
        self._high = 0
        self._smooth = RunningMean(_CALM)
        self._best = math.inf  # the lowest smoothed loss
        self.step = 0

    @property
    def is_exploding(self) -> bool:
        """Whether the last loss was far too high: weights that nobody would want to go on from."""
        return self._high > 0

    def note(self, loss: float, step: int) -> None:
        """Looks at the loss of a batch, of the weights after ``step`` changes, and remembers them now and then.

        Raises:
            DivergedError: where it is not finite, or far too high for too long; the weights are the remembered ones again.
        """
        self.check(loss, step)
        if self._first is None:
            self._first = loss
        has_learned = self._best < _LEARNED * self._guessing
        times = _TIMES_LEARNED if has_learned else _TIMES
        limit = times * (self._guessing if has_learned else max(self._first, self._guessing))
        self._high = self._high + 1 if loss > limit else 0
        if self._high >= _STEPS:
            raise self._diverged(
                step,
                en=f"the loss has been above {times:g} times that of guessing for {_STEPS} steps and is {loss:.4g}",
                ko=f"손실이 {_STEPS}스텝 동안 찍어서 맞힐 때의 {times:g}배보다 컸고 지금 {loss:.4g}입니다",
            )
        smooth = self._smooth.add(loss)
        self._best = min(self._best, smooth)
        reference = max(self._best, _LOW * self._guessing)
        is_good = smooth <= _STILL_GOOD * reference and loss <= _STILL_GOOD_BATCH * reference and not self._high
        if is_good and step % _KEEP_EVERY == 0 and step != self.step:
            _fill(self._copy, self._tensors)
            self.step = step

    def check(self, value: float, step: int, what: str = "loss") -> None:
        """Does nothing for a finite number.

        Args:
            value: A loss or the length of a gradient, of the weights after ``step`` changes.
            step: As it says.
            what: ``"loss"`` or ``"gradient"``.

        Raises:
            DivergedError: for any other; the weights are the remembered ones again.
        """
        if not math.isfinite(value):
            raise self._diverged(
                step, en=f"the {what} is {value}", ko=f"{'손실' if what == 'loss' else '기울기'} 값이 {value}입니다"
            )

    def facts(self) -> dict[str, Any]:
        """What a checkpoint must hold."""
        best = None if math.isinf(self._best) else self._best
        return {"first": self._first, "high": self._high, "best": best, "smooth": self._smooth.state()}

    def restore(self, facts: dict[str, Any], step: int) -> None:
        """Goes on from ``facts``, with the weights after ``step`` changes."""
        self._first, self._high, self.step = facts["first"], facts["high"], step
        self._best = math.inf if facts["best"] is None else facts["best"]
        self._smooth.restore(facts["smooth"])

    def _diverged(self, step: int, *, en: str, ko: str) -> DivergedError:
        _fill(self._tensors, self._copy)
        remedies_en, remedies_ko = _remedies(self._config, self._steps, self.precision, self._is_normalized)
        return DivergedError(
            say(
                en=f"After step {step} {en}: the training has diverged. The model is back at the weights of step {self.step}. "
                f"Try {remedies_en}.",
                ko=f"{step}스텝 뒤의 {ko}. 학습이 발산했습니다. 모델은 {self.step}스텝의 가중치로 돌아갔습니다. "
                f"다음을 해 보세요: {remedies_ko}.",
            ),
            field="lr",
        )


def lower_learning_rate(config: TrainConfig) -> str:
    """What to try after a learning rate that was too high: a third of it, but nothing that is usual for no small model."""
    lower = min(config.lr / 3, _USUAL[config.optimizer])
    return f"{float(f'{lower:.1g}'):g}"  # one digit, and 0.0002 rather than 2e-04


def _remedies(config: TrainConfig, steps: int | None, precision: str, is_normalized: bool) -> tuple[str, str]:
    """Three things to try, those first that help most often and are not done yet."""
    lower = lower_learning_rate(config)
    found = [(f"a lower lr such as {lower} (it was {config.lr:g})", f"더 작은 lr, 예: {lower} (지금 {config.lr:g})")]
    warmup = 100 if steps is None else min(100, steps // 10)  # a rise that fits
    if warmup > (config.warmup_steps or 0 if steps is None else warmup_steps(steps, config)):
        found.append((f"a warmup_steps of {warmup} or more", f"{warmup} 이상의 warmup_steps"))
    if not config.grad_clip or config.grad_clip > 1:
        found.append(("a grad_clip of 1", "grad_clip 1"))
    if precision in ("bf16", "fp16"):
        found.append(("precision fp32", "precision fp32"))
    if config.optimizer == "SGD":
        found.append(("the optimizer AdamW", "optimizer AdamW"))
    if not is_normalized:
        found.append(("a normalization before each branch of the design", "설계의 각 가지 앞에 정규화 레이어 두기"))
    found.append((f"a larger batch_size (it was {config.batch_size})", f"더 큰 batch_size (지금 {config.batch_size})"))
    found.append(("another seed", "다른 seed"))
    en, ko = zip(*found[:3], strict=True)
    return f"{en[0]}, {en[1]} or {en[2]}", ", ".join(ko)


def _tensors(model: nn.Module) -> list[torch.Tensor]:
    """Parameters and the buffers that are saved; a tied weight once."""
    persistent = {id(tensor): tensor for tensor in model.state_dict(keep_vars=True).values()}
    return list(persistent.values())


@torch.no_grad()
def _fill(targets: list[torch.Tensor], sources: list[torch.Tensor]) -> None:
    for target, source in zip(targets, sources, strict=True):
        target.copy_(source)
