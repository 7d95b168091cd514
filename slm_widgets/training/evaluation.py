"""The loss on text that the model never trains on."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import torch

from slm_widgets.data import Windows, evaluation_batches
from slm_widgets.training.config import TrainConfig
from slm_widgets.training.events import Progress

if TYPE_CHECKING:
    from slm_widgets.model import LanguageModel


def evaluate(
    model: LanguageModel, windows: Windows, config: TrainConfig, step: int
) -> Generator[Progress, None, float]:
    """Measures the mean loss over held-out windows, in eval mode and without gradients.

    Always the same windows, spread evenly over the text: two points of one curve then differ by the model alone.

    Yields:
        ``Progress`` after each batch, so that a long evaluation can be stopped.

    Returns:
        Nats per token.
    """
    batches = list(evaluation_batches(windows, config.batch_size, config.eval_batches))
    device = next(model.parameters()).device
    total = 0.0
    model.eval()
    for done, (x, y) in enumerate(batches, start=1):
        # Not round the whole loop: grad mode belongs to the thread and would leak to whoever iterates.
        with torch.no_grad():
            total += model.loss(x.to(device), y.to(device)).item()
        yield Progress(step, "evaluating", done, len(batches))
    return total / len(batches)
