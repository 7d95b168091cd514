"""The measuring script stays able to run; what it measures decides no test."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def rows_of(*arguments):
    """The rows of the tables that a quick run prints, their heads left out."""
    command = [sys.executable, ROOT / "tests/bench/training.py", *arguments, "--quick", "--threads", "1"]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=580).stdout
    table = [line for line in out.splitlines() if line.startswith("|")]
    heads = {number - 1 for number, line in enumerate(table) if line.startswith("|---")}
    return [line for number, line in enumerate(table) if number not in heads and not line.startswith("|---")], out


@pytest.mark.slow
@pytest.mark.trial
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("what", "rows"),
    [
        ("overhead", 2),  # steps of 20 and of 2 ms
        ("peers", 6),  # two trainings of three sides
        ("memory", 6),  # four peaks, two things that hold a million steps
        ("race", 2),
        ("foreseen", 2),
        ("gpt2", 3),
        ("answers", 2),  # idle, training
    ],
)
def test_each_measurement_of_training_prints_its_table(what, rows):
    found, out = rows_of(what)
    assert len(found) == rows, out
    assert "nan" not in out
