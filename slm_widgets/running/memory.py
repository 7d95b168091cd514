"""Whether a training fits into memory, asked before any of it is allocated."""

from __future__ import annotations

from contextlib import suppress

import psutil
import torch

from slm_widgets.errors import LayerTypeError, TrainingError
from slm_widgets.language import say
from slm_widgets.model.size_limit import free_bytes, refuse_too_large
from slm_widgets.running.device_queue import is_busy
from slm_widgets.running.plan import Plan
from slm_widgets.stack import LayerStack, Report
from slm_widgets.stack.budget import largest_parts, what_to_change
from slm_widgets.stack.check import examine
from slm_widgets.stack.costs import fixed_share
from slm_widgets.stack.sizes import write_bytes
from slm_widgets.training import TrainConfig
from slm_widgets.training.step_costs import describe_step


def memory_format(config: TrainConfig) -> str:
    """What activations are counted in before ``auto`` has chosen: both formats of two bytes are alike."""
    return "bf16" if config.precision in ("bf16", "fp16") else "fp32"


def check_memory(
    stack: LayerStack,
    batch_size: int,
    context_length: int,
    device: torch.device,
    precision: str = "fp32",
    recomputes: bool = False,
    *,
    is_its_turn: bool = False,
) -> None:
    """Refuses a training that does not fit: weights, gradients, the optimizer's averages and activations together.

    While another goes on, what is free now says nothing about the time when this one's turn comes: all memory of the device
    counts then, and it is asked again.

    Args:
        stack: The design, vocabulary filled in.
        batch_size: B.
        context_length: T, the tokens of a window.
        device: Where it is to be trained.
        precision: ``"fp32"`` or ``"bf16"``.
        recomputes: Whether the blocks are computed twice instead of kept (``gradient_checkpointing``). How little of the
            activations is there at once nobody has measured, so only what does not grow with the batch is counted then.
        is_its_turn: Whether it begins at once, whoever else trains.

    Raises:
        TrainingError: with what is needed, what there is, and what to change; ``field`` is the setting to change, None for the
            design.
        LayerStackError: where the model itself cannot be built (``build_model``).
    """
    report = describe_step(stack, batch_size, context_length, precision)
    is_later = not is_its_turn and is_busy(str(device))
    free = _whole_memory(device) if is_later else free_bytes(device)
    # A layer of somebody's own that cannot be measured by shapes is given the benefit of the doubt.
    with suppress(LayerTypeError):
        fixed = report.fixed_bytes + fixed_share(report.fixed_bytes)
        if (fixed if recomputes else report.training_bytes) > free:
            raise _too_large(report, context_length, free, device)
    if not is_later:
        refuse_too_large(examine(stack).trace, device)


def check_memory_of(plan: Plan) -> None:
    """Does the same for a plan whose turn has come."""
    config = plan.config
    check_memory(
        plan.stack,
        config.batch_size,
        plan.context_length,
        plan.device,
        memory_format(config),
        config.gradient_checkpointing,
        is_its_turn=True,
    )


def out_of_memory(plan: Plan) -> TrainingError:
    """What to say where the memory ran out in the middle, though the estimate had let the training begin."""
    report = describe_step(plan.stack, plan.config.batch_size, plan.context_length, memory_format(plan.config))
    there = _whole_memory(plan.device)
    most = plan.config.batch_size // 2  # the estimate let it pass, so it says too little
    with suppress(LayerTypeError):
        most = min(most, report.batch_within(there // 2))
    advice_en, advice_ko, field = (
        "Choose a smaller context_length or a smaller design",
        "context_length나 설계를 줄이세요",
        "context_length",
    )
    if most:
        advice_en, advice_ko, field = (
            f"Lower batch_size to {most}; grad_accumulation makes the step as large again",
            f"batch_size를 {most}(으)로 줄이세요. grad_accumulation을 늘리면 스텝의 크기는 그대로입니다",
            "batch_size",
        )
    more_en, more_ko = (
        " gradient_checkpointing needs far less memory and a third more time.",
        " gradient_checkpointing을 켜면 메모리를 훨씬 덜 쓰는 대신 3분의 1쯤 느려집니다.",
    )
    if plan.config.gradient_checkpointing:
        more_en = more_ko = ""
    return TrainingError(
        say(
            en=f"The memory of {plan.device} ({write_bytes(there)} in all) ran out with {plan.config.batch_size} windows of "
            f"{plan.context_length} tokens at a time. {advice_en}.{more_en}",
            ko=f"{plan.context_length}토큰짜리 조각을 {plan.config.batch_size}개씩 읽다가 {plan.device}의 메모리(모두 "
            f"{write_bytes(there)})가 모자랐습니다. {advice_ko}.{more_ko}",
        ),
        field=field,
    )


def _whole_memory(device: torch.device) -> int:
    if device.type == "cuda":
        return torch.cuda.get_device_properties(device).total_memory
    return psutil.virtual_memory().total


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
