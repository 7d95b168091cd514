"""Does a design keep to the rules of an exercise?"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from slm_widgets.errors import ConfigError, GradingError, LayerStackError
from slm_widgets.grading.reading import cannot_be_built, read_design
from slm_widgets.language import say
from slm_widgets.layers import layer_types
from slm_widgets.stack import LayerStack, Node, Report, describe


def check_design(
    design: LayerStack | str | os.PathLike[str] | list[Any] | dict[str, Any],
    *,
    min_parameters: int | None = None,
    max_parameters: int | None = None,
    blocks: int | None = None,
    required: Iterable[str | Sequence[str]] = (),
    in_each_block: Iterable[str | Sequence[str]] = (),
    forbidden: Iterable[str] = (),
    causal: bool = False,
    vocab_size: int | None = None,
) -> Report:
    """Checks that a design can be built and keeps to the rules given; without rules, only that it can be built.

    Args:
        design: The path of the drawing that ``GraphEditor(path=...)`` saves, or a design in any form.
        min_parameters: The least number of learned numbers.
        max_parameters: The greatest.
        blocks: How many transformer blocks there must be, repeats counted.
        required: Layer types that must be there; of a tuple, one of them: ``["residual", ("mhAttention", "gqAttention")]``.
        in_each_block: Layer types that must stand inside every transformer block, written like ``required``.
        forbidden: Layer types that must not be there.
        causal: Whether every attention layer must see only what came before.
        vocab_size: The vocabulary to count with, where the design leaves it open; None counts with 256.

    Returns:
        The design's report: layers, shapes and counts.

    Raises:
        GradingError: with every rule that is not kept, and what to do about it.
        ConfigError: for a rule that names a layer type that does not exist: the exercise's mistake, not the student's.
    """
    alternatives, within = _alternatives(required), _alternatives(in_each_block)
    forbidden = tuple(forbidden)
    _check_names([*(name for names in [*alternatives, *within] for name in names), *forbidden])
    stack = read_design(design)
    try:
        report = describe(stack, vocab_size=vocab_size)
    except LayerStackError as error:  # it fits 256 tokens, but not vocab_size
        raise cannot_be_built(error) from error
    broken = [
        *_count_rules(report, min_parameters, max_parameters),
        *_block_rule(stack, blocks),
        *_type_rules(stack, alternatives, forbidden),
        *_block_type_rules(stack, within),
        *(not_causal(stack) if causal else ()),
    ]
    if broken:
        raise GradingError("\n".join(broken))
    return report


def count_blocks(nodes: Iterable[Node]) -> int:
    """Counts transformer blocks with their repeats; of blocks within blocks the innermost, empty ones not at all."""
    total = 0
    for node in nodes:
        if node.layer.container and node.children:
            total += getattr(node.layer, "num_of_blocks", 1) * (count_blocks(node.children) or 1)
    return total


def not_causal(stack: LayerStack) -> Iterator[str]:
    """A sentence for every attention layer that sees what comes later."""
    for node in stack.walk():
        if getattr(node.layer, "causal", True) is False:
            yield say(
                en=f"{node.layer.id} ({node.layer.type}) is not causal: its tokens see the very token that they are to guess. "
                "Switch Causal on.",
                ko=f"{node.layer.id}({node.layer.type})이(가) 인과적이지 않습니다. 맞혀야 할 다음 토큰을 미리 봅니다. "
                "인과적(causal)을 켜세요.",
            )


def _count_rules(report: Report, fewest: int | None, most: int | None) -> Iterator[str]:
    count = report.parameters
    if most is not None and count > most:
        largest = max((row for row in report.layers if row.depth == 0), key=lambda row: row.parameters)
        yield say(
            en=f"The design has {count:,} parameters, but at most {most:,} are allowed. Most of them, {largest.parameters:,}, "
            f"are in {largest.id} ({largest.type}): try a smaller width or hidden width, or fewer repeats.",
            ko=f"설계의 파라미터가 {count:,}개인데 최대 {most:,}개까지 됩니다. {largest.id}({largest.type})에 가장 많은 "
            f"{largest.parameters:,}개가 있습니다. 폭이나 은닉 폭, 반복 횟수를 줄여 보세요.",
        )
    if fewest is not None and count < fewest:
        yield say(
            en=f"The design has {count:,} parameters, but at least {fewest:,} are asked for. Try a greater width, or more repeats.",
            ko=f"설계의 파라미터가 {count:,}개인데 {fewest:,}개 이상이어야 합니다. 폭이나 반복 횟수를 늘려 보세요.",
        )


def _block_rule(stack: LayerStack, wanted: int | None) -> Iterator[str]:
    count = count_blocks(stack.nodes)
    if wanted is not None and count != wanted:
        yield say(
            en=f"The design has {count} transformer {'block' if count == 1 else 'blocks'}, but it must have {wanted}. Put the "
            f"layers of one block into a Block and set its Repeats to {wanted}; two Blocks one after the other add up.",
            ko=f"설계에 트랜스포머 블록이 {count}개인데 {wanted}개여야 합니다. 블록 하나의 레이어들을 '트랜스포머 블록'에 넣고 "
            f"반복 횟수를 {wanted}(으)로 하세요. 블록을 이어 놓으면 더해집니다.",
        )


def _type_rules(stack: LayerStack, required: list[tuple[str, ...]], forbidden: tuple[str, ...]) -> Iterator[str]:
    nodes = list(stack.walk())
    present = {node.layer.type for node in nodes}
    for names in required:
        if not present.intersection(names):
            titles = [_title(name) for name in names]
            yield say(
                en=f"The design has no {' and no '.join(titles)}. Drag one from the palette to where it belongs.",
                ko=f"설계에 {', '.join(titles)} 레이어가 없습니다. 팔레트에서 알맞은 자리로 끌어다 넣으세요.",
            )
    for name in forbidden:
        ids = ", ".join(node.layer.id for node in nodes if node.layer.type == name)
        if ids:
            yield say(
                en=f"{_title(name)} is not allowed in this exercise. Take it out: {ids}.",
                ko=f"이 과제에서는 {_title(name)} 레이어를 쓸 수 없습니다. 빼세요: {ids}.",
            )


def _block_type_rules(stack: LayerStack, within: list[tuple[str, ...]]) -> Iterator[str]:
    """A sentence for every innermost block that lacks a type."""
    for block in stack.walk():
        if not block.layer.container or any(child.layer.container for child in block.children):
            continue
        present = {child.layer.type for child in block.children}
        for names in within:
            if not present.intersection(names):
                titles = [_title(name) for name in names]
                yield say(
                    en=f"Inside the block {block.layer.id} there is no {' and no '.join(titles)}. Drag one into the block.",
                    ko=f"블록 {block.layer.id} 안에 {', '.join(titles)} 레이어가 없습니다. 블록 안으로 끌어다 놓으세요.",
                )


def _alternatives(types: Iterable[str | Sequence[str]]) -> list[tuple[str, ...]]:
    return [(one,) if isinstance(one, str) else tuple(one) for one in types]


def _title(name: str) -> str:
    return f"{layer_types()[name].title} ({name})"


def _check_names(names: list[str]) -> None:
    known = layer_types()
    for name in names:
        if name not in known:
            raise ConfigError(
                say(
                    en=f"This check names the layer type {name!r}, which does not exist. Choose from: {', '.join(known)}.",
                    ko=f"이 검사에 적힌 레이어 종류 {name!r}은(는) 없습니다. 다음 중에서 고르세요: {', '.join(known)}.",
                ),
                field="required",
            )
