"""Whether a training fits into memory, asked before any of it is allocated."""

from __future__ import annotations

import psutil
import torch

from slm_widgets.errors import TrainingError
from slm_widgets.language import say

# Weights, gradients, and AdamW's two averages, in float32.
BYTES_PER_PARAMETER = 4 * 4


def check_memory(parameters: int, device: torch.device) -> None:
    """Refuses a model whose weights, gradients and optimizer state alone do not fit.

    Args:
        parameters: Learned numbers of the design.
        device: Where it is to be trained.

    Raises:
        TrainingError: with what is needed and what there is.
    """
    needed, free = parameters * BYTES_PER_PARAMETER, free_bytes(device)
    if needed <= free:
        return
    most = free // BYTES_PER_PARAMETER
    raise TrainingError(
        say(
            en=f"Training {parameters:,} parameters takes at least {_gigabytes(needed)} (weights, gradients and the optimizer's "
            f"averages), but {_gigabytes(free)} are free on {device}. Choose a design of at most {most:,} parameters: a nano "
            "preset, fewer blocks or a smaller width.",
            ko=f"파라미터 {parameters:,}개를 학습하려면 적어도 {_gigabytes(needed)}(가중치, 기울기, 옵티마이저의 평균)가 필요한데, "
            f"{device}에 남은 것은 {_gigabytes(free)}입니다. 파라미터가 {most:,}개 이하인 설계를 고르세요. "
            "나노 프리셋을 쓰거나 블록 수나 폭을 줄이면 됩니다.",
        )
    )


def free_bytes(device: torch.device) -> int:
    """Bytes that can still be had on a device."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    return psutil.virtual_memory().available


def _gigabytes(count: int) -> str:
    return f"{count / 2**30:,.1f} GiB"
