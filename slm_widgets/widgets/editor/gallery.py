"""The presets as cards to choose from: name, size, purpose, and a sketch of a few bars."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from slm_widgets.stack import Node, preset, presets
from slm_widgets.widgets.picture.colours import colour_of

MAX_BARS = 40
"""More bars than these are no sketch any more."""


def gallery() -> list[dict[str, Any]]:
    """Lists the presets in the current language, first those to train here.

    Returns:
        For each: ``name``, ``parameters``, ``purpose``, ``published`` (whether it is one to read rather than to train),
        ``sibling`` (the small design of the same shape, or None) and ``sketch``: its layers from top to bottom, each with
        ``colour``, ``depth`` and ``repeats`` (how often a block does; None for a layer).
    """
    return [
        {
            "name": info.name,
            "parameters": info.parameters,
            "purpose": info.purpose,
            "published": info.sibling is not None,
            "sibling": info.sibling,
            "sketch": _sketch(info.name),
        }
        for info in presets()
    ]


@cache
def _sketch(name: str) -> list[dict[str, Any]]:
    return [bar for node in preset(name).nodes for bar in _bars(node, 0)][:MAX_BARS]


def _bars(node: Node, depth: int) -> Iterator[dict[str, Any]]:
    layer = node.layer
    repeats = getattr(layer, "num_of_blocks", 1) if layer.container else None
    yield {"colour": colour_of(layer.group)._asdict(), "depth": depth, "repeats": repeats}
    for child in node.children:
        yield from _bars(child, depth + 1)
