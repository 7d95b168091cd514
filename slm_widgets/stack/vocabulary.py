"""Fits a design to a tokenizer: what it leaves open is filled in, what it says is checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from slm_widgets.errors import LayerStackError
from slm_widgets.language import say
from slm_widgets.layers import Problem
from slm_widgets.stack.check import parse_stack
from slm_widgets.stack.document import LayerStack


def fill_vocabulary(stack: LayerStack, vocab_size: int) -> LayerStack:
    """Gives a design the vocabulary size of a tokenizer.

    Args:
        stack: A design; its token embedding may leave ``vocabSize`` empty, its head ``outDim``.
        vocab_size: How many tokens the tokenizer has.

    Returns:
        The design with both filled in. An explicit vocabulary larger than the tokenizer's stays.

    Raises:
        LayerStackError: when an explicit vocabulary is smaller than the tokenizer's.
    """
    layers = stack.layers
    nodes = list(_walk(layers))
    problems = [p for number, node in enumerate(nodes, 1) if (p := _fill(node, number, vocab_size)) is not None]
    if problems:
        raise LayerStackError(problems)
    size = next((node["data"]["vocabSize"] for node in reversed(nodes) if node["type"] == "tokenEmbedding"), vocab_size)
    if layers[-1]["type"] == "linear":
        layers[-1]["data"].setdefault("outDim", size)
    return parse_stack({"layer_stack": layers, "config": stack.config})


def _walk(layers: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in layers:
        yield node
        yield from _walk(node.get("children", []))


def _fill(node: dict[str, Any], number: int, vocab_size: int) -> Problem | None:
    if node["type"] != "tokenEmbedding":
        return None
    given = node["data"].setdefault("vocabSize", vocab_size)
    if given >= vocab_size:
        return None
    return Problem(
        node["data"]["id"],
        "vocabSize",
        "error",
        say(
            en=f"The vocabulary holds {given:,} tokens, but the tokenizer has {vocab_size:,}. "
            f"Leave the vocabulary size empty, set it to at least {vocab_size:,}, or choose another tokenizer.",
            ko=f"어휘 크기는 {given:,}인데 토크나이저의 토큰은 {vocab_size:,}개입니다. "
            f"어휘 크기를 비워 두거나 {vocab_size:,} 이상으로 하거나, 다른 토크나이저를 고르세요.",
        ),
        say(en=f"Layer {number} ({node['type']})", ko=f"{number}번 레이어({node['type']})"),
    )
