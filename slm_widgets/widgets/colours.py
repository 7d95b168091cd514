"""The colours of layers, one for each group of the palette: light boxes with dark letters, readable on white and on black."""

from __future__ import annotations

INK = "#1f2328"
WRONG = "#d64545"
_UNKNOWN = ("#eceff2", "#8a94a0")

# (fill, edge)
FILLS = {
    "embedding": ("#dcebfa", "#4a90d9"),
    "attention": ("#fdebd3", "#e08a1e"),
    "feedForward": ("#dff3e4", "#3c9f5f"),
    "normalization": ("#f0e6fa", "#9261c4"),
    "wiring": ("#eceff2", "#7d8894"),
    "block": ("#e4e8f7", "#6478c8"),
    "output": ("#fadfe3", "#cc5568"),
}


def fill_of(group: str) -> tuple[str, str]:
    """The colours of a box and of its edge."""
    return FILLS.get(group, _UNKNOWN)
