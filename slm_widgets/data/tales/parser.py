"""Reads a story back: finds every way in which a grammar could have written a text.

It knows nothing of the sampler and shares no code with it, so the two check one another. Where each story has exactly one
derivation, the probability of the *text* is the probability of that one row of choices, and the entropy of the choices is
the entropy of the language.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from slm_widgets.data.tales.grammar import Choice, Draw, Grammar, Mention, Option, Part, Text


class _Todo(NamedTuple):
    """What is still to be read: the parts from ``place`` on, then all of ``then``."""

    parts: tuple[Part, ...]
    place: int
    then: _Todo | None


class Derivation(NamedTuple):
    """One way to write the text."""

    values: dict[str, str]  # what each variable was
    log_probability: float  # nats


def derivations(grammar: Grammar, text: str) -> list[Derivation]:
    """Finds all derivations of the whole text; an empty list where the grammar cannot write it."""
    found: list[Derivation] = []
    # Every possibility that is still open: what is to be read, where in the text, with which values, how likely so far.
    open_: list[tuple[_Todo | None, int, dict[str, str], float]] = [(_Todo((grammar.start,), 0, None), 0, {}, 0.0)]
    while open_:
        todo, position, values, log_probability = open_.pop()
        while todo is not None:
            parts, place, then = todo
            if place == len(parts):
                todo = then
                continue
            part, todo = parts[place], _Todo(parts, place + 1, then)
            if isinstance(part, Text | Mention):
                expected = part.text if isinstance(part, Text) else part.texts[values[part.variable]]
                if not text.startswith(expected, position):
                    break
                position += len(expected)
            elif isinstance(part, Draw):
                free = set(part.texts) - {values[other] for other in part.others}
                for value in free:
                    if text.startswith(part.texts[value], position):
                        with_value = {**values, part.variable: value}
                        chance = log_probability - math.log(len(free))
                        open_.append((todo, position + len(part.texts[value]), with_value, chance))
                break
            elif isinstance(part, Choice):
                options = [option for option in part.options if _exists(option, values)]
                total = sum(option.weight for option in options)
                for option in options:
                    chance = log_probability + math.log(option.weight / total)
                    open_.append((_Todo(option.parts, 0, todo), position, values, chance))
                break
        else:  # nothing is left to be read
            if position == len(text):
                found.append(Derivation(values, log_probability))
    return found


def _exists(option: Option, values: dict[str, str]) -> bool:
    return all(values[variable] in allowed for variable, allowed in option.conditions)
