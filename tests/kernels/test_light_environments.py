from __future__ import annotations

import subprocess

import pytest
import torch

from tests.environments import light_environment
from tests.kernels.conftest import ENVIRONMENTS

pytestmark = [pytest.mark.slow, pytest.mark.environments]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_environment_borrows_torch_and_nothing_else(name):
    python = light_environment(name, ENVIRONMENTS[name])
    assert light_environment(name, ENVIRONMENTS[name]) == python

    def ask(code):
        result = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
        return result.stdout.strip() or result.stderr.strip().splitlines()[-1]

    assert ask("import torch; print(torch.__version__)") == torch.__version__
    assert ask("import torch; print((torch.ones(2, 2) @ torch.ones(2, 2)).sum().item())") == "8.0"
    assert ask("import slm_widgets.running; print('fine')") == "fine"
    for leaked in ("mlflow", "pytest", "datasets", "anywidget"):
        assert "ModuleNotFoundError" in ask(f"import {leaked}")
    for pin in ENVIRONMENTS[name]:
        distribution, version = pin.split("==")
        assert ask(f"from importlib.metadata import version; print(version({distribution!r}))") == version
