from __future__ import annotations

import itertools
import math

import pytest
import torch

from slm_widgets.training import TrainConfig, learning_rate, schedule_curve, total_steps

SCHEDULES = ["cosine", "linear", "constant", "noam", "wsd"]


def nanogpt_get_lr(it, learning_rate, min_lr, warmup_iters, lr_decay_iters):
    """Written out from nanoGPT's train.py."""
    if it < warmup_iters:
        return learning_rate * (it + 1) / (warmup_iters + 1)
    if it > lr_decay_iters:
        return min_lr
    decay_ratio = (it - warmup_iters) / (lr_decay_iters - warmup_iters)
    coeff = 0.5 * (1.0 + math.cos(math.pi * decay_ratio))
    return min_lr + coeff * (learning_rate - min_lr)


def rates_of(make, steps, lr):
    """The learning rates that a scheduler of torch or transformers gives, step by step."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return rates


@pytest.mark.parametrize("warmup", [0, 1, 100])
def test_cosine_is_that_of_nanogpt(warmup):
    config = TrainConfig(max_steps=2000, lr=1e-3, min_lr=1e-4, warmup_steps=warmup)
    ours = [learning_rate(step, 2000, config) for step in range(2001)]
    assert ours == pytest.approx([nanogpt_get_lr(step, 1e-3, 1e-4, warmup, 2000) for step in range(2001)])


def test_cosine_without_warmup_is_that_of_torch():
    config = TrainConfig(max_steps=50, lr=0.1, min_lr=0.01, warmup_steps=0)
    theirs = rates_of(lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=50, eta_min=0.01), 51, 0.1)
    assert [learning_rate(step, 50, config) for step in range(51)] == pytest.approx(theirs)


def test_linear_without_warmup_is_that_of_torch():
    config = TrainConfig(max_steps=50, lr=0.1, min_lr=0.02, warmup_steps=0, schedule="linear")
    theirs = rates_of(
        lambda o: torch.optim.lr_scheduler.LinearLR(o, start_factor=1.0, end_factor=0.2, total_iters=50), 60, 0.1
    )
    assert [learning_rate(step, 50, config) for step in range(60)] == pytest.approx(theirs)


# transformers' rise begins at 0 in the step before our first one, so its warm-up is one step longer, and so is the training
# where the curve is a share of what follows.
@pytest.mark.parametrize("warmup", [0, 7])
def test_linear_after_the_warmup_is_that_of_transformers(warmup):
    transformers = pytest.importorskip("transformers")
    config = TrainConfig(max_steps=80, lr=0.3, warmup_steps=warmup, schedule="linear")
    theirs = rates_of(lambda o: transformers.get_linear_schedule_with_warmup(o, warmup + 1, 81), 82, 0.3)[1:]
    assert [learning_rate(step, 80, config) for step in range(81)] == pytest.approx(theirs)


@pytest.mark.parametrize("warmup", [0, 9])
def test_noam_is_that_of_transformers(warmup):
    transformers = pytest.importorskip("transformers")
    config = TrainConfig(max_steps=100, lr=0.3, warmup_steps=warmup, schedule="noam")
    theirs = rates_of(lambda o: transformers.get_inverse_sqrt_schedule(o, warmup + 1), 101, 0.3)[1:]
    assert [learning_rate(step, 100, config) for step in range(100)] == pytest.approx(theirs)


def test_noam_is_the_formula_of_the_paper():
    """Vaswani et al. 2017, equation 3, with the factor that makes the peak lr."""
    width, warmup = 512, 40
    paper = [width**-0.5 * min(step**-0.5, step * warmup**-1.5) for step in range(1, 201)]
    config = TrainConfig(max_steps=200, lr=(width * warmup) ** -0.5, warmup_steps=warmup - 1, schedule="noam")
    assert [learning_rate(step, 200, config) for step in range(200)] == pytest.approx(paper)


@pytest.mark.parametrize(("warmup", "fraction", "lowest"), [(0, 0.2, 0.0), (10, 0.5, 0.0), (4, 0.25, 0.03)])
def test_wsd_is_that_of_transformers(warmup, fraction, lowest):
    transformers = pytest.importorskip("transformers")
    config = TrainConfig(
        max_steps=100, lr=0.3, min_lr=lowest, warmup_steps=warmup, schedule="wsd", decay_fraction=fraction
    )

    def theirs(optimizer):
        return transformers.get_wsd_schedule(
            optimizer,
            num_warmup_steps=warmup + 1,
            num_decay_steps=round(100 * fraction),
            num_training_steps=101,
            decay_type="linear",
            min_lr_ratio=lowest / 0.3,
        )

    # transformers' rise begins at min_lr; ours, as in the other schedules, at almost nothing
    same = slice(warmup if lowest else 0, None)
    ours = [learning_rate(step, 100, config) for step in range(105)]
    assert ours[same] == pytest.approx(rates_of(theirs, 106, 0.3)[1:][same])


def test_constant_rate_stays_after_the_warmup():
    config = TrainConfig(max_steps=100, lr=0.5, schedule="constant", warmup_steps=4)
    rates = [learning_rate(step, 100, config) for step in range(100)]
    assert rates[:4] == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert set(rates[4:]) == {0.5}


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("total", [1, 2, 3, 19, 20, 500, 4000])
@pytest.mark.parametrize("warmup", [None, 0, 1])
@pytest.mark.parametrize("fraction", [0.01, 0.5, 1.0])
def test_every_curve_is_positive_rises_to_lr_and_never_rises_again(schedule, total, warmup, fraction):
    warmup = None if warmup is None else min(warmup, total - 1)
    config = TrainConfig(max_steps=total, lr=0.7, schedule=schedule, warmup_steps=warmup, decay_fraction=fraction)
    rates = [learning_rate(step, total, config) for step in range(total)]
    assert max(rates) == pytest.approx(0.7)
    assert min(rates) > 0
    top = rates.index(max(rates))
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)


@pytest.mark.parametrize(("schedule", "end"), [("cosine", 0.05), ("linear", 0.0), ("wsd", 0.0), ("constant", 0.5)])
def test_a_curve_ends_where_its_papers_end_or_where_it_is_told(schedule, end):
    config = TrainConfig(max_steps=300, lr=0.5, schedule=schedule)
    assert learning_rate(300, 300, config) == pytest.approx(end, abs=1e-12)
    assert learning_rate(1000, 300, config) == pytest.approx(end, abs=1e-12)
    told = TrainConfig(max_steps=300, lr=0.5, schedule=schedule, min_lr=0.2)
    assert learning_rate(300, 300, told) == pytest.approx(0.5 if schedule == "constant" else 0.2)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_picture_of_a_curve_has_its_corners_and_lies_on_it(schedule):
    config = TrainConfig(max_steps=100_000, schedule=schedule, warmup_steps=137, decay_fraction=0.3)
    steps, rates = schedule_curve(config, 100_000, points=50)
    assert steps[0] == 0
    assert steps[-1] == 99_999
    assert 137 in steps
    if schedule == "wsd":
        assert 70_000 in steps
    assert steps == sorted(set(steps))
    assert len(steps) <= 54
    assert rates == [learning_rate(step, 100_000, config) for step in steps]
    assert schedule_curve(TrainConfig(max_steps=1, schedule=schedule), 1)[0] == [0]


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_no_curve_jumps(schedule):
    """A training of a hundred times the steps goes through the same rates in steps a hundred times as small."""

    def widest(total):
        config = TrainConfig(max_steps=total, lr=1.0, schedule=schedule, warmup_steps=total // 10, decay_fraction=0.3)
        rates = [learning_rate(step, total, config) for step in range(total + 1)]
        return max(abs(a - b) for a, b in itertools.pairwise(rates))

    assert widest(30_000) == pytest.approx(widest(300) / 100, rel=0.1)


def test_steps_or_epochs_end_it_whichever_comes_first():
    assert total_steps(TrainConfig(max_steps=500), 100) == 500
    assert total_steps(TrainConfig(max_steps=500, epochs=2), 100) == 200
    assert total_steps(TrainConfig(max_steps=150, epochs=2), 100) == 150
    assert total_steps(TrainConfig(max_steps=None, epochs=0.25), 10) == 3


def test_number_of_steps_is_unknown_where_only_the_clock_ends_it():
    assert total_steps(TrainConfig(max_steps=None, max_minutes=2), 100) is None
    assert total_steps(TrainConfig(max_steps=None, epochs=1, max_minutes=2), 100) == 100
