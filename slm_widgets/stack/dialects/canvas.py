"""What a React Flow canvas saves (``{"nodes": [...], "edges": [...]}``) -> nodes as a list and their children.

Inside a block the layers stand in the order of their y position. At the top edges give the order, and y decides where there
are none. A connection into a residual's left handle is its ``source``, unless the residual names one itself.
"""

from __future__ import annotations

import heapq
from collections import Counter
from typing import Any

from slm_widgets.language import say
from slm_widgets.layers import Problem
from slm_widgets.stack.dialects.cards import Card, make_card, name_of, nest, unwrap
from slm_widgets.stack.dialects.values import MAX_LAYERS, too_many_layers

_Wire = tuple[Card, Card, bool]
"""(from, to, whether it enters a residual on its left)"""


def read_canvas(nodes: list[Any], edges: list[Any], problems: list[Problem]) -> tuple[list[Any], dict[str, Any]]:
    """Reads the nodes of a canvas.

    Args:
        nodes: React Flow's nodes: ``id``, ``type``, ``data``, ``position``, and ``parentId`` (or ``parentNode``) inside a block.
        edges: React Flow's edges: ``source``, ``target``, ``targetHandle``.
        problems: Where parents and connections that mean nothing are reported.

    Returns:
        The nodes in their order with their children, and the config of the canvas where its root carries one.

    Raises:
        RefusalError: for too many nodes, or nodes too deep within each other.
    """
    if len(nodes) > MAX_LAYERS:
        raise too_many_layers()
    cards = [make_card(node, number) for number, node in enumerate(nodes) if isinstance(node, dict)]
    # An id that is used twice is the first one's here; the reader of nodes reports it.
    by_key = {card.key: card for card in reversed(cards)}
    top = nest(cards, by_key, problems)
    top, config = unwrap(top)
    wires = _wires(edges, by_key, problems)
    top = _chain(top, wires, problems)
    names = {card.key: card.name for card in cards}
    entering: dict[Card, list[_Wire]] = {}
    for wire in wires:
        entering.setdefault(wire[1], []).append(wire)
    _connect(top, entering, names, problems)
    # What is no object is no card; it stays last, where the reader of nodes says so.
    return [card.to_node() for card in top] + [node for node in nodes if not isinstance(node, dict)], config


def _wires(edges: list[Any], by_key: dict[str, Card], problems: list[Problem]) -> list[_Wire]:
    wires: list[_Wire] = []
    for edge in edges:
        ends = [name_of(edge.get(end)) if isinstance(edge, dict) else None for end in ("source", "target")]
        source, target = (by_key.get(end or "") for end in ends)
        if source is not None and target is not None:
            handle = edge.get("targetHandle")
            wires.append((source, target, target.residual and isinstance(handle, str) and "left" in handle.lower()))
            continue
        a, b = (end or "?" for end in ends)
        text = say(
            en=f"The connection from {a} to {b} has a loose end; it is left out.",
            ko=f"{a}에서 {b}(으)로 가는 연결의 한쪽 끝이 비어 있어 뺐습니다.",
        )
        problems.append(Problem(None, None, "warning", text))
    return wires


def _chain(top: list[Card], wires: list[_Wire], problems: list[Problem]) -> list[Card]:
    """The top-level cards in the order of the connections among them and into their blocks; else by height."""
    place = {card: number for number, card in enumerate(top)}
    after: dict[Card, set[Card]] = {card: set() for card in top}
    for source, target, left in wires:
        a, b = source.top(), target.top()
        if a is not b and a in place and b in place and not left:
            after[a].add(b)
    waiting = Counter(card for others in after.values() for card in others)
    ready = [place[card] for card in top if not waiting[card]]
    order: list[Card] = []
    while ready:
        card = top[heapq.heappop(ready)]
        order.append(card)
        for other in after[card]:
            waiting[other] -= 1
            if not waiting[other]:
                heapq.heappush(ready, place[other])
    if len(order) < len(top):
        round_about = next(card for card in top if card not in order)
        problems.append(
            round_about.problem(
                None,
                en=f"The connections at {round_about.name} run in a circle. Take one of them out.",
                ko=f"{round_about.name}의 연결이 빙 돌아 제자리로 옵니다. 연결 하나를 빼세요.",
            )
        )
        return top
    _check_chain(order, wires, problems)
    return order


def _check_chain(order: list[Card], wires: list[_Wire], problems: list[Problem]) -> None:
    """A connection past other layers means something only into a residual."""
    place = {card: number for number, card in enumerate(order)}
    for source, target, _ in wires:
        a, b = place.get(source.top()), place.get(target.top())
        if a is None or b is None or a == b or b == a + 1 or target.residual:
            continue
        between = order[a + 1].name if b > a else order[b].name
        problems.append(
            target.problem(
                None,
                en=f"The connection from {source.name} to {target.name} goes past {between}. Layers form one chain: connect each "
                "to the next one; a way past others ends in a residual.",
                ko=f"{source.name}에서 {target.name}(으)로 가는 연결이 {between}을(를) 건너뜁니다. 레이어는 한 줄로 이어집니다. "
                "바로 다음 레이어에 연결하세요. 건너뛰는 길은 잔차 연결에서 끝나야 합니다.",
            )
        )


def _connect(
    cards: list[Card], entering: dict[Card, list[_Wire]], names: dict[str, str], problems: list[Problem]
) -> None:
    """Gives residuals their sources, in the names of the design."""
    for number, card in enumerate(cards):
        _connect(card.children, entering, names, problems)
        data = card.node.get("data")
        if not card.residual or not (data is None or isinstance(data, dict)):
            continue
        data = data or {}
        before = {cards[number - 1] if number else card.parent}
        source = (
            _named(data["source"], names)
            if data.get("source") is not None
            else _drawn(card, entering.get(card, []), before, problems)
        )
        if source is not None:
            card.node = {**card.node, "data": {**data, "source": source}}


def _named(source: Any, names: dict[str, str]) -> Any:
    """A source that says the canvas's own id of a node whose data has another."""
    if not isinstance(source, str) or source in names.values():
        return source
    for ending in ("", "-in", ":in"):
        key = source.removesuffix(ending)
        if source.endswith(ending) and key in names:
            return names[key] + source[len(key) :]
    return source


def _drawn(card: Card, entering: list[_Wire], before: set[Card | None], problems: list[Problem]) -> str | None:
    """The source that is drawn: what enters on the left, else the one connection that does not come from the layer before."""
    found = {source.name for source, _, left in entering if left} or {s.name for s, _, _ in entering if s not in before}
    if len(found) > 1:
        listed = ", ".join(sorted(found))
        problems.append(
            card.problem(
                "source",
                en=f"Several connections could be the source of {card.name}: {listed}. Keep one.",
                ko=f"{card.name}의 출발점일 수 있는 연결이 여럿입니다: {listed}. 하나만 남기세요.",
            )
        )
    return min(found, default=None)
