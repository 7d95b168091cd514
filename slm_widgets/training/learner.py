"""One change of the weights: batches in, gradient, clipping, update."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import nn

from slm_widgets.training.config import TrainConfig
from slm_widgets.training.dice import Dice
from slm_widgets.training.loss_function import Batch, LossOf
from slm_widgets.training.optimizers import build_optimizers
from slm_widgets.training.precision import Precision

if TYPE_CHECKING:
    from slm_widgets.model import LanguageModel


_CLIP_EPS = 1e-6  # torch divides by the norm and this much


class Gradient(NamedTuple):
    """A gradient that lies ready in the parameters.

    Args:
        loss: Nats per token over all batches of the step, as far as they are learned from (label smoothing included).
        norm: Its length before clipping; nan where float16 had no room for it.
        tokens: How many tokens it was made from.
    """

    loss: float
    norm: float
    tokens: int


class Learner:
    """The model, its optimizers and its number format.

    Args:
        model: In place, on its device.
        config: The settings.
        precision: ``"fp32"``, ``"bf16"`` or ``"fp16"``.
        loss_of: The loss that is learned from.
    """

    def __init__(self, model: LanguageModel, config: TrainConfig, precision: str, loss_of: LossOf) -> None:
        self.optimizers = build_optimizers(model, config)
        self.precision = Precision(precision, next(model.parameters()).device)
        self._config, self._loss_of = config, loss_of
        self._dice = Dice(model, config)
        self._parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]

    def gradient(self, batches: Iterator[Batch], step: int) -> Gradient:
        """Makes the gradient of one step from ``grad_accumulation`` batches and clips it; the weights stay as they are.

        Args:
            batches: Gives two of (B, T) on the model's device.
            step: How many steps are done; what dropout draws depends on it.
        """
        count, scaler = self._config.grad_accumulation, self.precision.scaler
        total, tokens = None, 0
        self.optimizers.zero_grad()
        for number in range(step * count, (step + 1) * count):
            x, y = next(batches)
            with self._dice.forward(number), self.precision.autocast():
                loss = self._loss_of(x, y)
            part = loss if count == 1 else loss / count
            with self._dice.backward():
                (part if scaler is None else scaler.scale(part)).backward()
            total = part.detach() if total is None else total + part.detach()
            tokens += x.numel()
        assert total is not None
        if scaler is not None:
            self.optimizers.unscale(scaler)
        norm = self._norm()
        if total.device.type == "cpu":
            length = norm.item()
            self._clip(norm, length)
            return Gradient(total.item(), length, tokens)
        self._clip(norm)
        # Both at once: each look at a number waits for the graphics processor.
        loss_value, norm_value = torch.stack([total.float(), norm.float()]).tolist()
        return Gradient(loss_value, norm_value, tokens)

    def apply(self, lr: float, step: int) -> None:
        """Changes the weights along the gradient that lies ready.

        Args:
            lr: The learning rate.
            step: The number of the change, for what an error says.
        """
        self.optimizers.set_learning_rate(lr)
        scaler = self.precision.scaler
        if scaler is None:
            self.optimizers.step()
            return
        scale = scaler.get_scale()
        self.optimizers.step(scaler)
        scaler.update()
        self.precision.count_skipped(scaler.get_scale() < scale, step)

    def _norm(self) -> torch.Tensor:
        return nn.utils.get_total_norm([p.grad for p in self._parameters if p.grad is not None])

    def _clip(self, norm: torch.Tensor, length: float = math.inf) -> None:
        """Shortens the gradient to ``grad_clip`` (0: leaves it).

        Args:
            norm: How long it is.
            length: The same as a number, where that is known: one that is short enough is not even multiplied by one.
        """
        most = self._config.grad_clip
        if most and length + _CLIP_EPS > most:
            nn.utils.clip_grads_with_norm_(self._parameters, most, norm)
