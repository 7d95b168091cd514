"""Everything a run needs, checked and ready."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch

from slm_widgets.data import Corpus, Dataset, Tokenizer
from slm_widgets.stack import LayerStack, describe
from slm_widgets.training import TrainConfig


@dataclass(frozen=True)
class Plan:
    """What is trained, on what and how.

    Args:
        stack: The design, vocabulary filled in, with the dropout of the settings.
        total_steps: Steps or epochs of the settings, whichever ends first; None where only the clock ends it.
        threads: How many threads torch computes with where it was planned.
    """

    name: str
    stack: LayerStack
    corpus: Corpus
    tokenizer: Tokenizer
    dataset: Dataset
    config: TrainConfig
    context_length: int
    total_steps: int | None
    device: torch.device
    threads: int = field(default_factory=torch.get_num_threads)

    def parameters(self) -> dict[str, Any]:
        """The settings and the design's summary, as MLflow's parameters."""
        report = describe(self.stack)
        kinds = [node["type"] for node in self.stack.layers]
        return {
            **self.config.model_dump(mode="json"),
            "context_length": self.context_length,
            "max_steps": self.total_steps,
            "device": str(self.device),
            "design": self.stack.name,
            "design_parameters": report.parameters,
            "design_layers": " > ".join(kinds),
            "vocab_size": self.tokenizer.vocab_size,
            "tokenizer": self.tokenizer.name,
            "corpus": self.corpus.name,
        }
