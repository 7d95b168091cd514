"""Runs in real kernels, driven by nbclient as nbgrader drives them, and interrupted as JupyterLab does it."""

from __future__ import annotations

import time
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _kernels_find_the_tests(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def execute(*cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return ["".join(o.get("text", "") for o in cell.outputs if o.output_type == "stream") for cell in notebook.cells]


def test_cells_that_wait_end_and_watchers_are_told():
    texts = execute(
        "from tests.small_runs import *\ntold = []\nrun = start()\nunsubscribe = run.subscribe(told.extend)",
        "run.wait()\nprint(run.state, told[-1].state)",
        "second = start()\nawait second\nprint(second.state)",
        "third = start()",
        "third.wait(); print(third.state, third.model is not None)",
    )
    assert texts[1] == "FINISHED FINISHED\n"
    assert texts[2] == "FINISHED\n"
    assert texts[4] == "FINISHED True\n"


def test_nothing_lands_in_a_cell_on_its_own(tmp_path):
    """MLflow makes its tables, alembic migrates, threads come and go: the cells stay empty."""
    texts = execute(
        "from tests.small_runs import *\nrun = start(track=True)",
        "run.wait()\nassert run.tracking_error is None, run.tracking_error\nassert run.tracker.ids is not None",
        "start().wait();",
    )
    assert texts == ["", "", ""]


@pytest.fixture
def kernel():
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run_cell(client, code, on_first_text=lambda text: None):
    """Runs one cell; returns what it wrote, tracebacks too."""
    sent = client.execute(code)
    texts = []
    while True:
        message = client.get_iopub_msg(timeout=120)
        if message["parent_header"].get("msg_id") != sent:
            continue
        if message["msg_type"] == "stream":
            texts.append(message["content"]["text"])
            if len(texts) == 1:
                on_first_text(texts[0])
        if message["msg_type"] == "error":
            texts.append("\n".join(message["content"]["traceback"]))
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return "".join(texts)


def test_watchers_are_told_while_no_cell_runs(kernel):
    _, client = kernel
    run_cell(client, "from tests.small_runs import *\ntold = []\nrun = start(ENDLESS)\nrun.subscribe(told.extend);")
    deadline = time.monotonic() + 60
    while "True" not in run_cell(client, "print(len(told) > 20)"):
        assert time.monotonic() < deadline
    text = run_cell(
        client,
        "import threading\nthreads = set()\nrun.subscribe(lambda events: threads.add(threading.current_thread().name))\n"
        "run.stop()",
    )
    while "True" not in run_cell(client, "print(bool(threads) and told[-1].__class__.__name__ == 'StateChanged')"):
        assert time.monotonic() < deadline
    assert run_cell(client, "print(threads, run.state)") == "{'MainThread'} STOPPED\n", text


@pytest.mark.parametrize("how", ["run.wait()", "await run"])
def test_stop_button_of_the_notebook_stops_the_run_and_shows_no_traceback(kernel, how):
    manager, client = kernel
    run_cell(client, "from tests.small_runs import *\nrun = start(ENDLESS)")
    # A watcher says that the cell has begun to wait: an interrupt before that would be a different story.
    waiting = "run.subscribe(lambda events: print('waiting', flush=True) if run.step > 2 else None)\n"
    text = run_cell(
        client,
        f"{waiting}result = {how}\nprint('then', result.state, result.model is not None)",
        lambda text: manager.interrupt_kernel() if text.startswith("waiting") else None,
    )
    assert "Stopped after step" in text
    assert "then STOPPED True" in text
    assert "Traceback" not in text


@pytest.mark.slow
@pytest.mark.parametrize("how", ["found.wait()", "await found"])
def test_stop_button_of_the_notebook_stops_a_whole_sweep_and_shows_no_traceback(kernel, how):
    manager, client = kernel
    run_cell(
        client,
        "from tests.small_runs import *\nimport slm_widgets as slm\n"
        "found = slm.sweep(DESIGN, small_corpus(), 'char', ENDLESS, {'seed': range(3)}, track=False)",
    )
    waiting = "found[0].subscribe(lambda events: print('waiting', flush=True) if found[0].step > 2 else None)\n"
    text = run_cell(
        client,
        f"{waiting}result = {how}\nprint('then', [str(run.state) for run in result], result[0].model is not None)",
        lambda text: manager.interrupt_kernel() if text.startswith("waiting") else None,
    )
    assert "Stopped 3 runs" in text
    assert "then ['STOPPED', 'STOPPED', 'STOPPED'] True" in text
    assert "Traceback" not in text
