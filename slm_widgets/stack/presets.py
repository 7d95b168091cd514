"""Ready designs: small ones to train in a minute, published ones to read and count."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slm_widgets.errors import LayerStackError
from slm_widgets.language import Text, say
from slm_widgets.layers import Problem
from slm_widgets.stack.check import parse_stack
from slm_widgets.stack.describe import describe
from slm_widgets.stack.document import LayerStack

Json = dict[str, Any]


@dataclass(frozen=True)
class PresetInfo:
    """A preset's name, size and purpose.

    Args:
        name: What ``preset`` takes.
        parameters: Learned numbers; of presets that leave the vocabulary open, with 256 tokens.
        purpose: What it is for.
    """

    name: str
    parameters: int
    purpose: str


def presets() -> list[PresetInfo]:
    """Lists the presets, smallest purpose first: to train here, then to read and count."""
    return [
        PresetInfo(name, describe(preset(name)).parameters, str(purpose)) for name, (purpose, _) in _PRESETS.items()
    ]


def preset(name: str) -> LayerStack:
    """A fresh copy of a ready design.

    Raises:
        LayerStackError: for an unknown name; the message lists those that exist.
    """
    if name not in _PRESETS:
        near = difflib.get_close_matches(str(name), _PRESETS, n=1)
        raise LayerStackError(
            [
                Problem(
                    None,
                    None,
                    "error",
                    say(
                        en=f"There is no preset {name!r}."
                        + (f" Did you mean {near[0]}?" if near else "")
                        + f" Presets: {', '.join(_PRESETS)}.",
                        ko=f"{name!r}(이)라는 프리셋은 없습니다."
                        + (f" {near[0]}을(를) 뜻하셨나요?" if near else "")
                        + f" 프리셋: {', '.join(_PRESETS)}.",
                    ),
                )
            ]
        )
    design = _PRESETS[name][1]()
    design["config"]["name"] = name
    return parse_stack(design)


def _node(type_name: str, name: str, **data: Any) -> Json:
    return {"type": type_name, "data": {"id": name, **data}}


def _block(repeats: int, attention: Json, feed_forward: Json, norm: Json, dropout: float = 0.0) -> Json:
    """A block in the order of GPT-2 and Llama: normalise, attend, add; normalise, feed forward, add."""
    drop = [dropout] if dropout else []
    children = [
        _node("normalization", "norm1", **norm),
        attention,
        *(_node("dropout", "dropout1", dropoutRate=rate) for rate in drop),
        _node("residual", "add1", source="block:in"),
        _node("normalization", "norm2", **norm),
        feed_forward,
        *(_node("dropout", "dropout2", dropoutRate=rate) for rate in drop),
        _node("residual", "add2", source="add1"),
    ]
    return {**_node("transformerBlock", "block", numOfBlocks=repeats), "children": children}


def _gpt(
    width: int,
    heads: int,
    blocks: int,
    context: int,
    *,
    vocabulary: int | None = None,
    bias: bool = True,
    tied: bool = True,
    dropout: float = 0.0,
    training: Json | None = None,
) -> Json:
    """GPT-2's shape (Radford et al. 2019)."""
    norm = {"normType": "LayerNorm", "bias": bias}
    attention = _node("mhAttention", "attention", numHeads=heads, qkvBias=bias, projBias=bias, dropoutRate=dropout)
    feed_forward = _node("feedForward", "ffn", hiddenDim=4 * width, actFunc="GELU-tanh", bias=bias)
    layers = [
        _node("tokenEmbedding", "tokens", vocabSize=vocabulary, embDim=width),
        _node("positionalEmbedding", "positions", posType="learned", ctxLength=context),
        *([_node("dropout", "dropout", dropoutRate=dropout)] if dropout else []),
        _block(blocks, attention, feed_forward, norm, dropout),
        _node("normalization", "norm", **norm),
        _node("linear", "head", bias=False, weightTying=tied),
    ]
    return _design(layers, context, training)


def _llama(
    width: int,
    heads: int,
    groups: int,
    blocks: int,
    context: int,
    hidden: int,
    *,
    vocabulary: int | None = None,
    tied: bool = False,
    eps: float = 1e-5,
    training: Json | None = None,
    **attention_fields: Any,
) -> Json:
    """Llama's shape (Touvron et al. 2023): RMSNorm, rotary positions, grouped queries, SwiGLU, no biases."""
    norm = {"normType": "RMSNorm", "eps": eps}
    attention = _node("gqAttention", "attention", numHeads=heads, numKvGroups=groups, **attention_fields)
    feed_forward = _node("feedForward", "ffn", hiddenDim=hidden, feedForwardType="Gated", actFunc="SiLU", bias=False)
    layers = [
        _node("tokenEmbedding", "tokens", vocabSize=vocabulary, embDim=width),
        _node("positionalEmbedding", "positions", posType="rotary", ctxLength=context),
        _block(blocks, attention, feed_forward, norm),
        _node("normalization", "norm", **norm),
        _node("linear", "head", bias=False, weightTying=tied),
    ]
    return _design(layers, context, training)


def _design(layers: list[Json], context: int, training: Json | None) -> Json:
    config: Json = {"context_length": context}
    if training is not None:
        config["training"] = training
    return {"layer_stack": layers, "config": config}


# About a minute on two cores. The long warm-up keeps GPT-2's shape from a spike in its first hundred steps.
_NANO_RECIPE: Json = {
    "max_steps": 2500,
    "batch_size": 32,
    "lr": 6e-3,
    "min_lr": 6e-4,
    "warmup_steps": 100,
    "eval_every": 100,
    "sample_every": 250,
}

# nanoGPT's CPU example (its README, "I only have a macbook"), with the warm-up and betas of its configuration file.
_SHAKESPEARE_RECIPE: Json = {
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

_LLAMA3_STRETCH: Json = {
    "factor": 32.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_context_length": 8192,
}

_PRESETS: dict[str, tuple[Text, Callable[[], Json]]] = {
    "gpt2-nano": (
        Text(en="GPT-2's shape, trains in a minute on a CPU", ko="GPT-2와 같은 모양, CPU에서 1분이면 학습"),
        lambda: _gpt(64, 4, 2, 64, bias=False, training=_NANO_RECIPE),
    ),
    "llama-nano": (
        Text(en="Llama's shape, trains in a minute on a CPU", ko="Llama와 같은 모양, CPU에서 1분이면 학습"),
        lambda: _llama(64, 4, 2, 2, 64, 176, tied=True, training=_NANO_RECIPE),
    ),
    "shakespeare-char-cpu": (
        Text(en="nanoGPT's CPU example for Tiny Shakespeare", ko="nanoGPT의 Tiny Shakespeare CPU 예제"),
        lambda: _gpt(128, 4, 4, 64, bias=False, training=_SHAKESPEARE_RECIPE),
    ),
    "gpt2": (
        Text(en="GPT-2 as published (124 M)", ko="공개된 GPT-2 (1.24억)"),
        lambda: _gpt(768, 12, 12, 1024, vocabulary=50257),
    ),
    "gpt2-untied-128": (
        Text(en="GPT-2 with a head of its own and a short context", ko="헤드를 따로 두고 문맥을 줄인 GPT-2"),
        lambda: _gpt(768, 12, 12, 128, vocabulary=50257, tied=False),
    ),
    "llama2-7b": (
        Text(en="Llama 2 with 7 B parameters", ko="파라미터 70억 개의 Llama 2"),
        lambda: _llama(4096, 32, 32, 32, 4096, 11008, vocabulary=32000),
    ),
    "llama-3.2-1b": (
        Text(en="Llama 3.2 with 1 B parameters", ko="파라미터 10억 개의 Llama 3.2"),
        lambda: _llama(
            2048, 32, 8, 16, 131072, 8192, vocabulary=128256, tied=True, ropeBase=500000.0, ropeConfig=_LLAMA3_STRETCH
        ),
    ),
    "qwen3-0.6b": (
        Text(
            en="Qwen 3 with 0.6 B parameters: QK-norm, wide heads", ko="파라미터 6억 개의 Qwen 3: QK 정규화, 넓은 헤드"
        ),
        lambda: _llama(
            1024,
            16,
            8,
            28,
            40960,
            3072,
            vocabulary=151936,
            tied=True,
            eps=1e-6,
            headDim=128,
            qkNorm=True,
            ropeBase=1000000.0,
        ),
    ),
}
