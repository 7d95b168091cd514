"""How a text is to be written: length, temperature, top-k, top-p, seed."""

from __future__ import annotations

import math
from typing import Any

import ipywidgets

from slm_widgets.errors import GenerationError
from slm_widgets.language import Text, say
from slm_widgets.widgets.form_field import Description, FormField

_FIELDS: list[tuple[str, str, Any, Text, Text, Text]] = [
    (
        *("max_new_tokens", "integer", 200),
        Text(en="Length (tokens)", ko="길이 (토큰)"),
        Text(en="How many tokens to write.", ko="몇 토큰을 쓸지 정합니다."),
        Text(en="", ko=""),
    ),
    (
        *("temperature", "number", 0.8),
        Text(en="Temperature", ko="온도"),
        Text(
            en="0 always takes the likeliest token, 1 draws as the model says, above it gets wilder.",
            ko="0이면 늘 가장 그럴듯한 토큰을 고르고, 1이면 모델이 말한 확률대로 뽑으며, 더 크면 더 제멋대로입니다.",
        ),
        Text(en="", ko=""),
    ),
    (
        *("top_k", "integer", None),
        Text(en="Top-k", ko="Top-k"),
        Text(en="Draw among the k likeliest tokens only.", ko="가장 그럴듯한 k개 중에서만 뽑습니다."),
        Text(en="all tokens", ko="모든 토큰"),
    ),
    (
        *("top_p", "number", None),
        Text(en="Top-p", ko="Top-p"),
        Text(
            en="Draw among the likeliest tokens that together have this probability, for example 0.9.",
            ko="확률을 더해 이 값이 될 때까지의 그럴듯한 토큰 중에서만 뽑습니다. 예: 0.9.",
        ),
        Text(en="all tokens", ko="모든 토큰"),
    ),
    (
        *("seed", "integer", None),
        Text(en="Seed", ko="시드"),
        Text(en="The same seed writes the same text.", ko="시드가 같으면 같은 글을 씁니다."),
        Text(en="new each time", ko="매번 새로"),
    ),
]
_MAY_BE_EMPTY = ("top_k", "top_p", "seed")


class WritingForm:
    """The inputs; ``row`` is the widget to put somewhere."""

    def __init__(self) -> None:
        self._inputs: dict[str, FormField] = {}
        for name, kind, default, *_ in _FIELDS:
            self._inputs[name] = FormField({"name": name, "kind": kind})
            self._inputs[name].value = default
        self.row = ipywidgets.HBox([one.widget for one in self._inputs.values()])
        self.row.add_class("slm-row")

    def speak(self) -> None:
        """Says every label anew in the current language."""
        for name, kind, _, title, help_text, empty in _FIELDS:
            description: Description = {"name": name, "kind": kind, "title": str(title), "help": str(help_text)}
            self._inputs[name].speak(description, str(empty))

    def values(self) -> dict[str, Any]:
        """The settings as ``stream`` takes them; its own ranges are checked there.

        Raises:
            GenerationError: for what is no number, or no whole one where that is needed.
        """
        return {name: self._read(one) for name, one in self._inputs.items()}

    def __getitem__(self, name: str) -> FormField:
        return self._inputs[name]

    def _read(self, one: FormField) -> Any:
        value = one.value
        if isinstance(value, float) and one.kind == "integer" and value.is_integer():
            value = int(value)
        is_number = isinstance(value, int) or (
            isinstance(value, float) and one.kind == "number" and math.isfinite(value)
        )
        if is_number or (value is None and one.name in _MAY_BE_EMPTY):
            return value
        title = one.widget.description
        raise GenerationError(
            say(
                en=f"{title} is {one.widget.value!r}, but it must be a {'whole ' if one.kind == 'integer' else ''}number"
                + (", or left empty." if one.name in _MAY_BE_EMPTY else "."),
                ko=f"{title} 값이 {one.widget.value!r}인데, {'정수' if one.kind == 'integer' else '수'}여야 합니다"
                + (" (비워 두어도 됩니다)." if one.name in _MAY_BE_EMPTY else "."),
            ),
            field=one.name,
        )
