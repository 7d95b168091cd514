"""What the README shows is run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from slm_widgets.cli import _MODULES

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
SHELL = [line for block in re.findall(r"```bash\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]

TRY_THE_LAYER = """
report = slm.describe([
    {"type": "tokenEmbedding", "data": {"embDim": 8}}, {"type": "scale", "data": {"start": 2.0}}, {"type": "linear", "data": {}},
])
assert [row.parameters for row in report.layers][1] == 8
assert any(entry["type"] == "scale" for entry in slm.layers.palette())
"""


def test_the_python_examples_run_one_after_another(tmp_path):
    program = "\n".join([*PYTHON, TRY_THE_LAYER])
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert answer.returncode == 0, answer.stderr
    assert "Once upon a time" in answer.stdout


@pytest.mark.parametrize("line", [line for line in SHELL if line.startswith("slm-widgets")])
def test_the_shell_examples_use_arguments_that_exist(line):
    words = shlex.split(line.split("#")[0])[1:]
    names = [word for word in words if word.startswith("--")]
    subcommand = next(word for word in words if word in _MODULES)
    answer = subprocess.run(
        [sys.executable, "-m", "slm_widgets", subcommand, "--help"], capture_output=True, text=True, check=True
    )
    general = subprocess.run(
        [sys.executable, "-m", "slm_widgets", "--help"], capture_output=True, text=True, check=True
    )
    for name in names:
        assert name in answer.stdout + general.stdout
