"""What flows on below a layer that is not understood: a guess, good enough for counting, for which no layer is blamed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from slm_widgets.layers import Flow, Layer, Place, vectors
from slm_widgets.layers.place import WIDEST

_ANY_WIDTH, _ANOTHER_WIDTH = 64, 193


@dataclass(frozen=True)
class Guess(Flow):
    """What probably flows; nobody knows. ``width`` None: not even probably.

    Args:
        any_length: Whether it may be of another text too: what is above may have been meant to start one.
    """

    any_length: bool = False

    @property
    def shape(self) -> list[str | int]:
        """As a flow's, with a question mark for the width of which nothing is known."""
        return ["B", self.length, "?" if self.width is None else self.width]


def guess(flow: Flow, width: int | None = None, *, any_length: bool = False) -> Guess:
    """A guess that nothing changes on the way, or only the width."""
    known = getattr(flow, "any_length", False)
    return Guess("vectors", width or flow.width, flow.length, any_length or known)


def said_width(data: dict[str, Any] | None) -> int | None:
    """The width that comes out of a layer that is not understood, where its fields say it."""
    said = [(data or {}).get(key) for key in ("outDim", "embDim")]
    return next((w for w in said if isinstance(w, int) and not isinstance(w, bool) and 0 < w <= WIDEST), None)


def is_doubtful(place: Place) -> bool:
    """Whether something that flows into this place is a guess."""
    return any(isinstance(flow, Guess) for flow in (place.incoming, *place.sources))


def believed(place: Place, reads: str) -> Place:
    """The place as if every guess were right.

    Args:
        place: The place.
        reads: What the layer there reads, which a guess never contradicts.
    """
    into = _plain(place.incoming, reads, _ANY_WIDTH)
    width = into.width or _ANY_WIDTH
    return place.with_(incoming=into, sources=tuple(_plain(flow, "vectors", width) for flow in place.sources))


def doubted(place: Place, reads: str, lost: dict[str, tuple[int, int]]) -> Place:
    """The same place as if every guess were wrong: only what is wrong at both is the layer's own mistake.

    Args:
        place: The place.
        reads: What the layer there reads.
        lost: Token embeddings that may stand above, beside those that are understood.
    """

    def other(flow: Flow, reads: str) -> Flow:
        if not isinstance(flow, Guess):
            return flow
        wider = _ANOTHER_WIDTH if flow.width is None else flow.width % WIDEST + 1
        plain = _plain(flow, reads, _ANY_WIDTH)
        plain = plain if plain.width is None else replace(plain, width=wider)
        return replace(plain, length="?") if flow.any_length else plain

    sources = tuple(other(flow, "vectors") for flow in place.sources)
    return place.with_(incoming=other(place.incoming, reads), sources=sources, tables={**place.tables, **lost})


def _plain(flow: Flow, reads: str, width: int) -> Flow:
    if not isinstance(flow, Guess):
        return flow
    return (
        Flow("tokens", None, flow.length)
        if reads == "tokens"
        else replace(vectors(flow.width or width), length=flow.length)
    )


def after_mistake(layer: Layer, place: Place) -> Flow:
    """What comes out of a layer with a mistake, where it can tell."""
    try:
        return layer.outgoing(place)
    except Exception:  # its rules may count on there being no mistake
        return guess(place.incoming)
