"""How much memory a training takes at its peak, and what is left of a million steps."""

from __future__ import annotations

import gc
import math
import resource
import sys
import tempfile
import time
from pathlib import Path

import psutil
from torch.nn import functional as F

from slm_widgets.data import Batches, load_tokenizer, prepare
from slm_widgets.model import build_model
from slm_widgets.running import train
from slm_widgets.training import Evaluation, Event, History, Step
from slm_widgets.widgets import LiveFigure
from tests.bench.measures.designs import Shape, corpus, drawn
from tests.bench.measures.plain_gpt import PlainGPT
from tests.bench.measures.plain_loop import Settings, train_plainly

_AT_ONCE = 1000  # events in one delivery

SIDES = ("ours", "plain loop, our module", "plain loop, our module's own loss", "plain loop, plain GPT")


def peak_mib(side: str, shape: Shape, steps: int) -> float:
    """The most that this process held above what it held before; once a process, as a peak cannot be taken back."""
    text = corpus()
    data = prepare(text, load_tokenizer("char", text), shape.context, 1)
    batches = Batches(data.train, shape.batch, seed=0)
    before = _resident()
    if side == "ours":
        config = {
            "max_steps": steps,
            "batch_size": shape.batch,
            "context_length": shape.context,
            "stride": 1,
            "eval_every": 10_000_000,
            "eval_batches": 1,
            "sample_every": 0,
            "precision": "fp32",
            "compile": "off",
            "device": "cpu",
        }
        with tempfile.TemporaryDirectory() as folder:
            train(drawn(shape), text, "char", config, folder=Path(folder) / "run", track=False).wait()
    elif side in SIDES[1:3]:
        model = build_model(drawn(shape), seed=0).train()
        loss_of = model.loss if side != SIDES[1] else lambda x, y: F.cross_entropy(model(x).flatten(0, 1), y.flatten())
        train_plainly(list(model.parameters()), loss_of, batches, Settings(steps, warmup=0))
    else:
        plain = PlainGPT(shape.vocabulary, shape.width, shape.heads, shape.blocks, shape.context, shape.bias)
        train_plainly(list(plain.parameters()), plain, batches, Settings(steps, warmup=0))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return (peak - before) / 2**20


def a_million_steps(steps: int) -> list[tuple[str, float, float, float]]:
    """Feeds events to a history and to a live figure.

    Returns:
        For each: its name, MiB above the start, microseconds an event, and milliseconds of the last look at it (all columns,
        or one delivery of a tenth of a second).
    """
    rows = []
    for name, thing in (("History", History()), ("LiveFigure", LiveFigure(None, steps))):
        _tell(thing, 1, _AT_ONCE)  # what is made once is not counted
        gc.collect()
        before, began = _resident(), time.perf_counter()
        for first in range(1 + _AT_ONCE, steps + 1, _AT_ONCE):
            _tell(thing, first, min(_AT_ONCE, steps + 1 - first))
        took_s = time.perf_counter() - began
        gc.collect()
        grown = (_resident() - before) / 2**20
        began = time.perf_counter()
        thing.columns() if isinstance(thing, History) else thing.show_events([_step(steps + 1)])
        rows.append((name, grown, took_s / steps * 1e6, (time.perf_counter() - began) * 1e3))
    return rows


def _tell(thing: History | LiveFigure, first: int, count: int) -> None:
    events: list[Event] = [_step(step) for step in range(first, first + count)]
    events.append(Evaluation(first + count - 1, 2.0, 0.02 * first))
    if isinstance(thing, LiveFigure):
        thing.show_events(events)
        return
    for event in events:
        thing.add(event)


def _step(step: int) -> Step:
    loss = 1.5 + 3 * math.exp(-step / 1e5) + 0.1 * math.sin(step * 12.9898)
    return Step(step, loss, 1e-3, 0.5, 20_000.0, 0.02)


def _resident() -> int:
    return psutil.Process().memory_info().rss
