"""What a teacher gives and what must stay of it: layers that are locked, types that may be added, a design only to be read.

The page keeps to the same rules (``js/src/graph/session/rules.ts``); ``tests/fixtures/editor_rules.json`` is read by the tests of both.

- A **locked** layer keeps its type and its values, the blocks that it stands in, and its order among the locked layers.
  Whatever is not locked may come, go and change around it; what stands in a locked block is locked only if it is named itself.
- Of a type that is not **allowed** there may be as many layers as there were.
- A **readonly** design stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from slm_widgets.language import Text

WORDS = {
    "readonly": Text(en="This design is read-only.", ko="이 설계는 읽기 전용입니다."),
    "added": Text(
        en="{type} may not be added here: it is not among the layers that are allowed.",
        ko="{type} 레이어는 여기에 더할 수 없습니다. 허용된 레이어가 아닙니다.",
    ),
    "removed": Text(
        en="{id} is locked: it may not be taken out, nor the block around it.",
        ko="{id} 레이어는 잠겨 있습니다. 이 레이어도, 이 레이어를 담은 블록도 지울 수 없습니다.",
    ),
    "twice": Text(
        en="{id} is locked: no other layer may have its id.",
        ko="{id} 레이어는 잠겨 있습니다. 다른 레이어가 같은 id를 쓸 수 없습니다.",
    ),
    "changed": Text(
        en="{id} is locked: its settings may not be changed.",
        ko="{id} 레이어는 잠겨 있습니다. 설정을 바꿀 수 없습니다.",
    ),
    "block": Text(
        en="{id} is locked: it stays in the block where it is, and no block is put around it.",
        ko="{id} 레이어는 잠겨 있습니다. 지금 있는 블록을 벗어날 수 없고, 다른 블록으로 감쌀 수도 없습니다.",
    ),
    "order": Text(
        en="{id} is locked: it keeps its place before or after the other locked layers.",
        ko="{id} 레이어는 잠겨 있습니다. 잠긴 레이어들끼리의 순서는 바꿀 수 없습니다.",
    ),
}
"""What is said of each broken rule; ``{id}`` and ``{type}`` are filled in."""


@dataclass(frozen=True)
class BrokenRule:
    """One rule that a design does not keep.

    Args:
        reason: Which one, a key of ``WORDS``.
        layer_id: The layer it is about, or None.
        layer_type: Its type, or the type that is not allowed.
    """

    reason: str
    layer_id: str | None = None
    layer_type: str = ""

    @property
    def message(self) -> str:
        """The sentence, in the chosen language."""
        words = str(WORDS[self.reason])
        return words.replace("{type}", self.layer_type).replace("{id}", self.layer_id or "")


def broken_rules(
    given: list[Any],
    handed_in: list[Any],
    *,
    readonly: bool = False,
    locked: Collection[str] = (),
    allowed: Collection[str] | None = None,
) -> list[BrokenRule]:
    """Compares two lists of nodes, nested no deeper than a design may be; never raises on malformed ones.

    Args:
        given: The nodes that were handed out.
        handed_in: What became of them.
        readonly: Whether nothing may have changed.
        locked: The ids of layers that must have stayed. Ids that ``given`` lacks mean nothing.
        allowed: The only types that may have been added; None for every type.
    """
    if readonly:
        return [] if same_json(given, handed_in) else [BrokenRule("readonly")]
    before, after = list(_walk(given)), list(_walk(handed_in))
    return [*_added(before, after, allowed), *_unlocked(before, after, set(locked))]


def same_json(a: Any, b: Any) -> bool:
    """Whether two values are the same JSON, however it is spelled: 1 is 1.0, but not true."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same_json(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same_json, a, b))
    return a == b


@dataclass(frozen=True)
class _Found:
    id: str | None
    type: str
    node: dict[str, Any]
    blocks: tuple[str | None, ...]


def _walk(nodes: list[Any], blocks: tuple[str | None, ...] = ()) -> Iterator[_Found]:
    for node in nodes:
        if not isinstance(node, dict):
            continue
        data, kind, children = node.get("data"), node.get("type"), node.get("children")
        name = data.get("id") if isinstance(data, dict) else None
        name = name if isinstance(name, str) and name else None
        yield _Found(name, kind if isinstance(kind, str) else "", node, blocks)
        if isinstance(children, list):
            yield from _walk(children, (*blocks, name))


def _added(before: list[_Found], after: list[_Found], allowed: Collection[str] | None) -> Iterator[BrokenRule]:
    if allowed is None:
        return
    for kind in dict.fromkeys(found.type for found in after):
        old = [found.id for found in before if found.type == kind]
        new = [found for found in after if found.type == kind]
        if kind not in allowed and len(new) > len(old):
            culprit = next((found for found in new if found.id not in old), new[-1])
            yield BrokenRule("added", culprit.id, kind)


def _unlocked(before: list[_Found], after: list[_Found], locked: set[str]) -> Iterator[BrokenRule]:
    given, now = _by_id(before, locked), _by_id(after, locked)
    for name, (found, *others) in given.items():
        reason = _what_happened(found, now.get(name, []), 1 + len(others))
        if reason is not None:
            yield BrokenRule(reason, name, found.type)
    once = [name for name in given if len(given[name]) == len(now.get(name, [])) == 1]
    for name, other in zip(once, [name for name in now if name in once], strict=True):
        if name != other:
            yield BrokenRule("order", name, given[name][0].type)
            return


def _by_id(found: list[_Found], ids: set[str]) -> dict[str, list[_Found]]:
    groups: dict[str, list[_Found]] = {}
    for one in found:
        if one.id is not None and one.id in ids:
            groups.setdefault(one.id, []).append(one)
    return groups


def _what_happened(given: _Found, now: list[_Found], often: int) -> str | None:
    if len(now) != often:
        return "twice" if len(now) > often else "removed"
    if not same_json(_own(given.node), _own(now[0].node)):
        return "changed"
    return "block" if given.blocks != now[0].blocks else None


def _own(node: dict[str, Any]) -> dict[str, Any]:
    """What belongs to the layer itself; null means absent."""
    data = node.get("data")
    values = {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data
    return {**{key: value for key, value in node.items() if key != "children"}, "data": values}
