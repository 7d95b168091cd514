"""Which layers of two lists of siblings answer to each other, in order: the best alignment, by what is alike in them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from slm_widgets.layers import Layer
from slm_widgets.stack.difference.members import Member, defaults

Pair = tuple[Member, Member]

MOST_PAIRS = 40_000
"""Pairs of siblings that are weighed, some 40 ms; of longer lists only those between layers with the same id."""

LOOK_AHEAD = 50
"""How many siblings are passed over for one of the same type, in lists too long to be weighed."""

SAME_TYPE, SAME_ID, SAME_VALUES, SAME_CHILDREN, REPLACED = 40, 30, 10, 20, 10


def align(a: Sequence[Member], b: Sequence[Member]) -> list[Pair]:
    """Pairs two lists of siblings, each layer at most once and none across another pair."""
    start = 0
    while start < min(len(a), len(b)) and _same_name(a[start], b[start]):
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and _same_name(a[-1 - end], b[-1 - end]):
        end += 1
    inner = _align_middle(a[start : len(a) - end], b[start : len(b) - end])
    tail = zip(a[len(a) - end :], b[len(b) - end :], strict=True)
    return [*zip(a[:start], b[:start], strict=True), *inner, *tail]


def _same_name(x: Member, y: Member) -> bool:
    return x.given_id is not None and (x.given_id, x.type) == (y.given_id, y.type)


def _align_middle(a: Sequence[Member], b: Sequence[Member]) -> list[Pair]:
    if len(a) * len(b) <= MOST_PAIRS:
        return list(_heaviest(a, b))
    anchors = _by_name(a, b)
    if not anchors:
        return list(_by_type(a, b))
    found: list[Pair] = []
    i = j = 0
    for x, y in [*anchors, (len(a), len(b))]:
        between = a[i:x], b[j:y]
        found += _heaviest(*between) if len(between[0]) * len(between[1]) <= MOST_PAIRS else _by_type(*between)
        if x < len(a):
            found.append((a[x], b[y]))
        i, j = x + 1, y + 1
    return found


def _heaviest(a: Sequence[Member], b: Sequence[Member]) -> Iterator[Pair]:
    """The alignment with the largest weight, found as a longest common subsequence is."""
    weights = [[weight(x, y) for y in b] for x in a]
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        here, below, row = best[i], best[i + 1], weights[i]
        for j in range(len(b) - 1, -1, -1):
            paired = row[j] + below[j + 1] if row[j] else 0.0
            here[j] = max(paired, below[j], here[j + 1])
    i = j = 0
    while i < len(a) and j < len(b):
        if weights[i][j] and best[i][j] == weights[i][j] + best[i + 1][j + 1]:
            yield a[i], b[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1


def weight(x: Member, y: Member) -> float:
    """How much two layers are alike; 0 for two that have nothing to do with each other."""
    same_id = SAME_ID if x.given_id is not None and x.given_id == y.given_id else 0
    if x.type != y.type:
        return REPLACED + same_id / 2 if _may_replace(x.model, y.model) else 0.0
    same_values = SAME_VALUES if x.own_print == y.own_print else 0
    return SAME_TYPE + same_id + same_values + SAME_CHILDREN * _alike_inside(x, y)


def _may_replace(x: type[Layer] | None, y: type[Layer] | None) -> bool:
    """Whether one type is another kind of the same thing, as grouped-query attention is of attention."""
    if x is None or y is None or x.group != y.group or x.reads != y.reads or x.container != y.container:
        return False
    common = set(defaults(Layer))
    ours, theirs = set(defaults(x)) - common, set(defaults(y)) - common
    return 3 * len(ours & theirs) >= len(ours | theirs) > 0


def _alike_inside(x: Member, y: Member) -> float:
    """The share of layers inside that both have, by their types."""
    if not x.children or not y.children:
        return 0.0
    ours, theirs = (Counter(child.type for child in member.children) for member in (x, y))
    return (ours & theirs).total() / (ours | theirs).total()


def _by_name(a: Sequence[Member], b: Sequence[Member]) -> list[tuple[int, int]]:
    """The indices of the longest run of layers with the same id and type that stand in the same order in both lists."""
    places = {(y.given_id, y.type): j for j, y in reversed(list(enumerate(b)))}
    named = [(i, (x.given_id, x.type)) for i, x in enumerate(a) if x.given_id is not None]
    common = [(i, places.pop(name)) for i, name in named if name in places]
    ends: list[int] = []  # of the runs of each length, the smallest last index ...
    last: list[int] = []  # ... and its number in ``common``
    before: list[int | None] = []
    for number, (_, j) in enumerate(common):
        length = bisect_left(ends, j)
        before.append(last[length - 1] if length else None)
        ends[length : length + 1], last[length : length + 1] = [j], [number]
    chain: list[tuple[int, int]] = []
    number = last[-1] if last else None
    while number is not None:
        chain.append(common[number])
        number = before[number]
    return chain[::-1]


def _by_type(a: Sequence[Member], b: Sequence[Member]) -> Iterator[Pair]:
    """Pairs each layer with the next of the same type, in one pass."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for j, y in enumerate(b):
        places[y.type].append(j)
    free = 0
    for x in a:
        of_type = places[x.type]
        at = bisect_left(of_type, free)
        if at < len(of_type) and of_type[at] - free <= LOOK_AHEAD:
            yield x, b[of_type[at]]
            free = of_type[at] + 1
