"""The loss over the learning rate, as a search found it."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import ipywidgets

from slm_widgets.language import say
from slm_widgets.training.finder import Tried
from slm_widgets.widgets.style import TRAIN, VALIDATION

# The drawing's own units; the page stretches it.
_WIDTH, _HEIGHT, _ROOM = 600.0, 90.0, 6.0


class SearchPicture(ipywidgets.HTML):
    """A small curve over a logarithmic axis, made of numbers only."""

    def __init__(self) -> None:
        super().__init__()
        self.show((), None)

    def show(self, tried: Sequence[Tried], suggestion: float | None) -> None:
        """Draws the smoothed losses in the current language; nothing for fewer than two.

        Args:
            tried: The steps so far, the learning rate rising.
            suggestion: Marked where there is one.
        """
        self.layout.display = None if len(tried) > 1 else "none"
        if len(tried) < 2:
            self.value = ""
            return
        first, last = math.log(tried[0].lr), math.log(tried[-1].lr)
        lowest = min(one.smoothed for one in tried)
        # What explodes leaves at the top: else it would press all that came before into a level line.
        highest = max(lowest + 1e-6, min(max(one.smoothed for one in tried), 1.15 * tried[0].smoothed))

        def across(lr: float) -> float:
            return (math.log(lr) - first) / max(1e-12, last - first) * _WIDTH

        def up(loss: float) -> float:
            share = (min(loss, highest) - lowest) / (highest - lowest)
            return _HEIGHT - _ROOM - share * (_HEIGHT - 2 * _ROOM)

        path = "M" + "L".join(f"{across(one.lr):.1f},{up(one.smoothed):.1f}" for one in tried)
        mark = ""
        if suggestion is not None:
            at = f"{across(min(max(suggestion, tried[0].lr), tried[-1].lr)):.1f}"
            mark = (
                f'<line x1="{at}" y1="0" x2="{at}" y2="{_HEIGHT:.0f}" stroke="{VALIDATION}" stroke-width="2" '
                'stroke-dasharray="4 3" vector-effect="non-scaling-stroke"/>'
            )
        top = say(
            en=f"loss {highest:.2f} (top) to {lowest:.2f} (bottom)", ko=f"손실 {highest:.2f}(위)부터 {lowest:.2f}(아래)"
        )
        ends = f"<span>{tried[0].lr:.1e}</span><span>{_title()}</span><span>{tried[-1].lr:.1e}</span>"
        self.value = (
            f'<div class="slm-plot"><div class="slm-ends"><span>{html.escape(top)}</span></div>'
            f'<svg viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" preserveAspectRatio="none" role="img" aria-label="{html.escape(top)}">'
            f'<line x1="0" y1="{_HEIGHT:.0f}" x2="{_WIDTH:.0f}" y2="{_HEIGHT:.0f}" stroke="currentColor" opacity=".5" '
            f'vector-effect="non-scaling-stroke"/>{mark}<path d="{path}" fill="none" stroke="{TRAIN}" stroke-width="2" '
            f'vector-effect="non-scaling-stroke"/></svg><div class="slm-ends">{ends}</div></div>'
        )


def _title() -> str:
    return say(en="learning rate (logarithmic)", ko="학습률 (로그 눈금)")
