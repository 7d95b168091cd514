"""GPT-Neo: layers that see everything and layers that see a window, in turn."""

from __future__ import annotations

from typing import Any

from slm_widgets.language import Text
from slm_widgets.stack.presets import recipes
from slm_widgets.stack.presets.entry import Entry
from slm_widgets.stack.presets.parts import Json, attend_and_feed, design, node, repeat


def gpt_neo(
    width: int,
    heads: int,
    pairs: int,
    context: int,
    window: int,
    *,
    vocabulary: int | None = None,
    training: Json | None = None,
) -> Json:
    """GPT-Neo's shape (Black et al. 2021): GPT-2's, but every second attention is local and scores are not scaled down.

    A pair of layers, one global and one local, is one block, so the block stands there half as often as there are layers.
    """
    norm = {"normType": "LayerNorm"}

    def attention(name: str, **fields: Any) -> Json:
        return node("mhAttention", name, numHeads=heads, qkvBias=False, projBias=True, scale=1.0, **fields)

    def feed_forward(name: str) -> Json:
        return node("feedForward", name, hiddenDim=4 * width, actFunc="GELU-tanh", bias=True)

    pair = [
        *attend_and_feed(attention("global_attention"), feed_forward("ffn1"), norm),
        *attend_and_feed(
            attention("local_attention", windowSize=window), feed_forward("ffn2"), norm, first=3, flow="add2"
        ),
    ]
    layers = [
        node("tokenEmbedding", "tokens", vocabSize=vocabulary, embDim=width),
        node("positionalEmbedding", "positions", posType="learned", ctxLength=context),
        repeat("block", pairs, pair),
        node("normalization", "norm", **norm),
        node("linear", "head", bias=False, weightTying=True),
    ]
    return design(layers, context, training)


PRESETS = {
    "gpt-neo-nano": Entry(
        Text(
            en="GPT-Neo's shape: attention over everything and over 16 tokens, in turn",
            ko="GPT-Neo와 같은 모양: 전부 보는 어텐션과 16토큰만 보는 어텐션이 번갈아",
        ),
        lambda: gpt_neo(64, 4, 1, 64, 16, training=recipes.nano(1500)),
    ),
    "gpt-neo-1.3b": Entry(
        Text(
            en="GPT-Neo with 1.3 B parameters: global and local attention in turn",
            ko="파라미터 13억 개의 GPT-Neo: 전역과 지역 어텐션이 번갈아",
        ),
        lambda: gpt_neo(2048, 16, 12, 2048, 256, vocabulary=50257),
        sibling="gpt-neo-nano",
    ),
}
