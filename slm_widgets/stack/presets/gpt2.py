"""GPT-2: the decoder that most others are told apart from."""

from __future__ import annotations

from slm_widgets.language import Text
from slm_widgets.stack.presets import recipes
from slm_widgets.stack.presets.entry import Entry
from slm_widgets.stack.presets.parts import Json, attend_and_feed, design, dropout_if, node, repeat


def gpt2(
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
    """GPT-2's shape (Radford et al. 2019): LayerNorm first, learned positions, a tied head."""
    norm = {"normType": "LayerNorm", "bias": bias}
    attention = node("mhAttention", "attention", numHeads=heads, qkvBias=bias, projBias=bias, dropoutRate=dropout)
    feed_forward = node("feedForward", "ffn", hiddenDim=4 * width, actFunc="GELU-tanh", bias=bias)
    layers = [
        node("tokenEmbedding", "tokens", vocabSize=vocabulary, embDim=width),
        node("positionalEmbedding", "positions", posType="learned", ctxLength=context),
        *dropout_if(dropout, "dropout"),
        repeat("block", blocks, attend_and_feed(attention, feed_forward, norm, dropout)),
        node("normalization", "norm", **norm),
        node("linear", "head", bias=False, weightTying=tied),
    ]
    return design(layers, context, training)


PRESETS = {
    "gpt2-nano": Entry(
        Text(en="GPT-2's shape, trains in a minute on a CPU", ko="GPT-2와 같은 모양, CPU에서 1분이면 학습"),
        lambda: gpt2(64, 4, 2, 64, bias=False, training=recipes.NANO),
    ),
    "shakespeare-char-cpu": Entry(
        Text(en="nanoGPT's CPU example for Tiny Shakespeare", ko="nanoGPT의 Tiny Shakespeare CPU 예제"),
        lambda: gpt2(128, 4, 4, 64, bias=False, training=recipes.SHAKESPEARE),
    ),
    "gpt2": Entry(
        Text(en="GPT-2 as published (124 M)", ko="공개된 GPT-2 (1.24억)"),
        lambda: gpt2(768, 12, 12, 1024, vocabulary=50257),
        sibling="gpt2-nano",
    ),
    "gpt2-medium": Entry(
        Text(en="GPT-2 medium: twice as deep (355 M)", ko="GPT-2 medium: 깊이가 두 배 (3.55억)"),
        lambda: gpt2(1024, 16, 24, 1024, vocabulary=50257),
        sibling="gpt2-nano",
    ),
    "gpt2-large": Entry(
        Text(en="GPT-2 large (774 M)", ko="GPT-2 large (7.74억)"),
        lambda: gpt2(1280, 20, 36, 1024, vocabulary=50257),
        sibling="gpt2-nano",
    ),
    "gpt2-xl": Entry(
        Text(en="GPT-2 XL, the largest of 2019 (1.6 B)", ko="GPT-2 XL, 2019년의 가장 큰 것 (15.6억)"),
        lambda: gpt2(1600, 25, 48, 1024, vocabulary=50257),
        sibling="gpt2-nano",
    ),
    "gpt2-untied-128": Entry(
        Text(en="GPT-2 with a head of its own and a short context", ko="헤드를 따로 두고 문맥을 줄인 GPT-2"),
        lambda: gpt2(768, 12, 12, 128, vocabulary=50257, tied=False),
        sibling="gpt2-nano",
    ),
}
