"""A design as boxes and arrows, before anyone decides how to draw them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from slm_widgets.language import say
from slm_widgets.layers import layer_types
from slm_widgets.stack.references import INPUT, canonical_reference, referred_id
from slm_widgets.widgets.design_source import ids_of, with_ids
from slm_widgets.widgets.drawn_palette import drawn_palette

# No layer has these keys.
_BEGINNING, _END = "→", "→ "


@dataclass(frozen=True)
class Card:
    """One box.

    Args:
        key: Its own name in the drawing: the layer's id, with a number where a half-finished design uses one twice.
        kind: ``layer``, ``block`` (drawn as one box), ``frame`` (a block with its layers inside), ``point`` (where a frame
            begins), ``end`` (what goes into and comes out of the whole, a source text too).
        title: The layer's label, or its type's name, with ``× 2`` for a block.
        lines: Its main numbers, and its parameter count.
        group: The palette's group, for the colour; empty for a type that nobody knows.
        problem: The first sentence about what is wrong with it, or "".
        parent: The key of the frame round it, or None.
    """

    key: str
    kind: str
    title: str
    lines: tuple[str, ...] = ()
    group: str = ""
    problem: str = ""
    parent: str | None = None


@dataclass(frozen=True)
class Wire:
    """One arrow: ``flow`` to the layer below, ``branch`` from further up to a layer that reads there instead, ``side`` for what
    a layer takes besides (a residual adds it), or what the layers in a closed block take from above it."""

    source: str
    target: str
    kind: str = "flow"


@dataclass
class Drawing:
    """All boxes, each frame before what is inside it, from top to bottom; and all arrows."""

    cards: list[Card] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)


def draw_model(layers: list[Any], analysis: Mapping[str, Any], expanded: Collection[str] | None = None) -> Drawing:
    """Turns a design, half-finished ones too, into boxes and arrows, in the current language.

    Args:
        layers: The raw nodes.
        analysis: What ``slm_widgets.stack.analyse`` says about them.
        expanded: Keys of the blocks whose layers are shown; None for all.
    """
    return _Pen(analysis, expanded).draw(with_ids(list(layers)))


class _Pen:
    def __init__(self, analysis: Mapping[str, Any], expanded: Collection[str] | None) -> None:
        self.drawing = Drawing()
        self.rows: Mapping[str, Any] = analysis.get("layers", {})
        self.problems: dict[str, str] = {}
        for problem in analysis.get("problems", []):
            self.problems.setdefault(str(problem["layer_id"]), problem["message"])
        self.vocab_size = analysis.get("total", {}).get("vocab_size")
        self.expanded = expanded
        self.keys = {_BEGINNING, _END}
        self.ids: set[str] = set()
        self.palette = {entry["type"]: entry for entry in drawn_palette()}
        self.types = layer_types()

    def draw(self, nodes: list[Any]) -> Drawing:
        self.ids = ids_of(nodes)
        first = self._card(Card(_BEGINNING, "end", say(en="token ids", ko="토큰 번호"), ("B × T",)))
        last = self._chain(nodes, first.key, {}, None)
        size = self.vocab_size or "V"
        end = self._card(Card(_END, "end", say(en="scores", ko="점수"), (f"B × T × {_number(size)}",)))
        self.drawing.wires.append(Wire(last, end.key))
        return self.drawing

    def _chain(self, nodes: list[Any], above: str, scope: dict[str, str], parent: str | None) -> str:
        """Draws layers under each other -> the key of what flows out of the last."""
        for node in nodes:
            if isinstance(node, dict):
                above = self._node(node, above, scope, parent)
        return above

    def _node(self, node: dict[str, Any], above: str, scope: dict[str, str], parent: str | None) -> str:
        given = node.get("data")
        data: dict[str, Any] = given if isinstance(given, dict) else {}
        children = node.get("children") if isinstance(node.get("children"), list) else None
        name = str(data.get("id", "?"))
        key = self._free(name)
        reads = self._reads(data, above, scope)
        scope[name + INPUT] = reads.source if reads else above
        if self._lets_in(node):
            reads = Wire(self._source_text(key, parent).key, "")
        if children is not None and (self.expanded is None or key in self.expanded):
            leaving = self._frame(node, data, children, key, reads, dict(scope), parent)
        else:
            self._card(self._layer(node, data, key, parent, "layer" if children is None else "block"))
            self._wire(reads, key)
            leaving = key
            for reference in (*self._taken(node, data), *self._taken_inside(children or [], ids_of([node]))):
                source = self._place(reference, scope)
                self._wire(Wire(source, "", "side") if source else None, key)
        scope[name] = leaving
        return leaving

    def _reads(self, data: dict[str, Any], above: str, scope: dict[str, str]) -> Wire | None:
        """The wire that a node reads, still without its end; None where it reads what is not there."""
        if not data.get("input"):
            return Wire(above, "")
        place = self._place(data["input"], scope)
        return Wire(place, "", "flow" if place == above else "branch") if place else None

    def _wire(self, wire: Wire | None, target: str) -> None:
        if wire is not None and (whole := replace(wire, target=target)) not in self.drawing.wires:
            self.drawing.wires.append(whole)

    def _lets_in(self, node: dict[str, Any]) -> bool:
        """Whether a second text comes in at a layer."""
        return getattr(self.types.get(str(node.get("type"))), "gives_length", None) == "S"

    def _source_text(self, key: str, parent: str | None) -> Card:
        title = say(en="source token ids", ko="원문 토큰 번호")
        return self._card(Card(self._free(f"→ {key}"), "end", title, ("B × S",), parent=parent))

    def _taken(self, node: dict[str, Any], data: dict[str, Any]) -> list[Any]:
        """The references to what a layer takes besides what it reads."""
        fields = self.palette.get(str(node.get("type")), {}).get("fields", [])
        return [data.get(field["name"]) for field in fields if field.get("flows") and field["name"] != "input"]

    def _taken_inside(self, nodes: list[Any], inside: set[str]) -> list[str]:
        """The references out of a closed block, of all that is in it."""
        found: list[str] = []
        for node in filter(lambda node: isinstance(node, dict), nodes):
            data = node.get("data") if isinstance(node.get("data"), dict) else {}
            references = [data.get("input"), *self._taken(node, data)]
            found += [r for r in references if isinstance(r, str) and self._names(r) not in inside]
            if isinstance(node.get("children"), list):
                found += self._taken_inside(node["children"], inside)
        return found

    def _names(self, reference: str) -> str:
        return referred_id(canonical_reference(reference, self.ids), self.ids)

    def _frame(
        self,
        node: dict[str, Any],
        data: dict[str, Any],
        children: list[Any],
        key: str,
        reads: Wire | None,
        scope: dict[str, str],
        parent: str | None,
    ) -> str:
        self._card(self._layer(node, data, key, parent, "frame"))
        # Inside, "<block>:in" is what came into this repeat: a point of its own, from which arrows can leave.
        point = self._card(Card(self._free(key + INPUT), "point", "", parent=key))
        self._wire(reads, point.key)
        scope[str(data.get("id", key)) + INPUT] = point.key
        return self._chain(children, point.key, scope, key)

    def _free(self, name: str) -> str:
        key, number = name, 2
        while key in self.keys:
            key, number = f"{name} ({number})", number + 1
        self.keys.add(key)
        return key

    def _place(self, reference: Any, scope: dict[str, str]) -> str | None:
        """The key of what a reference names, None where it names nothing above."""
        return scope.get(canonical_reference(reference, self.ids)) if isinstance(reference, str) else None

    def _layer(self, node: dict[str, Any], data: dict[str, Any], key: str, parent: str | None, kind: str) -> Card:
        entry = self.palette.get(str(node.get("type")), {})
        title = str(data.get("label") or entry.get("title") or node.get("type") or "?")
        if kind != "layer":
            title += f" × {_number(data.get('numOfBlocks') or 1)}"
        lines = [] if kind != "layer" else [_summary(entry, data)]
        parameters = self.rows.get(str(data.get("id")), {}).get("parameters")
        if parameters:
            lines.append(say(en=f"{parameters:,} parameters", ko=f"파라미터 {parameters:,}개"))
        problem = self.problems.get(str(data.get("id")), "")
        return Card(key, kind, title, tuple(filter(None, lines)), entry.get("group", ""), problem, parent)

    def _card(self, card: Card) -> Card:
        self.drawing.cards.append(card)
        return card


def _summary(entry: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """A layer's own values in a few words, in the order of its form: "Heads 4 · Dropout 0.1"."""
    fields = [field for field in entry.get("fields", []) if field["name"] != "label" and not field.get("flows")]
    words = [_value(field, data.get(field["name"])) for field in fields]
    return " · ".join(list(filter(None, words))[:3])


def _value(field: Mapping[str, Any], held: Any) -> str:
    if held is None or held is False or held == "" or held == 0:
        return ""
    if field["kind"] in ("boolean", "group"):
        return str(field["title"])
    if field["kind"] == "choice":
        return next((str(c["title"]) for c in field["choices"] if c["value"] == held), _short(held))
    return f"{field['title']} {_number(held)}"


def _number(held: Any) -> str:
    is_number = isinstance(held, int | float) and not isinstance(held, bool)
    return f"{held:,}".removesuffix(".0") if is_number else _short(held)


def _short(held: Any) -> str:
    text = str(held)
    return text if len(text) <= 40 else text[:39] + "…"
