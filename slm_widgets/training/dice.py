"""Random draws that belong to a pass: dropout of step 100 is the same whatever happened before, or beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch import nn

from slm_widgets.model.generators import held_generators
from slm_widgets.training.config import TrainConfig

_MASK = 2**64 - 1


class Dice:
    """What the passes of a training draw. Where nothing of the model draws, torch's generators are left alone.

    Args:
        model: On its device.
        config: Its seed; and whether the way back computes the way there again.
    """

    def __init__(self, model: nn.Module, config: TrainConfig) -> None:
        self._seed, self._device = config.seed, next(model.parameters()).device
        self._draws = may_draw(model)
        self._draws_again = self._draws and config.gradient_checkpointing

    def forward(self, number: int) -> AbstractContextManager[None]:
        """For the forward pass with this number: it draws what it would draw at any other time."""
        return dice_of(self._seed, number, self._device) if self._draws else nullcontext()

    def backward(self) -> AbstractContextManager[None]:
        """For a backward pass: one that computes again sets torch's generators back for that."""
        return held_generators() if self._draws_again else nullcontext()


def may_draw(model: nn.Module) -> bool:
    """Tells whether a pass in training may draw random numbers: where there is a dropout, or a module of somebody's own, of
    which nobody knows.
    """
    for module in model.modules():
        if not type(module).__module__.startswith(("torch.nn.", "slm_widgets.")) or isinstance(module, nn.RReLU):
            return True
        # nn.Dropout's; attention's and a recurrent layer's.
        rates = (getattr(module, "p", 0.0), getattr(module, "dropout", 0.0))
        if any(isinstance(rate, float | int) and rate > 0 for rate in rates):
            return True
    return False


@contextmanager
def dice_of(seed: int, number: int, device: torch.device) -> Iterator[None]:
    """Seeds torch's own generators from ``(seed, number)`` inside, and gives them back as they were.

    A run that goes on from a checkpoint so draws what it would have drawn, without any stored state, whatever was drawn in the
    process meanwhile. Another run's pass and a model that is built wait for the end (``held_generators``); a cell that draws
    by itself in that very moment still changes what both get.
    """
    with held_generators():
        generators = _generators(device)
        before = [generator.get_state() for generator in generators]
        seed_of_all = mixed(seed, number)
        for generator in generators:
            generator.manual_seed(seed_of_all)
        try:
            yield
        finally:
            for generator, state in zip(generators, before, strict=True):
                generator.set_state(state)


def mixed(seed: int, number: int) -> int:
    """Two numbers as one of 64 bits, all of which depend on both: neighbours have nothing in common.

    torch's generator for the CPU looks at the low 32 bits only, so that ``seed + number`` would do badly.

    Source: the finaliser of SplitMix64, Steele, Lea and Flood 2014, figure 16.
    """
    bits = (seed * 0x9E3779B97F4A7C15 + number * 0xD1B54A32D192ED03 + 0x9E3779B97F4A7C15) & _MASK
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & _MASK
    return bits ^ (bits >> 31)


def _generators(device: torch.device) -> list[torch.Generator]:
    if device.type == "cuda":
        number = torch.cuda.current_device() if device.index is None else device.index
        return [torch.default_generator, torch.cuda.default_generators[number]]
    if device.type == "mps":
        return [torch.default_generator, torch.mps._get_default_mps_generator()]
    return [torch.default_generator]
