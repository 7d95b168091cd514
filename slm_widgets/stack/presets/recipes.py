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


def nano(max_steps: int, **changes: float) -> Json:
    """The nano recipe for a shape whose steps take longer or shorter than those of GPT-2's and Llama's.

    Args:
        max_steps: So many as fit into about a minute on two cores.
        changes: Other fields that this shape wants otherwise.
    """
    return {**NANO, "max_steps": max_steps, **changes}
