"""Which layers of two designs answer to each other: block by block, then those that were moved somewhere else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence

from slm_widgets.stack.difference.alignment import align
from slm_widgets.stack.difference.members import Member

Row = tuple[Member | None, Member | None]


class Pairing:
    """Pairs the layers of two designs. ``moved`` holds those, of both, that stand elsewhere in the other.

    Args:
        a: The layers of one.
        b: The layers of the other.
    """

    def __init__(self, a: Sequence[Member], b: Sequence[Member]) -> None:
        # Of two pairings that are as good the same one is found, whichever design comes first.
        flipped = [y.whole_print for y in b] < [x.whole_print for x in a]
        self.partner: dict[Member, Member] = {}
        self.moved: set[Member] = set()
        self.a, self.b = (b, a) if flipped else (a, b)
        self._align(self.a, self.b)
        self._find_moved(lambda member: None if member.given_id is None else (member.given_id, member.type))
        self._find_moved(self._kind_and_parent)
        self.a, self.b = a, b

    def _pair(self, x: Member, y: Member) -> None:
        self.partner[x], self.partner[y] = y, x
        self._align(x.children, y.children)

    def _align(self, a: Sequence[Member], b: Sequence[Member]) -> None:
        for x, y in align([x for x in a if x not in self.partner], [y for y in b if y not in self.partner]):
            self._pair(x, y)

    def _find_moved(self, name: Callable[[Member], Hashable | None]) -> None:
        """Pairs what is left on both sides and has the same name, in order."""
        left: defaultdict[Hashable, list[Member]] = defaultdict(list)
        for y in reversed(self._unpaired(self.b)):
            left[name(y)].append(y)
        for x in self._unpaired(self.a):
            called = name(x)
            others = [] if called is None or x in self.partner else left[called]
            while others and others[-1] in self.partner:
                others.pop()
            if others:
                self.moved |= {x, others[-1]}
                self._pair(x, others.pop())

    def _unpaired(self, members: Sequence[Member]) -> list[Member]:
        return [member for root in members for member in root.walk() if member not in self.partner]

    def _kind_and_parent(self, member: Member) -> Hashable | None:
        """Equal for two layers that say the same, inside of blocks that answer to each other."""
        around = member.parent and frozenset((member.parent, self.partner.get(member.parent)))
        return around, member.own_print

    def rows(self) -> Iterator[Row]:
        """Both designs as one list in reading order; what only the first has comes before what only the second has."""
        yield from self._rows(self.a, self.b)

    def _rows(self, a: Sequence[Member], b: Sequence[Member]) -> Iterator[Row]:
        number = {y: j for j, y in enumerate(b)}
        done = 0
        for x in a:
            y = self.partner.get(x)
            if y is None:
                yield x, None
                yield from self._rows(x.children, ())
            elif y in number and y not in self.moved:
                yield from self._only_in_b(b[done : number[y]])
                done = number[y] + 1
                yield x, y
                yield from self._rows(x.children, y.children)
        yield from self._only_in_b(b[done:])

    def _only_in_b(self, members: Sequence[Member]) -> Iterator[Row]:
        """What the first design lacks, or has somewhere else."""
        for y in members:
            x = self.partner.get(y)
            yield x, y
            yield from self._rows(x.children if x else (), y.children)
