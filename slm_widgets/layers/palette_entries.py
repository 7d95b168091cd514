"""The palette: all that a page shows of the layer types."""

from __future__ import annotations

from typing import Any

from slm_widgets.fields import form_fields
from slm_widgets.language import use_language
from slm_widgets.layers.formula import formula_entries
from slm_widgets.layers.layer import GROUPS, Layer, layer_types

_LAST = ("input", "label")  # what every layer has comes last in a form: it matters least


def palette(language: str | None = None) -> list[dict[str, Any]]:
    """All layer types as the editor shows them: titles, help and forms in one language, and the node a drop inserts."""
    with use_language(language):
        return [_entry(layer) for layer in layer_types().values()]


def _entry(layer: type[Layer]) -> dict[str, Any]:
    fields = form_fields(layer)
    fields.sort(key=lambda field: _LAST.index(field["name"]) + 1 if field["name"] in _LAST else 0)
    node: dict[str, Any] = {"type": layer.type, "data": dict(layer.starts_with)}
    if layer.container:
        node["children"] = []
    return {
        "type": layer.type,
        "title": str(layer.title),
        "group": layer.group,
        "groupTitle": str(GROUPS.get(layer.group, layer.group)),
        "summary": str(layer.summary),
        "help": str(layer.help),
        "formulas": formula_entries(layer.formula),
        "letters": str(layer.letters),
        "papers": [paper.to_json() for paper in layer.papers],
        "container": layer.container,
        "newNode": node,
        "fields": fields,
    }
