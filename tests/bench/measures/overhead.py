"""What a whole Run costs above the loop that one would write by hand.

Both sides train the same module on the same batches with the same optimizer and the same clipping, look at the same
validation windows and write the same samples. What is left is ours: the thread, the events, the files, MLflow, the figure.
"""

from __future__ import annotations

import asyncio
import cProfile
import pstats
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import comm
import torch
from comm.base_comm import BaseComm
from jupyter_client.session import Session

from slm_widgets.data import Batches, Corpus, Dataset, Tokenizer, evaluation_batches, load_tokenizer, prepare
from slm_widgets.generation import generate
from slm_widgets.model import LanguageModel, build_model
from slm_widgets.running import train
from slm_widgets.stack import fill_vocabulary
from slm_widgets.widgets import LiveFigure
from tests.bench.measures.designs import Shape, drawn
from tests.bench.measures.machine import spread
from tests.bench.measures.plain_loop import Settings, train_plainly


@dataclass(frozen=True)
class Work:
    """What both sides do.

    Args:
        shape: The model.
        text: The text; characters are the tokens.
        steps: So many.
        looks: So many evaluations and samples, spread evenly.
        sample_tokens: The length of a sample.
    """

    shape: Shape
    text: Corpus
    steps: int
    looks: int = 4
    sample_tokens: int = 60

    @property
    def every(self) -> int:
        """Steps between two looks."""
        return max(1, self.steps // self.looks)

    def parts(self) -> tuple[LanguageModel, Dataset, Tokenizer]:
        """The module and what it learns from, fresh."""
        tokenizer = load_tokenizer("char", self.text)
        model = build_model(fill_vocabulary(drawn(self.shape), tokenizer.vocab_size), seed=0)
        return model, prepare(self.text, tokenizer, self.shape.context, 1), tokenizer


def compare(work: Work, repeats: int, *, track: bool = True) -> list[tuple[float, float]]:
    """Seconds of the plain loop and of a whole Run, in turn; one of each before that counts for nothing (mlflow is imported)."""
    with _as_if_in_a_notebook():
        pairs = [(plain_s(work), run_s(work, track=track)) for _ in range(repeats + 1)]
    return pairs[1:]


def print_overhead(work: Work, pairs: list[tuple[float, float]]) -> None:
    """Prints one row."""
    plain, run = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratios = [whole / alone for alone, whole in pairs]
    print(
        f"| {plain / work.steps * 1e3:.1f} | {work.steps} | {plain:.1f} | {run:.1f} | {spread(ratios, 3)} |", flush=True
    )


def shape_of(shape: Shape, step_ms: float, text: Corpus) -> Shape:
    """A shape whose steps take about so long here: the batch is what gives. Building and the first steps are left out."""
    batch, settings = max(1, shape.batch), Settings(steps=60)
    for _ in range(4):
        tried = Shape(**{**vars(shape), "batch": batch})
        model, data, _ = Work(tried, text, settings.steps).parts()
        told = train_plainly(list(model.parameters()), model.loss, Batches(data.train, batch, seed=0), settings)
        took_ms = (told.ended_s[-1] - told.ended_s[19]) / (settings.steps - 20) * 1e3
        batch = max(1, round(batch * step_ms / took_ms))
    return Shape(**{**vars(shape), "batch": batch})


def plain_s(work: Work) -> float:
    """Seconds of the loop by hand, building the model included."""
    began = time.perf_counter()
    model, data, tokenizer = work.parts()
    held_out = list(evaluation_batches(data.validation, work.shape.batch, 10))
    prompt = work.text.text[:20]

    def look(step: int) -> None:
        if step % work.every and step != work.steps:
            return
        model.eval()
        with torch.no_grad():
            losses = [model.loss(x, y).item() for x, y in held_out]
        assert sum(losses) > 0
        if step:
            generate(model, prompt, work.sample_tokens, seed=0, tokenizer=tokenizer)
        model.train()

    model.train()
    look(0)
    settings = Settings(work.steps, warmup=min(100, work.steps // 20))
    batches = Batches(data.train, work.shape.batch, seed=0)
    train_plainly(list(model.parameters()), model.loss, batches, settings, look)
    return time.perf_counter() - began


def run_s(work: Work, *, track: bool) -> float:
    """Seconds of a Run with a live figure on an event loop, MLflow and samples, from the call until MLflow has it all."""
    config: dict[str, Any] = {
        "max_steps": work.steps,
        "batch_size": work.shape.batch,
        "context_length": work.shape.context,
        "stride": 1,
        "lr": 1e-3,
        "min_lr": 1e-4,
        "eval_every": work.every,
        "eval_batches": 10,
        "sample_every": work.every,
        "sample_tokens": work.sample_tokens,
        "precision": "fp32",
        "compile": "off",
        "device": "cpu",
    }

    async def watched() -> None:
        run = train(drawn(work.shape), work.text, "char", config, folder=Path(folder) / "run", track=track)
        figure = LiveFigure(run.entropy_floor, run.max_steps)
        run.subscribe(figure.show_events)
        await run
        assert not track or run.tracking_error is None, run.tracking_error
        figure.close()

    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        asyncio.run(watched())
        return time.perf_counter() - began


def cpu_by_thread(work: Work, *, track: bool = True, functions: int = 12) -> None:
    """Prints the processor time of each thread of one Run, and which functions took it; the profiler itself slows all."""
    profiles: dict[str, cProfile.Profile] = {}
    original = threading.Thread.run

    def profiled(thread: threading.Thread) -> None:
        if not thread.name.startswith("slm-"):
            original(thread)
            return
        profile = profiles[thread.name] = cProfile.Profile(time.thread_time)
        profile.enable()
        try:
            original(thread)
        finally:
            profile.disable()

    threading.Thread.run = profiled  # pyright: ignore[reportAttributeAccessIssue]
    try:
        with _as_if_in_a_notebook():
            main = profiles["main thread: event loop and figure"] = cProfile.Profile(time.thread_time)
            main.runcall(run_s, work, track=track)
    finally:
        threading.Thread.run = original
    for name, profile in profiles.items():
        print(f"\n-- {name}")
        pstats.Stats(profile).sort_stats("tottime").print_stats(functions)


@contextmanager
def _as_if_in_a_notebook() -> Iterator[None]:
    """Lets widgets pack and sign their messages as in a kernel, and drops them where the socket would be."""
    original: Callable[..., BaseComm] = comm.create_comm
    session = Session(key=b"bench")

    class Packing(BaseComm):
        def publish_msg(
            self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **keys: Any
        ) -> None:
            content = {"data": data or {}, "comm_id": self.comm_id, **keys}
            session.serialize(session.msg(msg_type, content, metadata=metadata))

    comm.create_comm = Packing
    try:
        yield
    finally:
        comm.create_comm = original
