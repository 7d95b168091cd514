"""The difference of two designs: which layers are the same, changed, only in one of them, or somewhere else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from slm_widgets.errors import LayerStackError
from slm_widgets.language import say
from slm_widgets.stack.check import Examined, examine
from slm_widgets.stack.describe import report
from slm_widgets.stack.difference.changes import Change, changes
from slm_widgets.stack.difference.layer_difference import LayerDifference, layer_lines, with_their_block
from slm_widgets.stack.difference.members import read_members
from slm_widgets.stack.difference.pairing import Pairing
from slm_widgets.stack.difference.words import total_words
from slm_widgets.stack.presets import preset


@dataclass(frozen=True)
class Difference:
    """What differs between two designs. It is true if anything does, and prints as one line for each.

    Args:
        names: What the designs are called.
        layers: All layers of both, in reading order, those that are the same too.
        totals: What differs of the designs as wholes: ``parameters``, ``contextLength``, ``vocabSize``, ``output``; None for
            what a mistake hides.
    """

    names: tuple[str, str]
    layers: tuple[LayerDifference, ...]
    totals: tuple[Change, ...]

    def of_kind(self, *kinds: str) -> tuple[LayerDifference, ...]:
        """The layers of some kinds (see ``LayerDifference``)."""
        return tuple(layer for layer in self.layers if layer.kind in kinds)

    @property
    def differing(self) -> tuple[LayerDifference, ...]:
        """The layers that are not the same in both."""
        return tuple(layer for layer in self.layers if layer.kind != "same")

    def mirrored(self) -> Difference:
        """The same the other way round."""
        turned = tuple(layer.mirrored() for layer in self.layers)
        return Difference((self.names[1], self.names[0]), turned, tuple(total.mirrored() for total in self.totals))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON for a page, with its sentences in the chosen language.

        A layer is ``part`` where it comes or goes with the block round it.
        """
        parts = with_their_block(self.layers)
        return {
            "names": list(self.names),
            "layers": [layer.to_json() | ({"part": True} if layer.at in parts else {}) for layer in self.layers],
            "totals": [{**vars(total), "words": total_words(total)} for total in self.totals],
        }

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """A notebook shows the sentences."""
        printer.text(str(self))

    def __bool__(self) -> bool:
        return bool(self.differing or self.totals)

    def __str__(self) -> str:
        if not self:
            return say(en="The two designs are the same.", ko="두 설계는 같습니다.")
        heading = " → ".join(self.names)
        return "\n".join([heading, *layer_lines(self.layers), *map(total_words, self.totals)])


def difference(a: Any, b: Any, vocab_size: int | None = None) -> Difference:
    """Tells what differs between two designs, half-finished ones too.

    Layers answer to each other by their place, id and type; ids alone make no difference, nor does a value that is said in
    one design and the default in the other. Each design's config counts only by what it does to the layers and totals.

    Args:
        a: A design as ``parse_stack`` takes it, or the name of a preset.
        b: Another.
        vocab_size: For designs that leave the vocabulary to the tokenizer.

    Raises:
        LayerStackError: for a source that is no design at all, or an unknown preset.
    """
    first, second = _examined(a, vocab_size), _examined(b, vocab_size)
    pairing = Pairing(read_members(first), read_members(second))
    layers = []
    for x, y in pairing.rows():
        found = () if x is None or y is None else tuple(changes(x, y, pairing.partner))
        kind = "added" if x is None else "removed" if y is None else "moved" if y in pairing.moved else "changed"
        layers.append(LayerDifference(kind if kind != "changed" or found else "same", x and x.at, y and y.at, found))
    return Difference((_name(first), _name(second)), tuple(layers), tuple(_totals(first, second)))


def _examined(source: Any, vocab_size: int | None) -> Examined:
    if isinstance(source, Examined):  # somebody looked at it already
        return source
    examined = examine(preset(source) if _names_preset(source) else source, vocab_size)
    if examined.refused:
        raise LayerStackError([problem for problem in examined.problems if problem.severity == "error"])
    return examined


def _names_preset(source: Any) -> bool:
    if not isinstance(source, str) or source.lstrip()[:1] in ("", "[", "{"):
        return False
    return not (source.endswith(".json") or os.sep in source or os.path.lexists(source))


def _name(examined: Examined) -> str:
    return str(examined.config.get("name") or say(en="unnamed", ko="이름 없음"))


def _totals(first: Examined, second: Examined) -> Iterator[Change]:
    before, after = _facts(first), _facts(second)
    return (Change(name, before[name], after[name]) for name in before if before[name] != after[name])


def _facts(examined: Examined) -> dict[str, Any]:
    found = examined.trace
    _, out = found.flows.get(examined.drafts[-1].id, (None, None)) if examined.drafts else (None, None)
    return {
        "parameters": report(examined).parameters if examined.ok else None,
        "contextLength": found.context_length,
        "vocabSize": found.vocab_size,
        "output": out and out.shape,
    }
