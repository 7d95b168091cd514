from __future__ import annotations

import json
import math
import random

import pytest
import torch

from slm_widgets.training.running_mean import RunningMean


def test_it_is_the_bias_corrected_first_moment_of_adam():
    numbers = [random.Random(0).gauss(3, 1) for _ in range(30)]
    parameter = torch.zeros((), dtype=torch.float64, requires_grad=True)
    adam = torch.optim.Adam([parameter], lr=0.0, betas=(0.9, 0.999))
    mean = RunningMean(0.9)
    for step, number in enumerate(numbers, start=1):
        parameter.grad = torch.tensor(number, dtype=torch.float64)
        adam.step()
        expected = adam.state[parameter]["exp_avg"].item() / (1 - 0.9**step)
        assert mean.add(number) == pytest.approx(expected, rel=1e-12)


def test_first_mean_is_the_first_number():
    assert RunningMean(0.99).add(4.25) == pytest.approx(4.25, rel=1e-12)


def test_numbers_that_are_not_finite_are_left_out():
    mean = RunningMean(0.5)
    assert math.isnan(mean.add(math.nan))
    mean.add(2.0)
    assert mean.add(math.inf) == mean.add(math.nan) == 2.0


def test_restored_it_goes_on_bit_for_bit():
    dice = random.Random(1)
    numbers = [dice.random() for _ in range(100)]
    straight = RunningMean(0.97)
    expected = [straight.add(number) for number in numbers]
    before = RunningMean(0.97)
    for number in numbers[:50]:
        before.add(number)
    after = RunningMean(0.1)
    after.restore(json.loads(json.dumps(before.state())))
    assert [after.add(number) for number in numbers[50:]] == expected[50:]
