"""Refuses a design that is larger than the memory, before any of it exists: a file may ask for anything."""

from __future__ import annotations

import psutil
import torch

from slm_widgets.errors import LayerStackError
from slm_widgets.language import say
from slm_widgets.layers import Problem
from slm_widgets.stack.sizes import write_bytes
from slm_widgets.stack.skeleton import build_size
from slm_widgets.stack.trace import Trace

MOST_MODULES = 100_000
"""Module objects that are built without being asked twice: some ten seconds of work, whatever the memory."""


def refuse_too_large(trace: Trace, device: torch.device, max_bytes: int | None = None) -> None:
    """Does nothing for a design that can be built in the memory there is.

    Args:
        trace: The design, without errors.
        device: Where it is to be built; on ``"meta"`` there is no limit.
        max_bytes: The most that its weights, tables and module objects may take; None for what is free on the device, and at
            most ``MOST_MODULES`` module objects.

    Raises:
        LayerStackError: with what is needed, what there is, and what to do.
    """
    if device.type == "meta":
        return
    needed, modules = build_size(trace.steps)
    there = free_bytes(device) if max_bytes is None else max_bytes
    if needed > there:
        _refuse(
            en=f"Building this design takes {write_bytes(needed)}, but {_there(there, device, max_bytes)}. Choose a smaller width, "
            "fewer repeats or a nano preset; build_model(..., max_bytes=...) raises the limit.",
            ko=f"이 설계를 만들려면 {write_bytes(needed)}가 필요한데, {_there(there, device, max_bytes)}. 폭이나 반복 횟수를 줄이거나 "
            "나노 프리셋을 고르세요. build_model(..., max_bytes=...)로 한도를 올릴 수 있습니다.",
        )
    if max_bytes is None and modules > MOST_MODULES:
        _refuse(
            en=f"Building this design makes {modules:,} modules; more than {MOST_MODULES:,} are not made unasked. Repeat its blocks "
            "less often, or say build_model(..., max_bytes=...) with the bytes that it may take.",
            ko=f"이 설계를 만들면 모듈이 {modules:,}개 생기는데, {MOST_MODULES:,}개가 넘는 설계는 따로 허락해야 만듭니다. 블록의 반복 횟수를 "
            "줄이거나, 써도 되는 바이트 수를 build_model(..., max_bytes=...)로 알려 주세요.",
        )


def free_bytes(device: torch.device) -> int:
    """Bytes that can still be had on a device."""
    if device.type == "cuda":
        # What torch keeps for later allocations is as good as free.
        kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return torch.cuda.mem_get_info(device)[0] + kept
    return psutil.virtual_memory().available


def _there(there: int, device: torch.device, max_bytes: int | None) -> str:
    amount = write_bytes(there)
    if max_bytes is None:
        return say(en=f"{amount} are free on {device}", ko=f"{device}에 남은 것은 {amount}입니다")
    return say(en=f"max_bytes allows {amount}", ko=f"max_bytes로 정한 한도는 {amount}입니다")


def _refuse(*, en: str, ko: str) -> None:
    raise LayerStackError([Problem(None, None, "error", say(en=en, ko=ko))])
