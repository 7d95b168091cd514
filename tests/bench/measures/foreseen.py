"""How right the time left is that a training tells."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import slm_widgets as slm
from slm_widgets.data import Corpus
from slm_widgets.training import Event

GOAL = 0.2
_TENTH = 0.1  # from there on it is judged
_NOTHING = 0.01  # of the whole time: to be wrong by less is not wrong, however little is left


@dataclass(frozen=True)
class Foreseen:
    """What a training told of its end, ten times a second, after its first tenth.

    Args:
        seconds: How long it took.
        told: How often it was asked.
        wrong: How often it was wrong by more than ``GOAL`` of what was left.
        worst: The most that it was wrong by, as a share of what was left.
    """

    seconds: float
    told: int
    wrong: int
    worst: float


def foresee(name: str, text: Corpus, max_steps: int | None) -> Foreseen:
    """Trains one preset by its own recipe in float32, and compares what it says with what comes."""
    recipe: dict[str, Any] = {
        **slm.preset(name).config["training"],
        "device": "cpu",
        "precision": "fp32",
        "compile": "off",
    }
    if max_steps is not None:
        recipe |= {"max_steps": max_steps, "warmup_steps": 0}
    said: list[tuple[float, float]] = []  # seconds that it had trained, seconds left

    def listen(events: Sequence[Event]) -> None:
        left_s = run.time_left_s
        if left_s is not None:
            said.append((run.elapsed_s, left_s))

    with tempfile.TemporaryDirectory() as folder:
        run = slm.train(name, text, "char", recipe, folder=Path(folder) / "run", track=False)
        run.subscribe(listen)
        run.wait()
        all_s = run.elapsed_s
    judged = [(all_s - at_s, left_s) for at_s, left_s in said if all_s * _TENTH <= at_s]
    errors = [abs(left_s - real_s) / real_s for real_s, left_s in judged if abs(left_s - real_s) > _NOTHING * all_s]
    return Foreseen(all_s, len(judged), sum(error > GOAL for error in errors), max(errors, default=0.0))


def print_foreseen(name: str, foreseen: Foreseen) -> None:
    """Prints a row."""
    print(
        f"| {name} | {foreseen.seconds:.1f} | {foreseen.told} | {foreseen.wrong} | {foreseen.worst:.0%} |", flush=True
    )
