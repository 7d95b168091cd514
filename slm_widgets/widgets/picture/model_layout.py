"""Where the boxes of a drawing stand: all under each other, frames round theirs; and the lanes of what runs beside them.

A design is a chain with a few side ways. A general layout (dagre) bends the chain to make room for them; this one does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from slm_widgets.widgets.picture.model_drawing import Card, Drawing, Wire

WIDTH, GAP, LINE, PAD = 236, 22, 16, 9
FRAME_HEAD, FRAME_PAD = 34, 14
ROOM = WIDTH - 12
"""How wide the words on a card may be."""
_TURN = GAP * 0.4
"""How far below its source and above its target a branch turns."""
_BREAK = 12  # more room above a box that reads from elsewhere
_FIRST_LANE, _LANE = 16, 11
_EDGE = 8.0
_BETWEEN = " · "


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
    def right(self) -> float:
        """Its right side."""
        return self.x + self.width

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True)
class Way:
    """How a wire runs that goes round other boxes: from one height to another, down a lane beside the column."""

    start: float
    end: float
    lane: float


@dataclass
class Layout:
    """The box of each card by its key, the way of each wire that is not straight, and the size of the whole."""

    cards: dict[str, Card]
    boxes: dict[str, Box] = field(default_factory=dict)
    ways: dict[Wire, Way] = field(default_factory=dict)
    width: float = 0.0
    height: float = 0.0

    def inside(self, frame: str | None) -> list[Box]:
        """The boxes directly in a frame; None for those in no frame."""
        return [self.boxes[card.key] for card in self.cards.values() if card.parent == frame]


@dataclass(frozen=True)
class Sizes:
    """What a kind of drawing looks like, as far as the places of things go.

    Args:
        width: How wide a card is.
        height_of: How high a card is, or the head of a frame.
        gap: The room between two cards.
        foot: The room below the last card in a frame.
        branch_room: More room above a box that reads from elsewhere.
        margin: The room round the whole.
        is_from_line: Whether what runs at the right begins on the line below its source, as in the editor, or at the box.
    """

    width: float
    height_of: Callable[[Card], float]
    gap: float = GAP
    foot: float = FRAME_PAD
    branch_room: float = _BREAK
    margin: float = _EDGE
    is_from_line: bool = False


def lines_of(card: Card) -> list[str]:
    """A card's lines as wide as the card: what is too long goes on in the next one, and no word of it is cut."""
    return [line for whole in card.lines for line in _fitting(whole)]


def wide(line: str) -> float:
    """About how wide a line of text is; Hangul is about twice as wide as Latin letters."""
    return sum(12 if ord(letter) > 0x1100 else 6.3 for letter in line)


def _fitting(line: str) -> list[str]:
    first, *others = line.split(_BETWEEN)
    lines = [first]
    for words in others:
        longer = lines[-1] + _BETWEEN + words
        lines[-1:] = [longer] if wide(longer) <= ROOM else [lines[-1], words]
    return lines


def lay_out(drawing: Drawing, sizes: Sizes | None = None) -> Layout:
    """Puts every card in its place."""
    return _Planner(drawing, sizes or _BOXES).run()


class _Planner:
    def __init__(self, drawing: Drawing, sizes: Sizes) -> None:
        self.cards = {card.key: card for card in drawing.cards}
        self.wires = [wire for wire in drawing.wires if wire.kind != "flow"]
        self.last = {card.parent: card.key for card in drawing.cards}
        self.layout = Layout(self.cards)
        self.sizes = sizes

    def run(self) -> Layout:
        boxes, edge = self.layout.boxes, self.sizes.margin
        self._stack()
        frames = [card.key for card in self.cards.values() if card.kind == "frame"]
        for key in reversed(frames):  # what is inside comes first
            left, right = self._widen(key)
            boxes[key].x, boxes[key].width = left - FRAME_PAD, right - left + 2 * FRAME_PAD
        left, right = self._widen(None)
        for box in boxes.values():
            box.x += edge - left
        moved = {wire: Way(way.start, way.end, way.lane + edge - left) for wire, way in self.layout.ways.items()}
        self.layout.ways, self.layout.width = moved, right - left + 2 * edge
        return self.layout

    def _stack(self) -> None:
        """Finds the heights."""
        branching = {self._entered(wire.target) for wire in self.wires if wire.kind == "branch"}
        open_frames: list[Card] = []
        y = self.sizes.margin
        for card in self.cards.values():
            y = self._close(open_frames, card.parent, y)
            y += self.sizes.branch_room if card.key in branching else 0
            self.layout.boxes[card.key] = box = self._box(card, y)
            if card.kind == "frame":
                open_frames.append(card)
                y = box.bottom
            else:
                y = box.bottom + self.sizes.gap
        self.layout.height = self._close(open_frames, None, y) - self.sizes.gap + self.sizes.margin

    def _box(self, card: Card, y: float) -> Box:
        width = self.sizes.width
        if card.kind == "point":
            size = 0 if self.sizes.is_from_line else 8
            return Box((width - size) / 2, y, size, size)
        if card.kind == "end":
            return Box(30, y, width - 60, self.sizes.height_of(card))
        return Box(0, y, width, self.sizes.height_of(card))

    def _close(self, open_frames: list[Card], inside: str | None, y: float) -> float:
        """Ends the frames that do not hold the next card -> where that card begins."""
        while open_frames and open_frames[-1].key != inside:
            box = self.layout.boxes[open_frames.pop().key]
            box.height = y - self.sizes.gap + self.sizes.foot - box.y
            y = box.bottom + self.sizes.gap
        return y

    def _widen(self, frame: str | None) -> tuple[float, float]:
        """Gives lanes to the wires that belong to a frame -> from where to where it then reaches."""
        boxes = self.layout.inside(frame)
        spans = [(*self._span(wire), wire) for wire in self.wires if self._home(wire) == frame]
        spans.sort(key=lambda span: span[1] - span[0])  # the short ones inside
        lanes: dict[str, list[list[tuple[float, float]]]] = {"branch": [], "side": []}
        # Also round nothing, a frame is as wide as the column.
        sides = [0.0, self.sizes.width, *(edge for box in boxes for edge in (box.x, box.right))]
        for start, end, wire in spans:
            passed = [box for box in boxes if box.y < end and start < box.bottom] or boxes
            out = _FIRST_LANE + _LANE * _free_lane(lanes[wire.kind], start, end)
            if wire.kind == "branch":
                lane = min(box.x for box in passed) - out
            else:
                lane = max(box.right for box in passed) + out
            self.layout.ways[wire] = Way(start, end, lane)
            sides.append(lane)
        return min(sides), max(sides)

    def _span(self, wire: Wire) -> tuple[float, float]:
        """Where a wire leaves and where it arrives: a branch in the gaps, anything else at the boxes' sides."""
        source, target = self.layout.boxes[wire.source], self.layout.boxes[wire.target]
        if self.sizes.is_from_line:
            source = self.layout.boxes[self.left(wire)]
        if wire.kind == "branch":
            return source.bottom + _TURN, self.layout.boxes[self._entered(wire.target)].y - _TURN
        if self.sizes.is_from_line:
            return source.bottom + self.sizes.gap / 2, target.y + target.height / 2
        # It leaves low and arrives high, so that two can meet at one box.
        return source.y + source.height * 0.7, target.y + target.height * 0.3

    def left(self, wire: Wire) -> str:
        """The box below which a wire begins: what comes out of the last layer of a frame comes out of the frame."""
        key, around = wire.source, self._frames(wire.target)
        while (parent := self.cards[key].parent) not in around and parent is not None and key == self.last[parent]:
            key = parent
        return key

    def _entered(self, key: str) -> str:
        """The box whose edge a branch to a card crosses first: for the beginning of a frame, the frame."""
        card = self.cards[key]
        return card.parent if card.kind == "point" and card.parent is not None else key

    def _home(self, wire: Wire) -> str | None:
        """The innermost frame that holds both ends."""
        target = self._entered(wire.target) if wire.kind == "branch" else wire.target
        around = set(self._frames(wire.source))
        return next(frame for frame in self._frames(target) if frame in around)

    def _frames(self, key: str) -> list[str | None]:
        """The frames round a card, innermost first; None, which holds all, last."""
        frames: list[str | None] = []
        parent = self.cards[key].parent
        while parent is not None:
            frames.append(parent)
            parent = self.cards[parent].parent
        return [*frames, None]


def _free_lane(lanes: list[list[tuple[float, float]]], start: float, end: float) -> int:
    """The number of the first lane where nothing runs beside a span; it is then taken."""
    for number, taken in enumerate(lanes):
        if all(there[1] <= start or end <= there[0] for there in taken):
            taken.append((start, end))
            return number
    lanes.append([(start, end)])
    return len(lanes) - 1


def _box_height(card: Card) -> float:
    if card.kind == "frame":
        return FRAME_HEAD
    return 28 if card.kind == "end" else 2 * PAD + LINE * (1 + len(lines_of(card)))


_BOXES = Sizes(WIDTH, _box_height)
"""As ipycytoscape draws them."""
