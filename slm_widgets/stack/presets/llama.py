"""Llama and its kin: RMSNorm, rotary positions, shared keys and values, gated feed-forward, no biases."""

from __future__ import annotations

from typing import Any

from slm_widgets.language import Text
from slm_widgets.stack.presets import recipes
from slm_widgets.stack.presets.entry import Entry
from slm_widgets.stack.presets.parts import Json, attend_and_feed, design, node, repeat


def llama(
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
    """Llama's shape (Touvron et al. 2023); what Mistral, Qwen and SmolLM do otherwise is in the attention's fields."""
    norm = {"normType": "RMSNorm", "eps": eps}
    attention = node("gqAttention", "attention", numHeads=heads, numKvGroups=groups, **attention_fields)
    feed_forward = node("feedForward", "ffn", hiddenDim=hidden, feedForwardType="Gated", actFunc="SiLU", bias=False)
    layers = [
        node("tokenEmbedding", "tokens", vocabSize=vocabulary, embDim=width),
        node("positionalEmbedding", "positions", posType="rotary", ctxLength=context),
        repeat("block", blocks, attend_and_feed(attention, feed_forward, norm)),
        node("normalization", "norm", **norm),
        node("linear", "head", bias=False, weightTying=tied),
    ]
    return design(layers, context, training)


def stretch(factor: float, original: int) -> Json:
    """Llama 3's way to longer texts: slow angles are slowed down further (``factor`` times), quick ones stay."""
    return {
        "factor": factor,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_context_length": original,
    }


PRESETS = {
    "llama-nano": Entry(
        Text(en="Llama's shape, trains in a minute on a CPU", ko="Llama와 같은 모양, CPU에서 1분이면 학습"),
        lambda: llama(64, 4, 2, 2, 64, 176, tied=True, training=recipes.NANO),
    ),
    "llama3-nano": Entry(
        Text(
            en="Llama 3's shape: four heads share keys and values, positions stretched from 16 to 64 tokens",
            ko="Llama 3와 같은 모양: 헤드 넷이 키와 값을 나누어 쓰고, 위치를 16에서 64토큰으로 늘임",
        ),
        lambda: llama(
            64, 4, 1, 2, 64, 256, tied=True, training=recipes.nano(1200), ropeBase=500000.0, ropeConfig=stretch(4.0, 16)
        ),
    ),
    "qwen3-nano": Entry(
        Text(
            en="Qwen 3's shape: QK-norm, heads wider than their share of the width",
            ko="Qwen 3와 같은 모양: QK 정규화, 폭을 나눈 것보다 넓은 헤드",
        ),
        lambda: llama(
            64,
            4,
            2,
            2,
            64,
            192,
            tied=True,
            eps=1e-6,
            training=recipes.nano(1000),
            headDim=32,
            qkNorm=True,
            ropeBase=1000000.0,
        ),
    ),
    "smollm2-nano": Entry(
        Text(en="SmolLM2's shape: narrow and deep", ko="SmolLM2와 같은 모양: 좁고 깊음"),
        lambda: llama(48, 3, 1, 4, 64, 128, tied=True, training=recipes.nano(1000), ropeBase=100000.0),
    ),
    "mistral-nano": Entry(
        Text(
            en="Mistral's shape: each token sees 16 tokens back, block by block farther",
            ko="Mistral과 같은 모양: 토큰마다 16토큰 뒤까지만 보고, 블록을 거칠수록 더 멀리 봄",
        ),
        lambda: llama(64, 4, 1, 2, 64, 224, training=recipes.nano(1300), windowSize=16),
    ),
    "llama2-7b": Entry(
        Text(en="Llama 2 with 7 B parameters", ko="파라미터 70억 개의 Llama 2"),
        lambda: llama(4096, 32, 32, 32, 4096, 11008, vocabulary=32000),
        sibling="llama-nano",
    ),
    "llama-3.2-1b": Entry(
        Text(en="Llama 3.2 with 1 B parameters", ko="파라미터 10억 개의 Llama 3.2"),
        lambda: llama(
            2048,
            32,
            8,
            16,
            131072,
            8192,
            vocabulary=128256,
            tied=True,
            ropeBase=500000.0,
            ropeConfig=stretch(32.0, 8192),
        ),
        sibling="llama3-nano",
    ),
    "qwen3-0.6b": Entry(
        Text(
            en="Qwen 3 with 0.6 B parameters: QK-norm, wide heads", ko="파라미터 6억 개의 Qwen 3: QK 정규화, 넓은 헤드"
        ),
        lambda: llama(
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
        sibling="qwen3-nano",
    ),
    "smollm2-135m": Entry(
        Text(en="SmolLM2 with 135 M parameters: narrow and deep", ko="파라미터 1.35억 개의 SmolLM2: 좁고 깊음"),
        lambda: llama(576, 9, 3, 30, 8192, 1536, vocabulary=49152, tied=True, ropeBase=100000.0),
        sibling="smollm2-nano",
    ),
    "mistral-7b": Entry(
        Text(
            en="Mistral with 7 B parameters: each token sees 4,096 tokens back",
            ko="파라미터 70억 개의 Mistral: 토큰마다 4,096토큰 뒤까지만 봄",
        ),
        lambda: llama(4096, 32, 8, 32, 32768, 14336, vocabulary=32000, windowSize=4096),
        sibling="mistral-nano",
    ),
}
