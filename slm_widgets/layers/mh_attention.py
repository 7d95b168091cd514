"""Multi-head attention, as in GPT-2: every head has keys and values of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from slm_widgets.fields import described
from slm_widgets.language import Text
from slm_widgets.layers.attention_fields import MASK, AttentionFields, heads_must_divide
from slm_widgets.layers.formula import Paper
from slm_widgets.layers.place import Place
from slm_widgets.layers.problem import Problem
from slm_widgets.layers.rotary import TURNED


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
        "Try: 1 head against 8 at the same width: the same number of parameters, another loss.",
        ko="모든 토큰이 질문(쿼리)을 던지고, 이름표(키)와 내용(값)을 내놓습니다. 질문과 이름표가 맞는 곳에서 내용을 가져옵니다. "
        "헤드가 여럿이면 여러 질문을 한 번에 던집니다. 폭을 헤드들이 나누어 쓰므로 폭이 헤드 수로 나누어떨어져야 합니다.\n"
        "해 보기: 같은 폭에서 헤드 1개와 8개를 비교하세요. 파라미터 수는 같고 손실은 다릅니다.",
    )
    formula = {
        "isRoPE": {True: TURNED},
        "causal": {
            True: (
                r"A_h = \operatorname{softmax}\left(\frac{Q_h K_h^\top}{\sqrt{D}} + M\right)",
                MASK,
                r"y = \left[A_1 V_1; \ldots; A_H V_H\right] W_O",
            ),
            False: (
                r"A_h = \operatorname{softmax}\left(\frac{Q_h K_h^\top}{\sqrt{D}}\right)",
                r"y = \left[A_1 V_1; \ldots; A_H V_H\right] W_O",
            ),
        },
    }
    letters = Text(
        en="Q_h, K_h, V_h are the queries, keys and values of head h, made of x by three matrices; D = C / H is the head size; M "
        "keeps token t from tokens s after it (and from those before the window); W_O is the output matrix.",
        ko="Q_h, K_h, V_h는 행렬 세 개로 x에서 만든 헤드 h의 쿼리, 키, 값이고, D = C / H는 헤드 크기입니다. M은 토큰 t가 뒤에 "
        "오는 토큰 s를(창이 있으면 창 앞의 토큰도) 보지 못하게 합니다. W_O는 출력 행렬입니다.",
    )
    papers = (
        Paper("https://arxiv.org/abs/1706.03762", "Vaswani et al. 2017, section 3.2", "Vaswani et al. 2017, 3.2절"),
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
