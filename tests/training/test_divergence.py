from __future__ import annotations

import json
import math
import re

import pytest
import torch
from torch import nn

from slm_widgets.errors import DivergedError
from slm_widgets.training import TrainConfig
from slm_widgets.training.divergence import LastGood
from tests.small_runs import small_parts


def watched(config: TrainConfig | None = None):
    model = small_parts()[0]
    return model, LastGood(model, config or TrainConfig())


def change(model: torch.nn.Module, by: float) -> None:
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(by)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_loss_that_is_no_number_brings_the_last_good_weights_back(value):
    model, last_good = watched()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    change(model, 1.0)
    with pytest.raises(DivergedError, match="step 0"):
        last_good.note(value, 3)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


def test_loss_far_above_guessing_for_twenty_steps_is_an_explosion_and_goes_back_to_before_it():
    model, last_good = watched()
    guessing = math.log(model.vocab_size)
    for step in range(31):
        last_good.note(guessing, step)
        change(model, 0.01)
    sound = {name: tensor.clone() - 0.01 for name, tensor in model.state_dict().items()}  # those of step 30
    for step in range(31, 50):
        last_good.note(5 * guessing, step)
        change(model, 1.0)
    with pytest.raises(DivergedError, match="step 30"):
        last_good.note(5 * guessing, 50)
    for name, tensor in model.state_dict().items():
        assert torch.allclose(tensor, sound[name], atol=1e-5), name


def test_loss_that_climbs_before_it_is_no_number_brings_back_the_weights_from_before_the_climb():
    model, last_good = watched()
    low = 0.45 * math.log(model.vocab_size)
    for step in range(40):
        last_good.note(low, step)
        change(model, 0.01)
    for step in range(40, 60):
        last_good.note(low + 0.45 * (step - 35), step)
        change(model, 1.0)
    with pytest.raises(DivergedError, match="step 30"):
        last_good.note(math.nan, 60)


def test_design_that_had_learned_explodes_at_twice_guessing_and_goes_on_so_from_a_checkpoint():
    model, first = watched()
    guessing = math.log(model.vocab_size)
    for step in range(20):
        first.note(0.5 * guessing, step)
    other = LastGood(model, TrainConfig())
    other.restore(json.loads(json.dumps(first.facts())), 20)
    for step in range(20, 39):
        other.note(2.1 * guessing, step)
    with pytest.raises(DivergedError, match="above 2 times"):
        other.note(2.1 * guessing, 39)


def test_spike_that_passes_and_a_bad_start_are_none():
    model, last_good = watched()
    guessing = math.log(model.vocab_size)
    for step in range(200):
        last_good.note(6 * guessing if step % 20 < 19 else guessing, step)
    _, other = watched()
    for step in range(100):
        other.note(10 * guessing, step)  # as bad as it was at first: it does not get worse


@pytest.mark.parametrize(
    ("config", "remedies"),
    [
        (TrainConfig(lr=0.3, grad_clip=0), ("lr such as 0.003", "warmup_steps", "grad_clip of 1")),
        (TrainConfig(lr=900), ("lr such as 0.003 (it was 900)",)),
        (TrainConfig(lr=900, optimizer="SGD"), ("lr such as 0.1 (",)),
        (TrainConfig(lr=5e-4), ("lr such as 0.0002 (",)),
        (
            TrainConfig(lr=0.3, warmup_steps=100, precision="bf16"),
            ("lr such as 0.003", "precision fp32", "larger batch_size"),
        ),
    ],
)
def test_three_things_to_try_are_said_that_were_not_tried_yet(config, remedies):
    _, last_good = watched(config)
    with pytest.raises(DivergedError) as caught:
        last_good.check(math.nan, 5)
    for remedy in remedies:
        assert remedy in caught.value.message
    assert caught.value.field == "lr"


@pytest.mark.parametrize("steps", [9, 60, 400, 100_000])
def test_the_warm_up_that_is_advised_fits_into_the_training(steps):
    config = TrainConfig(max_steps=steps, lr=0.3, warmup_steps=0)
    last_good = LastGood(nn.LayerNorm(4), config, steps)
    with pytest.raises(DivergedError) as caught:
        last_good.check(math.nan, 5)
    advised = re.search(r"a warmup_steps of (\d+)", caught.value.message)
    assert (advised is None) == (steps == 9)
    if advised:
        assert TrainConfig(max_steps=steps, warmup_steps=int(advised[1])).warmup_steps == min(100, steps // 10)


def test_a_normalization_is_advised_where_there_is_none():
    plain = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    for model, is_advised in ((plain, True), (nn.Sequential(nn.LayerNorm(4), plain), False)):
        with pytest.raises(DivergedError) as caught:
            LastGood(model, TrainConfig(warmup_steps=100)).check(math.inf, 5)
        assert ("a normalization before each branch" in caught.value.message) is is_advised
