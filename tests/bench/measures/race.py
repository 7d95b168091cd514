"""The classroom race: how soon the fast recipe is where the plain one ends."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

import slm_widgets as slm
from slm_widgets.data import Corpus, Windows, prepare
from slm_widgets.running import Run
from slm_widgets.training import Evaluation, Event

PLAIN, FAST = "shakespeare-char-cpu", "shakespeare-fast"
GOAL = 1.91
END = 1.72


@dataclass(frozen=True)
class Time:
    """How long something took, in seconds.

    Args:
        wall: By the clock on the wall, from the start of the training: choosing, steps, evaluations and samples.
        steps: Of the steps alone.
        processor: Of all threads together; what else the machine does changes it least.
    """

    wall: float
    steps: float
    processor: float


@dataclass(frozen=True)
class Lap:
    """One training of one recipe, looked at as often as the recipe says.

    Args:
        all: How long all of it took.
        goal: How long it took until an evaluation was at most ``GOAL``, that evaluation included; None if none was.
        goal_step: The step of that evaluation.
        last: The validation loss at the end, on the windows of the recipe.
        whole: The same on the whole validation part.
        steps: How many.
    """

    all: Time
    goal: Time | None
    goal_step: int | None
    last: float
    whole: float
    steps: int


def race(text: Corpus, repeats: int, *, steps: dict[str, int | None], auto: bool = False) -> list[dict[str, Lap]]:
    """Lets both recipes run in turn, each through ``slm.train`` as it stands.

    Args:
        text: Tiny Shakespeare.
        repeats: So often.
        steps: Fewer steps than the recipe's, by preset; None for all.
        auto: Whether precision and compile are left to ``auto`` for the fast one; else both are float32 and eager.
    """
    return [
        {name: lap(name, text, steps.get(name), auto and name == FAST) for name in (PLAIN, FAST)}
        for _ in range(repeats)
    ]


def lap(name: str, text: Corpus, max_steps: int | None, auto: bool) -> Lap:
    """Trains one preset by its own recipe."""
    recipe: dict[str, Any] = {**slm.preset(name).config["training"], "device": "cpu"}
    if not auto:
        recipe |= {"precision": "fp32", "compile": "off"}
    if max_steps is not None:
        recipe |= {"max_steps": max_steps, "warmup_steps": 0}
    processor_s: dict[int, float] = {}  # when the evaluation of a step was heard of: a tenth of a second late at most
    began_s = time.process_time()

    def listen(events: Sequence[Event]) -> None:
        now_s = time.process_time() - began_s
        processor_s.update((event.step, now_s) for event in events if isinstance(event, Evaluation))

    with tempfile.TemporaryDirectory() as folder:
        run = slm.train(name, text, "char", recipe, folder=Path(folder) / "run", track=False)
        run.subscribe(listen)
        run.wait()
        all_processor_s = time.process_time() - began_s
        history = run.history
        tokens = recipe["batch_size"] * recipe["context_length"]
        steps_s = np.cumsum(tokens / np.asarray(history["tokens_per_s"]))  # which leaves out what lies between steps
        looks = zip(history["val_step"], history["val_loss"], strict=True)
        number, goal_step = next(
            ((i, int(step)) for i, (step, loss) in enumerate(looks) if step and loss <= GOAL), (None, None)
        )
        goal = None
        if number is not None and goal_step is not None:
            goal = Time(float(history["val_elapsed_s"][number]), float(steps_s[goal_step - 1]), processor_s[goal_step])
        whole_run = Time(float(history["val_elapsed_s"][-1]), float(steps_s[-1]), all_processor_s)
        return Lap(whole_run, goal, goal_step, history["val_loss"][-1], _whole(run, text), run.step)


def print_laps(laps: list[dict[str, Lap]]) -> None:
    """Prints a row a lap, and the ratios that count."""
    print(
        f"| lap | recipe | steps | wall, s | steps alone, s | processor, s | step at {GOAL} | wall, s | steps alone, s | processor, s | "
        "loss at the end | on all validation text |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for number, both in enumerate(laps, start=1):
        for name, one in both.items():
            there = "- | - | - | -" if one.goal is None else f"{one.goal_step} | {_row(one.goal)}"
            print(f"| {number} | {name} | {one.steps} | {_row(one.all)} | {there} | {one.last:.3f} | {one.whole:.3f} |")
    for number, both in enumerate(laps, start=1):
        plain, fast = both[PLAIN], both[FAST]
        reached = "never" if fast.goal is None else f"after {_ratios(fast.goal, plain.all)} (goal 0.25)"
        print(
            f"Lap {number}, against all of the plain recipe: {GOAL} {reached}; its end, {fast.last:.3f} (goal {END}), after "
            f"{_ratios(fast.all, plain.all)}."
        )


def _row(time: Time) -> str:
    return f"{time.wall:.1f} | {time.steps:.1f} | {time.processor:.1f}"


def _ratios(part: Time, all: Time) -> str:
    return (
        f"{part.wall / all.wall:.3f} of its wall time, {part.steps / all.steps:.3f} of its steps' time, "
        f"{part.processor / all.processor:.3f} of its processor time"
    )


@torch.no_grad()
def _whole(run: Run, text: Corpus) -> float:
    """The loss on every window of the validation part."""
    model = run.model
    assert model is not None
    data = prepare(text, run.tokenizer, run.plan.context_length, 1)
    windows: Windows = data.validation
    total = 0.0
    for indices in torch.arange(len(windows)).split(64):
        x, y = windows.batch(indices)
        total += model.loss(x, y).item() * len(x)
    return total / len(windows)
