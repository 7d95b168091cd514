"""While a model trains, the kernel answers cells and clicks. The times are printed beside those of an idle kernel."""

from __future__ import annotations

import statistics
import time

import pytest

SETUP = """
import ipywidgets
import slm_widgets as slm
from slm_widgets.data import Corpus

corpus = Corpus("small", "The cat saw the dog. The dog ran to the cat.\\n" * 3000, "en", None, None)
settings = {"max_steps": 10, "eval_every": 10**6, "eval_batches": 1, "sample_every": 0, "device": "cpu", "batch_size": 64}
settings |= {"precision": "fp32", "compile": "off"}
measured = slm.train("gpt2-nano", corpus, config=settings, track=False).wait()
# So many windows that a step takes about 150 ms.
settings["batch_size"] = max(1, int(64 * 0.15 / min(measured.history["step_time_s"])))
settings["max_steps"] = 10**6

button = ipywidgets.Button(description="0")
button.on_click(lambda button: setattr(button, "description", str(int(button.description) + 1)))
print(button.comm.comm_id, ipywidgets.__version__, __import__("ipykernel").__version__, sep="|")
"""

COUNT = 40
PACE_S = 0.037  # not a part of 150 ms, so that the questions meet steps at every moment of them


def _asked(ask):
    """Asks again and again, at a person's pace."""
    times_s = []
    for _ in range(COUNT):
        times_s.append(ask())
        time.sleep(PACE_S)
    return times_s


def _row(name, times_s):
    return f"  {name:24} median {statistics.median(times_s) * 1000:7.1f} ms   max {max(times_s) * 1000:7.1f} ms"


@pytest.mark.timeout(600)
def test_cells_and_clicks_are_answered_during_a_run(kernel, capsys):
    comm_id, ipywidgets, ipykernel = kernel.run(SETUP).strip().split("|")
    rows = [
        _row("1+1, idle", _asked(kernel.time_cell_s)),
        _row("click, idle", _asked(lambda: kernel.time_click_s(comm_id))),
    ]
    kernel.run(
        "told = []\nrun = slm.train('gpt2-nano', corpus, config=settings, track=False)\nrun.subscribe(told.extend)"
    )
    kernel.run("import time\nwhile run.step < 3: time.sleep(0.05)")
    rows += [
        _row("1+1, training", _asked(kernel.time_cell_s)),
        _row("click, training", _asked(lambda: kernel.time_click_s(comm_id))),
    ]
    state, steps, step_s, told = kernel.run(
        "print(run.state, run.step, sorted(run.history['step_time_s'])[run.step // 2], len(told) > 0, sep='|')"
    ).split("|")
    kernel.run("run.stop(); run.wait()")
    with capsys.disabled():
        print(f"\nipykernel {ipykernel}, ipywidgets {ipywidgets}, {steps} steps of {float(step_s) * 1000:.0f} ms:")
        print("\n".join(rows))
    assert state == "RUNNING"  # so every answer came during the run
    assert told.strip() == "True"  # and the watchers were told without any cell


@pytest.mark.timeout(600)
def test_click_on_a_subshell_can_watch_and_stop_a_run(kernel):
    comm_id = kernel.run(SETUP).split("|")[0]
    subshell = kernel.subshell()
    if subshell is None:
        pytest.skip("this kernel has no subshells")
    kernel.run(
        "import threading\n"
        "clicked_on, told_on = [], []\n"
        "def begin(button):\n"
        "    global run\n"
        "    clicked_on.append(threading.current_thread().name)\n"
        "    run = slm.train('gpt2-nano', corpus, config=settings, track=False)\n"
        "    run.subscribe(lambda events: told_on.append(threading.current_thread().name))\n"
        "    button.on_click(begin, remove=True)\n"
        "    button.on_click(lambda button: run.stop())\n"
        "    button.description = 'begun'\n"
        "button.on_click(begin)"
    )
    header = {"subshell_id": subshell}
    kernel.click(comm_id, header)
    kernel.until_it_says("print('run' in globals() and run.step >= 2)", "True")
    kernel.click(comm_id, header)
    kernel.run("run.wait()")
    state, threads, main = kernel.run("print(run.state, set(told_on), threading.main_thread().name, sep='|')").split(
        "|"
    )
    assert state == "STOPPED"
    assert threads == repr({main.strip()})


PANEL = """
import time
from slm_widgets.widgets import TrainingPanel

def buttons(widget):
    found = [widget] if isinstance(widget, ipywidgets.Button) else []
    return found + [button for child in getattr(widget, "children", ()) for button in buttons(child)]

panel = TrainingPanel("gpt2-nano", corpus, config=settings, track=False)
named = {button.description: button for button in buttons(panel)}
train, stop = named["Train"], named["Stop"]
print(train.comm.comm_id, stop.comm.comm_id, sep="|")
"""


@pytest.mark.timeout(600)
def test_panel_that_is_clicked_on_a_subshell_trains_and_stops(kernel):
    subshell = kernel.subshell()
    if subshell is None:
        pytest.skip("this kernel has no subshells")
    kernel.run(SETUP)
    train, stop = kernel.run(PANEL).strip().split("|")
    header = {"subshell_id": subshell}
    kernel.click(train, header)
    # Cells that end at once: between them the main loop must be able to show what happens.
    looks = "print(panel.error, panel.run is not None and panel.run.step > 1, train.disabled, stop.disabled, sep='|')"
    kernel.until_it_says(looks, "None|True|True|False")
    kernel.click(stop, header)
    kernel.until_it_says("print(panel.run.state, train.disabled, stop.disabled, sep='|')", "STOPPED|False|True")
    step, steps = kernel.run("print(panel.run.step, len(panel.run.history['step']), sep='|')").split("|")
    assert int(step) == int(steps) < 10**6
    assert kernel.run("print(panel.run.subscriber_errors, panel.error)") == "[] None\n"


@pytest.mark.timeout(600)
def test_watchers_are_told_while_a_cell_waits(kernel):
    kernel.run(SETUP)
    text = kernel.run(
        "told = []\n"
        "def watch(events):\n"
        "    told.append(run.state)\n"
        "    if run.step >= 3: run.stop()\n"
        "run = slm.train('gpt2-nano', corpus, config=settings, track=False)\n"
        "run.subscribe(watch)\n"
        "run.wait()\n"
        "print(told[0], told[-1])"
    )
    assert text == "RUNNING STOPPED\n"
