"""How well a model does on text that it never trains on."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, NamedTuple

import torch

from slm_widgets.data import Windows, count_evaluation_batches, evaluation_batches
from slm_widgets.training.config import TrainConfig
from slm_widgets.training.events import Evaluation, Progress
from slm_widgets.training.token_scores import TokenScores

if TYPE_CHECKING:
    from slm_widgets.model import LanguageModel


class Measured(NamedTuple):
    """The numbers of an ``Evaluation``, under the same names."""

    val_loss: float
    perplexity: float
    bits_per_byte: float
    accuracy: float
    top5_accuracy: float
    macro_f1: float

    def as_event(self, step: int, elapsed_s: float) -> Evaluation:
        """The event that tells them, after ``step`` changes and so many seconds of training."""
        return Evaluation(step, elapsed_s=elapsed_s, **self._asdict())


def evaluate(
    model: LanguageModel,
    windows: Windows,
    config: TrainConfig,
    step: int,
    bytes_per_token: float,
    *,
    autocast: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Generator[Progress, None, Measured]:
    """Measures a model on held-out windows, in eval mode (it is left so) and without gradients.

    Always the same windows, spread evenly over the text: two points of one curve then differ by the model alone.

    Args:
        model: Anything with the ``scored`` of a ``LanguageModel``.
        windows: The held-out text.
        config: Its batch_size and eval_batches.
        step: What ``Progress`` says.
        bytes_per_token: Of the held-out text in UTF-8 (``Dataset.bytes_per_token``).
        autocast: Makes the context that the forward passes run in.

    Yields:
        ``Progress`` after each batch, so that a long evaluation can be stopped.
    """
    given = (windows, config.batch_size, config.eval_batches)
    count = count_evaluation_batches(*given)
    device = next(model.parameters()).device
    scores = TokenScores(model.vocab_size, device)
    total = 0.0
    model.eval()
    for done, (x, y) in enumerate(evaluation_batches(*given), start=1):
        # Not round the whole loop: grad mode and autocast belong to the thread and would leak to whoever iterates.
        with torch.no_grad(), autocast():
            total += scores.add(model.scored(x.to(device), y.to(device))).item()
        yield Progress(step, "evaluating", done, count)
    val_loss = total / count
    bits_per_byte = val_loss / math.log(2) / bytes_per_token
    return Measured(val_loss, perplexity(val_loss), bits_per_byte, *scores.metrics())


def perplexity(loss: float) -> float:
    """Among how many tokens a model with this loss in nats hesitates: exp of it, infinite where no float is large enough."""
    try:
        return math.exp(loss)
    except OverflowError:
        return math.inf
