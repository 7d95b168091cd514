"""Which part of the numbers to show, and where to write numbers beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from slm_widgets.widgets.figure.decimation import Points

Range = tuple[float, float]

_ROUND = (1, 2, 5, 10)
_LITTLE = 4 / 3  # where a range so much larger holds all, it may: a quarter of the height


def loss_limits(
    smooth: Sequence[Points],
    train: Points,
    validation: Sequence[Points],
    floor: float | None,
    *,
    is_log: bool = False,
    has_start: bool = True,
) -> Range:
    """Chooses what part of the losses to show, from a little below the lowest to where the curves have left their start.

    A training begins near ln V and falls steeply; shown whole, that fall would press all that comes later into the lowest
    part of the figure. So the first twentieth of the steps may leave at the top, and so may single outliers, unless there is
    room for all of it at the price of a little height. On a logarithmic axis the fall presses nothing, and all of it is shown.

    Args:
        smooth: Steps and running means of the training losses, of each run.
        train: Steps and training losses of the run that is watched.
        validation: Steps and validation losses, of each run.
        floor: A line that must be seen.
        is_log: Whether the axis is logarithmic; only losses above 0 are looked at then.
        has_start: Whether the first of these steps are the first of the training.
    """
    curves = [train, *smooth, *validation]
    values = np.concatenate([*(y for _, y in curves), [] if floor is None else [floor]])
    values = values[values > 0] if is_log else values
    if not len(values):
        return (0.1, 10.0) if is_log else (0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if is_log:
        room = max(high / low, 1.02) ** 0.06
        return low / room, high * room
    if max(len(x) for x, _ in (train, *smooth)) >= 40:
        settled = max(float(x[-1]) for x, _ in curves if len(x)) / 20 if has_start else -math.inf
        tops = [y[x > settled].max(initial=-math.inf) for x, y in (*smooth, *validation)]
        later = train[1][train[0] > settled]
        most = float(max(*tops, np.quantile(later, 0.99) if len(later) else low, low if floor is None else floor))
        if high - low > _LITTLE * (most - low):
            high = most
    room = max((high - low) * 0.06, 0.02 if has_start else 1e-6)
    return (max(0.0, low - room) if low >= 0 else low - room), high + room


def round_ticks(low: float, high: float, most: int = 6) -> NDArray[np.floating]:
    """Chooses round numbers within a range, 1, 2 or 5 times a power of ten apart, ``most`` of them or a few less."""
    rough = max(high - low, 1e-12) / most
    power = 10.0 ** math.floor(math.log10(rough))
    distance = next(power * times for times in _ROUND if power * times >= rough)
    first, last = math.ceil(low / distance - 1e-9), math.floor(high / distance + 1e-9)
    return np.arange(first, last + 1) * distance


def log_ticks(low: float, high: float, most: int = 7) -> NDArray[np.floating]:
    """Chooses round numbers within a range of an axis on which each tenfold is equally wide: powers of ten, with 2 and 5
    times those where there is room; where the range is narrow, as on any other axis.

    Args:
        low: Above 0.
        high: Above ``low``.
    """
    if high / low < 4:
        return round_ticks(low, high, min(most, 5))
    powers = np.arange(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for times in ((1, 2, 5), (1, 3), (1,)):
        ticks = np.sort(np.concatenate([10.0**powers * n for n in times]))
        ticks = ticks[(ticks >= low * (1 - 1e-9)) & (ticks <= high * (1 + 1e-9))]
        if len(ticks) <= most:
            return ticks
    return ticks[:: -(-len(ticks) // most)]


def quarter(highest: float) -> float:
    """A round number, four times which is a little above ``highest``: axes cut into such quarters share their ticks."""
    rough = max(highest, 1e-12) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * times for times in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if power * times >= rough * (1 - 1e-9))
