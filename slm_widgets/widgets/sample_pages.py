"""The texts that a model writes while it learns, the newest at the end."""

from __future__ import annotations

import html
from collections.abc import Sequence

import ipywidgets

from slm_widgets.language import say
from slm_widgets.training import Event, Progress, Sample

# A long training writes thousands; all are in the run's folder.
_KEPT = 40


class SamplePages(ipywidgets.VBox):
    """Shows samples as they come, and the one that is being written as it grows; stays at the newest unless scrolled up.

    What a model writes may look like HTML; it is shown as the characters that it is.
    """

    def __init__(self, height_px: int = 200) -> None:
        self._heading = ipywidgets.HTML()
        self._older, self._growing = ipywidgets.HTML(), ipywidgets.HTML()
        # The style sheet turns this column upside down: a browser keeps such a box scrolled to its end by itself.
        self._pages = ipywidgets.VBox(
            [self._growing, self._older], layout=ipywidgets.Layout(max_height=f"{height_px}px", width="100%")
        )
        self._pages.add_class("slm-pages")
        super().__init__([self._heading, self._pages], layout=ipywidgets.Layout(width="100%"))
        self.start()

    def start(self) -> None:
        """Begins anew."""
        self._samples: dict[int, Sample] = {}
        self._current: Progress | None = None
        self._draw()

    def hear(self, events: Sequence[Event]) -> None:
        """Takes note of the samples, finished and growing, among some events."""
        finished, current = len(self._samples), self._current
        for event in events:
            if isinstance(event, Sample):
                self._samples[event.step] = event  # by step: one may be heard of twice
                self._current = None
            elif isinstance(event, Progress) and event.activity == "sampling" and event.step not in self._samples:
                self._current = event
        if len(self._samples) != finished:
            self._draw()
        elif self._current is not current:
            self._draw_growing()

    def speak(self) -> None:
        """Says every heading anew in the current language."""
        self._draw()

    @property
    def text(self) -> str:
        """Everything that is shown, as plain text."""
        return "\n\n".join(f"{_title(s.step)}\n{s.prompt}{s.text}" for s in self._samples.values())

    def _draw(self) -> None:
        words = say(
            en="What the model writes (grey: the beginning it was given)", ko="모델이 쓴 글 (회색: 주어진 첫머리)"
        )
        self._heading.value = f'<div class="slm-heading">{words}</div>'
        newest = list(self._samples.values())[-_KEPT:]
        self._older.value = "".join(_page(s.step, s.prompt, s.text) for s in newest)
        self._draw_growing()
        self.layout.display = None if newest or self._current else "none"

    def _draw_growing(self) -> None:
        growing = self._current
        self._growing.value = "" if growing is None else _page(growing.step, "", growing.text + "▏")
        if growing is not None:
            self.layout.display = None


def _title(step: int) -> str:
    return say(en=f"step {step:,}:", ko=f"{step:,}스텝:")


def _page(step: int, prompt: str, text: str) -> str:
    return f'<div class="slm-page"><h4>{_title(step)}</h4><em>{html.escape(prompt)}</em>{html.escape(text)}</div>'
