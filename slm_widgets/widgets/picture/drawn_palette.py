"""The palette with what only a drawing needs: a colour for each layer type, and which of its references are wires."""

from __future__ import annotations

from typing import Any

from slm_widgets.layers import Layer, layer_types, palette
from slm_widgets.widgets.picture.colours import colour_of


def drawn_palette() -> list[dict[str, Any]]:
    """The palette in the current language, each entry with ``colour`` and ``readsTokens`` (it can only stand where token ids flow:
    first), each reference among its fields with ``flows``."""
    types = layer_types()
    return [_drawn(entry, types[entry["type"]]) for entry in palette()]


def _drawn(entry: dict[str, Any], layer: type[Layer]) -> dict[str, Any]:
    names = {info.alias or name: name for name, info in layer.model_fields.items()}
    references = {field["name"] for field in entry["fields"] if field["kind"] == "reference"}
    wires = {"input"} | _sources(layer, {names[reference]: reference for reference in references})
    fields = [
        {**field, "flows": field["name"] in wires} if field["name"] in references else field
        for field in entry["fields"]
    ]
    return {
        **entry,
        "fields": fields,
        "colour": colour_of(entry["group"])._asdict(),
        "readsTokens": layer.reads == "tokens",
    }


def _sources(layer: type[Layer], references: dict[str, str]) -> set[str]:
    """Those of a layer's references from which a tensor comes, as from a residual's source; a shared table is no wire.

    Each reference is given its own name to refer to, and the layer is asked what it reads.
    """
    try:
        return set(layer.model_construct(id="", **{**layer.starts_with, **references}).sources())
    except (AttributeError, TypeError):  # it cannot say before all of its fields are set
        return set(references.values())
