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


def reference_inside(
    reference: str, block_id: str, inside: Collection[str], before: Collection[str], ids: Collection[str]
) -> str:
    """What a residual in a block of an older dialect means: one that points out of its block, that block's input.

    Args:
        reference: In canonical form.
        block_id: The nearest block round the residual.
        inside: The ids in that block.
        before: Every id above the residual, those of the blocks round it too.
        ids: Every id of the document.
    """
    target = referred_id(reference, ids)
    # What comes later or is not there at all is no way out of the block but a mistake, which stays one.
    return block_id + INPUT if target in before and target not in inside else reference
