"""Random draws that belong to a step: dropout of step 100 is the same whatever happened before, or beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

_MASK = 2**64 - 1


@contextmanager
def dice_of(seed: int, step: int, device: torch.device) -> Iterator[None]:
    """Seeds torch's own generators from ``(seed, step)`` inside, and gives them back as they were.

    A run that goes on from a checkpoint so draws what it would have drawn, without any stored state, whatever was drawn in the
    process between its steps. torch has one generator for the whole process: a thread that draws in the very moment of a step
    (a second run with dropout, a cell) still changes what both get.
    """
    generators = _generators(device)
    before = [generator.get_state() for generator in generators]
    number = mixed(seed, step)
    for generator in generators:
        generator.manual_seed(number)
    try:
        yield
    finally:
        for generator, state in zip(generators, before, strict=True):
            generator.set_state(state)


def mixed(seed: int, step: int) -> int:
    """Two numbers as one of 64 bits, all of which depend on both: neighbours have nothing in common.

    torch's generator for the CPU looks at the low 32 bits only, so that ``seed + step`` would do badly.

    Source: the finaliser of SplitMix64, Steele, Lea and Flood 2014, figure 16.
    """
    number = (seed * 0x9E3779B97F4A7C15 + step * 0xD1B54A32D192ED03 + 0x9E3779B97F4A7C15) & _MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _MASK
    return number ^ (number >> 31)


def _generators(device: torch.device) -> list[torch.Generator]:
    if device.type == "cuda":
        number = torch.cuda.current_device() if device.index is None else device.index
        return [torch.default_generator, torch.cuda.default_generators[number]]
    if device.type == "mps":
        return [torch.default_generator, torch.mps._get_default_mps_generator()]
    return [torch.default_generator]
