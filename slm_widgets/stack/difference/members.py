"""The layers of a design as they are compared: what each one says, defaults filled in, of half-finished designs too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from pydantic_core import PydanticUndefined

from slm_widgets.layers import Layer, layer_types
from slm_widgets.stack.check import Examined
from slm_widgets.stack.dialects.spelling import field_names
from slm_widgets.stack.nodes import Draft
from slm_widgets.stack.references import referred_id
from slm_widgets.stack.trace import Trace

Path = tuple[int, ...]


@dataclass(frozen=True)
class LayerAt:
    """Where a layer stands in one of the two designs.

    Args:
        key: Its name in the drawing: its id, or ``"@"`` and its path where an earlier layer has the same id.
        id: Its id.
        type: Its type.
        path: Its index among its siblings, after those of the blocks round it: ``(2, 0)`` is the first in the third.
    """

    key: str
    id: str
    type: str
    path: Path


@dataclass(frozen=True)
class Surroundings:
    """What the members of one design share: what flows through it, its layers by id, and the layer types there are."""

    trace: Trace
    named: dict[str, Member]
    types: Mapping[str, type[Layer]]


class Member:
    """One layer of one design, with what is inside it; two of them are one only if they are the same object."""

    def __init__(self, draft: Draft, at: LayerAt, children: list[Member], around: Surroundings) -> None:
        self.at = at
        self.type = draft.type
        self.children = children
        self.parent: Member | None = None
        self.model = around.types.get(draft.type)
        # An id that was made up on reading hangs on the layer's number, and says nothing.
        self.given_id = draft.id if _says_its_id(draft) else None
        self._draft, self._trace, self._named = draft, around.trace, around.named
        for child in children:
            child.parent = self

    @cached_property
    def values(self) -> dict[str, Any]:
        """The fields by their names in a document: as said, else the default; None for what is left open."""
        draft = self._draft
        if draft.layer is not None:
            return _dumped(draft.layer)
        if draft.data is None:
            return {"data": draft.raw.get("data") if isinstance(draft.raw, dict) else draft.raw}
        return {**defaults(self.model), **draft.data}

    @cached_property
    def settled(self) -> dict[str, Any]:
        """The fields with what their surroundings fill in; those of a layer with a mistake as they are."""
        step = self._trace.understood.get(self.at.id)
        if step is None or step.layer.type != self.type:
            return self.values
        filled = _dumped(step.layer)
        widths = {"inDim": step.place.incoming.width, "outDim": step.outgoing.width}
        return filled | {name: width for name, width in widths.items() if filled.get(name) is None}

    @cached_property
    def own_print(self) -> str:
        """Equal for layers that say the same, whatever they are called and wherever they read."""
        named = {"label", *references(self.model)}
        values = {name: value for name, value in self.values.items() if name not in named}
        return json.dumps([self.type, values], sort_keys=True, default=repr)

    @cached_property
    def whole_print(self) -> str:
        """Equal only for layers that are the same in every word, with all that is inside them."""
        inside = [child.whole_print for child in self.children]
        text = json.dumps([self.type, self.given_id, self.values, inside], sort_keys=True, default=repr)
        return hashlib.sha256(text.encode()).hexdigest()  # blocks in blocks would make it long

    def referred(self, reference: Any) -> tuple[Member, bool] | None:
        """The layer that a reference names, and whether its input is meant; None where there is no such layer."""
        if not isinstance(reference, str):
            return None
        name = referred_id(reference, self._named)
        return (self._named[name], name != reference) if name in self._named else None

    def walk(self) -> Iterator[Member]:
        """This layer and all inside it, top down."""
        yield self
        for child in self.children:
            yield from child.walk()


def read_members(examined: Examined) -> list[Member]:
    """The layers of an examined design."""
    used: set[str] = set()
    around = Surroundings(examined.trace, {}, layer_types())

    def read(drafts: Sequence[Draft], parent: Path) -> list[Member]:
        members = []
        for index, draft in enumerate(drafts):
            path = (*parent, index)
            key = "@" + ".".join(map(str, path)) if draft.id in used else draft.id
            used.add(key)
            member = Member(draft, LayerAt(key, draft.id, draft.type, path), read(draft.children, path), around)
            around.named.setdefault(draft.id, member)
            members.append(member)
        return members

    return read(examined.drafts, ())


@lru_cache(maxsize=256)
def defaults(model: type[Layer] | None) -> Mapping[str, Any]:
    """What the fields of a layer type are where a document says nothing; None where it must say something."""
    if model is None:
        return {}
    named = {info.alias or name: info.default for name, info in model.model_fields.items() if name != "id"}
    return {name: None if value is PydanticUndefined else value for name, value in named.items()}


def references(model: type[Layer] | None) -> tuple[str, ...]:
    """The fields of a layer type that name other layers."""
    return () if model is None else tuple(field_names(model).references)


def _dumped(layer: Layer) -> dict[str, Any]:
    return layer.model_dump(by_alias=True, exclude={"id"})


def _says_its_id(draft: Draft) -> bool:
    if not isinstance(draft.raw, dict):
        return False
    data = draft.raw.get("data")
    return draft.id in (draft.raw.get("id"), data.get("id") if isinstance(data, dict) else None)
