"""One node in any spelling -> the canonical type, keys and values.

Only what is said is translated: what cannot be meant stays as it is, for the reader of nodes to refuse. Nothing here knows
the other nodes of the design.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from slm_widgets.fields import field_kind
from slm_widgets.language import say
from slm_widgets.layers import Layer, Problem
from slm_widgets.layers.place import WIDEST
from slm_widgets.stack.dialects.aliases import ATTENTION_KINDS, KEYS, TYPES, WITH_OUTPUT_BIAS, choice, plain
from slm_widgets.stack.dialects.values import same, shown

FACTOR = "numOfFactor"
"""A feed-forward's hidden width as a multiple of the width that flows in; ``hiddenDim`` in canonical form."""


@dataclass
class Spelled:
    """A node in canonical spelling.

    Args:
        type: The canonical type, or what was said where there is no such type.
        data: The fields under their canonical keys, without nulls; unknown keys as they were. ``FACTOR`` stays in it until
            the width is known.
        older: Whether some type, key or value had a name that version 1 does not write.
        problems: What contradicts itself, yet without id and place.
    """

    type: str
    data: dict[str, Any]
    older: bool = False
    problems: list[Problem] = field(default_factory=list)


def spell(type_name: str, data: dict[str, Any], known: dict[str, type[Layer]]) -> Spelled:
    """Translates one node.

    Args:
        type_name: The type as the document spells it.
        data: The fields as the document spells them.
        known: The layer types there are.
    """
    spelled = Spelled(type_name, {key: value for key, value in data.items() if value is not None})
    name = type_name if type_name in known else _spell_type(spelled, known)
    if spelled.type in known:
        _spell_keys(spelled, field_names(known[spelled.type]))
        _spell_feed_forward(spelled, known[spelled.type])
        if name in WITH_OUTPUT_BIAS and name not in known:
            spelled.data.setdefault("projBias", True)
    if isinstance(given := spelled.data.get("id"), int) and not isinstance(given, bool):
        spelled.data["id"] = str(given)
    return spelled


def _spell_type(spelled: Spelled, known: dict[str, type[Layer]]) -> str:
    """Settles the type; returns the old name that it went by, in one spelling."""
    names = {plain(name): name for name in (*TYPES, *known)}
    name = names.get(plain(spelled.type), spelled.type)
    spelled.type = TYPES.get(name, name) if name not in known else name
    spelled.older = spelled.type in known
    if name == "attention" and name not in known:
        spelled.type = _attention_type(spelled)
    return name


def _attention_type(spelled: Spelled) -> str:
    """``attention`` says by ``attn_type`` which one it is; without it, groups of keys and values make it grouped."""
    key = next((key for key in spelled.data if plain(key) == "attntype"), None)
    if key is None:
        grouped = any(plain(key) in ("numkvgroups", "nkvgroups") for key in spelled.data)
        return "gqAttention" if grouped else "mhAttention"
    kind = spelled.data.pop(key)
    if isinstance(kind, str) and plain(kind) in ATTENTION_KINDS:
        return ATTENTION_KINDS[plain(kind)]
    spelled.problems.append(
        _problem(
            key,
            en=f"{key} is {shown(kind)}, but it must be one of {', '.join(ATTENTION_KINDS)}.",
            ko=f"{key} 값이 {shown(kind)}입니다. 넣을 수 있는 값: {', '.join(ATTENTION_KINDS)}.",
        )
    )
    return "mhAttention"


def _spell_keys(spelled: Spelled, names: FieldNames) -> None:
    found: dict[str, tuple[str, Any]] = {}  # canonical key -> how it was spelled, and its value
    for key, value in spelled.data.items():
        name = names.canonical(key)
        if name == "gated":
            name, value = "feedForwardType", ("Gated" if value else "Standard") if isinstance(value, bool) else value
        elif name == "rope_freq":
            name = "ropeConfig" if isinstance(value, dict) else "ropeBase"
        meant = names.value(name, value)
        spelled.older |= name in names.fields and (name != key or (isinstance(value, str) and meant != value))
        if name in found and not same(found[name][1], meant):
            spelled.problems.append(_contradiction(name, *found[name], key, meant))
        found.setdefault(name, (key, meant))
    spelled.data = {name: value for name, (_, value) in found.items()}


def _contradiction(name: str, first: str, a: Any, second: str, b: Any) -> Problem:
    return _problem(
        name,
        en=f"{first} means {name} {shown(a)}, but {second} means {name} {shown(b)}. Keep one of them.",
        ko=f"{first}은(는) {name} {shown(a)}을(를), {second}은(는) {name} {shown(b)}을(를) 뜻합니다. 하나만 남기세요.",
    )


def _spell_feed_forward(spelled: Spelled, model: type[Layer]) -> None:
    """What stands beside ``numOfFactor`` in the oldest files when they do not say it: biases, ReLU, no gate."""
    data = spelled.data
    if FACTOR not in data or not takes_factor(model):
        return
    data.setdefault("actFunc", "ReLU")
    data.setdefault("bias", True)
    data.setdefault("feedForwardType", "Gated" if data["actFunc"] == "SwiGLU" else "Standard")
    factor = data[FACTOR]
    if not isinstance(factor, (int, float)) or isinstance(factor, bool) or not 0 < factor <= WIDEST:
        spelled.problems.append(
            _problem(
                FACTOR,
                en=f"{FACTOR} is {shown(factor)}, but it must be a number > 0: how often the width fits into the hidden width.",
                ko=f"{FACTOR} 값이 {shown(factor)}입니다. 은닉 폭이 폭의 몇 배인지 나타내는 0보다 큰 수여야 합니다.",
            )
        )
        del data[FACTOR]


def takes_factor(model: type[Layer]) -> bool:
    """Whether ``FACTOR`` means something to a layer type."""
    return "act_func" in model.model_fields


def _problem(name: str | None, *, en: str, ko: str) -> Problem:
    return Problem(None, name, "error", say(en=en, ko=ko))


class FieldNames:
    """The keys of one layer type and of their values, ready for comparison.

    ``fields``, ``references`` and ``required`` hold the keys as version 1 writes them: all, those that name other layers, and
    those without a default; ``groups`` those with fields of their own, by their attribute.
    """

    def __init__(self, model: type[Layer]) -> None:
        self.fields = {info.alias or name: _Field(info) for name, info in model.model_fields.items()}
        self.references = [key for key, known in self.fields.items() if known.kind == "reference"]
        self.groups = {
            n: i.alias or n for n, i in model.model_fields.items() if self.fields[i.alias or n].kind == "group"
        }
        self.required = [info.alias or name for name, info in model.model_fields.items() if info.is_required()]
        others = {plain(other): name for name, aliases in KEYS.items() for other in aliases if name in self.fields}
        special = {FACTOR: "actFunc", "gated": "feedForwardType", "rope_freq": "ropeBase"}
        special = {plain(name): name for name, needed in special.items() if needed in self.fields}
        # A field's own name comes before what it may be an alias of.
        self._by_plain_name = others | special | {plain(name): name for name in self.fields}

    def canonical(self, key: str) -> str:
        """The field that a key means, or the key itself."""
        return key if key in self.fields else self._by_plain_name.get(plain(key), key)

    def value(self, name: str, value: Any) -> Any:
        """The value as version 1 writes it."""
        return self.fields[name].value(name, value) if name in self.fields else value


class _Field:
    """What is needed of a field to translate its values."""

    def __init__(self, info: FieldInfo) -> None:
        # Fields without words (inDim, outDim) may have types that no form shows.
        self.kind = field_kind(info)
        members = list(_members(info.annotation))
        self.choices = [value for member in members if get_origin(member) is Literal for value in get_args(member)]
        groups = [member for member in members if isinstance(member, type) and issubclass(member, BaseModel)]
        self.inner = {
            plain(info.alias or name): info.alias or name
            for group in groups
            for name, info in group.model_fields.items()
        }

    def value(self, name: str, value: Any) -> Any:
        if isinstance(value, str) and self.choices:
            return value if value in self.choices else choice(name, value, self.choices)
        if isinstance(value, float) and self.kind == "integer" and value.is_integer():
            return int(value)
        if isinstance(value, int) and self.kind == "reference" and not isinstance(value, bool):
            return str(value)
        if isinstance(value, dict) and self.kind == "group":
            return {self.inner.get(plain(key), key): item for key, item in value.items() if item is not None}
        return value


def _members(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from _members(member)
    else:
        yield annotation


@lru_cache(maxsize=256)
def field_names(model: type[Layer]) -> FieldNames:
    """The keys of a layer type; worked out once for each class."""
    return FieldNames(model)
