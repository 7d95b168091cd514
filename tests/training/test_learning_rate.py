from __future__ import annotations

import math

import pytest
import torch

from slm_widgets.training import TrainConfig, learning_rate, total_steps


def nanogpt_get_lr(it, learning_rate, min_lr, warmup_iters, lr_decay_iters):
    """Written out from nanoGPT's train.py."""
    if it < warmup_iters:
        return learning_rate * (it + 1) / (warmup_iters + 1)
    if it > lr_decay_iters:
        return min_lr
    decay_ratio = (it - warmup_iters) / (lr_decay_iters - warmup_iters)
    coeff = 0.5 * (1.0 + math.cos(math.pi * decay_ratio))
    return min_lr + coeff * (learning_rate - min_lr)


@pytest.mark.parametrize("warmup", [0, 1, 100])
def test_cosine_is_that_of_nanogpt(warmup):
    config = TrainConfig(max_steps=2000, lr=1e-3, min_lr=1e-4, warmup_steps=warmup)
    ours = [learning_rate(step, 2000, config) for step in range(2001)]
    assert ours == pytest.approx([nanogpt_get_lr(step, 1e-3, 1e-4, warmup, 2000) for step in range(2001)])


def test_cosine_without_warmup_is_that_of_torch():
    parameter = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([parameter], lr=0.1)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=50, eta_min=0.01)
    config = TrainConfig(max_steps=50, lr=0.1, min_lr=0.01, warmup_steps=0)
    for step in range(50):
        assert learning_rate(step, 50, config) == pytest.approx(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()


def test_constant_rate_stays_after_the_warmup():
    config = TrainConfig(max_steps=100, lr=0.5, schedule="constant", warmup_steps=4)
    rates = [learning_rate(step, 100, config) for step in range(100)]
    assert rates[:4] == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert set(rates[4:]) == {0.5}


def test_steps_or_epochs_end_it_whichever_comes_first():
    assert total_steps(TrainConfig(max_steps=500), 100) == 500
    assert total_steps(TrainConfig(max_steps=500, epochs=2), 100) == 200
    assert total_steps(TrainConfig(max_steps=150, epochs=2), 100) == 150
    assert total_steps(TrainConfig(max_steps=None, epochs=0.25), 10) == 3
