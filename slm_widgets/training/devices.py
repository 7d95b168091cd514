"""Which processor a training runs on."""

from __future__ import annotations

import os

import torch

from slm_widgets.errors import ConfigError
from slm_widgets.language import Text, say

DEVICE_TITLES = {
    "auto": Text(en="automatic", ko="자동"),
    "cpu": Text(en="processor (CPU)", ko="중앙 처리 장치 (CPU)"),
    "cuda": Text(en="NVIDIA graphics (CUDA)", ko="NVIDIA 그래픽 (CUDA)"),
    "mps": Text(en="Apple graphics (MPS)", ko="Apple 그래픽 (MPS)"),
}


def choose_device(name: str) -> torch.device:
    """Finds the device for a setting.

    Args:
        name: ``"auto"`` (CUDA, else MPS, else the CPU), ``"cpu"``, ``"cuda"`` or ``"mps"``.

    Raises:
        ConfigError: where this machine, or this torch, has no such device.
    """
    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(device for device, is_there in present.items() if is_there)
    if not present[name]:
        there = ", ".join(["auto", *(device for device, is_there in present.items() if is_there)])
        raise ConfigError(
            say(
                en=f"device is {name!r}, but torch {torch.__version__} finds none here. Choose one of: {there}.",
                ko=f"device 값이 {name!r}인데, torch {torch.__version__}이(가) 이 장치를 찾지 못합니다. 다음 중에서 고르세요: {there}.",
            ),
            field="device",
        )
    if name == "cuda":
        # Without it CUDA's matrix library is never deterministic; it reads it once, when it is first used.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    return torch.device(name)
