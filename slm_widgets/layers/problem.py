"""What is wrong with a design, and where."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, or worth a warning.

    Args:
        layer_id: The layer, or None for the design as a whole.
        field: The field as the document spells it (``numHeads``), or None.
        severity: ``"error"`` (cannot be built) or ``"warning"``.
        text: The sentence without its place, for someone who sees the place.
        place: The place in words, ``"Layer 2 (mhAttention)"``; empty for the design as a whole.
        mend: Where there is one obvious way to put it right, the fields of the layer to set, as a document spells them; None takes a
            field out.
        mend_title: What that does, in the chosen language, for a button: "Set the kind to Gated".
    """

    layer_id: str | None
    field: str | None
    severity: str
    text: str
    place: str = ""
    mend: Mapping[str, Any] | None = dataclasses.field(default=None, hash=False)
    mend_title: str = ""

    @property
    def message(self) -> str:
        """The whole sentence, place first."""
        return f"{self.place}: {self.text}" if self.place else self.text

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, with ``message`` beside its parts."""
        return {**asdict(self), "message": self.message}
