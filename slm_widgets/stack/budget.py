"""A design's costs in words: what it computes and holds, whether a training fits into so much memory, and if not, what would."""

from __future__ import annotations

from slm_widgets.language import say
from slm_widgets.stack.costs import TRAINING_PARTS, room_for
from slm_widgets.stack.describe import Report
from slm_widgets.stack.sizes import parse_bytes, with_prefix, write_bytes
from slm_widgets.stack.text_table import in_columns


def costs_in_words(report: Report) -> str:
    """Arithmetic and memory at the report's batch size and context length, as lines of text."""
    B, T, precision = report.batch_size, report.meter.context_length, report.meter.precision
    head = say(
        en=f"With batch size {B:,} and context length {T:,}, in {precision}:",
        ko=f"배치 크기 {B:,}, 문맥 길이 {T:,}, {precision}일 때:",
    )
    a_token = with_prefix(report.forward_flops / (B * T), "FLOP")
    rows = [
        (
            say(en="  forward pass", ko="  순전파"),
            with_prefix(report.forward_flops, "FLOP"),
            say(en=f"{a_token} a token", ko=f"토큰당 {a_token}"),
        ),
        (
            say(en="  training step", ko="  학습 스텝"),
            with_prefix(report.training_flops, "FLOP"),
            say(en="forward and backward", ko="순전파와 역전파"),
        ),
        *((f"  {TRAINING_PARTS[name]}", write_bytes(size), "") for name, size in report.training_parts.items() if size),
        (say(en="  training in all", ko="  학습 메모리 합계"), write_bytes(report.training_bytes), ""),
    ]
    if report.cache_bytes:
        rows.append((say(en="  cache while writing", ko="  글을 쓸 때의 캐시"), write_bytes(report.cache_bytes), ""))
    return f"{head}\n{in_columns(rows)}"


def answer_in_words(report: Report, memory: int | str) -> str:
    """Whether the training fits into ``memory`` ("16 GB", or bytes), and what to change or how large the batch may be."""
    there = parse_bytes(memory)
    needed, parts = write_bytes(report.training_bytes), largest_parts(report)
    if report.fits(there):
        most = report.largest_batch(there)
        return say(
            en=f"It trains in {write_bytes(there)}: yes, it needs {needed}, above all {parts}. The largest batch size that fits is "
            f"{most:,}.",
            ko=f"{write_bytes(there)}에서 학습할 수 있습니다. {needed}가 필요하며, 큰 것부터 {parts}입니다. 들어가는 가장 큰 배치 크기는 "
            f"{most:,}입니다.",
        )
    advice, _ = what_to_change(report, there)
    return say(
        en=f"It trains in {write_bytes(there)}: no, it needs {needed}, above all {parts}. {advice}",
        ko=f"{write_bytes(there)}에서는 학습할 수 없습니다. {needed}가 필요하며, 큰 것부터 {parts}입니다. {advice}",
    )


def largest_parts(report: Report, count: int = 2) -> str:
    """What takes most of a training's memory: "activations 1.20 GB, weights 498 MB"."""
    parts = sorted(report.training_parts.items(), key=lambda part: part[1], reverse=True)
    return ", ".join(f"{TRAINING_PARTS[name]} {write_bytes(size)}" for name, size in parts[:count])


def what_to_change(report: Report, memory: int) -> tuple[str, str | None]:
    """What to change of a training that does not fit.

    Args:
        report: The design at the batch size and context length that were too much.
        memory: The bytes that there are.

    Returns:
        A sentence, and the setting that it is about: ``"batch_size"``, ``"context_length"``, or None for the design itself.
    """
    room = room_for(memory)
    if report.fixed_bytes > room:
        most = report.parameters * room // report.fixed_bytes
        return say(
            en=f"Whatever the batch, that is too much: choose a design of at most {most:,} parameters, such as a nano preset, fewer "
            "blocks or a smaller width.",
            ko=f"배치를 아무리 줄여도 들어가지 않습니다. 파라미터가 {most:,}개 이하인 설계를 고르세요. 나노 프리셋을 쓰거나 블록 수나 "
            "폭을 줄이면 됩니다.",
        ), None
    batch, tokens = report.largest_batch(memory), report.meter.context_length
    if batch == 0:
        return say(
            en=f"Even one text of {tokens:,} tokens at a time is too much: choose a smaller context length.",
            ko=f"{tokens:,}토큰짜리 글을 한 번에 하나만 읽어도 들어가지 않습니다. 문맥 길이를 줄이세요.",
        ), "context_length"
    return say(
        en=f"Lower the batch size from {report.batch_size:,} to at most {batch:,}, or choose a smaller context length.",
        ko=f"배치 크기를 {report.batch_size:,}에서 {batch:,} 이하로 낮추거나 문맥 길이를 줄이세요.",
    ), "batch_size"
