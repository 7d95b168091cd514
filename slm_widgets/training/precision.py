"""The number format of a training's products: float32, or half of it where the processor is faster with that."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch

from slm_widgets.errors import TrainingError
from slm_widgets.language import say

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}

# So many steps in a row whose gradients do not fit into float16 are no longer the scaler finding its scale.
_MOST_SKIPPED = 40


class Precision:
    """Mixed precision as torch does it: weights and updates in float32, products in ``name``.

    float16 has so few exponents that small gradients become zero; the loss is multiplied before the backward pass and
    the gradients divided after it (the scaler). bfloat16 has the exponents of float32 and needs none.

    Source: Micikevicius et al. 2018 (arXiv 1710.03740).

    Args:
        name: ``"fp32"``, ``"bf16"`` or ``"fp16"``.
        device: Where the model lies.
    """

    def __init__(self, name: str, device: torch.device) -> None:
        self.dtype = DTYPES[name]
        self._device_type = device.type
        self.scaler = torch.amp.GradScaler(device.type) if name == "fp16" else None
        self._skipped = 0

    def autocast(self) -> AbstractContextManager[object]:
        """The context for a forward pass and its loss."""
        if self.dtype is torch.float32:
            return nullcontext()
        return torch.autocast(self._device_type, dtype=self.dtype)

    def count_skipped(self, was_skipped: bool, step: int) -> None:
        """Takes note of whether an update was left out because its gradients did not fit.

        Raises:
            TrainingError: after forty in a row.
        """
        self._skipped = self._skipped + 1 if was_skipped else 0
        if self._skipped >= _MOST_SKIPPED:
            raise TrainingError(
                say(
                    en=f"The gradients of the last {_MOST_SKIPPED} steps, up to step {step}, do not fit into float16, so none of "
                    "them changed the model. Choose precision bf16 or fp32, or a lower lr.",
                    ko=f"{step}스텝까지 최근 {_MOST_SKIPPED}스텝의 기울기가 float16에 들어가지 않아 모델이 바뀌지 않았습니다. "
                    "precision을 bf16이나 fp32로 하거나 lr을 낮추세요.",
                ),
                field="precision",
            )

    def facts(self) -> dict[str, float | int]:
        """What a checkpoint must hold besides tensors."""
        if self.scaler is None:
            return {}
        return {**self.scaler.state_dict(), "skipped": self._skipped}

    def restore(self, facts: dict[str, float | int]) -> None:
        """Goes on from ``facts``."""
        if self.scaler is not None and facts:
            facts = dict(facts)
            self._skipped = int(facts.pop("skipped", 0))
            self.scaler.load_state_dict(facts)
