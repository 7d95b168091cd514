"""What one step of a training costs, counted from the design."""

from __future__ import annotations

import json
import math
from functools import lru_cache

from slm_widgets.errors import LayerTypeError
from slm_widgets.stack import LayerStack, Report, describe


def describe_step(stack: LayerStack | str, batch_size: int, context_length: int, precision: str = "fp32") -> Report:
    """Reports on a design as it is trained: ``describe``, where a model that reads a source is given half of each window as that.

    Args:
        stack: The design or its JSON, vocabulary filled in.
        batch_size: B, windows at a time.
        context_length: T, the tokens of a window.
        precision: What activations are kept in, ``"fp32"`` or ``"bf16"``.
    """
    report = describe(stack, batch_size, context_length, precision=precision)
    if report.reads_source:  # trained to go on (LanguageModel.loss)
        report = describe(stack, batch_size, context_length // 2 + 1, precision=precision)
    return report


def step_flops(stack: LayerStack, batch_size: int, context_length: int) -> float:
    """Counts the floating-point operations of one training step, forward and backward, as ``describe`` does.

    Args:
        stack: The design, vocabulary filled in.
        batch_size: B, windows in all batches of the step.
        context_length: T, the tokens of a window.

    Returns:
        The number; nan where a layer of somebody's own cannot be counted.
    """
    return _counted(json.dumps(stack.to_json()), batch_size, context_length)


@lru_cache(maxsize=64)  # the runs of a lesson have few designs, and counting takes longer than a short run's step
def _counted(stack: str, batch_size: int, context_length: int) -> float:
    report = describe_step(stack, batch_size, context_length)
    try:
        return float(report.training_flops)
    except LayerTypeError:
        return math.nan
