"""How surprising a story is on average, in closed form: an expectation over every choice, not an average over samples.

Expectations add up. The length of a story is the sum of the lengths of its parts, and -log p is the sum over its choices;
so what is expected *from here to the end* is a sum of small tables, each over the few variables that one part looks at.
Reading the grammar from right to left we keep this sum:

- letters add a constant, a mention adds a table over its variable;
- a draw averages its variable out of every table (and costs the logarithm of the number of free values);
- a choice is the weighted mean of its options (and costs the entropy of the weights).

At the beginning of the story every variable is averaged out, and one number is left. No table ever holds more than a handful
of variables, though there are more stories than atoms.

Source: variable elimination, Koller and Friedman, "Probabilistic Graphical Models" (2009), chapter 9, for sums.
"""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from slm_widgets.data.tales.grammar import Choice, Draw, Grammar, Mention, Option, Part, Text

# The scope of a table (its variables, sorted) -> the table: one axis a variable, and a last axis (nats, characters).
Cost = dict[tuple[str, ...], NDArray[np.float64]]


class Expectation(NamedTuple):
    """What one story costs on average."""

    nats: float
    characters: float

    @property
    def nats_per_character(self) -> float:
        """The loss per character that no model of these stories can beat."""
        return self.nats / self.characters


def expected_story(grammar: Grammar) -> Expectation:
    """Computes E[-log p] and E[length] of a story exactly.

    Raises:
        ValueError: A variable is mentioned before it is drawn.
    """
    cost = _Reader(grammar).parts((grammar.start,), {})
    if set(cost) != {()}:
        raise ValueError(f"mentioned before drawn: {sorted({name for scope in cost for name in scope})}")
    nats, characters = cost[()]
    return Expectation(float(nats), float(characters))


class _Reader:
    def __init__(self, grammar: Grammar) -> None:
        self._values = {name: grammar.values(name) for name in grammar.pool_of}
        self._axes = {name: axis for axis, name in enumerate(grammar.pool_of, start=1)}  # axis 0: nats, characters
        self._remembered: dict[Choice, Cost] = {}
        self._draws: dict[Choice, frozenset[str]] = {}

    def parts(self, parts: tuple[Part, ...], rest: Cost) -> Cost:
        """The expected cost of ``parts`` and all that follows, where ``rest`` is the cost of what follows."""
        for part in reversed(parts):
            match part:
                case Text(text):
                    rest = _sum(rest, {(): np.array([0.0, len(text)])})
                case Mention(variable, texts):
                    rest = _sum(rest, self._lengths(variable, texts))
                case Draw():
                    rest = self._draw(part, _sum(rest, self._lengths(part.variable, part.texts)))
                case Choice():
                    rest = self._choice(part, rest)
        return rest

    def _lengths(self, variable: str, texts: dict[str, str]) -> Cost:
        return {(variable,): np.array([[0.0, len(texts[value])] for value in self._values[variable]])}

    def _draw(self, draw: Draw, rest: Cost) -> Cost:
        # P(value | the others): equal chances for every value that is not one of theirs.
        names = (*draw.others, draw.variable)
        same = np.eye(len(self._values[draw.variable]), dtype=bool)
        free = np.ones([len(self._values[name]) for name in names], dtype=bool)
        for other in draw.others:
            free &= ~np.expand_dims(
                same, [axis for axis, name in enumerate(names) if name not in (other, draw.variable)]
            )
        count = np.maximum(free.sum(-1), 1)  # never 0 where the others are themselves different
        chances = free / count[..., None]
        untouched = {scope: table for scope, table in rest.items() if draw.variable not in scope}
        touched = {scope: table for scope, table in rest.items() if draw.variable in scope}
        surprise = self._tabulate(draw.others, np.log(count))
        return _sum(untouched, surprise, self._weigh(names, chances, touched, without=draw.variable))

    def _choice(self, choice: Choice, rest: Cost) -> Cost:
        # What follows looks the same from every option, save for the variables that the options draw.
        drawn = self._drawn(choice)
        after = {scope: table for scope, table in rest.items() if drawn & set(scope)}
        before = {scope: table for scope, table in rest.items() if not drawn & set(scope)}
        if after:
            return _sum(before, self._mean(choice, after))
        if choice not in self._remembered:
            self._remembered[choice] = self._mean(choice, {})
        return _sum(before, self._remembered[choice])

    def _mean(self, choice: Choice, rest: Cost) -> Cost:
        # The chances of the options as tables over the variables that decide which of them exist.
        names = tuple(dict.fromkeys(name for option in choice.options for name, _ in option.conditions))
        weights = np.stack([self._weight(option, names) for option in choice.options])
        chances = weights / np.maximum(weights.sum(0), 1)
        surprise = -(chances * np.log(np.where(chances > 0, chances, 1))).sum(0)
        costs = [
            self._weigh(names, chance, self.parts(option.parts, rest))
            for chance, option in zip(chances, choice.options, strict=True)
        ]
        return _sum(self._tabulate(names, surprise), *costs)

    def _weight(self, option: Option, names: tuple[str, ...]) -> NDArray[np.float64]:
        weight = np.full([len(self._values[name]) for name in names], float(option.weight))
        for variable, allowed in option.conditions:
            mask = np.array([value in allowed for value in self._values[variable]])
            weight *= np.expand_dims(mask, [axis for axis, name in enumerate(names) if name != variable])
        return weight

    def _tabulate(self, names: tuple[str, ...], nats: NDArray[np.float64]) -> Cost:
        """Nats as a table over ``names``; the characters are zero."""
        return self._weigh(names, nats, {(): np.array([1.0, 0.0])})

    def _weigh(self, names: tuple[str, ...], chances: NDArray, cost: Cost, without: str | None = None) -> Cost:
        """Multiplies every table by the chances, and sums the variable ``without`` away."""
        weighed: Cost = {}
        for scope, one in cost.items():
            union = tuple(sorted({*names, *scope} - {without}))
            product = np.einsum(
                chances, self._numbers(names), one, [*self._numbers(scope), 0], [*self._numbers(union), 0]
            )
            weighed = _sum(weighed, {union: product})
        return weighed

    def _numbers(self, names: tuple[str, ...]) -> list[int]:
        return [self._axes[name] for name in names]

    def _drawn(self, choice: Choice) -> frozenset[str]:
        if choice not in self._draws:
            found: set[str] = set()
            for option in choice.options:
                for part in option.parts:
                    if isinstance(part, Draw):
                        found.add(part.variable)
                    elif isinstance(part, Choice):
                        found |= self._drawn(part)
            self._draws[choice] = frozenset(found)
        return self._draws[choice]


def _sum(*costs: Cost) -> Cost:
    def add(total: Cost, cost: Cost) -> Cost:
        return total | {scope: total[scope] + one if scope in total else one for scope, one in cost.items()}

    return reduce(add, costs, {})
