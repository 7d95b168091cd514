from __future__ import annotations

import json
import subprocess

import pytest
import torch

from tests.environments import PANEL, light_environment
from tests.kernels.conftest import ENVIRONMENTS, python_of

pytestmark = [pytest.mark.slow, pytest.mark.environments]

# All in one process: on a small machine each import of torch takes seconds.
ASK = """
import importlib, json, sys
from importlib.metadata import version
import torch
import slm_widgets.running
from slm_widgets.widgets import TrainingPanel

leaked = []
for name in ("mlflow", "pytest", "datasets", "anywidget"):
    try:
        importlib.import_module(name)
        leaked.append(name)
    except ModuleNotFoundError:
        pass
eight = (torch.ones(2, 2) @ torch.ones(2, 2)).sum().item()
print(json.dumps([torch.__version__, eight, leaked, {name: version(name) for name in sys.argv[1:]}]))
"""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_environment_borrows_torch_and_nothing_else(name):
    python = python_of(name)
    assert light_environment(name, ENVIRONMENTS[name], PANEL) == python
    pins = dict(pin.split("==") for pin in ENVIRONMENTS[name])
    told = subprocess.run([python, "-c", ASK, *pins], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    version, eight, leaked, versions = json.loads(told.stdout)
    assert version == torch.__version__
    assert eight == 8.0
    assert leaked == []
    assert versions == pins
