"""The learning rate as a function of the step."""

from __future__ import annotations

import math

from slm_widgets.training.config import TrainConfig


def learning_rate(step: int, total_steps: int, config: TrainConfig) -> float:
    """Tells the learning rate of one step: a linear rise, then half a cosine wave down, or no change.

    Args:
        step: The step, counted from 0.
        total_steps: How many steps the whole training has; the cosine would reach ``min_lr`` at that step.
        config: Its lr, min_lr, schedule and warmup_steps.

    Source: nanoGPT, train.py, get_lr; Loshchilov and Hutter 2017 (arXiv 1608.03983), equation 5 without restarts.
    """
    warmup = warmup_steps(total_steps, config)
    if step < warmup:
        return config.lr * (step + 1) / (warmup + 1)
    if config.schedule == "constant":
        return config.lr
    lowest = config.lr / 10 if config.min_lr is None else config.min_lr
    progress = min(1.0, (step - warmup) / max(1, total_steps - warmup))
    return lowest + (config.lr - lowest) * 0.5 * (1 + math.cos(math.pi * progress))


def warmup_steps(total_steps: int, config: TrainConfig) -> int:
    """How many steps the rise takes: as set, or a twentieth of all steps, at most 100."""
    return min(100, total_steps // 20) if config.warmup_steps is None else config.warmup_steps


def total_steps(config: TrainConfig, steps_per_epoch: float) -> int:
    """How many steps the training has: max_steps or epochs, whichever ends first."""
    limits = []
    if config.max_steps is not None:
        limits.append(config.max_steps)
    if config.epochs is not None:
        limits.append(max(1, math.ceil(config.epochs * steps_per_epoch)))
    return min(limits)
