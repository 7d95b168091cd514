"""Multi-head attention, as in GPT-2: every head has keys and values of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from slm_widgets.fields import described
from slm_widgets.language import Text
from slm_widgets.layers.attention_fields import AttentionFields, heads_must_divide
from slm_widgets.layers.place import Place
from slm_widgets.layers.problem import Problem


class MultiHeadAttention(AttentionFields):
    """Attention in ``numHeads`` heads that share the width among them."""

    type = "mhAttention"
    palette_rank = 10
    title = Text(en="Multi-head attention", ko="멀티헤드 어텐션")
    summary = Text(
        en="Each token gathers from the tokens before it.", ko="각 토큰이 앞의 토큰들에서 필요한 것을 모읍니다."
    )
    help = Text(
        en="Every token asks a question (query), every token offers a label (key) and a content (value). Where question and "
        "label match, the content is taken in. Several heads ask several questions at once; the width is shared among them, "
        "so it must be divisible by their number.\n"
        "Formula: softmax(q kᵀ / sqrt(D)) v for each head, the heads side by side, then one matrix.\n"
        "Try: 1 head against 8 at the same width: the same number of parameters, another loss.\n"
        "Source: Vaswani et al. 2017, section 3.2.",
        ko="모든 토큰이 질문(쿼리)을 던지고, 이름표(키)와 내용(값)을 내놓습니다. 질문과 이름표가 맞는 곳에서 내용을 가져옵니다. "
        "헤드가 여럿이면 여러 질문을 한 번에 던집니다. 폭을 헤드들이 나누어 쓰므로 폭이 헤드 수로 나누어떨어져야 합니다.\n"
        "식: 헤드마다 softmax(q kᵀ / sqrt(D)) v를 구해 나란히 붙인 뒤 행렬 하나를 곱합니다.\n"
        "해 보기: 같은 폭에서 헤드 1개와 8개를 비교하세요. 파라미터 수는 같고 손실은 다릅니다.\n"
        "출처: Vaswani et al. 2017, 3.2절.",
    )
    starts_with = {"numHeads": 4}

    proj_bias: bool | None = described(
        None,
        title=Text(en="Output bias", ko="출력 편향"),
        help=Text(en="Empty: as the QKV bias.", ko="비워 두면 QKV 편향과 같습니다."),
    )

    def resolve(self, place: Place) -> Self:
        return super().resolve(place).filled(proj_bias=self.qkv_bias)

    def problems(self, place: Place) -> Iterator[Problem]:
        indivisible = list(heads_must_divide(self, self.num_heads, place.width))
        yield from indivisible or super().problems(place)
