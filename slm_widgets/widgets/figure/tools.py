"""The buttons of the figure: where to look, on what kind of axis, and from marker to marker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets

from slm_widgets.language import Text
from slm_widgets.widgets.border import set_tooltip

_WORDS = {
    "all": (Text(en="All", ko="전체"), Text(en="Show the whole training", ko="학습 전체 보기")),
    "in": (Text(en="+"), Text(en="Zoom in", ko="확대")),
    "out": (Text(en="−"), Text(en="Zoom out", ko="축소")),
    "left": (Text(en="←"), Text(en="Look at earlier steps", ko="앞쪽 스텝 보기")),
    "right": (Text(en="→"), Text(en="Look at later steps", ko="뒤쪽 스텝 보기")),
    "mouse": (
        Text(en="Drag", ko="끌기"),
        Text(en="Drag the drawing with the mouse, zoom with its wheel", ko="마우스로 끌어 옮기고 휠로 확대하기"),
    ),
    "log_y": (
        Text(en="log loss", ko="손실 로그"),
        Text(en="Logarithmic axis for the loss", ko="손실 축을 로그 눈금으로"),
    ),
    "log_x": (
        Text(en="log steps", ko="스텝 로그"),
        Text(en="Logarithmic axis for the steps", ko="스텝 축을 로그 눈금으로"),
    ),
    "previous": (
        Text(en="◂ marker", ko="◂ 표시"),
        Text(en="Open the evaluation, checkpoint or sample before", ko="앞에 있는 평가, 체크포인트 또는 예문 열기"),
    ),
    "next": (
        Text(en="marker ▸", ko="표시 ▸"),
        Text(en="Open the next evaluation, checkpoint or sample", ko="다음 평가, 체크포인트 또는 예문 열기"),
    ),
}
_SWITCHES = ("mouse", "log_y", "log_x")


class Tools(ipywidgets.HBox):
    """A row of small buttons; those that switch something stay down.

    Args:
        on_press: Called with the name of a button that was pressed: all, in, out, left, right, previous, next.
        on_switch: Called after one was switched: mouse, log_y, log_x.
    """

    def __init__(self, on_press: Callable[[str], object], on_switch: Callable[[], object]) -> None:
        self.buttons: dict[str, Any] = {}  # ipywidgets' Button or ToggleButton
        for name in _WORDS:
            if name in _SWITCHES:
                button = ipywidgets.ToggleButton()
                button.observe(lambda _: on_switch(), "value")
            else:
                button = ipywidgets.Button()
                button.on_click(lambda _, name=name: on_press(name))
            button.add_class("slm-tool")
            self.buttons[name] = button
        super().__init__(list(self.buttons.values()))
        self.add_class("slm-tools")

    def is_on(self, name: str) -> bool:
        """Whether a switch is on."""
        return bool(self.buttons[name].value)

    def speak(self) -> None:
        """Says every button anew in the current language."""
        for name, (words, help_text) in _WORDS.items():
            self.buttons[name].description = str(words)
            set_tooltip(self.buttons[name], str(help_text))

    def allow(self, **names: bool) -> None:
        """Lets buttons be pressed, or not."""
        for name, is_allowed in names.items():
            if self.buttons[name].disabled == is_allowed:
                self.buttons[name].disabled = not is_allowed
