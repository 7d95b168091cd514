from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
import torch

from slm_widgets.errors import TrainingError
from slm_widgets.language import use_language
from slm_widgets.training import Step, TrainConfig, train_events
from slm_widgets.training.finder import Tried, suggest, try_learning_rates
from tests.small_runs import SETTINGS, small_parts

PLAIN = {"precision": "fp32", "compile": "off"}
OPTIMIZERS = [
    "AdamW",
    pytest.param("SGD", marks=pytest.mark.slow),
    pytest.param("Muon", marks=pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="Muon came with torch 2.9")),
]


def search(optimizer="AdamW", **options: Any):
    model, dataset, _ = small_parts()
    return list(try_learning_rates(model, dataset, TrainConfig(**SETTINGS, optimizer=optimizer), **options))


def curve(loss_at, count=100, low=1e-6, high=1.0):
    """A search whose smoothed loss is a function of the learning rate."""
    rates = [low * (high / low) ** (i / (count - 1)) for i in range(count)]
    return [Tried(i + 1, lr, loss_at(lr), loss_at(lr)) for i, lr in enumerate(rates)]


def test_dice_of_everybody_else_stay_as_they_were():
    torch.manual_seed(5)
    dice = torch.get_rng_state()
    assert len(search(steps=8)) == 8
    assert torch.equal(torch.get_rng_state(), dice)


def test_learning_rate_rises_by_the_same_factor_each_step():
    rates = [point.lr for point in search(low=1e-5, high=1e-3, steps=9)]
    assert rates[0] == pytest.approx(1e-5)
    assert rates[-1] == pytest.approx(1e-3)
    assert [b / a for a, b in itertools.pairwise(rates)] == pytest.approx([100 ** (1 / 8)] * 8)


def test_smoothed_loss_is_the_mean_that_pandas_makes():
    pandas = pytest.importorskip("pandas")
    tried = search(steps=20)
    expected = pandas.Series([point.loss for point in tried]).ewm(alpha=0.1, adjust=True).mean()
    assert [point.smoothed for point in tried] == pytest.approx(list(expected))


def test_the_losses_are_those_of_a_training_at_a_rate_that_does_not_change():
    model, dataset, tokenizer = small_parts()
    config = TrainConfig(**{**SETTINGS, "max_steps": 6, "lr": 1e-3, "schedule": "constant", "warmup_steps": 0, **PLAIN})
    tried = list(try_learning_rates(model, dataset, config, low=1e-3, high=1e-3, steps=6))
    events = train_events(small_parts()[0], dataset, tokenizer, config)
    assert [point.loss for point in tried] == [event.loss for event in events if isinstance(event, Step)]


def test_search_ends_where_the_loss_explodes():
    tried = search("SGD", high=1e6)
    assert 10 < len(tried) < 100
    assert all(math.isfinite(point.loss) for point in tried)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_suggested_rate_learns_more_than_one_far_below_or_above(optimizer):
    found = suggest(search(optimizer))

    def loss_after(lr):
        model, dataset, tokenizer = small_parts()
        config = TrainConfig(
            **{
                **SETTINGS,
                "max_steps": 40,
                "eval_every": 40,
                "optimizer": optimizer,
                "lr": lr,
                "schedule": "constant",
                **PLAIN,
            }
        )
        try:
            losses = [e.loss for e in train_events(model, dataset, tokenizer, config) if isinstance(e, Step)]
        except TrainingError:  # it exploded
            return math.inf
        return sum(losses[-5:]) / 5

    # A clipped gradient keeps SGD's steps short: it bears a hundred times as much.
    far_above = 1000 if optimizer == "SGD" else 100
    assert loss_after(found) < min(loss_after(found / 100), loss_after(found * far_above))


def test_suggestion_is_where_the_curve_is_steepest():
    # A step of a logistic curve is steepest in its middle; far above it the loss rises again.
    tried = curve(lambda lr: 4 - 2 / (1 + math.exp(-3 * math.log(lr / 3e-3))) + (lr > 0.5) * 3)
    assert suggest(tried) == pytest.approx(3e-3, rel=0.2)


def test_one_lucky_batch_moves_no_suggestion():
    tried = curve(lambda lr: 4 - 2 / (1 + math.exp(-3 * math.log(lr / 3e-3))))
    lucky = tried[20]._replace(smoothed=3.7)
    assert suggest([*tried[:20], lucky, *tried[21:]]) == pytest.approx(3e-3, rel=0.5)


def test_suggestion_keeps_away_from_where_the_loss_turns():
    tried = curve(lambda lr: 4 - 100 * lr if lr < 0.01 else 4.0)  # steepest just before it is lost
    assert suggest(tried) <= 0.01 / 3 * 1.05


def test_what_the_loss_does_after_it_exploded_counts_for_nothing():
    def loss_at(lr):
        return 4 - 1.5 / (1 + (1e-3 / lr) ** 2) if lr < 0.01 else max(1.0, 6 - 300 * (lr - 0.01))

    assert suggest(curve(loss_at)) < 0.01


@pytest.mark.parametrize("loss_at", [lambda lr: 4.0, lambda lr: 4 + lr, lambda lr: 4 - 0.001 * lr])
@pytest.mark.parametrize("code", ["en", "ko"])
def test_nothing_is_suggested_where_the_loss_never_fell(loss_at, code):
    with use_language(code), pytest.raises(TrainingError) as caught:
        suggest(curve(loss_at))
    assert caught.value.field == "lr"
    with pytest.raises(TrainingError):
        suggest([])
