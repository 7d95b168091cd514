"""A difference in sentences, in the chosen language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from slm_widgets.fields import form_fields
from slm_widgets.language import Text, say
from slm_widgets.layers import layer_types
from slm_widgets.stack.difference.changes import TYPE, Change

LONGEST = 40

SIGNS = {"same": "=", "changed": "~", "removed": "−", "added": "+", "moved": "⇅"}

TOTALS = {
    "parameters": Text(en="Parameters", ko="파라미터"),
    "contextLength": Text(en="Context length", ko="문맥 길이"),
    "vocabSize": Text(en="Vocabulary", ko="어휘 크기"),
    "output": Text(en="Output", ko="출력"),
}


_AUTOMATIC = Text(en="(automatic)", ko="(자동)")
_NONE = Text(en="(none)", ko="(없음)")
_OPEN = {"input": Text(en="(the layer before)", ko="(바로 앞 레이어)")}
_OPTIONAL = ("reference", "text", "group")


def change_words(change: Change, *types: str) -> str:
    """One change of a layer: ``"Kind LayerNorm → RMSNorm"``.

    Args:
        change: What changed.
        *types: The layer types that may know the field.
    """
    if change.field == TYPE:
        return say(en="Layer", ko="레이어") + f" {type_title(change.before)} → {type_title(change.after)}"
    known: dict[str, dict[str, Any]] = {}
    for model in (layer_types().get(name) for name in types):
        known = _by_name(form_fields(model), "") | known if model is not None else known
    field = known.get(change.field, {})
    title = field.get("title", change.field)
    return f"{title} {value_words(change.before, field)} → {value_words(change.after, field)}"


def total_words(change: Change) -> str:
    """One change of the design as a whole."""
    before, after = ("–" if value is None else value_words(value) for value in (change.before, change.after))
    return f"{TOTALS[change.field]} {before} → {after}"


def type_title(name: str) -> str:
    """What people call a layer type; an unknown one by its bare name."""
    model = layer_types().get(name)
    return name if model is None else str(model.title)


def value_words(value: Any, field: Mapping[str, Any] | None = None) -> str:
    """A value as a form shows it."""
    for choice in (field or {}).get("choices", ()):
        if choice["value"] == value:
            return choice["title"]
    kind = (field or {}).get("kind")
    if value is None:
        return str(_OPEN.get((field or {}).get("name", ""), _NONE if kind in _OPTIONAL else _AUTOMATIC))
    if isinstance(value, bool):
        return say(en="yes", ko="예") if value else say(en="no", ko="아니요")
    if isinstance(value, int | float):
        return f"{value:,g}" if isinstance(value, float) and not value.is_integer() else f"{int(value):,}"
    if isinstance(value, list | tuple):
        return " × ".join(map(value_words, value))
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if kind == "group" and isinstance(value, dict) and value:
        titles = {inner["name"]: inner["title"] for inner in (field or {}).get("fields", ())}
        first = next(iter(value))
        text = f"{titles.get(first, first)} {value_words(value[first])}" + (", …" if len(value) > 1 else "")
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _by_name(fields: list[dict[str, Any]], group: str) -> dict[str, dict[str, Any]]:
    named = {group + field["name"]: field for field in fields}
    for field in fields:
        named |= _by_name(field.get("fields", []), f"{group}{field['name']}.")
    return named
