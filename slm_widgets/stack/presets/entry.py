"""A preset before anyone asked for it: what it is for, and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from slm_widgets.language import Text
from slm_widgets.stack.presets.parts import Json


@dataclass(frozen=True)
class Entry:
    """A preset of one family.

    Args:
        purpose: What it is for, in a line.
        draw: Makes its document.
        sibling: The small design of the same shape, of a published one; None for a small one.
    """

    purpose: Text
    draw: Callable[[], Json]
    sibling: str | None = None
