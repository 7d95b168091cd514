"""A small language for writing stories that remember: weighted choices, and variables that are drawn once and come back.

A grammar is plain data: *pools* of things to draw from, and *rules* that say what may be written.

    Grammar(
        pools={"child": table("name he", "Mia she", "Tom he"), "thing": table("thing sort", "kite flies", "drum sounds")},
        rules={
            "story": ["Once {hero=child} found {what=thing.thing+a}. <use> {hero.he+cap} was [happy|proud|glad].\n"],
            "use": [({"what.sort": "flies"}, "The {what} flew away."), "{hero} put the {what} on a shelf."],
        },
        endings=english_ending,
    )

===================  ==================================================================================================
``{hero=child}``     draw a child, call it ``hero`` from now on, and write its first column
``{hero.he}``        write another column of the child that was drawn
``{x=place!y!z}``    draw a place that is neither ``y`` nor ``z``
``{what+a}``         change the word by one ending or more: a/an, a capital letter, a Korean particle
``<use>``            write what the rule ``use`` says
``[happy|proud]``    one of these, each as likely as the next
``(3, "...")``       an alternative that is three times as likely as an ordinary one
``({"what.sort": "flies rolls"}, "...")``   an alternative that exists only where the column of ``what`` is one of these words
===================  ==================================================================================================

This file only reads the notation. Three others walk over the result, and none of them knows the others: the sampler writes
stories, the entropy tells how surprising they are on average, and the parser reads a story back into its choices.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

Pool = dict[str, dict[str, str]]  # the name of a thing (its first column) -> column -> text
Alternative = str | tuple[int, str] | tuple[dict[str, str], str]


@dataclass(frozen=True, eq=False)
class Text:
    """Letters that are written as they stand."""

    text: str


@dataclass(frozen=True, eq=False)
class Mention:
    """A variable that has been drawn, written again."""

    variable: str
    texts: dict[str, str]  # value of the variable -> what is written


@dataclass(frozen=True, eq=False)
class Draw:
    """The first mention of a variable: a value is drawn, all with equal chances, and written."""

    variable: str
    texts: dict[str, str]
    others: tuple[str, ...]  # variables of the same pool whose values are not drawn again


@dataclass(frozen=True, eq=False)
class Option:
    """One alternative of a choice."""

    parts: tuple[Part, ...]
    weight: int = 1
    conditions: tuple[
        tuple[str, frozenset[str]], ...
    ] = ()  # variable, and the values for which this alternative exists


@dataclass(frozen=True, eq=False)
class Choice:
    """A fork: one of the options is written, with chances in proportion to the weights of those that exist."""

    options: tuple[Option, ...]


Part = Text | Mention | Draw | Choice


def table(columns: str, *rows: str) -> Pool:
    """Reads a pool from lines. Columns are set apart by ``|`` where a line holds one, else by blanks."""
    names = columns.split()
    cells = [row.split("|") if "|" in row else row.split() for row in rows]
    return {row[0]: dict(zip(names, row, strict=True)) for row in cells}


def words(*names: str) -> Pool:
    """A pool of one column."""
    return {name: {"name": name} for name in names}


class Grammar:
    """Rules and pools, read and ready to be walked over. ``start`` is the rule ``story``.

    Args:
        pools: What variables are drawn from.
        rules: What may be written; the notation is in this module's docstring.
        endings: ``(word, ending) -> text`` for ``{variable+ending}``.

    Raises:
        ValueError: The notation is wrong; only whoever writes a grammar meets this.
    """

    def __init__(
        self,
        pools: Mapping[str, Pool],
        rules: Mapping[str, Sequence[Alternative]],
        endings: Callable[[str, str], str],
    ) -> None:
        self._pools, self._rules, self._endings = pools, rules, endings
        self._choices: dict[str, Choice] = {}
        # A variable belongs to one pool in the whole grammar, so that its columns are known wherever it is mentioned.
        self.pool_of: dict[str, str] = {}
        for alternatives in rules.values():
            for alternative in alternatives:
                text = alternative if isinstance(alternative, str) else alternative[1]
                for variable, pool in re.findall(r"\{(\w+)=(\w+)", text):
                    if self.pool_of.setdefault(variable, pool) != pool:
                        raise ValueError(f"{variable!r} is drawn from {self.pool_of[variable]!r} and from {pool!r}")
        self.start = self._rule("story")

    def values(self, variable: str) -> list[str]:
        """Everything that ``variable`` can be."""
        return list(self._pools[self.pool_of[variable]])

    def _rule(self, name: str) -> Choice:
        if name not in self._choices:  # a rule that is used in two places is the same object in both
            self._choices[name] = Choice(tuple(self._option(alternative) for alternative in self._rules[name]))
        return self._choices[name]

    def _option(self, alternative: Alternative) -> Option:
        if isinstance(alternative, str):
            return Option(self._parts(alternative))
        said, text = alternative
        if isinstance(said, int):
            return Option(self._parts(text), weight=said)
        return Option(self._parts(text), conditions=tuple(self._condition(*item) for item in said.items()))

    def _condition(self, place: str, allowed: str) -> tuple[str, frozenset[str]]:
        variable, column = place.split(".")
        pool = self._pools[self.pool_of[variable]]
        return variable, frozenset(value for value, row in pool.items() if row[column] in allowed.split())

    def _parts(self, text: str) -> tuple[Part, ...]:
        tokens = re.findall(r"\{[^{}]*\}|<\w+>|[\[\]|]|[^{}\[\]|<>]+", text)
        if "".join(tokens) != text or tokens.count("[") != tokens.count("]"):
            raise ValueError(f"brackets do not match in {text!r}")
        sequences, end = self._sequences(iter(tokens))
        if end or len(sequences) != 1:
            raise ValueError(f"a bracket is closed too early, or | stands outside of brackets, in {text!r}")
        return sequences[0]

    def _sequences(self, tokens: Iterator[str]) -> tuple[list[tuple[Part, ...]], str]:
        """Reads up to a closing bracket or the end; each ``|`` begins a new sequence."""
        sequences: list[list[Part]] = [[]]
        for token in tokens:
            if token == "]":
                return [tuple(sequence) for sequence in sequences], token
            if token == "|":
                sequences.append([])
            elif token == "[":
                inner, _ = self._sequences(tokens)
                sequences[-1].append(Choice(tuple(Option(parts) for parts in inner)))
            elif token[0] == "<":
                sequences[-1].append(self._rule(token[1:-1]))
            elif token[0] == "{":
                sequences[-1].append(self._variable(token))
            else:
                sequences[-1].append(Text(token))
        return [tuple(sequence) for sequence in sequences], ""

    def _variable(self, token: str) -> Mention | Draw:
        match = re.fullmatch(r"\{(\w+)(=\w+)?(?:\.(\w+))?((?:!\w+)*)((?:\+\w+)*)\}", token)
        if match is None:
            raise ValueError(f"{token!r} is not {{variable=pool.column!other+ending}}")
        variable, drawn, column, others, endings = match.groups()
        texts = {}
        for value, row in self._pools[self.pool_of[variable]].items():
            word = row[column] if column else value
            texts[value] = reduce(self._endings, endings.split("+")[1:], word)
        return Draw(variable, texts, tuple(others.split("!")[1:])) if drawn else Mention(variable, texts)
