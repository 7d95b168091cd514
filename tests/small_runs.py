"""A corpus, settings and trainings that take a second."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from slm_widgets.data import Corpus, Dataset, Tokenizer, load_tokenizer, prepare
from slm_widgets.library import process_identity
from slm_widgets.model import LanguageModel, build_model
from slm_widgets.running import Run, train
from slm_widgets.stack import fill_vocabulary, parse_stack

TEXT = "The cat saw the dog. The dog ran to the cat and they played all day.\n" * 200

# Two blocks of a GPT with tied embeddings, and a little dropout so that train and eval mode differ.
DESIGN: dict[str, Any] = {
    "config": {"name": "small", "context_length": 32},
    "layer_stack": [
        {"type": "tokenEmbedding", "data": {"id": "tokens", "embDim": 32}},
        {"type": "positionalEmbedding", "data": {"id": "positions", "posType": "learned", "ctxLength": 32}},
        {
            "type": "transformerBlock",
            "data": {"id": "block", "numOfBlocks": 2},
            "children": [
                {"type": "normalization", "data": {"id": "norm1", "normType": "LayerNorm"}},
                {"type": "mhAttention", "data": {"id": "attention", "numHeads": 4}},
                {"type": "dropout", "data": {"id": "dropout", "dropoutRate": 0.1}},
                {"type": "residual", "data": {"id": "add", "source": "block:in"}},
            ],
        },
        {"type": "normalization", "data": {"id": "norm", "normType": "LayerNorm"}},
        {"type": "linear", "data": {"id": "head", "bias": False, "weightTying": True}},
    ],
}

SETTINGS: dict[str, Any] = {
    "max_steps": 20,
    "batch_size": 4,
    "eval_every": 10,
    "eval_batches": 2,
    "sample_every": 0,
    "device": "cpu",
}

# So long a run would be worth compiling, which takes a minute.
ENDLESS: dict[str, Any] = {**SETTINGS, "max_steps": 1_000_000, "eval_every": 1_000_000, "compile": "off"}


def small_corpus(text: str = TEXT) -> Corpus:
    """A corpus of a few hundred repeated sentences."""
    return Corpus(name="small", text=text, language="en", entropy_floor=None, separator=None)


def small_parts(seed: int = 0) -> tuple[LanguageModel, Dataset, Tokenizer]:
    """A fresh model and what it is trained on."""
    corpus = small_corpus()
    tokenizer = load_tokenizer("char", corpus)
    stack = fill_vocabulary(parse_stack(DESIGN), tokenizer.vocab_size)
    return build_model(stack, seed=seed), prepare(corpus, tokenizer, 32), tokenizer


def start(config: dict[str, Any] | None = None, **options: Any) -> Run:
    """Starts a small run without MLflow."""
    return train(DESIGN, small_corpus(), "char", SETTINGS if config is None else config, **{"track": False, **options})


def leave_in_the_middle(folder: Path, state: str = "RUNNING") -> None:
    """Makes a run's folder one whose program is gone: killed before it could write down the end, or not."""
    told = folder / "run.json"
    facts = json.loads(told.read_text(encoding="utf-8"))
    gone = {**process_identity(), "started": "earlier"}
    told.write_text(json.dumps({**facts, "state": state, "process": gone}), encoding="utf-8")


def model_of(run: Run) -> LanguageModel:
    """The run's model, which must be there."""
    assert run.model is not None
    return run.model


def until(condition: Callable[[], bool], timeout_s: float = 60) -> None:
    """Waits for something to come true."""
    deadline = time.monotonic() + timeout_s
    tick = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        tick.wait(0.005)
