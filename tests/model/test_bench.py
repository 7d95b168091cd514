"""The measuring script stays able to run; what it measures decides no test."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_bench_of_models_prints_a_ratio_for_every_model_and_the_heads_peak():
    command = [sys.executable, ROOT / "tests/bench/models.py", "--quick"]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=280).stdout
    rows = [line for line in out.splitlines() if line.startswith("| ")]
    assert sum("-nano | 0.1 M | eager" in row for row in rows) == 4
    assert sum(row.startswith("| ours |") for row in rows) == 4
