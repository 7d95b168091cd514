"""The loss while it falls."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

import ipywidgets
import numpy as np
import traitlets
from bqplot.axes import Axis
from bqplot.figure import Figure
from bqplot.marks import Lines
from bqplot.scales import LinearScale

from slm_widgets.language import LANGUAGES, say, use_language
from slm_widgets.language import language as current_language
from slm_widgets.training import Evaluation, Event, Step
from slm_widgets.widgets.curve import Curve, limits, round_ticks
from slm_widgets.widgets.decimation import decimate
from slm_widgets.widgets.style import FLOOR, TRAIN, VALIDATION, style_sheet

# Together no more than 2,000 points on the screen; the floor is a line of two.
_TRAIN_POINTS, _SMOOTH_POINTS, _VALIDATION_POINTS = 1200, 398, 400
_NOTHING = np.zeros(0)


class LiveFigure(ipywidgets.VBox):
    """Draws the loss of a training while it goes on: each step, their running mean, the validation, the entropy floor.

    Args:
        entropy_floor: The loss in nats per token that no model can beat, where it is known.
        max_steps: How far the axis reaches from the beginning; None lets it grow.
        language: ``"en"`` or ``"ko"``; None for the chosen one.
        height_px: Height of the drawing; the width is that of the notebook.
    """

    language = traitlets.Enum(list(LANGUAGES))

    def __init__(
        self,
        entropy_floor: float | None = None,
        max_steps: int | None = None,
        *,
        language: str | None = None,
        height_px: int = 260,
    ) -> None:
        self._train, self._validation = _curves(max_steps)
        self._floor = entropy_floor
        self._max_steps = max_steps
        scales = {"x": LinearScale(min=0, max=1), "y": LinearScale(min=0, max=1)}
        self._scales = scales
        self._raw_line = _line(scales, TRAIN, width=1, opacity=0.4)
        self._smooth_line = _line(scales, TRAIN, width=2.2)
        self._validation_line = _line(scales, VALIDATION, width=2, marker="circle", marker_size=26)
        self._floor_line = _line(scales, FLOOR, width=1.5, line_style="dashed")
        self._x_axis = Axis(scale=scales["x"], num_ticks=6, grid_lines="none", tick_format=",.0f", label_offset="34px")
        self._y_axis = Axis(
            scale=scales["y"], orientation="vertical", num_ticks=6, tick_format=".2f", label_offset="46px"
        )
        self.figure = Figure(
            marks=[self._floor_line, self._raw_line, self._smooth_line, self._validation_line],
            axes=[self._x_axis, self._y_axis],
            animation_duration=0,
            fig_margin={"top": 8, "bottom": 44, "left": 62, "right": 14},
            background_style={"fill": "transparent"},
            layout=ipywidgets.Layout(width="100%", height=f"{height_px}px", min_width="120px"),
            padding_x=0,
            padding_y=0,
        )
        self._legend = ipywidgets.HTML()
        super().__init__([style_sheet(), self._legend, self.figure], layout=ipywidgets.Layout(width="100%"))
        self.add_class("slm")
        with use_language(language):
            self.language = current_language()
        self.observe(lambda change: self._redraw(), "language")
        self._redraw()

    def start(self, entropy_floor: float | None = None, max_steps: int | None = None) -> None:
        """Begins a new, empty drawing."""
        self._train, self._validation = _curves(max_steps)
        self._floor, self._max_steps = entropy_floor, max_steps
        self._redraw()

    def show_events(self, events: Sequence[Event]) -> None:
        """Adds the steps and evaluations among some events, and draws once."""
        for event in events:
            if isinstance(event, Step):
                self._train.add(event.step, event.loss)
            elif isinstance(event, Evaluation):
                self._validation.add(event.step, event.val_loss)
        self._redraw()

    def show_history(self, history: Mapping[str, Sequence[float]]) -> None:
        """Draws a whole ``run.history``, in place of what was drawn before."""
        self._train, self._validation = _curves(self._max_steps or len(history["step"]))
        for step, loss in zip(history["step"], history["loss"], strict=True):
            self._train.add(step, loss)
        for step, loss in zip(history["val_step"], history["val_loss"], strict=True):
            self._validation.add(step, loss)
        self._redraw()

    # -- drawing --------------------------------------------------------------------------------------------------------

    def _redraw(self) -> None:
        reach = max(self._max_steps or 0, self._train.last_x, self._validation.last_x, 1)
        low, high = limits(self._train.smooth, self._train.y, self._validation.y, self._floor)
        _move(self._scales["x"], self._x_axis, 0, reach)
        _move(self._scales["y"], self._y_axis, low, high)
        _draw(self._raw_line, *decimate(self._train.x, self._train.y, _TRAIN_POINTS))
        _draw(self._smooth_line, *decimate(self._train.x, self._train.smooth, _SMOOTH_POINTS))
        _draw(self._validation_line, *decimate(self._validation.x, self._validation.y, _VALIDATION_POINTS))
        if self._floor is None:
            _draw(self._floor_line, _NOTHING, _NOTHING)
        else:
            _draw(self._floor_line, np.array([0.0, reach]), np.full(2, self._floor))
        self._say()

    def _say(self) -> None:
        with use_language(self.language):
            self._x_axis.label = say(en="step", ko="스텝")
            self._y_axis.label = say(en="loss (nats per token)", ko="손실 (토큰당 나트)")
            words: list[tuple[str, str, str, float | None]] = [
                (TRAIN, "solid", say(en="training", ko="학습"), None),
                (VALIDATION, "solid", say(en="validation", ko="검증"), None),
            ]
            if self._floor is not None:
                words.append((FLOOR, "dashed", say(en="entropy floor", ko="엔트로피 하한"), self._floor))
        self._legend.value = '<div class="slm-legend">' + "".join(_swatch(*word) for word in words) + "</div>"


def _curves(max_steps: int | None) -> tuple[Curve, Curve]:
    """Training and validation; the running mean reaches over about a sixtieth of the whole training."""
    return Curve(smoothing=1 - 1 / max(4.0, (max_steps or 600) / 60)), Curve()


def _swatch(colour: str, style: str, words: str, value: float | None) -> str:
    number = "" if value is None else f"<b>{value:.3f}</b>"
    line = f'<i style="display:inline-block;width:20px;border-top:3px {style} {colour}"></i>'
    return f"<span>{line}{html.escape(words)} {number}</span>"


def _line(scales: dict[str, LinearScale], colour: str, width: float, opacity: float = 1.0, **further: Any) -> Lines:
    return Lines(
        x=_NOTHING, y=_NOTHING, scales=scales, colors=[colour], opacities=[opacity], stroke_width=width, **further
    )


def _draw(line: Lines, x: np.ndarray, y: np.ndarray) -> None:
    with line.hold_sync():  # one message: with x and y apart the browser would draw a half-new curve
        line.x, line.y = x, y


def _move(scale: LinearScale, axis: Axis, low: float, high: float) -> None:
    if (scale.min, scale.max) == (low, high):
        return
    with scale.hold_sync():
        scale.min, scale.max = low, high
    ticks = round_ticks(low, high)
    if axis.orientation == "vertical":
        axis.tick_format = (
            f".{max(1, math.ceil(-math.log10(ticks[1] - ticks[0]) - 1e-9))}f" if len(ticks) > 1 else ".2f"
        )
    else:
        ticks = ticks[ticks == ticks.round()]  # there is no half step
    axis.tick_values = ticks
