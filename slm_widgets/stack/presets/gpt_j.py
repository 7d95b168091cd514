"""GPT-J: attention and feed-forward side by side."""

from __future__ import annotations

from slm_widgets.language import Text
from slm_widgets.stack.presets import recipes
from slm_widgets.stack.presets.entry import Entry
from slm_widgets.stack.presets.parts import Json, design, node, repeat


def gpt_j(
    width: int,
    heads: int,
    blocks: int,
    context: int,
    rotary_size: int,
    *,
    vocabulary: int | None = None,
    training: Json | None = None,
) -> Json:
    """GPT-J's shape (Wang and Komatsuzaki 2021): one norm for both branches, neighbouring numbers of each head are turned."""
    attention = node(
        "mhAttention", "attention", numHeads=heads, ropeStyle="interleaved", rotaryDim=rotary_size, qkvBias=False
    )
    parallel = [
        node("normalization", "norm1", normType="LayerNorm"),
        attention,
        node("residual", "add1", source="block:in"),
        # Beside the attention rather than after it: it reads the same norm.
        node("feedForward", "ffn", input="norm1", hiddenDim=4 * width, actFunc="GELU-tanh", bias=True),
        node("residual", "add2", source="add1"),
    ]
    layers = [
        node("tokenEmbedding", "tokens", vocabSize=vocabulary, embDim=width),
        node("positionalEmbedding", "positions", posType="rotary", ctxLength=context),
        repeat("block", blocks, parallel),
        node("normalization", "norm", normType="LayerNorm"),
        node("linear", "head", bias=True),
    ]
    return design(layers, context, training)


PRESETS = {
    "gpt-j-nano": Entry(
        Text(
            en="GPT-J's shape: attention and feed-forward side by side",
            ko="GPT-J와 같은 모양: 어텐션과 피드포워드가 나란히",
        ),
        lambda: gpt_j(64, 4, 2, 64, 8, training=recipes.nano(1200)),
    ),
    "gpt-j-6b": Entry(
        Text(
            en="GPT-J with 6 B parameters: attention and feed-forward side by side",
            ko="파라미터 60억 개의 GPT-J: 어텐션과 피드포워드가 나란히",
        ),
        lambda: gpt_j(4096, 16, 28, 2048, 64, vocabulary=50400),
        sibling="gpt-j-nano",
    ),
}
