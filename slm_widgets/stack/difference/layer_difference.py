"""What became of one layer from one design to the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from slm_widgets.language import say
from slm_widgets.stack.difference.changes import Change
from slm_widgets.stack.difference.members import LayerAt
from slm_widgets.stack.difference.words import SIGNS, change_words, type_title

_MIRRORED = {"removed": "added", "added": "removed"}


@dataclass(frozen=True)
class LayerDifference:
    """One layer of either design, or one of each that answer to each other.

    Args:
        kind: ``"same"``, ``"changed"``, ``"removed"`` (only in the first design), ``"added"`` (only in the second), or
            ``"moved"`` (and perhaps changed as well).
        a: The layer in the first design.
        b: The layer in the second.
        changes: The fields that differ; a changed type is the field ``"type"``.
    """

    kind: str
    a: LayerAt | None
    b: LayerAt | None
    changes: tuple[Change, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The changes in the chosen language: ``("Kind LayerNorm → RMSNorm",)``."""
        types = [at.type for at in (self.a, self.b) if at is not None]
        return tuple(change_words(change, *types) for change in self.changes)

    def mirrored(self) -> LayerDifference:
        """The same the other way round."""
        turned = tuple(change.mirrored() for change in self.changes)
        return LayerDifference(_MIRRORED.get(self.kind, self.kind), self.b, self.a, turned)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, with its sentences in the chosen language."""
        return {
            "kind": self.kind,
            "a": self.a and self.a.key,
            "b": self.b and self.b.key,
            **({"words": list(self.words)} if self.changes else {}),
        }

    @property
    def at(self) -> LayerAt:
        """Where it stands: in the second design if it is there."""
        at = self.b or self.a
        assert at is not None
        return at

    def __str__(self) -> str:
        moved = [say(en="moved", ko="옮김")] if self.kind == "moved" else []
        said = "; ".join([*moved, *self.words]) or type_title(self.at.type)
        return f"{SIGNS[self.kind]} {self.at.id}: {said}"


def with_their_block(layers: Sequence[LayerDifference]) -> set[LayerAt]:
    """Where those layers stand that come or go with the block round them, which says it all."""
    whole = {(layer.kind, layer.at.path) for layer in layers if layer.kind in _MIRRORED}
    return {layer.at for layer in layers if layer.kind in _MIRRORED and (layer.kind, layer.at.path[:-1]) in whole}


def layer_lines(layers: Sequence[LayerDifference]) -> Iterator[str]:
    """One line for each layer that differs, under the blocks round it; what comes or goes with its block is left out."""
    parts = with_their_block(layers)
    told = [layer for layer in layers if layer.kind != "same" and layer.at not in parts]
    around = {(layer.b is None, layer.at.path[:depth]) for layer in told for depth in range(1, len(layer.at.path))}
    for layer in layers:
        sides = ((side is layer.a, side.path) for side in (layer.a, layer.b) if side is not None)
        if layer.at not in parts and (layer.kind != "same" or any(side in around for side in sides)):
            yield "  " * len(layer.at.path) + str(layer)
