"""Drawing a decoder: from the layers of one list to blocks that repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from slm_widgets.stack.presets.parts import Json, attend_and_feed, dropout_if, node, repeat

T = TypeVar("T")


@dataclass(frozen=True)
class Drawing:
    """What a checkpoint's settings say, in our words.

    Args:
        vocab_size: V.
        width: C.
        context_length: The longest text in tokens.
        pos_type: ``"learned"`` or ``"rotary"``.
        norm: The fields of the norms.
        attentions: The type and fields of each layer's attention, in their order.
        feed_forward: The fields of the feed-forwards.
        tied: Whether the head shares the token embedding.
        embedding_dropout: After tokens and positions.
        branch_dropout: At the end of each branch.
    """

    vocab_size: int
    width: int
    context_length: int
    pos_type: str
    norm: Json
    attentions: Sequence[tuple[str, Json]]
    feed_forward: Json
    tied: bool
    embedding_dropout: float = 0.0
    branch_dropout: float = 0.0

    def document(self) -> Json:
        """The design, in the order and with the names of the presets."""
        layers = [
            node("tokenEmbedding", "tokens", vocabSize=self.vocab_size, embDim=self.width),
            node("positionalEmbedding", "positions", posType=self.pos_type, ctxLength=self.context_length),
            *dropout_if(self.embedding_dropout, "dropout"),
            *self._blocks(),
            node("normalization", "norm", **self.norm),
            node("linear", "head", bias=False, weightTying=self.tied),
        ]
        return {"layer_stack": layers, "config": {"context_length": self.context_length}}

    def _blocks(self) -> list[Json]:
        blocks: list[Json] = []
        number = 1
        for pattern, times in runs(self.attentions):
            name = _numbered("block", len(blocks) + 1)
            children: list[Json] = []
            for index, (type_name, fields) in enumerate(pattern):
                children += attend_and_feed(
                    node(type_name, _numbered("attention", number), **fields),
                    node("feedForward", _numbered("ffn", number), **self.feed_forward),
                    self.norm,
                    self.branch_dropout,
                    first=2 * number - 1,
                    flow=f"{name}:in" if index == 0 else f"add{2 * number - 2}",
                )
                number += 1
            blocks.append(repeat(name, times, children))
        return blocks


def runs(layers: Sequence[T]) -> list[tuple[Sequence[T], int]]:
    """Says a list as patterns and how often each comes: [a, b, a, b] is [([a, b], 2)], [a, a, b] is [([a], 2), ([b], 1)].

    One pattern for the whole is sought first, up to eight layers long; else neighbours that are alike are put together.
    """
    for length in range(1, min(8, len(layers) // 2) + 1):
        if len(layers) % length == 0 and all(layer == layers[i % length] for i, layer in enumerate(layers)):
            return [(layers[:length], len(layers) // length)]
    found: list[tuple[Sequence[T], int]] = []
    for layer in layers:
        if found and found[-1][0] == [layer]:
            found[-1] = ([layer], found[-1][1] + 1)
        else:
            found.append(([layer], 1))
    return found


def dropping(rate: float) -> Json:
    """The field of an attention that drops some of its weights."""
    return {"dropoutRate": rate} if rate else {}


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}{number}"
