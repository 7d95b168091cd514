"""AdamW with weight decay on matrices only."""

from __future__ import annotations

import torch
from torch import nn

from slm_widgets.training.config import TrainConfig


def build_optimizer(model: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    """Makes the optimizer of a training.

    Decay pulls matrices (and embeddings) towards zero; norms, biases and everything else with one dimension are left
    alone: they are few, and pulling a norm's scale to zero switches off the layer behind it. A tied weight is one
    parameter and gets one update (``parameters()`` names it once).

    Source: Loshchilov and Hutter 2019 (arXiv 1711.05101), algorithm 2; the groups are nanoGPT's.
    """
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups = [
        {"params": [p for p in trained if p.dim() >= 2], "weight_decay": config.weight_decay},
        {"params": [p for p in trained if p.dim() < 2], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    # The fused kernel computes all updates in one go; it is there for the CPU and CUDA in every torch that we support.
    fused = all(p.device.type in ("cpu", "cuda") and p.is_floating_point() for p in trained)
    return torch.optim.AdamW(groups, lr=config.lr, betas=config.betas, fused=fused)


def set_learning_rate(optimizer: torch.optim.Optimizer, lr: float) -> None:
    """Sets the learning rate of all groups."""
    for group in optimizer.param_groups:
        group["lr"] = lr
