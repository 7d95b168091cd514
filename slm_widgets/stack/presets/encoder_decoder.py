"""The first transformer: an encoder that reads, a decoder that writes."""

from __future__ import annotations

from slm_widgets.language import Text
from slm_widgets.stack.presets import recipes
from slm_widgets.stack.presets.entry import Entry
from slm_widgets.stack.presets.parts import Json, design, dropout_if, node, repeat


def transformer(
    width: int,
    heads: int,
    blocks: int,
    context: int,
    *,
    vocabulary: int | None = None,
    dropout: float = 0.0,
    training: Json | None = None,
) -> Json:
    """The shape of Vaswani et al. 2017: norms after the residuals, sinusoidal positions, one table for source, text and head.

    As in the paper (section 5.4), dropout stands at the end of each branch and after the positions; the projections have
    biases, as in torch's ``nn.Transformer``.
    """
    scale = width**0.5  # section 3.4

    def sub_layer(name: str, layer: Json, flow: str) -> list[Json]:
        """The layer, then add, then normalise (section 3.1); ``name`` holds a # where its parts have their names."""
        return [
            layer,
            *dropout_if(dropout, name.replace("#", "dropout")),
            node("residual", name.replace("#", "add"), source=flow),
            node("normalization", name.replace("#", "norm"), normType="LayerNorm"),
        ]

    def attention(name: str, causal: bool) -> Json:
        return node("mhAttention", name, numHeads=heads, qkvBias=True, causal=causal)

    def feed_forward(name: str) -> Json:
        return node("feedForward", name, hiddenDim=4 * width, actFunc="ReLU", bias=True)

    cross = node("crossAttention", "cross_attention", source="encoder", numHeads=heads, qkvBias=True)
    encoder = [
        *sub_layer("encoder_#1", attention("encoder_attention", causal=False), "encoder:in"),
        *sub_layer("encoder_#2", feed_forward("encoder_ffn"), "encoder_norm1"),
    ]
    decoder = [
        *sub_layer("#1", attention("attention", causal=True), "decoder:in"),
        *sub_layer("#2", cross, "norm1"),
        *sub_layer("#3", feed_forward("ffn"), "norm2"),
    ]
    layers = [
        node("sourceText", "source"),
        node("tokenEmbedding", "source_tokens", vocabSize=vocabulary, embDim=width, scale=scale),
        node("positionalEmbedding", "source_positions", posType="sinusoidal", ctxLength=context),
        *dropout_if(dropout, "source_dropout"),
        repeat("encoder", blocks, encoder),
        node(
            "tokenEmbedding",
            "tokens",
            input="source:in",
            vocabSize=vocabulary,
            embDim=width,
            scale=scale,
            tiedTo="source_tokens",
        ),
        node("positionalEmbedding", "positions", posType="sinusoidal", ctxLength=context),
        *dropout_if(dropout, "dropout"),
        repeat("decoder", blocks, decoder),
        node("linear", "head", bias=False, weightTying=True),
    ]
    return design(layers, context, training)


PRESETS = {
    "transformer-nano": Entry(
        Text(
            en="The first transformer's shape: an encoder reads the beginning, a decoder goes on",
            ko="최초의 트랜스포머와 같은 모양: 인코더가 앞부분을 읽고 디코더가 이어 씀",
        ),
        # Norms after the sums: at twice this rate some seeds, or another number of threads, never learn more than how often
        # each letter comes.
        lambda: transformer(64, 4, 2, 64, training=recipes.nano(1300) | {"lr": 3e-3, "min_lr": 3e-4}),
    ),
    "transformer-base": Entry(
        Text(
            en="The first transformer (2017): encoder and decoder, as for translation",
            ko="최초의 트랜스포머 (2017): 번역을 위한 인코더와 디코더",
        ),
        lambda: transformer(512, 8, 6, 512, vocabulary=37000, dropout=0.1),
        sibling="transformer-nano",
    ),
}
