"""The loss while it falls."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import ipywidgets
import traitlets

from slm_widgets.language import LANGUAGES, say, use_language
from slm_widgets.language import language as current_language
from slm_widgets.training import CheckpointSaved, Event, Sample
from slm_widgets.widgets.figure.content import Content, key
from slm_widgets.widgets.figure.curve import KEPT
from slm_widgets.widgets.figure.details import Details
from slm_widgets.widgets.figure.legend import Legend
from slm_widgets.widgets.figure.markers import KINDS, Kind
from slm_widgets.widgets.figure.painting import paint
from slm_widgets.widgets.figure.plot import Plot
from slm_widgets.widgets.figure.repaint import Repaint
from slm_widgets.widgets.figure.rules import RULES
from slm_widgets.widgets.figure.run_curves import RunCurves
from slm_widgets.widgets.figure.tools import Tools
from slm_widgets.widgets.figure.view import View
from slm_widgets.widgets.style import style_sheet


class LiveFigure(ipywidgets.VBox):
    """Draws a training while it goes on: the loss of each step and their running mean, the validation, the entropy floor;
    on a second axis the learning rate and the gradient norm; and a marker for each evaluation, checkpoint and sample.

    A click on an entry of the legend hides or shows it, a click on a marker opens it below. The drawing can be zoomed and
    moved; it stays there while new points come, and shows more of them the closer one looks. Whatever the length of the
    training, it keeps and sends a bounded number of points.

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
        height_px: int = 300,
    ) -> None:
        # The thread that trains, the main loop and a subshell may all have something to draw.
        self._lock = threading.RLock()
        self._repaint = Repaint(self._redraw)
        self._overlays: dict[str, RunCurves] = {}
        self._view = View()
        self._begin(entropy_floor, max_steps)
        self._legend = Legend(self._redraw, hidden=("grad_norm",))
        self._tools = Tools(self._press, self._switch)
        self._details = Details(self._close_marker)
        self._plot = Plot(height_px, self._follow_page, self.open_marker)
        self.figure = self._plot.figure
        super().__init__(
            [style_sheet(), style_sheet(RULES), self._legend, self._tools, self.figure, self._details],
            layout=ipywidgets.Layout(width="100%"),
        )
        self.add_class("slm")
        with use_language(language):
            self.language = current_language()
        self.observe(lambda change: self._speak(), "language")
        self._speak()

    @property
    def _raw_line(self) -> Any:
        return self._plot.train

    @property
    def _validation_line(self) -> Any:
        return self._plot.validation

    # -- what to draw -------------------------------------------------------------------------------------------------

    def start(self, entropy_floor: float | None = None, max_steps: int | None = None) -> None:
        """Begins a new, empty drawing. Earlier runs that were laid over it stay."""
        with self._lock:
            self._begin(entropy_floor, max_steps)
            self._redraw()

    def _begin(self, entropy_floor: float | None, max_steps: int | None, steps: int | None = None) -> None:
        """Empties the drawing; ``steps`` is how long the run is where only its history tells."""
        self._content = Content(entropy_floor, max_steps, self._overlays, RunCurves(max_steps or steps))
        self._view.show_all()

    def show_events(self, events: Sequence[Event]) -> None:
        """Adds what happened in a training, and draws once."""
        with self._lock:
            self._content.curves.hear(events)
            self._content.markers.hear(events)
            self._redraw()

    def show_history(
        self,
        history: Mapping[str, Sequence[float]],
        samples: Sequence[Sample] = (),
        checkpoints: Sequence[CheckpointSaved] = (),
    ) -> None:
        """Draws a whole ``run.history``, in place of what was drawn before.

        Args:
            history: Columns by name; those that an older run does not have are left out of the drawing.
            samples: What the model wrote meanwhile.
            checkpoints: What was kept of it.
        """
        with self._lock:
            self._begin(self._content.floor, self._content.max_steps, len(history.get("step", ())))
            self._content.curves.read(history)
            self._content.markers.read(history)
            self._content.markers.hear([*samples, *checkpoints])
            self._redraw()

    def overlay(self, name: str, history: Mapping[str, Sequence[float]]) -> None:
        """Lays an earlier run over the drawing: its validation and its running mean, in a colour of its own.

        Args:
            name: What the legend calls it; a run of the same name is replaced.
            history: Its columns, as ``run.history`` has them.
        """
        self.overlay_all({name: history})

    def overlay_all(self, histories: Mapping[str, Mapping[str, Sequence[float]]]) -> None:
        """Lays several runs over the drawing, as ``overlay`` does with one; they may still go on."""
        with self._lock:
            for name, history in histories.items():
                self._overlays[name] = RunCurves(len(history.get("step", ())), kept=KEPT // 8)
                self._overlays[name].read(history)
            self._plot.set_overlays(len(self._overlays))
            self._redraw()

    def overlay_events(self, events: Mapping[str, Sequence[Event]]) -> None:
        """Adds what happened in runs that were laid over the drawing, by their names, and draws once."""
        with self._lock:
            for name, happened in events.items():
                self._overlays[name].hear(happened)
            self._redraw()

    def clear_overlays(self) -> None:
        """Takes away all that ``overlay`` has laid over the drawing."""
        with self._lock:
            for name in self._overlays:
                self._legend.forget(key(name))
            self._overlays.clear()
            self._plot.set_overlays(0)
            self._redraw()

    # -- what a person can do -----------------------------------------------------------------------------------------

    def open_marker(self, kind: Kind, step: int) -> None:
        """Shows what is known of a marker, as a click on it does; a second click closes it.

        Args:
            kind: ``"evaluation"``, ``"checkpoint"`` or ``"sample"``.
            step: Where it is. Nothing happens where there is none.
        """
        with self._lock:
            if self._content.markers.get(kind, step) is not None:
                self._content.opened = None if self._content.opened == (kind, step) else (kind, step)
                self._redraw()

    def _close_marker(self) -> None:
        with self._lock:
            self._content.opened = None
            self._redraw()

    def _press(self, name: str) -> None:
        with self._lock:
            if name == "all":
                self._view.show_all()
            elif name in ("previous", "next"):
                self._open_beside(1 if name == "next" else -1)
            else:
                self._view.move(name, self._content.reach)
            self._redraw()

    def _open_beside(self, direction: Literal[1, -1]) -> None:
        content = self._content
        kind, step = content.opened or (None, -1.0 if direction > 0 else content.reach + 1)
        found = content.markers.beside(kind, step, direction)
        if found is not None:
            content.opened = found
            self._view.bring(found[1])

    def _switch(self) -> None:
        with self._lock:
            x, y = self._tools.is_on("log_x"), self._tools.is_on("log_y")
            if (x, y) != (self._plot.is_log_x, self._plot.is_log_y):
                self._plot.set_log(x=x, y=y)
                self._view.set_log(x)
            is_free = self._tools.is_on("mouse")
            if is_free != (self.figure.interaction is not None):
                self._plot.let_mouse_move(is_free)
            self._redraw()

    def _follow_page(self) -> None:
        with self._lock:  # until whoever draws is done: these are the page's numbers, not ours
            self._view.steps, self._view.losses = self._plot.seen()
        self._repaint.soon()

    # -- drawing ------------------------------------------------------------------------------------------------------

    def _redraw(self) -> None:
        with self._lock, use_language(self.language):
            is_free = self._tools.is_on("mouse")
            paint(self._plot, self._content, self._view, self._legend.is_on, is_free=is_free)
            self._details.show(self._content.open_marker)
            self._say()
        self._repaint.done()

    def _speak(self) -> None:
        with self._lock, use_language(self.language):
            self._tools.speak()
            self._details.speak()
            self._redraw()

    def _say(self) -> None:
        is_part = not self._view.is_whole
        has_markers = any(self._content.markers.count(kind) for kind in KINDS)
        self._tools.allow(all=is_part, out=is_part, left=is_part, right=is_part)
        self._tools.allow(previous=has_markers, next=has_markers)
        self._plot.label(say(en="step", ko="스텝"), say(en="loss (nats per token)", ko="손실 (토큰당 나트)"))
        self._legend.show(self._content.entries())
