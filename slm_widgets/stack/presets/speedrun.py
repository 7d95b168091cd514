"""What learns fast for its size: a decoder made for the optimizer Muon."""

from __future__ import annotations

from slm_widgets.language import Text
from slm_widgets.stack.presets import recipes
from slm_widgets.stack.presets.entry import Entry
from slm_widgets.stack.presets.parts import Json, attend_and_feed, design, node, repeat


def speedrun(width: int, heads: int, blocks: int, context: int, *, training: Json | None = None) -> Json:
    """The shape that won the race to GPT-2's loss (Jordan et al. 2024, modded-nanogpt; Karpathy 2025, nanochat).

    Against GPT-2's it has RMSNorm without weights, rotary positions, normalised queries and keys, a squared ReLU, and
    branches that begin at zero. Each of these is a field of a layer, to be switched off. Before each attention every token
    also takes something of the three before it (a depthwise convolution, as in Primer: So et al. 2021; its place is that of
    Allen-Zhu 2025, "Canon layers"): two cards that can be deleted.
    """
    norm = {"normType": "RMSNorm", "affine": False}
    attention = node("gqAttention", "attention", numHeads=heads, qkNorm=True, zeroInit=True)
    feed_forward = node("feedForward", "ffn", hiddenDim=4 * width, actFunc="SquaredReLU", bias=False, zeroInit=True)
    near = [
        node("causalConvolution", "near", kernelSize=4, depthwise=True, bias=False),
        node("residual", "addNear", source="block:in"),
    ]
    layers = [
        node("tokenEmbedding", "tokens", vocabSize=None, embDim=width),
        node("positionalEmbedding", "positions", posType="rotary", ctxLength=context),
        repeat("block", blocks, [*near, *attend_and_feed(attention, feed_forward, norm, flow="addNear")]),
        node("normalization", "norm", **norm),
        node("linear", "head", bias=False, weightTying=True),
    ]
    return design(layers, context, training)


PRESETS = {
    "shakespeare-fast": Entry(
        Text(
            en="As large as shakespeare-char-cpu, as good much sooner: Muon, a short convolution, QK-norm, squared ReLU",
            ko="shakespeare-char-cpu와 같은 크기로 훨씬 빨리 같은 손실에 도달: Muon, 짧은 합성곱, QK 정규화, 제곱 ReLU",
        ),
        lambda: speedrun(128, 4, 4, 64, training=recipes.SHAKESPEARE_FAST),
    ),
}
