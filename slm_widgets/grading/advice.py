"""What a design that does not learn may lack."""

from __future__ import annotations

import math
from collections.abc import Iterator

from slm_widgets.data import Dataset
from slm_widgets.language import say
from slm_widgets.stack import LayerStack, describe

_NARROW = 32


def baseline(stack: LayerStack, dataset: Dataset) -> tuple[str, str]:
    """Two losses to compare with, in English and in Korean: that of blind guessing, and the floor where it is known."""
    blind = math.log(describe(stack).vocab_size)
    floor = dataset.entropy_floor
    en = f"guessing blindly gives {blind:.2f}" + ("" if floor is None else f", nothing gets below {floor:.2f}")
    ko = f"아무렇게나 찍으면 {blind:.2f}" + ("" if floor is None else f", 어떤 모델도 {floor:.2f} 아래로는 못 감")
    return en, ko


def advice(stack: LayerStack) -> list[str]:
    """Sentences on what to try, the weightiest first; never empty."""
    return list(_missing(stack)) or [
        say(
            en="Nothing essential is missing. Compare it with the preset gpt2-nano layer by layer: the order of norm, "
            "attention and residual, the width, the number of heads.",
            ko="빠진 것은 없습니다. 프리셋 gpt2-nano와 한 층씩 비교하세요. 정규화, 어텐션, 잔차의 순서, 폭, 헤드 수를 보세요.",
        )
    ]


def _missing(stack: LayerStack) -> Iterator[str]:
    layers = [node.layer for node in stack.walk()]
    types = {layer.type for layer in layers}
    attentions = [layer for layer in layers if "Attention" in layer.type]
    if not attentions:
        yield say(
            en="There is no attention: each token sees only itself. Put a multi-head attention into the block.",
            ko="어텐션이 없어 토큰이 자기 자신만 봅니다. 블록에 멀티헤드 어텐션을 넣으세요.",
        )
    elif "positionalEmbedding" not in types and not any(getattr(layer, "is_rope", None) for layer in attentions):
        yield say(
            en="There are no positions: attention cannot tell in which order the tokens stand. Put Positions after the token "
            "embedding.",
            ko="위치 임베딩이 없어 어텐션이 토큰의 순서를 모릅니다. 토큰 임베딩 다음에 위치 임베딩을 넣으세요.",
        )
    if "residual" not in types:
        yield say(
            en="There are no residuals: each layer replaces what came in instead of adding to it. Add one after each attention "
            "and each feed-forward.",
            ko="잔차 연결이 없어 층마다 들어온 것을 버리고 바꿔 씁니다. 어텐션과 피드포워드 뒤에 하나씩 넣으세요.",
        )
    if "normalization" not in types:
        yield say(
            en="There is no normalization. Put one before each attention and each feed-forward.",
            ko="정규화가 없습니다. 어텐션과 피드포워드 앞에 하나씩 넣으세요.",
        )
    width = min((w for layer in layers if (w := getattr(layer, "emb_dim", None)) is not None), default=_NARROW)
    if width < _NARROW:
        yield say(
            en=f"The embedding is only {width} wide. Try 64.",
            ko=f"임베딩의 폭이 {width}밖에 안 됩니다. 64로 해 보세요.",
        )
