"""References between layers: ``"<id>"`` is a layer's output, ``"<id>:in"`` its input."""

from __future__ import annotations

from collections.abc import Collection

INPUT = ":in"


def canonical_reference(text: str, ids: Collection[str]) -> str:
    """Reads ``"<id>-in"`` as ``"<id>:in"``; an id that itself ends so wins over that reading.

    Args:
        text: A reference as a document spells it.
        ids: Every id of the document.
    """
    if text not in ids and text.endswith("-in") and text[:-3] in ids:
        return text[:-3] + INPUT
    return text


def referred_id(reference: str, ids: Collection[str]) -> str:
    """The id of the layer that a canonical reference names."""
    if reference in ids or not reference.endswith(INPUT):
        return reference
    return reference[: -len(INPUT)]
