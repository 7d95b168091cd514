from __future__ import annotations

import torch
from torch import nn

from slm_widgets.training import TrainConfig, build_optimizer


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(5, 4)
        self.norm = nn.LayerNorm(4)
        self.head = nn.Linear(4, 5)
        self.head.weight = self.embedding.weight


def test_only_matrices_decay_and_a_tied_one_once():
    model = Tied()
    decayed, left_alone = build_optimizer(model, TrainConfig(weight_decay=0.3)).param_groups
    assert decayed["weight_decay"] == 0.3
    assert [id(p) for p in decayed["params"]] == [id(model.embedding.weight)]
    assert left_alone["weight_decay"] == 0
    assert {id(p) for p in left_alone["params"]} == {id(model.norm.weight), id(model.norm.bias), id(model.head.bias)}


def test_frozen_weights_are_left_out():
    model = Tied()
    model.embedding.weight.requires_grad_(False)
    groups = build_optimizer(model, TrainConfig()).param_groups
    assert all(p is not model.embedding.weight for group in groups for p in group["params"])


def test_one_update_follows_the_formula_of_the_paper():
    """Loshchilov and Hutter 2019, algorithm 2, first step, written out."""
    lr, decay, (beta1, beta2), eps = 0.1, 0.5, (0.9, 0.99), 1e-8
    model = nn.Linear(3, 2, bias=False)
    before = model.weight.detach().clone()
    optimizer = build_optimizer(model, TrainConfig(lr=lr, weight_decay=decay, betas=(beta1, beta2)))
    gradient = torch.tensor([[1.0, -2.0, 3.0], [0.5, 0.0, -1.0]])
    model.weight.grad = gradient.clone()
    optimizer.step()
    mean = (1 - beta1) * gradient / (1 - beta1)
    square = (1 - beta2) * gradient**2 / (1 - beta2)
    expected = before - lr * (mean / (square.sqrt() + eps) + decay * before)
    torch.testing.assert_close(model.weight.detach(), expected)
