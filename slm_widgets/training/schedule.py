"""The learning rate as a function of the step."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from slm_widgets.training.config import TrainConfig


def learning_rate(step: int, total_steps: int, config: TrainConfig) -> float:
    """Tells the learning rate of one step: a linear rise to ``lr``, then the curve of the schedule.

    Args:
        step: The step, counted from 0.
        total_steps: How many steps the whole training has; cosine, linear and WSD would reach their end at that step, and
            stay there.
        config: Its lr, min_lr, schedule, warmup_steps and decay_fraction.

    Source: nanoGPT, train.py, get_lr (the rise); the curves name theirs.
    """
    warmup = warmup_steps(total_steps, config)
    if step < warmup:
        return config.lr * (step + 1) / (warmup + 1)
    return _CURVES[config.schedule](step, warmup, total_steps, config)


def last_learning_rate(config: TrainConfig) -> float:
    """Where cosine, linear and WSD end: as set, or what their papers end with.

    Source: Hoffmann et al. 2022 (arXiv 2203.15556), appendix B: cosine to a tenth; Bergsma et al. 2025 (arXiv 2502.15938):
        linear to zero; Hägele et al. 2024 (arXiv 2405.18392), section 3: constant, then to zero.
    """
    if config.min_lr is not None:
        return config.min_lr
    return config.lr / 10 if config.schedule == "cosine" else 0.0


def warmup_steps(total_steps: int, config: TrainConfig) -> int:
    """How many steps the rise takes: as set, or a twentieth of all steps, at most 100."""
    return min(100, total_steps // 20) if config.warmup_steps is None else config.warmup_steps


def decay_start(total_steps: int, config: TrainConfig) -> int:
    """The step at which WSD leaves its plain: so that ``decay_fraction`` of all steps follow, but not before the rise is over."""
    plain_ends = total_steps - round(config.decay_fraction * total_steps)
    return max(plain_ends, warmup_steps(total_steps, config))


def total_steps(config: TrainConfig, steps_per_epoch: float) -> int | None:
    """How many steps the training has: max_steps or epochs, whichever ends first; None where only the clock ends it.

    Args:
        config: Its max_steps and epochs.
        steps_per_epoch: Windows of the training text, divided by batch_size times grad_accumulation.
    """
    limits = []
    if config.max_steps is not None:
        limits.append(config.max_steps)
    if config.epochs is not None:
        limits.append(max(1, math.ceil(config.epochs * steps_per_epoch)))
    return min(limits, default=None)


def schedule_curve(config: TrainConfig, total_steps: int, points: int = 200) -> tuple[list[int], list[float]]:
    """The whole curve, to be looked at before the training starts.

    Args:
        config: The settings.
        total_steps: How many steps the whole training has, or probably has.
        points: About how many points there are to be; the corners of the curve are always among them.

    Returns:
        The steps, rising, from 0 to the last; and the learning rate at each.
    """
    last = total_steps - 1
    spread = {round(i * last / max(1, points - 1)) for i in range(points)}
    steps = sorted(spread | {corner for corner in _corners(total_steps, config) if 0 <= corner <= last})
    return steps, [learning_rate(step, total_steps, config) for step in steps]


def _corners(total_steps: int, config: TrainConfig) -> Iterator[int]:
    yield from (0, total_steps - 1, warmup_steps(total_steps, config))
    if config.schedule == "wsd":
        yield decay_start(total_steps, config)


def _cosine(step: int, warmup: int, total: int, config: TrainConfig) -> float:
    """Half a cosine wave: Loshchilov and Hutter 2017 (arXiv 1608.03983), equation 5 without restarts."""
    lowest = last_learning_rate(config)
    return lowest + (config.lr - lowest) * 0.5 * (1 + math.cos(math.pi * _share(step, warmup, total)))


def _linear(step: int, start: int, total: int, config: TrainConfig) -> float:
    """A straight line from ``start`` on."""
    lowest = last_learning_rate(config)
    return lowest + (config.lr - lowest) * (1 - _share(step, start, total))


def _constant(step: int, warmup: int, total: int, config: TrainConfig) -> float:
    return config.lr


def _noam(step: int, warmup: int, total: int, config: TrainConfig) -> float:
    """One over the root of the step: Vaswani et al. 2017, equation 3, scaled so that its peak is ``lr``."""
    return config.lr * math.sqrt((warmup + 1) / (step + 1))  # the paper counts from 1


def _wsd(step: int, warmup: int, total: int, config: TrainConfig) -> float:
    """A plain, and a line down at its end: Hu et al. 2024 (MiniCPM, arXiv 2404.06395), section 4; the line is Hägele's."""
    return _linear(step, decay_start(total, config), total, config)


def _share(step: int, start: int, total: int) -> float:
    """How far a step is from ``start`` (0) to the end (1)."""
    return min(1.0, max(0.0, (step - start) / max(1, total - start)))


_CURVES: dict[str, Callable[[int, int, int, TrainConfig], float]] = {
    "cosine": _cosine,
    "linear": _linear,
    "constant": _constant,
    "noam": _noam,
    "wsd": _wsd,
}
