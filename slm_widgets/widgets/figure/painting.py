"""From what there is to what is drawn of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from slm_widgets.training import Evaluation
from slm_widgets.widgets.figure.content import Content
from slm_widgets.widgets.figure.decimation import Points
from slm_widgets.widgets.figure.limits import Range, loss_limits
from slm_widgets.widgets.figure.markers import KINDS
from slm_widgets.widgets.figure.plot import Plot
from slm_widgets.widgets.figure.shown_points import MOST_MARKERS, NOTHING, RIGHT, of_overlay, shown_points
from slm_widgets.widgets.figure.view import View


def paint(plot: Plot, content: Content, view: View, is_on: Callable[[str], bool], *, is_free: bool) -> None:
    """Draws what a person looks at.

    Args:
        plot: Where to draw.
        content: What there is.
        view: Where the person looks.
        is_on: Whether the legend shows what a key names.
        is_free: Whether the page may move the drawing by itself.
    """
    steps = view.seen(content.reach)
    lines = shown_points(content, is_on, steps, is_log_x=plot.is_log_x, is_log_y=plot.is_log_y)
    floor = content.floor if is_on("floor") else None
    is_whole = view.steps is None
    losses = view.losses or _limits(content, lines, steps, floor if is_whole else None, is_whole, plot.is_log_y)
    plot.look_at(steps, losses, is_free=is_free)
    _draw_lines(plot, content, lines)
    ends = np.array([steps[0], max(steps[1], content.reach)])
    plot.draw(plot.floor, *((ends, np.full(2, floor)) if floor is not None else NOTHING))
    _draw_markers(plot, content, steps, losses, is_on)


def _limits(
    content: Content, lines: Mapping[str, Points], steps: Range, floor: float | None, is_whole: bool, is_log: bool
) -> Range:
    def seen(name: str) -> Points:
        x, y = lines.get(name, NOTHING)
        inside = (x >= steps[0]) & (x <= steps[1])
        return x[inside], y[inside]

    return loss_limits(
        [seen("smooth"), *(seen(of_overlay(name, "smooth")) for name in content.overlays)],
        seen("train"),
        [seen("validation"), *(seen(of_overlay(name, "validation")) for name in content.overlays)],
        floor,
        is_log=is_log,
        has_start=is_whole,
    )


def _draw_lines(plot: Plot, content: Content, lines: Mapping[str, Points]) -> None:
    plot.draw(plot.train, *lines.get("train", NOTHING))
    plot.draw(plot.smooth, *lines.get("smooth", NOTHING))
    plot.draw(plot.validation, *lines.get("validation", NOTHING))
    for name, (smooth, validation) in zip(content.overlays, plot.overlays, strict=True):
        plot.draw(smooth, *lines.get(of_overlay(name, "smooth"), NOTHING))
        plot.draw(validation, *lines.get(of_overlay(name, "validation"), NOTHING))
    columns = [name for name in RIGHT if len(lines.get(name, NOTHING)[0])]
    plot.set_columns(len(columns))
    for name in RIGHT:
        plot.draw_right(name, *lines.get(name, NOTHING), column=columns.index(name) if name in columns else None)


def _draw_markers(plot: Plot, content: Content, steps: Range, losses: Range, is_on: Callable[[str], bool]) -> None:
    opened = content.open_marker
    is_seen = opened is not None and steps[0] <= opened.step <= steps[1]
    for kind in KINDS:
        is_shown = is_on("validation" if kind == "evaluation" else kind)
        found = content.markers.between(kind, *steps, MOST_MARKERS[kind]) if is_shown else []
        if kind == "evaluation":
            found = [it for it in found if isinstance(it, Evaluation) and losses[0] <= it.val_loss <= losses[1]]
        is_open = is_shown and is_seen and isinstance(opened, KINDS[kind])
        if is_open and opened is not None:
            found = [*(it for it in found if it is not opened), opened]  # the last is drawn over its neighbours
        heights = [it.val_loss for it in found if isinstance(it, Evaluation)]
        plot.draw_markers(kind, [it.step for it in found], heights, len(found) - 1 if is_open else None)
    plot.draw_guide(opened.step if opened is not None and is_seen else None)
