"""Writes stories: walks a grammar from left to right and rolls the dice at every fork."""

from __future__ import annotations

import math
import random
from itertools import accumulate
from typing import NamedTuple

from slm_widgets.data.tales.grammar import Choice, Draw, Grammar, Mention, Option, Part, Text


class Story(NamedTuple):
    """A story and how likely it was."""

    text: str
    log_probability: float  # nats


def write_story(grammar: Grammar, dice: random.Random) -> Story:
    """Writes one story.

    Only ``dice.random()`` is asked, whose numbers Python promises to keep for a seed: the same story on every machine.
    """
    written: list[str] = []
    values: dict[str, str] = {}
    log_probability = 0.0

    def walk(parts: tuple[Part, ...]) -> None:
        nonlocal log_probability
        for part in parts:
            match part:
                case Text(text):
                    written.append(text)
                case Mention(variable, texts):
                    written.append(texts[values[variable]])
                case Draw(variable, texts, others):
                    taken = {values[other] for other in others}
                    free = [value for value in texts if value not in taken]
                    values[variable] = free[int(dice.random() * len(free))]
                    log_probability -= math.log(len(free))
                    written.append(texts[values[variable]])
                case Choice(options):
                    option, probability = roll(options)
                    log_probability += math.log(probability)
                    walk(option.parts)

    def roll(options: tuple[Option, ...]) -> tuple[Option, float]:
        existing = [o for o in options if all(values[variable] in allowed for variable, allowed in o.conditions)]
        total = sum(option.weight for option in existing)
        # Which of the cumulated weights the die falls under: whole numbers, so nothing is lost by rounding.
        fallen = int(dice.random() * total)
        for option, upto in zip(existing, accumulate(option.weight for option in existing), strict=True):
            if fallen < upto:
                return option, option.weight / total
        raise AssertionError("unreachable: fallen < total")

    walk((grammar.start,))
    return Story("".join(written), log_probability)
