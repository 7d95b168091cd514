"""Raw JSON nodes -> drafts in canonical spelling, with a Problem for whatever cannot be meant.

Reading goes in two steps, because what a node means in an older dialect hangs on the whole document: here one node after
another is spelled canonically; settling.py then looks at all of them and makes the typed layers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from slm_widgets.language import say
from slm_widgets.layers import Layer, Problem, layer_types
from slm_widgets.layers.place import SOURCE
from slm_widgets.stack.dialects.cards import DRAWING
from slm_widgets.stack.dialects.spelling import spell
from slm_widgets.stack.dialects.values import MAX_LAYERS, too_many_layers
from slm_widgets.stack.document import Node

MAX_DEPTH = 16
"""Blocks within blocks; a document nested deeper is refused before it is walked."""


@dataclass
class Draft:
    """One node of a document that may still be wrong: ``layer`` is None where it could not be understood.

    ``data`` holds the fields in canonical spelling, None where the node has no usable ones; ``raw`` is what stood there;
    ``missing`` the references that it must have and does not say.
    """

    type: str
    id: str
    place: str
    raw: Any
    data: dict[str, Any] | None = None
    layer: Layer | None = None
    children: list[Draft] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def node(self) -> Node:
        """The typed node; only asked when no problem was found."""
        assert self.layer is not None
        return Node(self.layer, tuple(child.node() for child in self.children))

    def to_json(self) -> Any:
        """The node in canonical spelling, of one that cannot be built yet too."""
        if self.data is None:
            return self.raw
        node: dict[str, Any] = {"type": self.type, "data": {"id": self.id, **self.data}}
        if self.children or self.raw.get("children") is not None:
            listed = isinstance(self.raw["children"], list)
            node["children"] = [child.to_json() for child in self.children] if listed else self.raw["children"]
        return node

    def walk(self) -> Iterator[Draft]:
        """This draft and all below it, top down."""
        yield self
        for child in self.children:
            yield from child.walk()


class Reader:
    """Reads a list of raw nodes into ``drafts``.

    ``problems`` fills as it goes, ``ids`` holds every id, ``older`` tells whether some spelling was of an older dialect.

    Raises:
        RefusalError: for more than ``MAX_LAYERS``.
    """

    def __init__(self, raw: list[Any]) -> None:
        self.problems: list[Problem] = []
        self.ids: set[str] = set()
        self.older = False
        self.types = layer_types()
        self._count = 0
        # An id that is made up must be none that a later node brings along.
        self._taken = set(_given_ids(raw))
        self._numbers: dict[str, int] = {}
        self.drafts = self._read(raw, 0)

    def _read(self, raw: list[Any], depth: int) -> list[Draft]:
        return [self._read_node(item, depth) for item in raw]

    def _read_node(self, raw: Any, depth: int) -> Draft:
        if self._count == MAX_LAYERS:
            raise too_many_layers()
        self._count += 1
        number = self._count
        name = raw.get("type") if isinstance(raw, dict) else None
        if not isinstance(raw, dict) or not isinstance(name, str):
            draft = Draft("?", f"?{number}", say(en=f"Layer {number}", ko=f"{number}번 레이어"), raw)
            self.report(
                draft,
                None,
                en='A layer must be an object with a "type", such as {"type": "linear", "data": {...}}.',
                ko='레이어는 {"type": "linear", "data": {...}}처럼 "type"이 있는 객체여야 합니다.',
            )
            return draft
        data = raw.get("data")
        usable = data is None or isinstance(data, dict)
        spelled = spell(name, _fields(raw) if usable else {}, self.types)
        self.older |= spelled.older
        draft = Draft(
            spelled.type, "", say(en=f"Layer {number} ({spelled.type})", ko=f"{number}번 레이어({spelled.type})"), raw
        )
        self._identify(draft, spelled.data.pop("id", None))
        for problem in spelled.problems:
            self.problems.append(replace(problem, layer_id=draft.id, place=draft.place))
        if usable:
            draft.data = spelled.data
        else:
            self.report(
                draft,
                None,
                en='"data" must be an object with the layer\'s fields.',
                ko='"data"는 레이어의 필드가 든 객체여야 합니다.',
            )
        draft.children = self._read_children(draft, raw.get("children"), depth)
        return draft

    def _identify(self, draft: Draft, given: Any) -> None:
        """Gives the node its own id, or one that the whole document does not use."""
        draft.id = given if isinstance(given, str) and given else self._free_id(draft.type)
        if given is not None and not isinstance(given, str):
            self.report(
                draft,
                "id",
                en=f"The id is {given!r}, but it must be a text.",
                ko=f"id가 {given!r}입니다. id는 문자열이어야 합니다.",
            )
        elif draft.id == SOURCE:
            self.report(
                draft,
                "id",
                en=f"The id {SOURCE!r} is kept for the source text of an encoder-decoder. Give this layer another one.",
                ko=f"id {SOURCE!r}은(는) 인코더-디코더의 원문을 가리키는 이름입니다. 이 레이어에 다른 id를 주세요.",
            )
        elif draft.id in self.ids:
            self.report(
                draft,
                "id",
                en=f"The id {draft.id!r} is used twice. Give every layer an id of its own.",
                ko=f"id {draft.id!r}이(가) 두 번 쓰였습니다. 레이어마다 다른 id를 주세요.",
            )
        self.ids.add(draft.id)

    def _free_id(self, name: str) -> str:
        number = self._numbers.get(name, 0) + 1
        while f"{name}-{number}" in self._taken:
            number += 1
        self._numbers[name] = number
        return f"{name}-{number}"

    def _read_children(self, draft: Draft, raw: Any, depth: int) -> list[Draft]:
        model = self.types.get(draft.type)
        if raw is None:
            return []
        if model is not None and not model.container and raw:
            self.report(
                draft,
                None,
                en="Only a block has layers inside. Move them out, or into a transformerBlock.",
                ko="안에 레이어를 넣을 수 있는 것은 블록뿐입니다. 밖으로 꺼내거나 transformerBlock 안으로 옮기세요.",
            )
            return []
        if not isinstance(raw, list):
            self.report(
                draft, None, en='"children" must be a list of layers.', ko='"children"은 레이어의 목록이어야 합니다.'
            )
            return []
        if depth >= MAX_DEPTH:
            self.report(
                draft,
                None,
                en=f"Blocks are nested more than {MAX_DEPTH} deep.",
                ko=f"블록이 {MAX_DEPTH}겹보다 깊이 겹쳐 있습니다.",
            )
            return []
        return self._read(raw, depth + 1)

    def walk(self) -> Iterator[Draft]:
        """Every draft, those inside blocks too, top down."""
        for draft in self.drafts:
            yield from draft.walk()

    def report(self, draft: Draft, field: str | None, *, en: str, ko: str, severity: str = "error") -> None:
        """Notes a problem of a node."""
        self.problems.append(Problem(draft.id, field, severity, say(en=en, ko=ko), draft.place))


def _fields(node: dict[str, Any]) -> dict[str, Any]:
    """The node's data; what stands beside it on the node itself belongs to it."""
    drawn = DRAWING if "position" in node else ()  # a node taken from a canvas says how it is drawn, too
    beside = {key: value for key, value in node.items() if key not in ("type", "data", "children") and key not in drawn}
    return beside | {key: value for key, value in (node.get("data") or {}).items() if value is not None}


def _given_ids(raw: list[Any]) -> Iterator[str]:
    """Every id that the nodes bring along."""
    for node in raw:
        if not isinstance(node, dict):
            continue
        data, children = node.get("data"), node.get("children")
        for holder in (node, data):
            if isinstance(holder, dict) and isinstance(holder.get("id"), (str, int)):
                yield str(holder["id"])
        if isinstance(children, list):
            yield from _given_ids(children)
