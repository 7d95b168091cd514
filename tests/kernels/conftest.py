"""Real kernels without a browser: of this interpreter, of another that SLM_KERNEL_PYTHON names, and of older versions."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from tests.environments import COLAB, PANEL, ROOT, light_environment
from tests.kernels.conversation import Conversation

# Widget messages arrive differently in each: 6.17 (Colab) runs plain cells outside its loop, 6.31 is the last without
# subshells, 7.3 serves widgets on them, 7.4 mostly not.
_ENVIRONMENTS = {
    "colab": COLAB,
    "ipykernel-6.31": ("ipykernel==6.31.0", "ipywidgets==8.1.7"),
    "ipykernel-7.3": ("ipykernel==7.3.0", "ipywidgets==8.1.7"),
    "ipykernel-7.4": ("ipykernel==7.4.0", "ipywidgets==8.1.7"),
}
_HERE = f"ipykernel=={version('ipykernel')}"

ENVIRONMENTS = {name: pins for name, pins in _ENVIRONMENTS.items() if _HERE not in pins}
"""What a light environment is made for: the versions that the tests themselves do not run on."""


def python_of(name: str) -> Path:
    """The interpreter of an environment; ``"here"`` is this one, or what SLM_KERNEL_PYTHON names."""
    if name == "here":
        return Path(os.environ.get("SLM_KERNEL_PYTHON") or sys.executable)
    return light_environment(name, ENVIRONMENTS[name], PANEL)


def specs_of(name: str, folder: Path) -> KernelSpecManager:
    """Knows the kernel of an environment, and no other, as ``under-test``."""
    spec = folder / "kernels" / "under-test"
    spec.mkdir(parents=True, exist_ok=True)
    argv = [str(python_of(name)), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    # For small_runs.py; not as a part of ``tests``, for which IPython 7 has a package of its own.
    environment = {"SLM_RUNS": str(folder / "runs"), "PYTHONPATH": str(ROOT / "tests"), "OMP_NUM_THREADS": "1"}
    described = {"argv": argv, "display_name": "under test", "language": "python", "env": environment}
    (spec / "kernel.json").write_text(json.dumps(described))
    return KernelSpecManager(kernel_dirs=[str(folder / "kernels")], ensure_native_kernel=False)


@contextmanager
def kernel_of(name: str, folder: Path) -> Iterator[Conversation]:
    """A kernel of an environment, and a client that talks to it; its runs lie in ``folder / "runs"``."""
    manager = KernelManager(kernel_name="under-test", kernel_spec_manager=specs_of(name, folder))
    manager.start_kernel(cwd=str(folder))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        yield Conversation(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _pythons():
    yield pytest.param("here", id="here")
    for name in ENVIRONMENTS:
        yield pytest.param(name, id=name, marks=[pytest.mark.slow, pytest.mark.environments])


@pytest.fixture(params=_pythons())
def kernel(request, tmp_path):
    """A kernel of its own for each test and each environment."""
    with kernel_of(request.param, tmp_path) as conversation:
        yield conversation
