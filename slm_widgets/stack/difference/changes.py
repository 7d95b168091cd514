"""Which fields of a layer are another in the other design."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from slm_widgets.stack.difference.members import Member, defaults, references

TYPE = "type"
"""The name under which another layer type is told."""


@dataclass(frozen=True)
class Change:
    """One value that is another in the other design.

    Args:
        field: The field as a document spells it, ``"ropeConfig.factor"`` inside a group; ``"type"`` for the layer's type.
        before: The value in the first design; None where it is left open.
        after: The value in the second one.
    """

    field: str
    before: Any
    after: Any

    def mirrored(self) -> Change:
        """The same the other way round."""
        return Change(self.field, self.after, self.before)


def changes(x: Member, y: Member, partner: Mapping[Member, Member]) -> list[Change]:
    """What differs between two layers that answer to each other.

    Args:
        x: The one of the first design.
        y: The one of the second.
        partner: All layers that answer to each other.
    """
    found = list(_values(x, y, partner))
    return found if x.type == y.type else [Change(TYPE, x.type, y.type), *found]


def _values(x: Member, y: Member, partner: Mapping[Member, Member]) -> Iterator[Change]:
    refers = {*references(x.model), *references(y.model)}
    for name in dict.fromkeys([*x.values, *y.values]):
        # What only one of two types has is worth telling where it was set.
        before = x.values.get(name, defaults(y.model).get(name))
        after = y.values.get(name, defaults(x.model).get(name))
        if _same_layer(x, y, before, after, partner) if name in refers else _same(before, after):
            continue
        # What one leaves open and the other says is told only if it comes to something else.
        if (before is None or after is None) and _same(x.settled.get(name), y.settled.get(name)):
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _inside(name, before, after)
        else:
            yield Change(name, before, after)


def _same_layer(x: Member, y: Member, before: Any, after: Any, partner: Mapping[Member, Member]) -> bool:
    """Whether two references name layers that answer to each other, however they are called."""
    here, there = x.referred(before), y.referred(after)
    if here is None or there is None or not {here[0], there[0]}.intersection(partner):
        return _same(before, after)
    return partner.get(here[0]) is there[0] and here[1] == there[1]


def _inside(group: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    for name in dict.fromkeys([*before, *after]):
        if not _same(before.get(name), after.get(name)):
            yield Change(f"{group}.{name}", before.get(name), after.get(name))


def _same(before: Any, after: Any) -> bool:
    """Whether two values mean the same: 1 and 1.0 do, 1 and true do not."""
    if isinstance(before, dict | list) or isinstance(after, dict | list):
        return json.dumps(before, sort_keys=True, default=repr) == json.dumps(after, sort_keys=True, default=repr)
    return before == after and isinstance(before, bool) == isinstance(after, bool)
