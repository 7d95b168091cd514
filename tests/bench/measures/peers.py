"""The same training three times: ours, transformers' Trainer, and a plain loop over a plain GPT."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from torch import Tensor
from transformers import GPT2Config, GPT2LMHeadModel, PrinterCallback, Trainer, TrainerCallback, TrainingArguments

from slm_widgets.data import Corpus, load_tokenizer
from slm_widgets.running import train
from slm_widgets.training import Choice
from tests.bench.measures.designs import Shape, drawn
from tests.bench.measures.machine import spread
from tests.bench.measures.plain_gpt import PlainGPT
from tests.bench.measures.plain_loop import Settings, random_windows, train_plainly

SIDES = ("ours", "transformers", "plain")


@dataclass(frozen=True)
class Contest:
    """What all sides train, and with what.

    Args:
        shape: The model.
        text: The text; characters are the tokens.
        steps: So many in each repeat.
        warm_up: So many of them are left out of the rate; their seconds are reported.
        device: Where.
        precision: fp32, bf16, or auto. ``auto`` lets ours choose, and is fp32 to the others.
        compile: Whether ours and the plain model are compiled, on, off or auto; ``auto`` lets ours choose, and the others stay eager.
        foreseen: Ours is told that it has so many, and stopped after ``steps``: what ``auto`` may spend on trying depends on that.
            None: as many as there are.
    """

    shape: Shape
    text: Corpus
    steps: int
    warm_up: int
    device: str = "cpu"
    precision: str = "fp32"
    compile: str = "off"
    foreseen: int | None = None

    def ids(self) -> Tensor:
        """The training part, as ids."""
        return load_tokenizer("char", self.text).encode(self.text.split(0.1)[0])


@dataclass
class Speed:
    """How quick one side was."""

    rates: list[float] = field(default_factory=list)
    warm_ups_s: list[float] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def compare(contest: Contest, repeats: int, sides: tuple[str, ...] = SIDES) -> dict[str, Speed]:
    """Lets all sides train in turn, again and again."""
    found = {side: Speed() for side in sides}
    for _ in range(repeats):
        for side in sides:
            torch._dynamo.reset()
            began = time.perf_counter()
            ended_s, remarks = _SIDES[side](contest)  # by perf_counter
            tokens = contest.shape.batch * contest.shape.context * (contest.steps - contest.warm_up)
            found[side].rates.append(tokens / (ended_s[-1] - ended_s[contest.warm_up - 1]))
            found[side].warm_ups_s.append(ended_s[contest.warm_up - 1] - began)
            found[side].remarks = remarks
    return found


def print_speeds(title: str, found: dict[str, Speed]) -> None:
    """Prints a row a side; the ratios are those of runs beside each other."""
    for side, speed in found.items():
        ratios = [ours / other for ours, other in zip(found["ours"].rates, speed.rates, strict=True)]
        remarks = f" {'; '.join(speed.remarks)}" if speed.remarks else ""
        print(
            f"| {title} | {side} | {statistics.median(speed.rates):,.0f} | {spread(ratios)} "
            f"| {statistics.median(speed.warm_ups_s):.1f} |{remarks} |",
            flush=True,
        )


def _ours(contest: Contest) -> tuple[list[float], list[str]]:
    config: dict[str, Any] = {
        "max_steps": contest.foreseen or contest.steps,
        "batch_size": contest.shape.batch,
        "context_length": contest.shape.context,
        "stride": 1,
        "lr": 1e-3,
        "warmup_steps": 0,
        "eval_every": 10_000_000,
        "eval_batches": 1,
        "sample_every": 0,
        "checkpoint_every": 0,
        "precision": contest.precision,
        "compile": contest.compile,
        "device": contest.device,
    }
    told: list[Any] = []
    with tempfile.TemporaryDirectory() as folder:
        run = train(drawn(contest.shape), contest.text, "char", config, folder=Path(folder) / "run", track=False)
        run.subscribe(told.extend)
        run.subscribe(lambda events: run.step >= contest.steps and run.stop())
        run.wait()
        ended = time.perf_counter()
    times_s = np.cumsum(run.history["step_time_s"])
    remarks = [f"{event.setting} {event.value}" for event in told if isinstance(event, Choice)]
    return (ended - times_s[-1] + times_s)[: contest.steps].tolist(), remarks


def _plain(contest: Contest) -> tuple[list[float], list[str]]:
    shape = contest.shape
    torch.manual_seed(0)
    model = PlainGPT(shape.vocabulary, shape.width, shape.heads, shape.blocks, shape.context, shape.bias)
    model.to(contest.device)
    loss_of: Callable[..., Tensor] = torch.compile(model) if contest.compile == "on" else model
    settings = Settings(contest.steps, warmup=0, device=contest.device, bfloat16=contest.precision == "bf16")
    batches = random_windows(contest.ids(), shape.context, shape.batch)
    began = time.perf_counter()
    told = train_plainly(list(model.parameters()), loss_of, batches, settings)
    return [began + s for s in told.ended_s], []


class _Pieces(torch.utils.data.Dataset):
    """All windows of the text, as transformers wants them."""

    def __init__(self, ids: Tensor, context: int) -> None:
        self._views = ids.unfold(0, context, 1)

    def __len__(self) -> int:
        return len(self._views)

    def __getitem__(self, i: int) -> dict[str, Tensor]:
        return {"input_ids": self._views[i], "labels": self._views[i]}


class _StopWatch(TrainerCallback):
    def __init__(self) -> None:
        self.ended_s: list[float] = []

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if args.device.type == "cuda":
            torch.cuda.synchronize()
        self.ended_s.append(time.perf_counter())


def _transformers(contest: Contest) -> tuple[list[float], list[str]]:
    shape = contest.shape
    transformers.logging.set_verbosity_error()
    torch.manual_seed(0)
    model = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=shape.vocabulary, n_positions=shape.context, n_embd=shape.width, n_layer=shape.blocks,
            n_head=shape.heads, use_cache=False, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=0,
            eos_token_id=0, attn_implementation="sdpa",
        )
    )  # fmt: skip
    watch = _StopWatch()
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            folder, per_device_train_batch_size=shape.batch, max_steps=contest.steps, learning_rate=1e-3,
            lr_scheduler_type="cosine", warmup_steps=0, weight_decay=0.1, adam_beta2=0.99, max_grad_norm=1.0,
            logging_strategy="no", save_strategy="no", report_to="none", disable_tqdm=True,
            use_cpu=contest.device == "cpu", bf16=contest.precision == "bf16", torch_compile=contest.compile == "on",
        )  # fmt: skip
        data = _Pieces(contest.ids(), shape.context)
        trainer = Trainer(model, arguments, train_dataset=data, callbacks=[watch])
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    return watch.ended_s, []


_SIDES: dict[str, Callable[[Contest], tuple[list[float], list[str]]]] = {
    "ours": _ours,
    "transformers": _transformers,
    "plain": _plain,
}
