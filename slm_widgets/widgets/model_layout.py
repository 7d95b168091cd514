"""Where the boxes of a drawing stand: all under each other, frames round theirs, a lane for residuals at the right.

A design is a chain with a few side ways. A general layout (dagre) bends the chain to make room for them; this one does not.
"""

from __future__ import annotations

from dataclasses import dataclass

from slm_widgets.widgets.model_drawing import Card, Drawing

WIDTH, GAP, LINE, PAD, LANE = 236, 22, 16, 9, 44
FRAME_HEAD, FRAME_PAD = 34, 14
_EDGE = 8.0


@dataclass
class Box:
    """A rectangle, in pixels from the top left."""

    x: float
    y: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.y + self.height

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True)
class Layout:
    """The box of each card by its key, and the size of the whole."""

    boxes: dict[str, Box]
    width: float
    height: float


def lay_out(drawing: Drawing) -> Layout:
    """Puts every card in its place."""
    depths: dict[str, int] = {}
    for card in drawing.cards:
        depths[card.key] = 0 if card.parent is None else depths[card.parent] + 1
    deepest = max(depths.values(), default=0)
    margin = FRAME_PAD * (deepest + 1)
    boxes: dict[str, Box] = {}
    open_frames: list[Card] = []
    y = _EDGE
    for card in drawing.cards:
        y = _close(open_frames, boxes, depths[card.key], y)
        if card.kind == "frame":
            inset = FRAME_PAD * (deepest - depths[card.key])
            width = WIDTH + LANE + 2 * inset + FRAME_PAD * 1.5
            boxes[card.key] = Box(margin - FRAME_PAD - inset, y, width, 0)
            open_frames.append(card)
            y += FRAME_HEAD
        else:
            boxes[card.key] = box = _box(card, margin, y)
            y = box.bottom + GAP
    y = _close(open_frames, boxes, 0, y)
    return Layout(boxes, WIDTH + LANE + 2 * margin, y - GAP + _EDGE)


def _box(card: Card, left: float, y: float) -> Box:
    if card.kind == "point":
        return Box(left + WIDTH / 2 - 4, y, 8, 8)
    if card.kind == "end":
        return Box(left + 30, y, WIDTH - 60, 28)
    return Box(left, y, WIDTH, 2 * PAD + LINE * (1 + len(card.lines)))


def _close(open_frames: list[Card], boxes: dict[str, Box], down_to: int, y: float) -> float:
    """Ends the frames that do not hold the next card -> where that card begins."""
    while len(open_frames) > down_to:
        box = boxes[open_frames.pop().key]
        box.height = y - GAP + FRAME_PAD - box.y
        y = box.bottom + GAP
    return y
