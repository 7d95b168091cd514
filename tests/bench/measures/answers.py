"""How soon a kernel answers a click while it trains; the same questions as in tests/kernels, to be written down."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from jupyter_client.manager import KernelManager

from tests.kernels.conversation import Conversation

_SETUP = """
import os
os.environ["SLM_RUNS"] = {runs!r}
import ipywidgets, torch
torch.set_num_threads({threads})
import slm_widgets as slm
from slm_widgets.data import Corpus

corpus = Corpus("small", "The cat saw the dog. The dog ran to the cat.\\n" * 3000, "en", None, None)
settings = {{"max_steps": 10, "eval_every": 10**6, "eval_batches": 1, "sample_every": 0, "device": "cpu", "batch_size": 64,
            "precision": "fp32", "compile": "off"}}
measured = slm.train("gpt2-nano", corpus, config=settings, track=False).wait()
settings["batch_size"] = max(1, int(64 * {step_ms} / 1000 / min(measured.history["step_time_s"])))
settings["max_steps"] = 10**6
button = ipywidgets.Button(description="0")
button.on_click(lambda button: setattr(button, "description", str(int(button.description) + 1)))
print(button.comm.comm_id)
"""
_BEGIN = """
import time
run = slm.train("gpt2-nano", corpus, config=settings, track=False)
from slm_widgets.widgets import LiveFigure
figure = LiveFigure(run.entropy_floor, 1000)
run.subscribe(figure.show_events)
display(figure)
while run.step < 3: time.sleep(0.05)
"""
_END = "steps_s = sorted(run.history['step_time_s']); run.stop(); run.wait(); print(steps_s[len(steps_s) // 2])"
_PACE_S = 0.037  # no part of a step's time, so that the clicks meet steps at every moment of them


def ask(clicks: int, step_ms: float, threads: int) -> tuple[list[float], list[float], float]:
    """Clicks a button in a kernel.

    Returns:
        Milliseconds of each answer while idle, while training with a live figure, and milliseconds of a step.
    """
    with tempfile.TemporaryDirectory() as folder:
        manager = KernelManager()  # of this interpreter
        manager.start_kernel(cwd=str(Path.cwd()))
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=120)
            kernel = Conversation(manager, client)
            comm_id = kernel.run(_SETUP.format(runs=folder, step_ms=step_ms, threads=threads)).strip()
            idle = _clicks(kernel, comm_id, clicks)
            kernel.run(_BEGIN)
            training = _clicks(kernel, comm_id, clicks)
            return idle, training, float(kernel.run(_END)) * 1e3
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def print_answers(idle: list[float], training: list[float], step_ms: float) -> None:
    """Prints two rows."""
    for name, times in (("idle", idle), (f"training, steps of {step_ms:.0f} ms", training)):
        late = statistics.quantiles(times, n=20)[-1] if len(times) > 2 else max(times)
        print(f"| {name} | {statistics.median(times):.1f} | {late:.1f} | {max(times):.1f} | {len(times)} |")


def _clicks(kernel: Conversation, comm_id: str, count: int) -> list[float]:
    times_ms = []
    for _ in range(count):
        times_ms.append(kernel.time_click_s(comm_id) * 1e3)
        time.sleep(_PACE_S)
    return times_ms
