"""Where runs lie, and what the files in the folder of one are called."""

from __future__ import annotations

import os
from pathlib import Path

RUN = "run.json"
CONFIG = "config.json"
STACK = "layer_stack.json"
PARENT = "parent_stack.json"  # the design that this one was made from, where it is known
METRICS = "metrics.jsonl"
SAMPLES = "samples.jsonl"
WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer"
CORPUS = "corpus.json"
CORPUS_TEXT = "corpus.txt"
CHECKPOINTS = "checkpoints"


def runs_folder() -> Path:
    """Where runs are kept: the folder that SLM_RUNS names, or ``slm_runs`` in the working folder."""
    return Path(os.environ.get("SLM_RUNS") or "slm_runs").resolve()
