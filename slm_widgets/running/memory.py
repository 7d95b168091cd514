"""Whether a training fits into memory, asked before any of it is allocated."""

from __future__ import annotations

from contextlib import suppress

import torch

from slm_widgets.errors import LayerTypeError, TrainingError
from slm_widgets.language import say
from slm_widgets.model.size_limit import free_bytes, refuse_too_large
from slm_widgets.stack import LayerStack, Report, describe
from slm_widgets.stack.budget import largest_parts, what_to_change
from slm_widgets.stack.check import examine
from slm_widgets.stack.sizes import write_bytes


def check_memory(
    stack: LayerStack, batch_size: int, context_length: int, device: torch.device, precision: str = "fp32"
) -> None:
    """Refuses a training that does not fit: weights, gradients, the optimizer's averages and activations together.

    Args:
        stack: The design, vocabulary filled in.
        batch_size: B.
        context_length: T, the tokens of a window.
        device: Where it is to be trained.
        precision: ``"fp32"`` or ``"bf16"``.

    Raises:
        TrainingError: with what is needed, what there is, and what to change; ``field`` is the setting to change, None for the
            design.
        LayerStackError: where the model itself cannot be built (``build_model``).
    """
    report = describe(stack, batch_size, context_length, precision=precision)
    if report.reads_source:  # trained to go on: half of each window is its source (LanguageModel.loss)
        report = describe(stack, batch_size, context_length // 2 + 1, precision=precision)
    free = free_bytes(device)
    # A layer of somebody's own that cannot be measured by shapes is given the benefit of the doubt.
    with suppress(LayerTypeError):
        if report.training_bytes > free:
            raise _too_large(report, context_length, free, device)
    refuse_too_large(examine(stack).trace, device)


def _too_large(report: Report, context_length: int, free: int, device: torch.device) -> TrainingError:
    advice, field = what_to_change(report, free)
    needed, there = write_bytes(report.training_bytes), write_bytes(free)
    return TrainingError(
        say(
            en=f"Training {report.parameters:,} parameters on {report.batch_size} windows of {context_length} tokens at a time "
            f"takes {needed} (above all: {largest_parts(report)}), but {there} are free on {device}. {advice}",
            ko=f"파라미터 {report.parameters:,}개를 {context_length}토큰짜리 조각 {report.batch_size}개씩 학습하려면 {needed}가 "
            f"필요한데(큰 것부터: {largest_parts(report)}), {device}에 남은 것은 {there}입니다. {advice}",
        ),
        field=field,
    )
