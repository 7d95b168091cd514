"""A run whose process is killed (kill -9), wherever it happens to be, ends as the one that nobody killed."""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import slm_widgets as slm
from slm_widgets.running import RunState
from tests.running.test_resume import last_step, numbers, same_weights, went_on
from tests.small_runs import DESIGN, small_corpus, until
from tests.training.test_going_on import LEARNING_RATES, OPTIMIZERS, SCHEDULES

# A resumed run says which steps are done again, unless the kill came just behind a checkpoint.
pytestmark = pytest.mark.filterwarnings("ignore:The run was cut off after step")

STEPS, KILLS = 240, 3
RECIPE = {
    "max_steps": STEPS,
    "batch_size": 8,
    "grad_accumulation": 2,
    "dropout": 0.2,
    "eval_every": 40,
    "eval_batches": 8,
    "sample_every": 80,
    "sample_tokens": 20,
    "checkpoint_every": 15,
    "device": "cpu",
    "precision": "fp32",
    "compile": "off",
}

SCRIPT = """
import json, sys
import slm_widgets as slm
from tests.small_runs import DESIGN, small_corpus
text, folder, recipe = sys.argv[1:]
if recipe == "resumes":
    run = slm.resume(folder, track=False)
else:
    run = slm.train(DESIGN, text or small_corpus(), "char", json.loads(recipe), folder=folder, track=False)
run.wait()
"""


def killed(text: Path | str, folder: Path, recipe: dict[str, Any] | None, after_step: int, within_s: float) -> int:
    """Trains in a process of its own, and kills it at some moment after a step: in a step, a look, a checkpoint."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(text), str(folder), "resumes" if recipe is None else json.dumps(recipe)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stderr=subprocess.PIPE,
    )
    try:
        until(lambda: last_step(folder) >= after_step or process.poll() is not None, timeout_s=300)
        time.sleep(within_s)
    finally:
        process.send_signal(signal.SIGKILL)
        _, told = process.communicate()
    assert process.returncode == -signal.SIGKILL, told.decode()
    return last_step(folder)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(sys.platform == "win32", reason="kills processes as Unix does")
def test_run_on_tiny_shakespeare_killed_three_times_at_random_ends_with_the_same_loss_and_weights(
    shared_data, tmp_path, capsys
):
    text = shared_data / "tinyshakespeare.txt"
    whole = slm.train(DESIGN, text, "char", RECIPE, folder=tmp_path / "whole", track=False).wait()
    seed = random.randrange(10**6)
    dice = random.Random(seed)
    folder = tmp_path / "killed"
    # The last one so early that it cannot be over before it is killed, however slowly this process looks.
    moments = sorted(dice.sample(range(5, STEPS - 60), KILLS))
    at = [
        killed(text, folder, None if number else RECIPE, step, dice.uniform(0, 0.05))
        for number, step in enumerate(moments)
    ]
    saved = slm.load_run(folder)
    assert saved.state is RunState.FAILED
    run = went_on(folder).wait()
    with capsys.disabled():
        losses = (run.history["val_loss"][-1], whole.history["val_loss"][-1])
        print(f"\n  seed {seed}: killed after steps {at}; validation loss {losses[0]!r}, never killed {losses[1]!r}")
    assert run.history["val_loss"][-1] == whole.history["val_loss"][-1]
    assert run.history["loss"][-1] == whole.history["loss"][-1]
    assert numbers(run) == numbers(slm.load_run(folder)) == numbers(whole)
    same_weights(run.model, whole.model)


# Of each optimizer and each schedule one with every change; all the others, of which there are too many for each change, by hand.
_DIAGONAL = set(zip(itertools.cycle(OPTIMIZERS), SCHEDULES))
PAIRS = [
    pytest.param(*pair, marks=() if pair in _DIAGONAL else pytest.mark.trial)
    for pair in itertools.product(OPTIMIZERS, SCHEDULES)
]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform == "win32", reason="kills processes as Unix does")
@pytest.mark.parametrize(("optimizer", "schedule"), PAIRS)
def test_two_hundred_steps_are_a_hundred_and_kill_and_a_hundred(tmp_path, optimizer, schedule):
    recipe = {**RECIPE, "max_steps": 200, "checkpoint_every": 10, "optimizer": optimizer, "schedule": schedule}
    recipe["lr"] = LEARNING_RATES[optimizer]
    whole = slm.train(DESIGN, small_corpus(), "char", recipe, folder=tmp_path / "whole", track=False).wait()
    folder = tmp_path / "killed"
    killed("", folder, recipe, 100, 0.0)
    assert slm.load_run(folder).state is RunState.FAILED
    run = went_on(folder).wait()
    assert run.step == 200
    assert numbers(run) == numbers(slm.load_run(folder)) == numbers(whole)
    same_weights(run.model, whole.model)
