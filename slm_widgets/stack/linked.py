"""Values that belong together: after one field was changed, which others would have to follow it.

No layer type is named here. Whatever holds the value that was changed is a candidate, and which of them have to follow is
found by trying: a smaller number of errors decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from slm_widgets.language import say
from slm_widgets.stack.check import examine
from slm_widgets.stack.document import envelope

MOST_LOOKS = 3_000
"""How many layers are looked at in all while searching: about half a second."""
_NAMED = 3
_LONGEST_NAME = 30
_DEEPEST = 40  # blocks within blocks; the reader refuses a design long before

Place = tuple[str, str]
"""A layer's id, and a field of its ``data``."""
Errors = frozenset[tuple[str | None, str | None]]


class Change(NamedTuple):
    """One field of one layer went from ``before`` to ``after``."""

    place: Place
    before: int
    after: int


class LinkedValues:
    """Follows the edits of one design and offers what would carry the last one through.

    A change is remembered while there is something to offer about it: over keystrokes in the same field, and over other edits.
    """

    def __init__(self) -> None:
        self._last: Any = None
        self._change: Change | None = None
        self._errors_before: Errors = frozenset()
        self._errors: Errors = frozenset()

    def follow(
        self,
        layers: Any,
        config: dict[str, Any],
        vocab_size: int | None = None,
        fixed: Collection[str] = (),
        problems: Sequence[Mapping[str, Any]] | None = None,
    ) -> list[dict[str, Any]]:
        """Takes notice of the design as it is now; never raises.

        Args:
            layers: The value of the ``layer_stack`` trait.
            config: The design's config.
            vocab_size: The tokenizer's vocabulary size, where it is known.
            fixed: The ids of layers that may not be changed.
            problems: What ``analyse`` found there, which saves a look; None: they are looked for here.

        Returns:
            At most one offer, as plain JSON: ``id`` and ``field`` of what was changed, ``title``, and ``changes`` (id -> field
            -> value).
        """
        try:
            trial = _Trial(layers, config, vocab_size)
            errors = trial.errors if problems is None else _errors(problems)
            self._notice(layers, errors)
            offer = None
            if self._change is not None and errors - self._errors_before:
                offer = _offer(trial, self._change, fixed)
        except RecursionError:  # nested deeper than Python compares
            self._last, self._change, offer = None, None, None
        return [offer] if offer else []

    def _notice(self, layers: Any, errors: Errors) -> None:
        change = changed_field(self._last, layers)
        known = self._change
        if change and known and change.place == known.place and change.before == known.after:
            # Typing goes on: 1, 12, 128.
            change = Change(known.place, known.before, change.after)
            self._change = None if change.before == change.after else change
        elif change:
            self._change, self._errors_before = change, self._errors
        elif known and not _still_stands(known, layers):
            self._change = None
        self._last, self._errors = layers, errors


def changed_field(old: Any, new: Any) -> Change | None:
    """The one integer field in which two designs differ, if that is all."""
    if not isinstance(old, list) or not isinstance(new, list):
        return None
    found: Change | None = None
    before, after = list(_nodes(old)), list(_nodes(new))
    if len(before) != len(after):
        return None
    for (deep, one), (deeper, other) in zip(before, after, strict=True):
        if one is other:
            continue
        data: Any = one.get("data")
        later: Any = other.get("data")
        if deep != deeper or one.get("type") != other.get("type"):
            return None
        if data == later:
            continue
        keys = _differing(data, later)
        if found is not None or len(keys) != 1:
            return None
        (key,) = keys
        was, is_, name = data[key], later[key], later.get("id")
        if not (_is_size(was) and _is_size(is_) and isinstance(name, str)):
            return None
        found = Change((name, key), was, is_)
    return found


def _differing(data: Any, later: Any) -> list[str]:
    """The fields that both have and in which they differ; none where one has a field that the other lacks."""
    if not isinstance(data, dict) or not isinstance(later, dict) or data.keys() != later.keys():
        return []
    return [key for key in data if data[key] is not later[key] and data[key] != later[key]]


def _still_stands(change: Change, layers: Any) -> bool:
    return any(place == change.place and value == change.after for place, value in _sizes(layers))


class _Trial:
    """A design, and how it would be with other values."""

    def __init__(self, layers: Any, config: dict[str, Any], vocab_size: int | None) -> None:
        self.layers, self._config, self._vocab_size = layers, config, vocab_size
        self._size = sum(1 for _ in _nodes(layers))
        self._left = MOST_LOOKS

    @cached_property
    def errors(self) -> Errors:
        """Those of the design as it is."""
        return self._examine(self.layers)

    @property
    def may_look(self) -> bool:
        """Whether there is time for one more look at the design."""
        return self._left >= self._size

    def with_values(self, places: list[Place], value: int) -> Errors:
        """The errors that there would be."""
        self._left -= self._size
        wanted: dict[str, dict[str, int]] = {}
        for name, key in places:
            wanted.setdefault(name, {})[key] = value
        return self._examine(_changed(self.layers, wanted))

    def _examine(self, layers: Any) -> Errors:
        source = envelope(layers, self._config) if isinstance(layers, list) else layers
        return _errors([problem.to_json() for problem in examine(source, self._vocab_size).problems])


def _errors(problems: Sequence[Mapping[str, Any]]) -> Errors:
    return frozenset((p["layer_id"], p["field"]) for p in problems if p["severity"] == "error")


def _offer(trial: _Trial, change: Change, fixed: Collection[str]) -> dict[str, Any] | None:
    groups = _candidates(trial.layers, change, fixed)
    if not groups or not trial.may_look:
        return None
    chosen = [place for group in groups for place in group]
    best = trial.with_values(chosen, change.after)
    waiting = groups
    while waiting and trial.may_look:
        group = waiting.pop(0)
        without = [place for place in chosen if place not in group]
        left = trial.with_values(without, change.after) if without else trial.errors
        if len(left) <= len(best):
            chosen, best = without, left
        elif len(group) > 1:
            # Some of these have to follow, perhaps not all.
            middle = len(group) // 2
            waiting += [group[:middle], group[middle:]]
    if not chosen or not best < trial.errors:
        return None
    changes: dict[str, dict[str, int]] = {}
    for name, key in chosen:
        changes.setdefault(name, {})[key] = change.after
    name, key = change.place
    return {"id": name, "field": key, "title": _title(trial.layers, changes, change.after), "changes": changes}


def _candidates(layers: Any, change: Change, fixed: Collection[str]) -> list[list[Place]]:
    """Every other field that holds what the changed one held, those of the same name together."""
    found = [place for place, value in _sizes(layers) if value == change.before and place != change.place]
    ids = Counter(name for _, node in _nodes(layers) if (name := _id(node)) is not None)
    groups: dict[str, list[Place]] = {}
    for name, key in found:
        if ids[name] == 1 and name not in fixed:
            groups.setdefault(key, []).append((name, key))
    return list(groups.values())


def _title(layers: Any, changes: dict[str, dict[str, int]], value: int) -> str:
    labels = {_id(node): node["data"].get("label") for _, node in _nodes(layers) if _id(node) in changes}
    names = [_short(labels.get(name) or name) for name in list(changes)[:_NAMED]]
    more = len(changes) - len(names)
    if more:
        en, ko = f"{', '.join(names)} and {more:,} more", f"{', '.join(names)} 외 {more:,}개 레이어"
    else:
        en, ko = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])), ", ".join(names)
    return say(en=f"Also set {value:,} in {en}", ko=f"{ko}에도 {value:,} 넣기")


def _short(name: Any) -> str:
    text = str(name)
    return text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…"


def _nodes(layers: Any, depth: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
    """-> (how deep it lies, the node), top down."""
    for node in layers if isinstance(layers, list) and depth < _DEEPEST else ():
        if isinstance(node, dict):
            yield depth, node
            yield from _nodes(node.get("children"), depth + 1)


def _sizes(layers: Any) -> Iterator[tuple[Place, int]]:
    """Every positive whole number among the fields."""
    for _, node in _nodes(layers):
        if (name := _id(node)) is not None:
            yield from (((name, key), value) for key, value in node["data"].items() if _is_size(value))


def _id(node: dict[str, Any]) -> str | None:
    data = node.get("data")
    name = data.get("id") if isinstance(data, dict) else None
    return name if isinstance(name, str) else None


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _changed(layers: list[Any], wanted: dict[str, dict[str, int]]) -> list[Any]:
    """A copy with other values; what is not changed is shared."""
    result = []
    for node in layers:
        if isinstance(node, dict):
            name, children = _id(node), node.get("children")
            if name in wanted:
                node = {**node, "data": {**node["data"], **wanted[name]}}
            if isinstance(children, list) and children:
                node = {**node, "children": _changed(children, wanted)}
        result.append(node)
    return result
