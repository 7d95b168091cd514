"""The colours of layers, one for each group of the palette: the one place for the editor in the page and for ModelGraph."""

from __future__ import annotations

import zlib
from typing import NamedTuple

INK = "#1f2328"
WRONG = "#d64545"
QUIET = "#8a94a0"
"""Lines that can be seen on white and on black."""


class Colour(NamedTuple):
    """One colour twice: as it is seen well on a light page, and on a dark one."""

    light: str
    dark: str


_GROUPS = {
    "embedding": Colour("#3a74d8", "#7aa7f5"),
    "attention": Colour("#d07a1c", "#eca457"),
    "recurrence": Colour("#8a8a24", "#c0c05a"),
    "feedForward": Colour("#2b9a68", "#5fc596"),
    "normalization": Colour("#8b64d0", "#b799ee"),
    "wiring": Colour("#6b7f92", "#9fb0c0"),
    "block": Colour("#1b8ba0", "#5bbccd"),
    "output": Colour("#cc4d78", "#ee8cae"),
}
# For groups that other packages and notebook cells bring.
_SPARE = (Colour("#5a5fd6", "#a0a4f8"), Colour("#a0603c", "#d9a283"), Colour("#a348b0", "#d992e4"))


def colour_of(group: str) -> Colour:
    """The colour of a group; one that we do not know gets one of a few others, always the same."""
    return _GROUPS.get(group) or _SPARE[zlib.crc32(group.encode()) % len(_SPARE)]


def fill_of(group: str) -> tuple[str, str]:
    """The colours of a box, light enough for dark letters, and of its edge; grey for a layer of no known type."""
    edge = colour_of(group).light if group else QUIET
    return _tint(edge, 0.17), edge


def _tint(colour: str, share: float) -> str:
    """Mixes a colour into white."""
    parts = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return "#" + "".join(f"{round(255 + (part - 255) * share):02x}" for part in parts)
