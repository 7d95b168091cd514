"""Raw JSON nodes -> typed nodes, with a Problem for whatever cannot be meant."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from slm_widgets.fields import explain
from slm_widgets.language import say
from slm_widgets.layers import Layer, Problem, layer_types
from slm_widgets.stack.document import Node

MAX_DEPTH = 16
"""Blocks within blocks; a document nested deeper is refused before it is walked."""


@dataclass
class Draft:
    """One node of a document that may still be wrong: ``layer`` is None where it could not be understood."""

    type: str
    id: str
    place: str
    layer: Layer | None
    children: list[Draft] = field(default_factory=list)

    def node(self) -> Node:
        """The typed node; only asked when no problem was found."""
        assert self.layer is not None
        return Node(self.layer, tuple(child.node() for child in self.children))


class Reader:
    """Reads a list of raw nodes; ``problems`` fills as it goes."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.ids: set[str] = set()
        self._count = 0

    def read(self, raw: list[Any], depth: int = 0) -> list[Draft]:
        """Reads the nodes of one list, blocks' children too."""
        return [self._read_node(item, depth) for item in raw]

    def _read_node(self, raw: Any, depth: int) -> Draft:
        self._count += 1
        number = self._count
        name = raw.get("type") if isinstance(raw, dict) else None
        if not isinstance(raw, dict) or not isinstance(name, str):
            draft = Draft("?", f"?{number}", say(en=f"Layer {number}", ko=f"{number}번 레이어"), None)
            self._report(
                draft,
                None,
                en='A layer must be an object with a "type", such as {"type": "linear", "data": {...}}.',
                ko='레이어는 {"type": "linear", "data": {...}}처럼 "type"이 있는 객체여야 합니다.',
            )
            return draft
        place = say(en=f"Layer {number} ({name})", ko=f"{number}번 레이어({name})")
        data = raw.get("data")
        draft = Draft(name, self._identify(data, name), place, None)
        if data is not None and not isinstance(data, dict):
            self._report(
                draft,
                None,
                en='"data" must be an object with the layer\'s fields.',
                ko='"data"는 레이어의 필드가 든 객체여야 합니다.',
            )
        else:
            draft.layer = self._read_layer(draft, dict(data or {}))
        draft.children = self._read_children(draft, raw.get("children"), depth)
        return draft

    def _identify(self, data: Any, name: str) -> str:
        """The node's own id, or one that the whole document has not used."""
        given = data.get("id") if isinstance(data, dict) else None
        if isinstance(given, str) and given:
            return given
        number = 1
        while f"{name}-{number}" in self.ids:
            number += 1
        return f"{name}-{number}"

    def _read_layer(self, draft: Draft, data: dict[str, Any]) -> Layer | None:
        if draft.id in self.ids:
            self._report(
                draft,
                "id",
                en=f"The id {draft.id!r} is used twice. Give every layer an id of its own.",
                ko=f"id {draft.id!r}이(가) 두 번 쓰였습니다. 레이어마다 다른 id를 주세요.",
            )
        self.ids.add(draft.id)
        types = layer_types()
        if draft.type not in types:
            near = difflib.get_close_matches(draft.type, types, n=1)
            self._report(
                draft,
                None,
                en=f"There is no layer type {draft.type!r}."
                + (f" Did you mean {near[0]}?" if near else f" There are: {', '.join(types)}."),
                ko=f"{draft.type!r}(이)라는 레이어 종류는 없습니다."
                + (f" {near[0]}을(를) 뜻하셨나요?" if near else f" 있는 것: {', '.join(types)}."),
            )
            return None
        model = types[draft.type]
        said = {key: value for key, value in data.items() if value is not None}
        said["id"] = draft.id
        try:
            layer = model.model_validate(said)
        except ValidationError as errors:
            for error in errors.errors():
                name, sentence = explain(error, model)
                self._report(draft, name, en=sentence, ko=sentence)
            return None
        known = {info.alias or name for name, info in model.model_fields.items()}
        for key in (layer.model_extra or {}).keys() - known:
            self._report(
                draft,
                key,
                severity="warning",
                en=f"{key} is no field of this layer; it is kept in the file but changes nothing.",
                ko=f"{key}은(는) 이 레이어의 필드가 아닙니다. 파일에는 남지만 아무 영향이 없습니다.",
            )
        return layer

    def _read_children(self, draft: Draft, raw: Any, depth: int) -> list[Draft]:
        container = draft.layer.container if draft.layer is not None else True
        if not container and raw:
            self._report(
                draft,
                None,
                en="Only a block has layers inside. Move them out, or into a transformerBlock.",
                ko="안에 레이어를 넣을 수 있는 것은 블록뿐입니다. 밖으로 꺼내거나 transformerBlock 안으로 옮기세요.",
            )
            return []
        if raw is None:
            return []
        if not isinstance(raw, list):
            self._report(
                draft, None, en='"children" must be a list of layers.', ko='"children"은 레이어의 목록이어야 합니다.'
            )
            return []
        if depth >= MAX_DEPTH:
            self._report(
                draft,
                None,
                en=f"Blocks are nested more than {MAX_DEPTH} deep.",
                ko=f"블록이 {MAX_DEPTH}겹보다 깊이 겹쳐 있습니다.",
            )
            return []
        return self.read(raw, depth + 1)

    def _report(self, draft: Draft, field: str | None, *, en: str, ko: str, severity: str = "error") -> None:
        self.problems.append(Problem(draft.id, field, severity, say(en=en, ko=ko), draft.place))
