"""What is written on a card of a picture, line by line, as the editor's cards have it."""

from __future__ import annotations

from dataclasses import dataclass

from slm_widgets.widgets.picture.model_drawing import Card
from slm_widgets.widgets.picture.model_layout import FRAME_PAD
from slm_widgets.widgets.picture.text_widths import clean, shorten, width_of, wrap

WIDTH = 328
TITLE, FACTS = 14, 12.5
"""Sizes of the letters, in pixels."""
LEFT, RIGHT = 17, 11
_ROOM = WIDTH - LEFT - RIGHT
_APART = 10
_BETWEEN = " · "
_TITLE_LINE, _LINE, _PAD, _BREAK = 20, 17, 5, 8


@dataclass(frozen=True)
class Face:
    """The words of a card: ``title`` with its ``badge`` and ``beside`` at the left of the first line, ``numbers`` at its right;
    below it the ``facts`` at the left and the ``sizes`` at the right; and what is wrong."""

    title: str
    badge: str = ""
    beside: str = ""
    numbers: str = ""
    facts: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    problem: tuple[str, ...] = ()

    @property
    def height(self) -> float:
        """How high a card with these words is."""
        rows = max(len(self.facts), len(self.sizes))
        problem = _BREAK + _LINE * len(self.problem) if self.problem else 0
        return 2 * _PAD + _TITLE_LINE + _LINE * rows + problem

    @property
    def baselines(self) -> tuple[float, float, float]:
        """Where the title, the first line of facts and the first one of the problem stand, from the upper edge."""
        first = _PAD + 15.0
        rows = max(len(self.facts), len(self.sizes))
        return first, first + 18, first + 1 + _LINE * (rows + 1) + _BREAK


def badge_width(badge: str) -> float:
    """How wide the pill with a block's repeats is."""
    return width_of(badge, 12, is_bold=True) + 14 if badge else 0


def face_of(card: Card) -> Face:
    """Finds room for a card's words: on one line where that is the editor's habit and they fit, else on two and more."""
    name, summary, badge = clean(card.name), clean(card.summary), shorten(clean(card.repeats), 90, 12, is_bold=True)
    shape, count = shorten(clean(card.shape), 150, FACTS), shorten(clean(card.count), 170, FACTS)
    problem = tuple(_problem(card)) if card.problem else ()
    whole = _ROOM + (2 * FRAME_PAD if card.kind == "frame" else 0)
    pill = badge_width(badge) + _APART if badge else 0
    both = "\u00a0\u2002".join(filter(None, (shape, count)))
    if card.is_short:
        taken = width_of(name, TITLE, is_bold=True) + pill + width_of(both, FACTS) + _APART
        if taken + (width_of(summary, FACTS) + _APART if summary else 0) <= whole:
            return Face(name, badge, summary, both, problem=problem)
    room = whole - pill
    beside_count = room - width_of(count, FACTS) - _APART
    # A count that does not go beside the title goes below it.
    is_beside = width_of(name, TITLE, is_bold=True) <= beside_count
    title = shorten(name, max(beside_count if is_beside else room, 60), TITLE, is_bold=True)
    sizes = tuple(filter(None, (shape,) if is_beside else (count, shape)))
    taken = max((width_of(line, FACTS) + _APART for line in sizes), default=0)
    facts = wrap(summary, whole - taken, FACTS, lines=3, between=_BETWEEN) if summary else []
    return Face(title, badge, "", count if is_beside else "", tuple(facts), sizes, problem)


def _problem(card: Card) -> list[str]:
    words = " ".join(filter(None, (clean(card.problem), clean(card.further))))
    return wrap(words, _ROOM, FACTS, lines=6)
