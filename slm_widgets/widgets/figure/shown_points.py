"""Which points of the curves are shown: so many together that a page stays quick, shared among the lines."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from slm_widgets.widgets.figure.content import Content, key
from slm_widgets.widgets.figure.curve import Curve
from slm_widgets.widgets.figure.decimation import Points, decimate, decimate_octaves
from slm_widgets.widgets.figure.limits import Range
from slm_widgets.widgets.figure.markers import Kind
from slm_widgets.widgets.figure.plot import Right

# Together no more than 2,000 points on the screen. Each marker is one, one more is open; floor and guide have two.
MOST_MARKERS: dict[Kind, int] = {"evaluation": 60, "checkpoint": 50, "sample": 50}
_LINE_POINTS = 2000 - sum(MOST_MARKERS.values()) - 5
# How the lines that are shown share the others.
_SHARES = {"train": 6.0, "smooth": 2.5, "validation": 2.0, "lr": 1.5, "grad_norm": 2.5}
_OVERLAY_SHARES = {"smooth": 2.0, "validation": 1.5}

NOTHING: Points = (np.zeros(0), np.zeros(0))
RIGHT: tuple[Right, ...] = ("lr", "grad_norm")


def shown_points(
    content: Content, is_on: Callable[[str], bool], steps: Range, *, is_log_x: bool, is_log_y: bool
) -> dict[str, Points]:
    """The points to show of each line that is not hidden: train, smooth, validation, lr, grad_norm; and of each earlier run
    the two that ``of_overlay`` names.

    Args:
        content: What there is.
        is_on: Whether the legend shows what a key names.
        steps: The range of steps that is looked at.
        is_log_x: Whether steps have a logarithmic axis, which has no place for 0.
        is_log_y: Whether losses have one.
    """
    curves: dict[str, tuple[Curve, float]] = {}
    own = content.curves
    if is_on("train"):
        curves |= {"train": (own.loss, _SHARES["train"]), "smooth": (own.smooth, _SHARES["smooth"])}
    for name in ("validation", *RIGHT):
        if is_on(name):
            curves[name] = (getattr(own, name), _SHARES[name])
    for name, other in content.overlays.items():
        if is_on(key(name)):
            for line, share in _OVERLAY_SHARES.items():
                curves[of_overlay(name, line)] = (getattr(other, line), share)
    all_shares = sum(share for _, share in curves.values())

    def thin(name: str, curve: Curve, most: int) -> Points:
        x, y = curve.between(*steps)
        if is_log_x:
            x, y = x[x > 0], y[x > 0]
        if is_log_y and name not in RIGHT:
            x, y = x[y > 0], y[y > 0]
        return decimate_octaves(x, y, most) if is_log_x else decimate(x, y, most)

    return {
        name: thin(name, curve, max(4, int(_LINE_POINTS * share / all_shares)))
        for name, (curve, share) in curves.items()
    }


def of_overlay(name: str, line: str) -> str:
    """What the line of an earlier run is called.

    Args:
        name: The run's.
        line: ``"smooth"`` or ``"validation"``.
    """
    return f"{key(name)} {line}"
