"""How the small presets are trained (fields of ``TrainConfig``)."""

from __future__ import annotations

from slm_widgets.stack.presets.parts import Json

# About a minute on two cores. The long warm-up keeps GPT-2's shape from a spike in its first hundred steps.
NANO: Json = {
    "max_steps": 2500,
    "batch_size": 32,
    "lr": 6e-3,
    "min_lr": 6e-4,
    "warmup_steps": 100,
    "eval_every": 100,
    "sample_every": 250,
}

# nanoGPT's CPU example (its README, "I only have a macbook"), with the warm-up and betas of its configuration file.
SHAKESPEARE: Json = {
    "max_steps": 2000,
    "batch_size": 12,
    "context_length": 64,
    "stride": 1,
    "lr": 1e-3,
    "min_lr": 1e-4,
    "warmup_steps": 100,
    "betas": [0.9, 0.99],
    "weight_decay": 0.1,
    "grad_clip": 1.0,
    "eval_every": 250,
    "eval_batches": 20,
}

# Chosen for the wall time on a CPU, not for the last digit (tests/bench/training.py race). Twice SHAKESPEARE's batch, as
# Muon's own work for a step does not grow with it; the same windows validate (24 x 10 = 12 x 20), and seldom, as each look
# takes as long as three steps. Branches that start at zero need no warm-up. Muon and its learning rate: Jordan 2024;
# constant for half of the steps, then down to zero: Hägele et al. 2024. In trials before the design had its convolutions, another
# learning rate (0.01, 0.03), a line down from the first step on and 16 windows a batch came to 1.91 after about as much work.
SHAKESPEARE_FAST: Json = {
    "max_steps": 420,
    "batch_size": 24,
    "context_length": 64,
    "stride": 1,
    "optimizer": "Muon",
    "lr": 0.02,
    "rest_lr": 0.003,
    "momentum": 0.95,
    "betas": [0.9, 0.95],
    "weight_decay": 0.0,
    "grad_clip": 1.0,
    "schedule": "wsd",
    "warmup_steps": 0,
    "decay_fraction": 0.5,
    "eval_every": 35,
    "eval_batches": 10,
    "sample_every": 105,
}


def nano(max_steps: int, **changes: float) -> Json:
    """The nano recipe for a shape whose steps take longer or shorter than those of GPT-2's and Llama's.

    Args:
        max_steps: So many as fit into about a minute on two cores.
        changes: Other fields that this shape wants otherwise.
    """
    return {**NANO, "max_steps": max_steps, **changes}
