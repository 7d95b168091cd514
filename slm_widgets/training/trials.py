"""How long a pass takes: the measurements that ``auto`` chooses by, and what they may cost."""

from __future__ import annotations

import contextlib
import itertools
import math
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

import torch

from slm_widgets.training.config import TrainConfig
from slm_widgets.training.dice import Dice
from slm_widgets.training.loss_function import Batch, LossOf, plain_loss
from slm_widgets.training.precision import Precision

if TYPE_CHECKING:
    from slm_widgets.model import LanguageModel

SHARE = 0.05
"""The most of the predicted run that choosing may take."""

PASSES = 3
"""Passes in a trial: one to warm up, and the faster of two."""


class Trials:
    """Measures passes of a model, forward and backward, and keeps the account.

    Args:
        model: On its device. Its weights stay as they are.
        config: The settings.
        steps: How many steps the run will have, None where only the clock ends it.
        batch: Makes what one pass reads.
    """

    def __init__(
        self, model: LanguageModel, config: TrainConfig, steps: int | None, batch: Callable[[], Batch]
    ) -> None:
        self._model, self._config, self._batch = model, config, batch
        self._device = next(model.parameters()).device
        self._passes_left = math.inf if steps is None else steps * config.grad_accumulation
        self._spent_s = 0.0
        self._spent_passes = 0
        self._glance_s: float | None = None

    def allow(self, passes: int, further_s: float = 0.0) -> bool:
        """Whether so many passes more, and seconds, are with all before them at most their share of the predicted run."""
        if self._spent_passes + passes > SHARE * self._passes_left:
            return False
        if not further_s and self._config.max_minutes is None:
            return True
        return self._spent_s + passes * self._glance() + further_s <= SHARE * self.predicted_s()

    def predicted_s(self) -> float:
        """How long the run takes at the pace of a first glance, or of the fastest pass since."""
        by_clock = math.inf if self._config.max_minutes is None else self._config.max_minutes * 60
        return min(by_clock, self._passes_left * self._glance())

    def seconds(self, precision: str, loss: LossOf, passes: int = PASSES, least: int = 1) -> float:
        """Seconds of one pass, the fastest of some after the first; infinite where the memory is not enough.

        Args:
            precision: ``"fp32"``, ``"bf16"`` or ``"fp16"``.
            loss: What is measured.
            passes: So many are made at most.
            least: After so many there are no more once all trials together have taken their share of the run.
        """
        taken: list[float] = []
        try:
            with contextlib.closing(self._passes(precision, loss)) as measured:
                for one_s in itertools.islice(measured, passes):
                    taken.append(one_s)
                    self._spent_s += one_s
                    self._spent_passes += 1
                    if len(taken) >= least and self._glance_s is not None and not self._is_left():
                        break
        except torch.OutOfMemoryError:
            torch.cuda.empty_cache()
            return math.inf
        found = max(min(taken[1:] or taken), 1e-6)
        self._glance_s = found if self._glance_s is None else min(found, self._glance_s)
        return found

    def _is_left(self) -> bool:
        return self._spent_s < SHARE * self.predicted_s()

    def _glance(self) -> float:
        if self._glance_s is None:
            self.seconds("fp32", plain_loss(self._model, self._config), 1)
        return math.inf if self._glance_s is None else self._glance_s

    def _passes(self, precision: str, loss: LossOf) -> Generator[float]:
        """Makes one pass after the other and tells its seconds; leaves no trace in the model, whatever happens."""
        how, batch = Precision(precision, self._device), self._batch()
        dice = Dice(self._model, self._config)
        buffers = [(buffer, buffer.clone()) for buffer in self._model.buffers()]
        self._model.train()
        try:
            while True:
                began_s = time.perf_counter()
                with dice.forward(0), how.autocast():
                    value = loss(*batch)
                with dice.backward():
                    value.backward()
                if self._device.type == "cuda":
                    torch.cuda.synchronize(self._device)
                yield time.perf_counter() - began_s
        finally:
            self._model.zero_grad(set_to_none=True)
            with torch.no_grad():
                for buffer, before in buffers:
                    buffer.copy_(before)
