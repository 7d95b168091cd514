"""Where a layer stands in a design: what flows into it and what the layers above have settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

# Sizes beyond these are slips of the hand; below them no product of two or three overflows what torch can count.
WIDEST = 1_000_000
MOST_HEADS = 10_000
MOST_REPEATS = 1_000_000
LONGEST = 100_000_000
LARGEST_VOCABULARY = 100_000_000
MOST = 1_000_000.0  # of a factor: more, and float32 soon knows no numbers for what comes out

SOURCE = ":source"
"""Refers to the text that an encoder-decoder reads beside its own; no layer may have this id."""


@dataclass(frozen=True)
class Flow:
    """What flows from one layer to the next.

    Args:
        kind: ``"tokens"``: ids of shape (B, T); ``"vectors"``: features of shape (B, T, C).
        width: C, the number of channels; None for tokens.
        length: The letter of the number of tokens: ``"T"`` for the text itself, ``"S"`` for a source text beside it.
    """

    kind: str
    width: int | None = None
    length: str = "T"

    @property
    def shape(self) -> list[str | int]:
        """The shape with letters for what a design leaves open: ``["B", "T", 64]``."""
        return ["B", self.length] if self.width is None else ["B", self.length, self.width]

    def __str__(self) -> str:
        return " × ".join(map(str, self.shape))


TOKENS = Flow("tokens")


def vectors(width: int) -> Flow:
    """Features of ``width`` channels, shape (B, T, width)."""
    return Flow("vectors", width)


@dataclass(frozen=True)
class Place:
    """A layer's surroundings in a design.

    Args:
        incoming: What flows in.
        sources: What the layer's own references carry, in their order.
        vocab_size: How many tokens the model tells apart.
        context_lengths: The longest text in tokens, where a layer above or the design's config says so, by the letter of its
            length.
        rotary: Whether attention below turns queries and keys by position (RoPE) unless it says otherwise.
        position_bias: What attention below adds to its scores by distance unless it says otherwise: ``"relative"``,
            ``"alibi"`` or None.
        tables: The token embeddings above: id -> (V, C).
        last: Whether this is the last layer of the whole design.
    """

    incoming: Flow
    vocab_size: int
    sources: tuple[Flow, ...] = ()
    context_lengths: Mapping[str, int] = field(default_factory=dict)
    rotary: bool = False
    position_bias: str | None = None
    tables: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    last: bool = False

    @property
    def width(self) -> int:
        """C, the number of channels that come in. Only asked of layers that read vectors."""
        assert self.incoming.width is not None
        return self.incoming.width

    @property
    def context_length(self) -> int | None:
        """The longest text that comes in here, in tokens, where a layer above or the design's config says so."""
        return self.context_lengths.get(self.incoming.length)

    def with_context_length(self, length: int) -> Self:
        """A copy where the text that comes in here has at most so many tokens."""
        return replace(self, context_lengths={**self.context_lengths, self.incoming.length: length})

    @property
    def embedding_id(self) -> str | None:
        """The nearest token embedding above, whose matrix a tied head shares."""
        return next(reversed([*self.tables]), None)

    def with_(self, **changes: Any) -> Self:
        """A copy with some of it changed."""
        return replace(self, **changes)
