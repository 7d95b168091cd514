from __future__ import annotations

import itertools

import pytest
import torch
from torch import nn

from slm_widgets.model import build_model
from slm_widgets.running import Run
from slm_widgets.running.train import make_plan
from slm_widgets.stack import fill_vocabulary, preset, presets
from slm_widgets.training.dice import dice_of, may_draw, mixed
from tests.small_runs import ENDLESS, SETTINGS, small_corpus, start

CPU = torch.device("cpu")


def drawn(seed: int, step: int) -> list[float]:
    with dice_of(seed, step, CPU):
        return torch.rand(4).tolist()


def test_draws_of_a_step_are_the_same_whatever_was_drawn_before():
    first = drawn(3, 100)
    torch.rand(17)
    torch.manual_seed(5)
    assert drawn(3, 100) == first


def test_other_seeds_and_steps_draw_something_else():
    draws = {tuple(drawn(seed, step)) for seed in range(5) for step in range(20)}
    assert len(draws) == 100


def test_generator_of_everybody_else_does_not_notice():
    torch.manual_seed(9)
    expected = torch.rand(3)
    torch.manual_seed(9)
    with dice_of(1, 1, CPU):
        torch.rand(50)
    assert torch.equal(torch.rand(3), expected)


def test_the_bits_that_torch_looks_at_differ_from_step_to_step_and_from_seed_to_seed():
    low = {mixed(seed, step) % 2**32 for seed in range(40) for step in range(500)}
    assert len(low) > 19_990  # of 20,000; by chance 0.05 of them meet


def test_fields_of_dropout_of_neighbouring_steps_have_nothing_in_common():
    masks = []
    for step in range(200):
        with dice_of(0, step, CPU):
            masks.append(torch.nn.functional.dropout(torch.ones(400), 0.5) > 0)
    agreement = [(a == b).float().mean().item() for a, b in itertools.pairwise(masks)]
    assert abs(sum(agreement) / len(agreement) - 0.5) < 0.01


SMALL = [info.name for info in presets() if info.name.endswith("-nano")]


@pytest.mark.parametrize("rate", [0.0, 0.1])
@pytest.mark.parametrize("name", SMALL)
def test_who_may_draw_is_told_before(name, rate):
    plan = make_plan(name, small_corpus(), "char", {"dropout": rate, "device": "cpu"})
    model = build_model(plan.stack).train()
    before = torch.get_rng_state()
    x, _ = plan.dataset.train.batch(torch.arange(2))
    model.loss(x, x).backward()
    has_drawn = not torch.equal(torch.get_rng_state(), before)
    torch.set_rng_state(before)
    assert may_draw(model) == has_drawn == bool(rate)


class Noise(nn.Module):
    def forward(self, x):
        return x + torch.randn_like(x)


@pytest.mark.parametrize("module", [nn.Dropout(0.5), nn.GRU(4, 4, 2, dropout=0.5), nn.RReLU(), Noise()])
def test_a_part_that_may_draw_is_found(module):
    assert may_draw(nn.Sequential(nn.Linear(4, 4), nn.Sequential(module)))


def test_parts_that_draw_nothing_leave_the_generator_alone():
    assert not may_draw(nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.0), nn.GRU(4, 4, 2), nn.LayerNorm(4)))


def weights(**given):
    return torch.cat([parameter.detach().flatten() for parameter in build_model(**given).parameters()])


@pytest.mark.parametrize("dropout", [None, 0.2])
def test_a_model_that_is_built_beside_a_run_has_the_weights_of_its_seed(dropout):
    stack = fill_vocabulary(preset("gpt2-nano"), 65)
    expected = weights(stack=stack, seed=3)
    run = start({**ENDLESS, "dropout": dropout})
    try:
        assert all(torch.equal(weights(stack=stack, seed=3), expected) for _ in range(10))
        assert run.error is None
    finally:
        run.stop()
        run.wait()


def test_models_that_are_built_beside_a_run_with_dropout_change_nothing_of_it():
    settings = {**SETTINGS, "max_steps": 60, "dropout": 0.2}
    expected = losses(start(settings).wait())
    run = start(settings)
    while not run.state.is_over:
        build_model(run.stack, seed=1)
    assert losses(run.wait()) == expected


def test_two_runs_that_share_with_dropout_have_the_same_numbers_each_time():
    settings = {**SETTINGS, "max_steps": 60, "dropout": 0.2}

    def both():
        runs = [start({**settings, "seed": seed}, share=True) for seed in (0, 1)]
        return [losses(run.wait()) for run in runs]

    assert both() == both()


def losses(run: Run) -> list[list[float]]:
    return [run.history[name] for name in ("loss", "grad_norm", "val_loss")]
