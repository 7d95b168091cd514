"""A design as boxes and arrows, before anyone decides how to draw them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from slm_widgets.language import say
from slm_widgets.layers import layer_types
from slm_widgets.stack.references import INPUT, canonical_reference, referred_id
from slm_widgets.widgets.design_source import ids_of, with_ids
from slm_widgets.widgets.picture.card_words import has_few_settings, number_words, summary
from slm_widgets.widgets.picture.drawn_palette import drawn_palette
from slm_widgets.widgets.texts import editor_texts

# No layer has these keys.
_BEGINNING, _END = "→", "→ "


@dataclass(frozen=True)
class Card:
    """One box.

    Args:
        key: Its own name in the drawing: the layer's id, with a number where a half-finished design uses one twice.
        kind: ``layer``, ``block`` (drawn as one box), ``frame`` (a block with its layers inside), ``point`` (where a frame
            begins), ``end`` (what goes into and comes out of the whole, a source text too), ``rest`` (layers left out).
        name: The layer's label, or its type's name.
        repeats: ``× 2`` for a block.
        summary: Its main numbers.
        parameters: Its parameter count in words, and ``count`` the same in few.
        shape: What comes out of it.
        group: The palette's group, for the colour; empty for a type that nobody knows.
        problem: The first sentence about what is wrong with it, or ""; ``further`` says how many there are besides.
        severity: ``error`` or ``warning``, of that problem.
        is_short: Whether it has hardly any settings, so that all of it may go on one line.
        parent: The key of the frame round it, or None.
    """

    key: str
    kind: str
    name: str
    repeats: str = ""
    summary: str = ""
    parameters: str = ""
    count: str = ""
    shape: str = ""
    group: str = ""
    problem: str = ""
    further: str = ""
    severity: str = "error"
    is_short: bool = False
    parent: str | None = None

    @property
    def title(self) -> str:
        """Its name, with the repeats of a block."""
        return f"{self.name} {self.repeats}".strip()

    @property
    def lines(self) -> tuple[str, ...]:
        """Its main numbers, and its parameter count."""
        return tuple(filter(None, (self.summary, self.parameters)))


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


@dataclass(frozen=True)
class Extent:
    """How much of a large design is drawn.

    Args:
        levels: Blocks that lie inside this many others stay closed: 0 closes all of them.
        longest: So many layers under each other are drawn, the first and the last ones.
    """

    levels: int = 100
    longest: int = 1_000_000

    def left_out(self, length: int) -> range:
        """The numbers of those layers of a chain that are not drawn."""
        if length <= self.longest:
            return range(length, length)
        last = self.longest // 4
        return range(self.longest - last, length - last)


def draw_model(
    layers: list[Any],
    analysis: Mapping[str, Any],
    expanded: Collection[str] | None = None,
    *,
    extent: Extent = Extent(),
) -> Drawing:
    """Turns a design, half-finished ones too, into boxes and arrows, in the current language.

    Args:
        layers: The raw nodes.
        analysis: What ``slm_widgets.stack.analyse`` says about them.
        expanded: Keys of the blocks whose layers are shown; None for all.
        extent: How much of it is drawn; everything, unless told otherwise.
    """
    return _Pen(analysis, expanded, extent).draw(with_ids(list(layers)))


class _Pen:
    def __init__(self, analysis: Mapping[str, Any], expanded: Collection[str] | None, extent: Extent) -> None:
        self.drawing = Drawing()
        self.extent = extent
        self.levels: dict[str | None, int] = {None: 0}
        self.rows: Mapping[str, Any] = analysis.get("layers", {})
        self.problems: dict[str, list[Mapping[str, Any]]] = {}
        for problem in analysis.get("problems", []):
            self.problems.setdefault(str(problem["layer_id"]), []).append(problem)
        words = editor_texts()
        self.count_words, self.further_words = words["card_parameters"], words["further_problems"]
        self.vocab_size = analysis.get("total", {}).get("vocab_size")
        self.expanded = expanded
        self.keys = {_BEGINNING, _END}
        self.ids: set[str] = set()
        self.palette = {entry["type"]: entry for entry in drawn_palette()}
        self.types = layer_types()

    def draw(self, nodes: list[Any]) -> Drawing:
        self.ids = ids_of(nodes)
        first = self._card(Card(_BEGINNING, "end", say(en="token ids", ko="토큰 번호"), summary="B × T"))
        last = self._chain(nodes, first.key, {}, None)
        size = self.vocab_size or "V"
        end = self._card(Card(_END, "end", say(en="scores", ko="점수"), summary=f"B × T × {number_words(size)}"))
        self.drawing.wires.append(Wire(last, end.key))
        return self.drawing

    def _chain(self, nodes: list[Any], above: str, scope: dict[str, str], parent: str | None) -> str:
        """Draws layers under each other -> the key of what flows out of the last."""
        drawn = [node for node in nodes if isinstance(node, dict)]
        left_out = self.extent.left_out(len(drawn)) if parent is None else range(0)
        for node in drawn[: left_out.start]:
            above = self._node(node, above, scope, parent)
        if left_out:
            above = self._rest([drawn[number] for number in left_out], above, scope)
        for node in drawn[left_out.stop :]:
            above = self._node(node, above, scope, parent)
        return above

    def _rest(self, nodes: list[dict[str, Any]], above: str, scope: dict[str, str]) -> str:
        """One box for many layers; what reads one of them reads there."""
        n = f"{len(nodes):,}"
        card = self._card(Card(self._free("…"), "rest", say(en=f"… {n} more layers", ko=f"… 레이어 {n}개 더")))
        self._wire(Wire(above, ""), card.key)
        for name in ids_of([{**node, "children": None} for node in nodes]):
            scope[name] = scope[name + INPUT] = card.key
        return card.key

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
        if children is not None and self._is_open(key, parent):
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

    def _is_open(self, key: str, parent: str | None) -> bool:
        level = self.levels[parent]
        self.levels[key] = level + 1
        return level < self.extent.levels and (self.expanded is None or key in self.expanded)

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
        return self._card(Card(self._free(f"→ {key}"), "end", title, summary="B × S", parent=parent))

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
        number = self.rows.get(str(data.get("id")), {}).get("parameters")
        problems = self.problems.get(str(data.get("id")), [])
        first: Mapping[str, Any] = problems[0] if problems else {}
        return Card(
            key,
            kind,
            str(data.get("label") or entry.get("title") or node.get("type") or "?"),
            repeats="" if kind == "layer" else f"× {number_words(data.get('numOfBlocks') or 1)}",
            summary=summary(entry, data) if kind == "layer" else "",
            parameters=say(en=f"{number:,} parameters", ko=f"파라미터 {number:,}개") if number else "",
            count="" if number is None else self.count_words.replace("{n}", f"{number:,}"),
            shape=" × ".join(map(number_words, self.rows.get(str(data.get("id")), {}).get("out") or ())),
            group=entry.get("group", ""),
            problem=str(first.get("text") or first.get("message") or ""),
            further=self.further_words.replace("{n}", str(len(problems) - 1)) if len(problems) > 1 else "",
            severity=str(first.get("severity", "error")),
            is_short=bool(entry) and (kind != "layer" or has_few_settings(entry)),
            parent=parent,
        )

    def _card(self, card: Card) -> Card:
        self.drawing.cards.append(card)
        return card
