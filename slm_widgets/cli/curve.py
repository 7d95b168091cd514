"""The loss curve, in letters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import plotext
from rich.console import Console
from rich.text import Text

from slm_widgets.language import say

_POINTS = 120
_HEIGHT = 18
_WIDEST = 100


def print_curve(console: Console, history: Mapping[str, Sequence[float]], floor: float | None) -> None:
    """Draws the train loss, the validation loss and the entropy floor.

    Args:
        console: Where to; its width is used, its colours where it has some.
        history: As ``Run.history``.
        floor: The loss that no model can beat, in nats per token, if it is known.
    """
    known = [(step, loss) for step, loss in zip(history["step"], history["loss"], strict=True) if math.isfinite(loss)]
    if len(known) < 2:
        return
    steps, losses = smooth([step for step, _ in known], [loss for _, loss in known], _POINTS)
    # Letters that every terminal has, where the output is not in UTF-8.
    fine = "utf" in (console.encoding or "").lower()
    plotext.clear_figure()
    plotext.theme("clear" if console.no_color or not console.is_terminal else "pro")
    plotext.canvas_color("default")
    plotext.axes_color("default")
    plotext.plotsize(min(console.width, _WIDEST), _HEIGHT)
    plotext.plot(steps, losses, label=say(en="train", ko="학습"), marker="braille" if fine else ".", color="blue")
    plotext.plot(
        list(history["val_step"]),
        list(history["val_loss"]),
        label=say(en="validation", ko="검증"),
        marker="hd" if fine else "o",
        color="orange",
    )
    lowest = min([*losses, *history["val_loss"]])
    if floor is not None:
        lowest = min(lowest, floor)
        name = say(en=f"entropy floor {floor:.3f}", ko=f"엔트로피 하한 {floor:.3f}")
        last = max(steps[-1], *history["val_step"])
        plotext.plot([0, last], [floor, floor], label=name, marker="-", color="green")
    plotext.ylim(max(0.0, lowest - 0.1), max([*losses, *history["val_loss"]]))
    plotext.xlabel(say(en="step", ko="스텝"))
    plotext.title(say(en="loss, nats per token", ko="손실 (토큰당 나트)"))
    text = plotext.build()
    plotext.clear_figure()
    console.print(Text.from_ansi(text) if console.is_terminal else Text(plotext.uncolorize(text)), soft_wrap=True)


def smooth(x: Sequence[float], y: Sequence[float], points: int) -> tuple[list[float], list[float]]:
    """Averages neighbours so that about ``points`` are left; as they are where there are not more."""
    size = max(1, -(-len(x) // points))
    starts = range(0, len(x), size)
    return [_mean(x[i : i + size]) for i in starts], [_mean(y[i : i + size]) for i in starts]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
