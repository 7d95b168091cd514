"""The learning rate over the steps, before the training begins."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import ipywidgets

from slm_widgets.language import say
from slm_widgets.widgets.style import TRAIN

# The drawing's own units; the page stretches it.
_WIDTH, _HEIGHT, _ROOM = 600.0, 90.0, 4.0


class SchedulePicture(ipywidgets.HTML):
    """A small curve made of numbers only: nothing that anybody typed gets into it as text."""

    def __init__(self) -> None:
        super().__init__()
        self.clear()

    def clear(self) -> None:
        """Shows nothing, as long as the settings cannot be used."""
        self.value = ""

    def show(self, at: Sequence[int], rates: Sequence[float], steps: int | None, is_estimate: bool = False) -> None:
        """Draws the curve in the current language.

        Args:
            at: Steps, rising, from 0.
            rates: The learning rate at each.
            steps: How many steps there are; None where nobody can tell yet.
            is_estimate: Whether the number of steps is one.
        """
        highest = max(rates)
        if not (math.isfinite(highest) and highest > 0 and len(rates) > 1):
            self.clear()
            return
        about = "≈ " if is_estimate else ""
        end = (
            say(en="the end", ko="끝")
            if steps is None
            else say(en=f"step {about}{steps:,}", ko=f"{about}{steps:,}스텝")
        )
        top = say(en=f"learning rate up to {highest:.3g}", ko=f"학습률, 가장 클 때 {highest:.3g}")
        last = say(en=f"at the end {rates[-1]:.3g}", ko=f"끝에서 {rates[-1]:.3g}")
        self.value = (
            f'<div class="slm-plot"><div class="slm-ends"><span>{top}</span><span>{last}</span></div>'
            f'<svg viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" preserveAspectRatio="none" role="img" aria-label="{html.escape(top)}">'
            f'<line x1="0" y1="{_HEIGHT:.0f}" x2="{_WIDTH:.0f}" y2="{_HEIGHT:.0f}" stroke="currentColor" opacity=".5" '
            f'vector-effect="non-scaling-stroke"/><path d="{_path(at, rates, highest)}" fill="none" stroke="{TRAIN}" '
            f'stroke-width="2" vector-effect="non-scaling-stroke"/></svg>'
            f'<div class="slm-ends"><span>{say(en="step 1", ko="1스텝")}</span><span>{html.escape(end)}</span></div></div>'
        )


def _path(at: Sequence[int], rates: Sequence[float], highest: float) -> str:
    width, height = _WIDTH / at[-1], _HEIGHT - _ROOM
    points = (f"{n * width:.1f},{_HEIGHT - rate / highest * height:.1f}" for n, rate in zip(at, rates, strict=True))
    return "M" + "L".join(points)
