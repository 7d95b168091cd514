"""One input of a form, made from a field's description (see ``slm_widgets.fields``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import ipywidgets

from slm_widgets.widgets.border import set_tooltip

Description = Mapping[str, Any]

_GROUPED = re.compile(r"[1-9]\d{0,2}(,\d{3})+")  # 10,000


class FormField:
    """An input for one value; numbers are typed as text, so that ``1e-3`` and an empty field are possible.

    What cannot be read as a number is handed on as it was typed: whoever checks the value says what is wrong with it.

    Args:
        description: ``name``, ``kind`` (integer, number, boolean, choice, text) and ``choices``, as ``form_fields`` lists it.
    """

    def __init__(self, description: Description) -> None:
        self.name: str = description["name"]
        self.kind: str = description["kind"]
        self.title = ""
        self.widget = self._make(description)
        self.widget.add_class("slm-field")
        if self.kind == "text":
            self.widget.add_class("slm-wide")

    def _make(self, description: Description) -> Any:
        if self.kind == "boolean":
            return ipywidgets.Checkbox(indent=False)
        if self.kind == "choice":
            return ipywidgets.Dropdown(options=_options(description))
        return ipywidgets.Text(continuous_update=False)

    def speak(self, description: Description, placeholder: str = "") -> None:
        """Says title, help and choices anew, in the language of a description; the value stays."""
        self.title, unit = description["title"], description.get("unit", "")
        self.widget.description = self.title if unit.lower() in self.title.lower() else f"{self.title} ({unit})"
        set_tooltip(self.widget, f"{self.name}: {description['help']}")
        if self.kind == "choice":
            value = self.widget.value
            with self.widget.hold_sync():  # new options choose the first one; the page need not see that
                self.widget.options = _options(description)
                self.widget.value = value
        elif self.kind != "boolean":
            self.widget.placeholder = placeholder

    @property
    def value(self) -> Any:
        """What stands in the input: None where it is empty, and a text where a number was asked for and none was typed."""
        if self.kind in ("boolean", "choice"):
            return self.widget.value
        if self.kind == "text":
            return self.widget.value or None
        return _number(self.widget.value.strip())

    @value.setter
    def value(self, value: Any) -> None:
        if self.kind in ("boolean", "choice"):
            self.widget.value = value
        else:
            self.widget.value = _written(value)


def _number(text: str) -> int | float | str | None:
    if not text:
        return None
    # Much of the world writes 0,001 for 0.001: only what can be nothing but thousands loses its commas.
    plain = text.replace(",", "") if _GROUPED.fullmatch(text) else text
    for read in (int, float):
        try:
            return read(plain)
        except ValueError:
            continue
    return text


def _written(value: Any) -> str:
    """The shortest text that reads as the same value."""
    return "" if value is None else str(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _options(description: Description) -> list[tuple[str, Any]]:
    return [(choice["title"], choice["value"]) for choice in description["choices"]]
