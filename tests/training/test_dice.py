from __future__ import annotations

import itertools

import torch

from slm_widgets.training.dice import dice_of, mixed

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
