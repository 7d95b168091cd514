"""A design's costs in words: what it computes and holds, whether a training fits into so much memory, and if not, what would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slm_widgets.language import say
from slm_widgets.stack.costs import PROCESS_BYTES, TRAINING_PARTS, fixed_share
from slm_widgets.stack.sizes import parse_bytes, with_prefix, write_bytes
from slm_widgets.stack.text_table import in_columns

if TYPE_CHECKING:
    from slm_widgets.stack.describe import Report


class Fit:
    """Whether a training fits into so much memory: true or false, and in print the sentence that says why.

    Args:
        report: The design at its batch size and context length.
        memory: Bytes.
    """

    def __init__(self, report: Report, memory: int) -> None:
        self._report, self._memory = report, memory
        self._fits = report.training_bytes + PROCESS_BYTES <= memory

    def __bool__(self) -> bool:
        return self._fits

    def __eq__(self, other: object) -> bool:
        return bool(self) == bool(other) if isinstance(other, Fit | bool) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._fits)

    def __repr__(self) -> str:
        return answer_in_words(self._report, self._memory)


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
    needed, parts = report.training_bytes + PROCESS_BYTES, largest_parts(report)
    en, ko = (
        f"it needs about {write_bytes(needed)} ({write_bytes(PROCESS_BYTES)} of it for Python and torch), above all {parts}",
        f"약 {write_bytes(needed)}가 필요하며(그중 {write_bytes(PROCESS_BYTES)}는 Python과 torch), 큰 것부터 {parts}입니다",
    )
    if needed <= there:
        most = report.largest_batch(there)
        return say(
            en=f"It trains in {write_bytes(there)}: yes, {en}. The largest batch size that fits is {most:,}.",
            ko=f"{write_bytes(there)}에서 학습할 수 있습니다. {ko}. 들어가는 가장 큰 배치 크기는 {most:,}입니다.",
        )
    over = write_bytes(needed - there)
    advice, _ = what_to_change(report, there - PROCESS_BYTES)
    return say(
        en=f"It trains in {write_bytes(there)}: no, {en}. That is {over} too much. {advice}",
        ko=f"{write_bytes(there)}에서는 학습할 수 없습니다. {ko}. {over}가 모자랍니다. {advice}",
    )


def largest_parts(report: Report, count: int = 2) -> str:
    """What takes most of a training's memory: "activations 1.20 GB, weights 498 MB"."""
    parts = sorted(report.training_parts.items(), key=lambda part: part[1], reverse=True)
    return ", ".join(f"{TRAINING_PARTS[name]} {write_bytes(size)}" for name, size in parts[:count])


def what_to_change(report: Report, memory: int) -> tuple[str, str | None]:
    """What to change of a training that does not fit.

    Args:
        report: The design at the batch size and context length that were too much.
        memory: The bytes that there are for it, beside Python and torch.

    Returns:
        A sentence, and the setting that it is about: ``"batch_size"``, ``"context_length"``, or None for the design itself.
    """
    fixed = report.fixed_bytes + fixed_share(report.fixed_bytes)
    if memory < 0:
        return say(
            en=f"Python and torch alone take {write_bytes(PROCESS_BYTES)}: use a machine with more memory.",
            ko=f"Python과 torch만으로도 {write_bytes(PROCESS_BYTES)}가 필요합니다. 메모리가 더 큰 컴퓨터를 쓰세요.",
        ), None
    if fixed > memory:
        most = report.parameters * memory // fixed
        return say(
            en=f"Whatever the batch, that is too much: choose a design of at most {most:,} parameters, such as a nano preset, fewer "
            "blocks or a smaller width.",
            ko=f"배치를 아무리 줄여도 들어가지 않습니다. 파라미터가 {most:,}개 이하인 설계를 고르세요. 나노 프리셋을 쓰거나 블록 수나 "
            "폭을 줄이면 됩니다.",
        ), None
    batch, tokens = report.batch_within(memory), report.meter.context_length
    if batch == 0:
        return say(
            en=f"Even one text of {tokens:,} tokens at a time is too much: choose a smaller context length.",
            ko=f"{tokens:,}토큰짜리 글을 한 번에 하나만 읽어도 들어가지 않습니다. 문맥 길이를 줄이세요.",
        ), "context_length"
    return say(
        en=f"Lower the batch size from {report.batch_size:,} to at most {batch:,}, or choose a smaller context length.",
        ko=f"배치 크기를 {report.batch_size:,}에서 {batch:,} 이하로 낮추거나 문맥 길이를 줄이세요.",
    ), "batch_size"
