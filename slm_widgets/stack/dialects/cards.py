"""The nodes of a React Flow canvas, put into each other as they lie there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from slm_widgets.language import say
from slm_widgets.layers import Problem, layer_types
from slm_widgets.stack.dialects.aliases import TYPES, plain
from slm_widgets.stack.dialects.values import MAX_DEPTH, too_deep

# How a node lies on the canvas and is handled there: nothing of the design, and left out without a word.
DRAWING = frozenset(
    [
        "position",
        "positionAbsolute",
        "sourcePosition",
        "targetPosition",
        "parentId",
        "parentNode",
        "extent",
        "expandParent",
        "origin",
        "handles",
        "measured",
        "width",
        "height",
        "initialWidth",
        "initialHeight",
        "zIndex",
        "hidden",
        "selected",
        "selectable",
        "dragging",
        "draggable",
        "dragHandle",
        "resizing",
        "focusable",
        "deletable",
        "connectable",
        "style",
        "className",
        "ariaLabel",
        "ariaRole",
        "domAttributes",
    ]
)


@dataclass(eq=False)
class Card:
    """A node of the canvas: ``key`` is what edges and children call it, ``name`` what the design calls it, ``y`` its height."""

    key: str
    name: str
    node: dict[str, Any]
    y: float | None
    parent: Card | None = None
    children: list[Card] = field(default_factory=list)

    @property
    def residual(self) -> bool:
        """Whether a connection may enter it on the left."""
        return self.node.get("type") == "residual"

    def top(self) -> Card:
        """The card at the top that this one lies in, or itself."""
        return self if self.parent is None else self.parent.top()

    def problem(self, name: str | None, *, en: str, ko: str) -> Problem:
        """A mistake at this card."""
        return Problem(self.name, name, "error", say(en=en, ko=ko))

    def to_node(self) -> dict[str, Any]:
        """The card as a node with its children."""
        node = {key: value for key, value in self.node.items() if key != "id" and key not in DRAWING}
        data = node.get("data")
        if data is None or isinstance(data, dict):
            node["data"] = {**(data or {}), "id": self.name}
        if self.children:
            node["children"] = [child.to_node() for child in self.children]
        return node


def make_card(node: dict[str, Any], number: int) -> Card:
    """The card of React Flow's node, still alone."""
    key, data, position = node.get("id"), node.get("data"), node.get("position")
    inner = data.get("id") if isinstance(data, dict) else None
    key = name_of(key) or name_of(inner) or f"layer-{number + 1}"
    y = position.get("y") if isinstance(position, dict) else None
    return Card(
        key, name_of(inner) or key, node, y if isinstance(y, (int, float)) and not isinstance(y, bool) else None
    )


def name_of(value: Any) -> str | None:
    """An id as text; React Flow's own are texts, hand-written ones may be numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None


def nest(cards: list[Card], by_key: dict[str, Card], problems: list[Problem]) -> list[Card]:
    """Puts every card into its parent; returns those without one.

    Raises:
        RefusalError: for cards too deep within each other.
    """
    top: list[Card] = []
    for card in cards:
        said = name_of(card.node.get("parentId")) or name_of(card.node.get("parentNode"))
        parent = by_key.get(said) if said is not None else None
        if said is not None and (parent is None or _inside(parent, card)):
            problems.append(
                card.problem(
                    "parentId",
                    en=f"{card.name} lies in {said}, which is no other layer of this canvas. Move it out, or into a block.",
                    ko=f"{card.name}이(가) {said} 안에 있다고 하는데, 이 캔버스에 그런 다른 레이어가 없습니다. "
                    "밖으로 꺼내거나 블록 안으로 옮기세요.",
                )
            )
            parent = None
        card.parent = parent
        (top if parent is None else parent.children).append(card)
    for card in cards:
        outer, depth = card.parent, 0
        while outer is not None:
            outer, depth = outer.parent, depth + 2  # a node and its list of children
            if depth > MAX_DEPTH:
                raise too_deep()
        card.children = _by_height(card.children)
    return _by_height(top)


def _inside(card: Card | None, other: Card) -> bool:
    while card is not None and card is not other:
        card = card.parent
    return card is other


def _by_height(cards: list[Card]) -> list[Card]:
    """From top to bottom; as they are listed where one has no height."""
    heights = [card.y for card in cards if card.y is not None]
    return sorted(cards, key=lambda card: card.y or 0) if len(heights) == len(cards) else cards


def unwrap(top: list[Card]) -> tuple[list[Card], dict[str, Any]]:
    """A lone root that is no layer is the canvas itself, drawn round the layers; what it says is config."""
    if len(top) != 1 or not top[0].children or is_layer(top[0].node.get("type")):
        return top, {}
    data = top[0].node.get("data")
    data = data if isinstance(data, dict) else {}
    config = data.get("config")
    for card in top[0].children:
        card.parent = None
    said = config if isinstance(config, dict) else {k: v for k, v in data.items() if k not in ("id", "label")}
    return top[0].children, said


def is_layer(name: Any) -> bool:
    """Whether it spells a layer type, in any dialect."""
    return isinstance(name, str) and plain(name) in {plain(known) for known in (*layer_types(), *TYPES)}
