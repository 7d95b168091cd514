"""Real kernels without a browser: of this interpreter, of another that SLM_KERNEL_PYTHON names, and of older versions."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from tests.environments import COLAB, light_environment
from tests.kernels.conversation import Conversation

ENVIRONMENTS = {
    "ipykernel-6": ("ipykernel==6.29.5", "ipywidgets==8.1.7"),  # the newest 6
    "colab": COLAB,
}


def _pythons():
    yield pytest.param("here", id="here")
    for name in ENVIRONMENTS:
        yield pytest.param(name, id=name, marks=[pytest.mark.slow, pytest.mark.environments])


@pytest.fixture(params=_pythons())
def kernel(request, tmp_path, monkeypatch):
    """A kernel and a client that talks to it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLM_RUNS", str(tmp_path / "runs"))
    if request.param == "here":
        python = Path(os.environ.get("SLM_KERNEL_PYTHON") or sys.executable)
    else:
        python = light_environment(request.param, ENVIRONMENTS[request.param])
    spec = tmp_path / "kernels" / "under-test"
    spec.mkdir(parents=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "under test", "language": "python"}))
    specs = KernelSpecManager(kernel_dirs=[str(tmp_path / "kernels")], ensure_native_kernel=False)
    manager = KernelManager(kernel_name="under-test", kernel_spec_manager=specs)
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=120)
        yield Conversation(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
