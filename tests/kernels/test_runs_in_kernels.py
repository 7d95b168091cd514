"""Runs in every kernel that we support: begun in a cell or by a click, awaited, interrupted, found again, gone on with."""

from __future__ import annotations

import os
import signal

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from tests.kernels.conftest import ENVIRONMENTS, kernel_of, specs_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

IMPORTS = """
import ipywidgets, time
import slm_widgets as slm
from small_runs import DESIGN, ENDLESS, SETTINGS, small_corpus, start
"""

# Their callbacks do what a widget's would; each says that it was called.
BUTTONS = """
calls = []

def button(does):
    made = ipywidgets.Button()
    made.on_click(lambda made: calls.append(does()))
    return made.comm.comm_id

def begin():
    global run
    run = start(ENDLESS)
    return "begin"

print(button(begin), button(lambda: run.pause()), button(lambda: run.unpause()), button(lambda: run.stop()))
"""

PANEL = """
from slm_widgets.widgets import TrainingPanel
panel = TrainingPanel(DESIGN, small_corpus(), "char", ENDLESS, track=False)
train, stop = panel._buttons.train.comm.comm_id, panel._buttons.stop.comm.comm_id
print(train, stop)
"""


def _environments():
    yield "here"
    for name in ENVIRONMENTS:
        yield pytest.param(name, marks=pytest.mark.environments)


@pytest.fixture(scope="module", params=_environments())
def environment(request):
    return request.param


@pytest.fixture(scope="module")
def kernel(environment, tmp_path_factory):
    """One kernel for all tests of an environment: importing torch takes longer than any of them."""
    with kernel_of(environment, tmp_path_factory.mktemp("kernel")) as conversation:
        conversation.run(IMPORTS)
        yield conversation


@pytest.fixture(params=["main shell", "subshell"])
def header(request, kernel):
    """What a click's message says about where it is to be served."""
    if request.param == "main shell":
        return {}
    subshell = kernel.subshell()
    if subshell is None:
        pytest.skip("this kernel has no subshells")
    return {"subshell_id": subshell}


def test_clicks_begin_pause_and_stop_a_run_and_its_watchers_are_told_on_the_main_thread(kernel, header):
    begin, pause, unpause, stop = kernel.run(BUTTONS).split()
    kernel.click(begin, header)
    kernel.until_it_says("print(calls == ['begin'] and run.step > 1)", "True")
    kernel.run(
        "import threading\n"
        "told = []\n"
        "run.subscribe(lambda events: told.append((run.state, threading.current_thread() is threading.main_thread())));"
    )
    kernel.click(pause, header)
    kernel.until_it_says("print(run.state)", "PAUSED")
    step = kernel.run("print(run.step)")
    assert kernel.run("time.sleep(0.3); print(run.step)") == step
    kernel.click(unpause, header)
    kernel.until_it_says(f"print(run.step > {step})", "True")
    kernel.click(stop, header)
    kernel.until_it_says("print(run.state, told[-1:])", "STOPPED [(<RunState.STOPPED: 'STOPPED'>, True)]")
    assert kernel.run("print({on_main for _, on_main in told}, run.model is not None)") == "{True} True\n"


def test_click_on_a_subshell_ends_the_wait_of_a_cell(kernel):
    subshell = kernel.subshell()
    if subshell is None:
        pytest.skip("this kernel has no subshells")
    begin, _, _, stop = kernel.run(BUTTONS).split()
    kernel.run("import threading\nstart_anyhow, threads = start, []")
    kernel.run("def start(*given):\n    threads.append(threading.current_thread())\n    return start_anyhow(*given)")
    kernel.click(begin, {"subshell_id": subshell})
    kernel.until_it_says("print(calls, run.step > 1, run.state)", "['begin'] True RUNNING")
    serves_there = kernel.run("start = start_anyhow\nprint(threads != [threading.main_thread()])")
    if serves_there == "False\n":
        kernel.run("run.stop()\nrun.wait()")
        pytest.skip("this kernel serves the clicks of a subshell on the main shell: they wait for the cell")
    waits = "print('waiting', flush=True)\nrun.wait()\nprint(run.state, run.model is not None)"
    text = kernel.run(waits, lambda: kernel.click(stop, {"subshell_id": subshell}))
    assert text.endswith("STOPPED True\n")


def test_no_cell_is_overlooked_while_a_run_goes_on(kernel):
    kernel.run("run = start(ENDLESS)")
    kernel.until_it_says("print(run.step > 1)", "True")
    before = kernel.nudges
    steps = [int(kernel.run("print(run.step)")) for _ in range(200)]
    assert steps == sorted(steps)
    assert kernel.nudges == before
    kernel.run("run.stop()\nrun.wait()")


@pytest.mark.parametrize("how", ["run.wait()", "await run"])
def test_interrupt_stops_the_run_keeps_its_model_and_shows_no_traceback(kernel, how):
    kernel.run("run = start(ENDLESS)")
    # Only a watcher's word shows that the cell has begun to wait.
    text = kernel.run(
        f"run.subscribe(lambda events: print('waiting', flush=True) if run.step > 2 else None)\n"
        f"result = {how}\n"
        f"print('then', result is run, run.state, run.model is not None)",
        kernel.manager.interrupt_kernel,
    )
    assert "Stopped after step" in text
    assert text.endswith("then True STOPPED True\n")
    assert "KeyboardInterrupt" not in text
    assert "CancelledError" not in text


def test_awaited_run_tells_its_watchers_meanwhile_and_then_the_cell_goes_on(kernel):
    text = kernel.run(
        "states = []\n"
        "run = start(SETTINGS)\n"
        "run.subscribe(lambda events: states.append(run.state))\n"
        "print((await run) is run, run.state, run.step, states[-1])"
    )
    assert text == "True FINISHED 20 FINISHED\n"


def test_panel_whose_cell_is_run_again_shows_the_run_that_goes_on(kernel, header):
    train, _ = kernel.run(PANEL).split()
    kernel.click(train, header)
    kernel.until_it_says("print(panel.error, panel.run is not None and panel.run.step > 1)", "None True")
    _, stop = kernel.run("first = panel.run\n" + PANEL).split()
    assert kernel.run("print(panel.run is first, first.state)") == "True RUNNING\n"
    kernel.click(stop, header)
    kernel.until_it_says("print(first.state, panel._buttons.train.disabled)", "STOPPED False")
    assert kernel.run("print(first.subscriber_errors, panel.error)") == "[] None\n"


def test_run_of_a_killed_kernel_is_found_and_gone_on_with_in_a_new_one(kernel, environment, tmp_path):
    settings = (
        "{**SETTINGS, 'max_steps': 60, 'eval_every': 20, 'checkpoint_every': 5, 'precision': 'fp32', 'compile': 'off'}"
    )
    with kernel_of(environment, tmp_path) as first:
        first.run(IMPORTS + f"run = start({settings} | {{'max_steps': 100_000}})")
        first.until_it_says("print(len(run.checkpoints) > 0)", "True")
        pid, folder = first.run("import os; print(os.getpid(), run.folder)").split()
        os.kill(int(pid), signal.SIGKILL)
    # The other kernel of this environment, which was there before, is the new one.
    kernel.run(f"saved, = slm.runs({str(tmp_path / 'runs')!r})")
    assert kernel.run("print(saved.state, saved.can_resume, saved.folder)") == f"FAILED True {folder}\n"
    text = kernel.run(
        "more = saved.checkpoints[0].step + 10\n"
        "run = slm.resume(saved.folder, {'max_steps': more}, track=False)\n"
        "await run\n"
        "print(run.state, run.step == more, run.history['step'] == list(range(1, more + 1)))"
    )
    assert "FINISHED True True\n" in text  # beside it a warning may say which steps are done again


def test_cells_of_a_notebook_that_nbclient_runs_train_wait_and_stop(environment, tmp_path):
    cells = [
        IMPORTS + "told = []\nrun = start(SETTINGS)\nunsubscribe = run.subscribe(told.extend)",
        "run.wait()\nprint(run.state, told[-1].state)",
        "second = start(ENDLESS)",
        "second.stop()\nawait second\nprint(second.state, second.model is not None)",
        "print(slm.resume(second.folder, {'max_steps': second.step + 2}, track=False).wait().state)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    manager = AsyncKernelManager(kernel_name="under-test", kernel_spec_manager=specs_of(environment, tmp_path))
    client = NotebookClient(notebook, km=manager, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    client.execute(cleanup_kc=True)
    texts = ["".join(o.get("text", "") for o in cell.outputs if o.output_type == "stream") for cell in notebook.cells]
    assert texts == ["", "FINISHED FINISHED\n", "", "STOPPED True\n", "FINISHED\n"]
