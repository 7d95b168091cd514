"""Which learning rate suits: it rises from almost nothing until the loss explodes, on a copy of the model."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from slm_widgets.data import Batches, Dataset
from slm_widgets.errors import TrainingError
from slm_widgets.language import say
from slm_widgets.training.config import TrainConfig
from slm_widgets.training.learner import Learner
from slm_widgets.training.loss_function import Batch, plain_loss

if TYPE_CHECKING:
    from slm_widgets.model import LanguageModel

_SMOOTHING = 0.9
_DIVERGED = 1.5  # so many times the first loss: worse than an untrained model by far
LEAST_POINTS = 10
"""From fewer nothing is suggested."""
_NOISE = 0.01  # of the first loss


class Tried(NamedTuple):
    """One step of the search.

    Args:
        step: Counted from 1.
        lr: The learning rate that the step was taken with; with Muon that of the matrices, the rest's is in proportion.
        loss: Before the step, nats per token.
        smoothed: The running mean of the losses, each counting nine tenths of the one after it.
    """

    step: int
    lr: float
    loss: float
    smoothed: float


def try_learning_rates(
    model: LanguageModel,
    dataset: Dataset,
    config: TrainConfig,
    *,
    low: float = 1e-6,
    high: float = 1.0,
    steps: int = 100,
) -> Generator[Tried]:
    """Trains a model with a learning rate that rises exponentially, and tells the loss at each; the model is of no use afterwards.

    It ends early where the loss is no longer a number, or far above the first.

    Args:
        model: The model, on its device.
        dataset: Its training windows are read.
        config: Its optimizer and all that goes with it, batches and seed; the schedule plays no part.
        low, high: The first and the last learning rate.
        steps: How many are tried at most.

    Source: Smith 2017 (arXiv 1506.01186), section 3.3; exponentially: fastai's ``lr_find``.
    """
    model.train()
    learner = Learner(model, config, "fp32", plain_loss(model, config))
    batches = _batches(dataset, config, model)
    mean, first = 0.0, math.inf
    for step in range(1, steps + 1):
        lr = low * (high / low) ** ((step - 1) / max(1, steps - 1))
        gradient = learner.gradient(batches, step - 1)
        if not (math.isfinite(gradient.loss) and math.isfinite(gradient.norm)):
            return
        mean = _SMOOTHING * mean + (1 - _SMOOTHING) * gradient.loss
        smoothed = mean / (1 - _SMOOTHING**step)
        first = smoothed if step == 1 else first
        yield Tried(step, lr, gradient.loss, smoothed)
        if smoothed > _DIVERGED * first:
            return
        learner.apply(lr, step)


def suggest(tried: Sequence[Tried]) -> float:
    """Picks a learning rate from a search: where the smoothed loss falls fastest over the logarithm of the learning rate.

    Only points before the loss first turns count. The slope at a point is that of a straight line through its neighbours, a
    tenth of the points on either side, so that one lucky batch decides nothing. The suggestion is at most a third of the
    learning rate at the turn: what is best for one step is too much for thousands.

    Returns:
        The learning rate, rounded to two digits.

    Raises:
        TrainingError: where the loss never fell, so that no slope means anything.

    Source: Smith 2017, section 3.3 (where it falls, and before it grows); the steepest point is fastai's.
    """
    turn = _turn([point.smoothed for point in tried])
    if len(tried) < LEAST_POINTS or tried[0].smoothed - tried[turn].smoothed < _NOISE * tried[0].smoothed:
        raise TrainingError(
            say(
                en="The loss fell at none of the learning rates that were tried, so none can be suggested. Try a larger batch "
                "or more steps, or look at the design and its text.",
                ko="시도한 학습률 가운데 손실이 내려간 것이 없어 추천할 수 없습니다. 배치나 스텝 수를 늘리거나 설계와 글을 살펴보세요.",
            ),
            field="lr",
        )
    reach = max(2, len(tried) // 10)
    slopes = [_slope(tried[max(0, at - reach) : min(turn, at + reach) + 1]) for at in range(turn + 1)]
    steepest = min(range(turn + 1), key=slopes.__getitem__)
    return float(f"{min(tried[steepest].lr, tried[turn].lr / 3):.2g}")


def _turn(losses: Sequence[float]) -> int:
    """Where the loss is lowest before it rises by more than noise and a quarter of all that it falls."""
    lowest = 0
    much = _NOISE * losses[0] + 0.25 * (losses[0] - min(losses)) if losses else 0.0
    for at, loss in enumerate(losses):
        if loss < losses[lowest]:
            lowest = at
        if loss - losses[lowest] > much:
            break
    return lowest


def _slope(points: Sequence[Tried]) -> float:
    """Nats per e-fold of the learning rate, by least squares."""
    x = [math.log(point.lr) for point in points]
    y = [point.smoothed for point in points]
    x0, y0 = sum(x) / len(x), sum(y) / len(y)
    spread = sum((a - x0) ** 2 for a in x)
    return sum((a - x0) * (b - y0) for a, b in zip(x, y, strict=True)) / spread if spread else 0.0


def _batches(dataset: Dataset, config: TrainConfig, model: LanguageModel) -> Iterator[Batch]:
    device = next(model.parameters()).device
    for x, y in Batches(dataset.train, config.batch_size, seed=config.seed):
        yield x.to(device), y.to(device)  # (B, T) each
