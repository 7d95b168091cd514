"""The drawing itself: bqplot's scales, axes and marks, told what to show."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal

import ipywidgets
import numpy as np
from bqplot.axes import Axis
from bqplot.figure import Figure
from bqplot.interacts import PanZoom
from bqplot.marks import Lines, Mark, Scatter
from bqplot.scales import LinearScale, LogScale
from numpy.typing import NDArray

from slm_widgets.widgets.figure.limits import Range, log_ticks, quarter, round_ticks
from slm_widgets.widgets.figure.markers import Kind
from slm_widgets.widgets.style import DASHES, FLOOR, GRADIENT_NORM, LEARNING_RATE, OVERLAYS, TRAIN, VALIDATION

_NOTHING = np.zeros(0)
# Above the drawing is a rail for markers that belong to a step and to no loss; there they can be clicked while the mouse
# moves the drawing, too.
_MARGIN = {"top": 34, "bottom": 42, "left": 58, "right": 30}
_COLUMN_PX = 48  # of numbers at the right
# How d3 writes numbers: 12,000, and 2.345 without zeros at its end.
_STEPS, _LOSSES = ",~r", ".4~g"
_RAIL: dict[Kind, int] = {"checkpoint": 9, "sample": 24}
_SHAPES: dict[Kind, str] = {"evaluation": "circle", "checkpoint": "diamond", "sample": "triangle-up"}
_MARKED: dict[Kind, str] = {"evaluation": VALIDATION, "checkpoint": VALIDATION, "sample": TRAIN}

Right = Literal["lr", "grad_norm"]


class Plot:
    """A bqplot figure of losses over steps, with learning rate and gradient norm at the right and markers above.

    What is drawn goes to the page only where it changes, x and y of a mark in one message.

    Args:
        height_px: Height of the drawing; the width is that of the notebook.
        on_moved: Called when the page has moved or zoomed the drawing, after any such movement.
        on_clicked: Called with kind and step of a marker that was clicked.
    """

    def __init__(
        self, height_px: int, on_moved: Callable[[], object], on_clicked: Callable[[Kind, int], object]
    ) -> None:
        self.is_log_x = self.is_log_y = False
        self._is_moving = False
        # Marks near an edge must not make bqplot shrink what is inside.
        self._x = {False: _scale(LinearScale), True: _scale(LogScale, 1, 10)}
        self._y = {False: _scale(LinearScale), True: _scale(LogScale, 0.1, 10)}
        self._right: dict[Right, LinearScale] = {"lr": _scale(LinearScale), "grad_norm": _scale(LinearScale)}
        self._height_px = max(40, height_px - _MARGIN["top"] - _MARGIN["bottom"])
        self._rail = _scale(LinearScale, 0, self._height_px)
        self._make_marks()
        self._make_axes()
        self._pan_zoom = {
            (x, y): PanZoom(scales={"x": [self._x[x]], "y": [self._y[y]]}) for x in (False, True) for y in (False, True)
        }
        self.figure = Figure(
            marks=self._marks(),
            axes=self._axes(),
            animation_duration=0,
            fig_margin=dict(_MARGIN),
            background_style={"fill": "transparent"},
            layout=ipywidgets.Layout(width="100%", height=f"{height_px}px", min_width="120px"),
            padding_x=0,
            padding_y=0,
        )
        for scale in (*self._x.values(), *self._y.values()):
            scale.observe(lambda _: None if self._is_moving else on_moved(), ["min", "max"])
        for kind, dots in self.dots.items():
            dots.on_element_click(_clicked(kind, on_clicked))

    # -- what there is ------------------------------------------------------------------------------------------------

    def _make_marks(self) -> None:
        loss = {"x": self._x[False], "y": self._y[False]}
        self.guide = _line({"x": self._x[False], "y": self._rail}, FLOOR, width=1, line_style="dotted")
        self.floor = _line(loss, FLOOR, width=1.5, line_style="dashed")
        self.train = _line(loss, TRAIN, width=1, opacity=0.4)
        self.smooth = _line(loss, TRAIN, width=2.2)
        self.validation = _line(loss, VALIDATION, width=2)
        self.right: dict[Right, Lines] = {
            "lr": _line({"x": self._x[False], "y": self._right["lr"]}, LEARNING_RATE, width=1.4),
            "grad_norm": _line({"x": self._x[False], "y": self._right["grad_norm"]}, GRADIENT_NORM, 1, opacity=0.65),
        }
        self.overlays: list[tuple[Lines, Lines]] = []
        self.dots: dict[Kind, Scatter] = {
            kind: Scatter(
                x=_NOTHING,
                y=_NOTHING,
                scales=loss if kind == "evaluation" else {"x": self._x[False], "y": self._rail},
                marker=_SHAPES[kind],
                colors=[_MARKED[kind]],
                default_size=44 if kind == "evaluation" else 72,
                # Else bqplot cuts a marker in two at the edge of the drawing, and all that is above it.
                apply_clip=False,
                enable_hover=False,
                interactions={},
                selected_style={"stroke": "var(--slm-text)", "stroke-width": "2.5px"},
            )
            for kind in _SHAPES
        }

    def _make_axes(self) -> None:
        # An axis cannot change its scale in bqplot 0.12 (it goes on drawing the old one): there is one for each.
        self._x_axes = {
            is_log: Axis(scale=scale, grid_lines="none", label_offset="32px", tick_format=_STEPS)
            for is_log, scale in self._x.items()
        }
        self._y_axes = {
            is_log: Axis(scale=scale, orientation="vertical", label_offset="44px", tick_format=_LOSSES)
            for is_log, scale in self._y.items()
        }
        self._right_axes: dict[Right, Axis] = {
            name: Axis(scale=self._right[name], orientation="vertical", side="right", grid_lines="none", visible=False)
            for name in self._right
        }

    def _marks(self) -> list[Mark]:
        behind = [line for pair in self.overlays for line in pair]
        own = [self.train, self.right["grad_norm"], self.right["lr"], self.smooth, self.validation]
        return [self.guide, self.floor, *behind, *own, *self.dots.values()]

    def _axes(self) -> list[Axis]:
        return [self._x_axes[self.is_log_x], self._y_axes[self.is_log_y], *self._right_axes.values()]

    def set_overlays(self, count: int) -> None:
        """Makes room for so many earlier runs: two lines each, the running mean and the validation."""
        loss = {"x": self._x[self.is_log_x], "y": self._y[self.is_log_y]}
        for number in range(len(self.overlays), count):
            colour, style = OVERLAYS[number % len(OVERLAYS)], DASHES[number // len(OVERLAYS) % len(DASHES)]
            faint = _line(loss, colour, width=1.2, opacity=0.5, line_style=style)
            self.overlays.append((faint, _line(loss, colour, width=2, line_style=style)))
        del self.overlays[count:]
        self.figure.marks = self._marks()

    # -- what to show -------------------------------------------------------------------------------------------------

    def draw(self, mark: Lines | Scatter, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        """Gives a mark its points."""
        if np.array_equal(mark.x, x) and np.array_equal(mark.y, y):
            return
        with mark.hold_sync():  # one message: with x and y apart the browser would draw a half-new curve
            mark.x, mark.y = x, y

    def draw_markers(self, kind: Kind, steps: Sequence[float], losses: Sequence[float], chosen: int | None) -> None:
        """Gives the markers of a kind their places: evaluations at their loss, the others above the drawing.

        Args:
            chosen: Which of them is open, None for none of them.
        """
        rail = self._height_px + _RAIL.get(kind, 0)
        heights = losses if kind == "evaluation" else [rail] * len(steps)
        dots = self.dots[kind]
        self.draw(dots, np.array(steps, dtype=np.float64), np.array(heights, dtype=np.float64))
        before = None if dots.selected is None else int(dots.selected[0])
        if before != chosen:
            dots.selected = None if chosen is None else np.array([chosen], dtype=np.uint32)

    def draw_guide(self, step: float | None) -> None:
        """Draws a line down from a marker that is open."""
        place = [] if step is None else [step, step]
        self.draw(self.guide, np.array(place, dtype=float), np.array([0.0, self._height_px][: len(place)], dtype=float))

    def draw_right(self, name: Right, x: NDArray[np.float64], y: NDArray[np.float64], column: int | None) -> None:
        """Draws learning rate or gradient norm, and its numbers in a column at the right.

        Args:
            column: Which one, 0 next to the drawing; None draws nothing.
        """
        axis = self._right_axes[name]
        self.draw(self.right[name], x, y)
        axis.visible = column is not None
        if column is None:
            return
        top = 0.0
        if len(y):
            # A single peak of the gradient may leave at the top; every learning rate must be read.
            top = float(y.max() if name == "lr" or len(y) < 40 else np.quantile(y, 0.99))
        distance = quarter(top or 1.0)
        self._move(self._right[name], 0.0, distance * 4)
        colour = LEARNING_RATE if name == "lr" else GRADIENT_NORM
        shift = f"translate({column * _COLUMN_PX}px, 0)"
        # The column has the colour of its curve, drawn towards that of the page's own text to be read on any ground.
        style = {"fill": f"color-mix(in srgb, {colour} 55%, var(--slm-text))", "transform": shift}
        with axis.hold_sync():
            axis.tick_values = np.arange(1, 5) * distance  # all columns have their numbers at the same heights
            axis.tick_format = "~g" if 0.01 <= distance < 10_000 else ".2~e"
            axis.tick_style = style

    def set_columns(self, count: int) -> None:
        """Makes room at the right for so many columns of numbers."""
        right = _MARGIN["right"] + (0 if count == 0 else 18 + (count - 1) * _COLUMN_PX)
        if self.figure.fig_margin["right"] != right:
            self.figure.fig_margin = {**_MARGIN, "right": right}

    # -- where to look ------------------------------------------------------------------------------------------------

    def look_at(self, x: Range, y: Range, is_free: bool) -> None:
        """Moves the drawing to a range of steps and a range of losses.

        Args:
            is_free: Whether the page may move it by itself: it then writes numbers of its own at the axes.
        """
        self._move(self._x[self.is_log_x], *x)
        self._move(self._y[self.is_log_y], *y)
        _write_numbers(self._x_axes[self.is_log_x], x, self.is_log_x, is_free, are_whole=True)
        _write_numbers(self._y_axes[self.is_log_y], y, self.is_log_y, is_free)

    def seen(self) -> tuple[Range, Range]:
        """Where the drawing is now: a range of steps and a range of losses."""
        x, y = self._x[self.is_log_x], self._y[self.is_log_y]
        return (x.min, x.max), (y.min, y.max)

    def set_log(self, *, x: bool, y: bool) -> None:
        """Chooses logarithmic axes, or linear ones."""
        before = self._x[self.is_log_x], self._y[self.is_log_y]
        self.is_log_x, self.is_log_y = x, y
        for dots in self.dots.values():
            dots.selected = None
        after = dict(zip(before, (self._x[x], self._y[y]), strict=True))
        for mark in self._marks():
            if isinstance(mark, Lines | Scatter):
                self.draw(mark, _NOTHING, _NOTHING)  # there is no place for a 0 on a logarithmic axis
            mark.scales = {name: after.get(scale, scale) for name, scale in mark.scales.items()}
        self.figure.axes = self._axes()
        if self.figure.interaction is not None:
            self.let_mouse_move(True)

    def let_mouse_move(self, is_on: bool) -> None:
        """Lets the mouse drag the drawing and its wheel zoom, or not."""
        self.figure.interaction = self._pan_zoom[self.is_log_x, self.is_log_y] if is_on else None

    def label(self, x: str, y: str) -> None:
        """Names the axes."""
        for axes, words in ((self._x_axes, x), (self._y_axes, y)):
            for axis in axes.values():
                axis.label = words

    def _move(self, scale: LinearScale | LogScale, low: float, high: float) -> None:
        if (scale.min, scale.max) == (low, high):
            return
        self._is_moving = True
        try:
            with scale.hold_sync():
                scale.min, scale.max = low, high
        finally:
            self._is_moving = False


def _clicked(kind: Kind, tell: Callable[[Kind, int], object]) -> Callable[[Any, dict[str, Any]], None]:
    # By its step and not by its number: others may have come since the page drew it.
    def clicked(_: Any, content: dict[str, Any]) -> None:
        tell(kind, round(content["data"]["x"]))

    return clicked


def _scale(sort: type[Any], low: float = 0, high: float = 1) -> Any:
    return sort(min=float(low), max=float(high), allow_padding=False)


def _line(scales: dict[str, Any], colour: str, width: float, opacity: float = 1.0, **further: Any) -> Lines:
    return Lines(
        x=_NOTHING, y=_NOTHING, scales=scales, colors=[colour], opacities=[opacity], stroke_width=width, **further
    )


def _write_numbers(axis: Axis, seen: Range, is_log: bool, is_free: bool, are_whole: bool = False) -> None:
    ticks = log_ticks(*seen) if is_log else round_ticks(*seen)
    if are_whole:
        ticks = ticks[ticks == ticks.round()]  # there is no half step
    if is_free:
        ticks = _NOTHING  # the page chooses, or its numbers would stay behind while the mouse drags the drawing
    form = _STEPS if are_whole else _LOSSES
    if not is_free and not is_log and not are_whole and len(ticks) > 1:
        form = loss_format(ticks)
    with axis.hold_sync():
        axis.tick_values, axis.tick_format = ticks, form


def loss_format(ticks: NDArray[np.floating]) -> str:
    """How d3 writes these numbers, so that they differ and have room at the left: 2.5, and 1.25M once a loss explodes."""
    highest, distance = float(np.abs(ticks).max()), float(ticks[1] - ticks[0])
    if highest < 10_000:
        return f".{max(1, math.ceil(-math.log10(distance) - 1e-9))}f"
    digits = max(1, math.ceil(math.log10(highest / distance)) + 1)
    return f".{digits}~s" if highest < 1e15 and digits <= 6 else f".{min(digits, 4) - 1}~e"
