"""What is wrong with a design, and where."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, or worth a warning.

    Args:
        layer_id: The layer, or None for the design as a whole.
        field: The field as the document spells it (``numHeads``), or None.
        severity: ``"error"`` (cannot be built) or ``"warning"``.
        text: The sentence without its place, for someone who sees the place.
        place: The place in words, ``"Layer 2 (mhAttention)"``; empty for the design as a whole.
    """

    layer_id: str | None
    field: str | None
    severity: str
    text: str
    place: str = ""

    @property
    def message(self) -> str:
        """The whole sentence, place first."""
        return f"{self.place}: {self.text}" if self.place else self.text

    def to_json(self) -> dict[str, str | None]:
        """Plain JSON, with ``message`` beside its parts."""
        return {**asdict(self), "message": self.message}
