"""Small designs of every odd shape, for tests that hold of all of them."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def node(type_name: str, name: str, **data: Any) -> Json:
    """One layer."""
    return {"type": type_name, "data": {"id": name, **data}}


def block(name: str, repeats: int, *children: Json) -> Json:
    """A repeated block."""
    return {**node("transformerBlock", name, numOfBlocks=repeats), "children": list(children)}


def model(*layers: Json, context: int = 12, position: str = "learned", tied: bool = False) -> Json:
    """The layers between an embedding of 24 channels and a head for 50 tokens."""
    return {
        "config": {"context_length": context},
        "layer_stack": [
            node("tokenEmbedding", "tokens", vocabSize=50, embDim=24),
            node("positionalEmbedding", "positions", posType=position, ctxLength=context),
            *layers,
            node("linear", "head", bias=False, weightTying=tied),
        ],
    }


ATTENTION = node("mhAttention", "attention", numHeads=4)
NORM = node("normalization", "norm", normType="RMSNorm")

ODD_DESIGNS: dict[str, Json] = {
    "only a head": model(tied=True),
    "sinusoidal positions": model(block("block", 3, ATTENTION), position="sinusoidal"),
    "dropout in attention": model(block("block", 2, node("mhAttention", "attention", numHeads=4, dropoutRate=0.1))),
    "a sliding window": model(node("mhAttention", "attention", numHeads=2, windowSize=3)),
    "a soft cap": model(node("mhAttention", "attention", numHeads=2, softCap=5.0)),
    "relative positions": model(block("block", 2, ATTENTION), position="relative"),
    "alibi": model(block("block", 2, ATTENTION), position="alibi"),
    "grouped heads of their own size with a norm": model(
        block("block", 2, node("gqAttention", "attention", numHeads=6, numKvGroups=2, headDim=8, qkNorm=True)),
        position="rotary",
    ),
    "attention that looks ahead": model(node("mhAttention", "attention", numHeads=4, causal=False)),
    "attention beside feed-forward": model(
        block(
            "block",
            3,
            NORM,
            ATTENTION,
            node("feedForward", "ffn", hiddenDim=40, actFunc="ReLU", input="norm"),
            node("residual", "add", source="attention"),
            node("residual", "again", source="block:in"),
        )
    ),
    "a block that ends in an activation": model(
        block("block", 3, node("linear", "mix"), node("feedForward", "ffn", hiddenDim=8, actFunc="ReLU")),
        node("concat", "join", source="positions"),
        node("linear", "back", outDim=24),
    ),
    "blocks in blocks": model(
        block("outer", 2, block("inner", 3, NORM, ATTENTION, node("residual", "add", source="outer:in"))),
        node("normalization", "last", normType="LayerNorm"),
    ),
    "later repeats read the first layer": model(
        block("block", 4, ATTENTION, node("dropout", "drop", dropoutRate=0.2), node("residual", "add", source="tokens"))
    ),
    "a mixture of experts": model(node("mixtureOfExperts", "experts", numExperts=4, topK=2, hiddenDim=16)),
    "a convolution": model(block("block", 2, node("causalConvolution", "convolution", kernelSize=3))),
}
