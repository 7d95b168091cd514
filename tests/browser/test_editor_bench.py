"""The measuring script stays able to run; what it measures decides no test."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.browser
@pytest.mark.slow
def test_the_bench_of_the_editor_prints_a_row_for_every_gesture():
    command = [sys.executable, ROOT / "tests/bench/editor_frames.py", "--quick"]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=280).stdout
    assert sum(row.startswith("| ") and row[-3].isdigit() for row in out.splitlines()) == 8
