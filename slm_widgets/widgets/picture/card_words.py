"""The few words on a card about a layer's settings; what the palette says of its type decides which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_FEW = 1
_HUGE = 1e18


def has_few_settings(entry: Mapping[str, Any]) -> bool:
    """Whether a layer of a type has so little to say that all of it may go on one line."""
    fields = [field for field in entry.get("fields", []) if field["name"] != "label" and field["kind"] != "reference"]
    return len(fields) <= _FEW


def summary(entry: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """A layer's own values in a few words, in the order of its form: "Heads 4 · Dropout 0.1", as on the editor's cards.

    Values that say nothing new are left out; only the first choice of a form is always told, because it is what kind of layer
    this is. "← norm" comes first where it reads from elsewhere.
    """
    fields = [field for field in entry.get("fields", []) if field["name"] not in ("label", "input")]
    words = [_value(field, data.get(field["name"]), number == 0) for number, field in enumerate(fields)]
    reads = data.get("input")
    return " · ".join([*([f"← {_short(reads)}"] if reads else []), *list(filter(None, words))[:3]])


def _value(field: Mapping[str, Any], held: Any, is_first: bool) -> str:
    if field["kind"] == "choice":
        held = field["default"] if held is None and is_first else held
        titles = (str(choice["title"]) for choice in field["choices"] if choice["value"] == held)
        return "" if held is None else next(titles, _short(held))
    if held is None or held is False or held == "" or held == field["default"]:
        return ""
    if field["kind"] == "reference" and field.get("flows", True):
        return f"← {_short(held)}"
    if field["kind"] in ("boolean", "group"):
        return str(field["title"])
    return f"{field['title']} {number_words(held)}"


def number_words(held: Any) -> str:
    """12,345; anything else as its text, shortened."""
    is_number = isinstance(held, int | float) and not isinstance(held, bool)
    if not is_number or not abs(held) < _HUGE:
        return _short(held)
    return f"{held:,}" if isinstance(held, int) else f"{held:,.6f}".rstrip("0").rstrip(".")


def _short(held: Any) -> str:
    try:
        text = str(held)
    except (ValueError, RecursionError):  # a whole number of thousands of digits
        return "…"
    return text if len(text) <= 40 else text[:39] + "…"
