"""A training in one call, for whoever wants no more than its events."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from slm_widgets.data import Dataset, Tokenizer
from slm_widgets.training.config import TrainConfig
from slm_widgets.training.events import Event
from slm_widgets.training.training import Training

if TYPE_CHECKING:
    from slm_widgets.model import LanguageModel


def train_events(
    model: LanguageModel,
    dataset: Dataset,
    tokenizer: Tokenizer,
    config: TrainConfig,
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> Generator[Event]:
    """Trains a model where it lies, and tells each thing that happens; see ``Training``, whose arguments these are."""
    yield from Training(model, dataset, tokenizer, config, clock=clock).events()
