"""Designs that are hard to write out as code."""

import random

from tests.layers.test_every_layer import design_with

__all__ = ["ODD", "SMALL", "design_with", "layer", "random_design"]


def layer(type_name, name, **data):
    return {"type": type_name, "data": {"id": name, **data}}


def block(name, *children, times=2):
    return {**layer("transformerBlock", name, numOfBlocks=times), "children": [*children]}


TOKENS = layer("tokenEmbedding", "tokens", vocabSize=13, embDim=16)
HEAD = layer("linear", "head", bias=False)
SMALL = [TOKENS, HEAD]


def attention(name, **data):
    return layer("gqAttention", name, **{"numHeads": 4, "numKvGroups": 2, **data})


ODD = {
    "only a head": SMALL,
    "branches and a merge (GPT-J)": [
        TOKENS,
        block(
            "block",
            layer("normalization", "norm"),
            attention("attention", isRoPE=True, ropeStyle="interleaved", rotaryDim=2),
            layer("feedForward", "ffn", input="norm"),
            layer("residual", "both", source="attention"),
            layer("residual", "out", source="block:in"),
        ),
        HEAD,
    ],
    "a long branch": [
        TOKENS,
        layer("linear", "one"),
        layer("normalization", "two"),
        layer("linear", "three"),
        layer("dropout", "four", dropoutRate=0.5),
        layer("linear", "five"),
        layer("residual", "add", source="tokens"),
        HEAD,
    ],
    "far references": [
        TOKENS,
        layer("linear", "down"),
        layer("linear", "middle"),
        layer("residual", "skip1", source="down"),
        layer("linear", "up"),
        layer("residual", "skip2", source="tokens", scale=0.5),
        layer("residual", "skip3", source="middle:in"),
        layer("residual", "skip4", source="skip1", scale=-2.0),
        HEAD,
    ],
    "blocks in blocks that read outside": [
        TOKENS,
        layer("normalization", "first", normType="RMSNorm"),
        block(
            "outer",
            layer("linear", "before"),
            block(
                "inner",
                layer("linear", "inside"),
                layer("residual", "a", source="first"),
                layer("residual", "b", source="before"),
                layer("residual", "c", source="inner:in"),
                layer("residual", "d", source="outer:in"),
                times=3,
            ),
            layer("residual", "e", source="outer:in"),
        ),
        block("alone", layer("linear", "x"), times=1),
        layer("residual", "h", source="tokens"),
        HEAD,
    ],
    "an empty block and nothing that is drawn twice": [
        TOKENS,
        layer("positionalEmbedding", "p", posType="rotary", ctxLength=12),
        block("empty"),
        HEAD,
    ],
    "two kinds of attention": [
        TOKENS,
        attention("a", causal=False),
        attention("b", windowSize=3, qkNorm=True),
        layer("mhAttention", "c", numHeads=2, qkvBias=True, isRoPE=True, dropoutRate=0.5),
        HEAD,
    ],
    "everything that attention can do": [
        TOKENS,
        attention("a", softCap=5.0, windowSize=4, scale=0.3, isRoPE=True, qkNorm=True, projBias=True, headDim=6),
        HEAD,
    ],
    "tied inside a block": [
        TOKENS,
        block(
            "block", layer("linear", "back", outDim=16), layer("linear", "scores", weightTying=True, bias=True), times=1
        ),
        layer("linear", "narrow", outDim=16),
        layer("linear", "head", weightTying=True, bias=True),
    ],
    "a residual of itself": [
        TOKENS,
        layer("residual", "twice", source="tokens"),
        layer("residual", "again", source="twice:in"),
        HEAD,
    ],
    "names of Python": [
        layer("tokenEmbedding", "class", vocabSize=13, embDim=16),
        layer("linear", "forward"),
        layer("linear", "nn"),
        layer("linear", "ids"),
        layer("residual", "torch", source="nn"),
        layer("residual", "x", source="class"),
        block("Attention", layer("mhAttention", "attention", numHeads=2), layer("residual", "self", source="nn")),
        HEAD,
    ],
    "several numbers for one field": [
        TOKENS,
        layer("feedForward", "one", actFunc="ReLU", hiddenDim=8),
        layer("feedForward", "two", actFunc="GELU-tanh", hiddenDim=24, bias=False),
        layer("feedForward", "three", feedForwardType="Gated", actFunc="Mish", zeroInit=True),
        layer("residual", "add", source="two"),
        HEAD,
    ],
    "sinusoids and norms without weights": [
        TOKENS,
        layer("positionalEmbedding", "p", posType="sinusoidal", ctxLength=12),
        layer("normalization", "n", affine=False),
        layer("normalization", "m", normType="RMSNorm", affine=False, eps=0.01),
        HEAD,
    ],
}


def random_design(seed):
    """A design with whatever layers, references and blocks the dice give."""
    dice = random.Random(seed)
    positions = dice.choice(["learned", "sinusoidal", "rotary", "relative", "alibi"])
    middle = _random_layers(dice, ["tokens"], "l", 0)
    head = layer("linear", "head", bias=False, weightTying=dice.random() < 0.5, outDim=13)
    return [TOKENS, layer("positionalEmbedding", "p", posType=positions, ctxLength=12), *middle, head]


def _random_layers(dice, references, prefix, depth):
    layers = []
    for number in range(dice.randint(1, 6)):
        name = f"{prefix}{number}"
        if depth < 2 and dice.random() < 0.2:
            inside = _random_layers(dice, [*references, f"{name}:in"], name, depth + 1)
            layers.append(block(name, *inside, times=dice.choice([1, 2])))
        else:
            type_name, data = _random_layer(dice, references)
            if dice.random() < 0.15:
                data["input"] = dice.choice(references)
            layers.append(layer(type_name, name, **data))
            if type_name == "concat":
                name += "narrow"
                layers.append(layer("linear", name, outDim=16))
            references = [*references, f"{name}:in"] if type_name != "concat" else references
        references = [*references, name]
    return layers


def _random_layer(dice, references):
    pick, maybe = dice.choice, lambda share: dice.random() < share
    position = {"isRoPE": maybe(0.5), "ropeStyle": pick(["half", "interleaved"])}
    activation = pick(["ReLU", "GELU", "GELU-tanh", "SiLU", "Mish", "LeakyReLU", "SquaredReLU"])
    gate = {"feedForwardType": pick(["Standard", "Gated"]), "actFunc": activation}
    look = {
        "causal": maybe(0.8),
        **({"windowSize": 3} if maybe(0.3) else {}),
        **({"softCap": 3.0} if maybe(0.3) else {}),
    }
    return pick(
        [
            ("mhAttention", {"numHeads": pick([1, 2, 4]), "qkvBias": maybe(0.3), **position, **look}),
            ("gqAttention", {"numHeads": 4, "numKvGroups": pick([1, 2, 4]), "qkNorm": maybe(0.3), **position, **look}),
            ("feedForward", {**gate, "zeroInit": maybe(0.2)}),
            ("mixtureOfExperts", {**gate, "numExperts": 3, "topK": 2, "balanceLoss": pick([0.0, 0.01])}),
            ("normalization", {"normType": pick(["LayerNorm", "RMSNorm", "DyT"]), "affine": maybe(0.8)}),
            ("linear", {"outDim": 16, "bias": maybe(0.5)}),
            ("recurrent", {"cellType": pick(["RNN", "GRU", "LSTM"]), "numLayers": pick([1, 2])}),
            ("causalConvolution", {"kernelSize": 3, "depthwise": maybe(0.5)}),
            ("concat", {"source": pick(references)}),
            *[("residual", {"source": pick(references), "scale": pick([1.0, 1.0, 0.5, -1.0])})] * 3,
        ]
    )
