"""A design with some fields of its layers set: of one layer, or of every layer that has the field."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from slm_widgets.errors import ConfigError
from slm_widgets.language import say
from slm_widgets.layers import layer_types
from slm_widgets.stack.check import parse_stack
from slm_widgets.stack.dialects.spelling import field_names
from slm_widgets.stack.document import LayerStack

EVERY = "*"

# The ``data`` of a node, and the way to the field in it.
_Field = tuple[dict[str, Any], list[str]]


def with_fields(design: LayerStack, values: Mapping[str, Any]) -> LayerStack:
    """The design with fields of its layers set; a value of None leaves the field open.

    Args:
        design: A design.
        values: By ``"<layer id>.<field>"``, or ``"*.<field>"`` for every layer that has it; ``"a.b"`` is b in a group a.

    Raises:
        ConfigError: for a layer or a field that is not there; ``field`` is the key.
        LayerStackError: for a design that cannot be built so.
    """
    if not values:
        return design
    document = design.to_json()
    for key, value in values.items():
        for data, path in _meant(design, document, key):
            _put(data, path, value)
    return parse_stack(document)


def set_everywhere(design: LayerStack, name: str, value: Any) -> LayerStack:
    """The design with a field set in every layer that has it, blocks included; as it is where none does.

    Raises:
        LayerStackError: where the value is not allowed.
    """
    document = design.to_json()
    for data, path in _having(_walk(document["layer_stack"]), name):
        _put(data, path, value)
    return parse_stack(document)


def _meant(design: LayerStack, document: Mapping[str, Any], key: str) -> list[_Field]:
    """What a key means."""
    nodes = {node["data"]["id"]: node for node in _walk(document["layer_stack"])}
    # An id may hold dots itself, so the longest that fits is meant.
    named = max((id for id in nodes if key.startswith(f"{id}.")), key=len, default=None)
    name = key[len(named) + 1 :] if named is not None else key.partition(".")[2]
    chosen = [nodes[named]] if named is not None else list(nodes.values()) if key.startswith(f"{EVERY}.") else []
    if not chosen:
        raise _no_layer(design, key, list(nodes))
    found = _having(chosen, name)
    if not found:
        types = layer_types()
        known = {field for node in chosen for field in field_names(types[node["type"]]).fields}
        raise _no_field(key, name, chosen, sorted(known - {"id", "label"}))
    return found


def _having(nodes: Iterable[dict[str, Any]], name: str) -> list[_Field]:
    """The field of this name, in any spelling, of every node that has it."""
    types = layer_types()
    found: list[_Field] = []
    for node in nodes:
        names = field_names(types[node["type"]])
        first, *inner = name.split(".")
        field = names.canonical(first)
        if field in names.fields and field != "id":
            found.append((node["data"], [field, *inner]))
    return found


def _walk(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        yield node
        yield from _walk(node.get("children", []))


def _put(data: dict[str, Any], path: list[str], value: Any) -> None:
    *groups, name = path
    for group in groups:
        inner = data.get(group)
        data[group] = data = dict(inner) if isinstance(inner, Mapping) else {}
    if value is None:
        data.pop(name, None)
    else:
        data[name] = value


def _no_layer(design: LayerStack, key: str, ids: list[str]) -> ConfigError:
    there = ", ".join(ids[:20]) + (", …" if len(ids) > 20 else "")
    return ConfigError(
        say(
            en=f"{key}: the design {design.name!r} has no layer of this name. Its layers are {there}; {EVERY} means every layer "
            "that has the field.",
            ko=f"{key}: 설계 {design.name!r}에 이런 이름의 레이어가 없습니다. 레이어: {there}. {EVERY}는 그 필드가 있는 모든 "
            "레이어를 뜻합니다.",
        ),
        field=key,
    )


def _no_field(key: str, name: str, nodes: list[dict[str, Any]], known: list[str]) -> ConfigError:
    near = difflib.get_close_matches(name, known, n=1)
    if len(nodes) == 1:
        where_en = where_ko = f"{nodes[0]['data']['id']} ({nodes[0]['type']})"
    else:
        where_en, where_ko = "no layer of the design", "설계의 어느 레이어"
    has = "has" if len(nodes) > 1 else "has no"
    hint_en = f"Did you mean {near[0]}?" if near else f"There are {', '.join(known)}."
    hint_ko = f"혹시 {near[0]}?" if near else f"있는 필드: {', '.join(known)}."
    return ConfigError(
        say(
            en=f"{key}: {where_en} {has} field {name}. {hint_en}",
            ko=f"{key}: {where_ko}에도 {name} 필드가 없습니다. {hint_ko}"
            if len(nodes) > 1
            else f"{key}: {where_ko}에 {name} 필드가 없습니다. {hint_ko}",
        ),
        field=key,
    )
