"""The function whose gradient is followed: the model's loss, as it stands or compiled."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import types
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import torch

from slm_widgets.errors import TrainingError
from slm_widgets.language import say
from slm_widgets.training.config import TrainConfig

if TYPE_CHECKING:
    from slm_widgets.model import LanguageModel

Batch = tuple[torch.Tensor, torch.Tensor]
"""What a model reads and the token after each: two of (B, T) int64 on its device."""

LossOf = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def plain_loss(model: LanguageModel, config: TrainConfig) -> LossOf:
    """The loss that is learned from, label smoothing included."""
    return _smoothed(model.loss, config)


def compiled_loss(model: LanguageModel, config: TrainConfig) -> LossOf:
    """The same, compiled when it is first called; every batch has the same shape.

    Raises (when it is called):
        TrainingError: where the compiler fails; ``field`` is ``"compile"``.
    """
    compiled = _smoothed(torch.compile(_own_loss(model), dynamic=False), config)

    def loss(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        try:
            return compiled(x, y)
        except Exception as error:
            if not type(error).__module__.startswith(("torch._dynamo", "torch._inductor")):
                raise
            raise TrainingError(compiling_failed(error), field="compile") from error

    return loss


def cannot_compile(device: torch.device) -> str | None:
    """Why nothing can be compiled for a device here, None where it can."""
    if device.type == "cuda":
        if importlib.util.find_spec("triton") is None:
            return say(en="Triton is not installed", ko="Triton이 설치되어 있지 않습니다")
        return None
    names = [os.environ.get("CXX") or "g++", "clang++"] if sys.platform != "win32" else ["cl"]
    if device.type != "cpu" or not any(shutil.which(name) for name in names):
        return say(en="this machine has no C++ compiler", ko="이 컴퓨터에 C++ 컴파일러가 없습니다")
    return None


def compiling_failed(error: Exception) -> str:
    """The first line of what a compiler said, in a sentence that says what to do."""
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
    return say(
        en=f"The model could not be compiled: {reason}. Choose compile off, or auto.",
        ko=f"모델을 컴파일하지 못했습니다: {reason}. compile을 off나 auto로 하세요.",
    )


def _own_loss(model: LanguageModel) -> Callable[..., torch.Tensor]:
    """``model.loss`` with a code object of its own: torch compiles no code more than eight times, and all models share theirs."""
    shared = model.loss.__func__
    own = types.FunctionType(
        shared.__code__.replace(), shared.__globals__, shared.__name__, shared.__defaults__, shared.__closure__
    )
    own.__kwdefaults__ = shared.__kwdefaults__
    return types.MethodType(own, model)


def _smoothed(loss: Callable[..., torch.Tensor], config: TrainConfig) -> LossOf:
    return partial(loss, label_smoothing=config.label_smoothing) if config.label_smoothing else loss
