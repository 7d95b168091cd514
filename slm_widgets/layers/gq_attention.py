"""Grouped-query attention, as in Llama 3 and Qwen 3: several heads share one set of keys and values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from slm_widgets.fields import described
from slm_widgets.language import Text, say
from slm_widgets.layers.attention_fields import MASK, AttentionFields, counted, divisors, heads_must_divide, nearest
from slm_widgets.layers.formula import Paper
from slm_widgets.layers.place import MOST_HEADS, WIDEST, Place
from slm_widgets.layers.problem import Problem
from slm_widgets.layers.rotary import TURNED, RopeConfig


class GroupedQueryAttention(AttentionFields):
    """Attention whose heads share ``numKvGroups`` sets of keys and values; the head size may differ from width / heads."""

    type = "gqAttention"
    title = Text(en="Grouped-query attention", ko="그룹 쿼리 어텐션")
    summary = Text(en="Attention whose heads share keys and values.", ko="헤드들이 키와 값을 나누어 쓰는 어텐션입니다.")
    help = Text(
        en="Like multi-head attention, but several heads share one set of keys and values, so that generating keeps far "
        "less in memory. One group a head is multi-head attention, one group for all is multi-query attention.\n"
        "Try: 8 heads with 8, 2 and 1 groups: how little is lost?",
        ko="멀티헤드 어텐션과 같지만 여러 헤드가 키와 값 한 벌을 나누어 쓰므로, 생성할 때 기억할 것이 훨씬 적습니다. "
        "헤드마다 그룹이 하나면 멀티헤드, 모두가 그룹 하나를 쓰면 멀티쿼리 어텐션입니다.\n"
        "해 보기: 헤드 8개에 그룹 8, 2, 1개를 써 보세요. 잃는 것이 얼마나 적은가요?",
    )
    formula = {
        "qkNorm": {True: (r"q \to \operatorname{RMSNorm}(q)", r"k \to \operatorname{RMSNorm}(k)")},
        "isRoPE": {True: TURNED},
        "causal": {
            True: (
                r"A_h = \operatorname{softmax}\left(\frac{Q_h K_{g_h}^\top}{\sqrt{D}} + M\right)",
                MASK,
                r"y = \left[A_1 V_{g_1}; \ldots; A_H V_{g_H}\right] W_O",
                r"g_h = \left\lceil h\,G / H \right\rceil",
            ),
            False: (
                r"A_h = \operatorname{softmax}\left(\frac{Q_h K_{g_h}^\top}{\sqrt{D}}\right)",
                r"y = \left[A_1 V_{g_1}; \ldots; A_H V_{g_H}\right] W_O",
                r"g_h = \left\lceil h\,G / H \right\rceil",
            ),
        },
    }
    letters = Text(
        en="Head h of H has queries Q_h of its own and shares the keys and values of group g_h of G; D is the head size; M keeps "
        "token t from tokens s after it (and from those before the window); W_O is the output matrix.",
        ko="H개의 헤드 가운데 h번째는 자기 쿼리 Q_h를 가지고, 그룹 G개 가운데 g_h번의 키와 값을 나누어 씁니다. D는 헤드 크기입니다. M은 "
        "토큰 t가 뒤에 오는 토큰 s를(창이 있으면 창 앞의 토큰도) 보지 못하게 합니다. W_O는 출력 행렬입니다.",
    )
    papers = (
        Paper(
            "https://arxiv.org/abs/2305.13245",
            "Ainslie et al. 2023 (GQA), section 2.2",
            "Ainslie et al. 2023 (GQA), 2.2절",
        ),
        Paper("https://arxiv.org/abs/2010.04245", "Henry et al. 2020 (QK-norm)"),
    )
    starts_with = {"numHeads": 4, "numKvGroups": 2, "isRoPE": True}

    num_kv_groups: int | None = described(
        None,
        title=Text(en="Key/value groups", ko="키/값 그룹 수"),
        help=Text(
            en="Sets of keys and values; must divide the number of heads. Empty: one for each head.",
            ko="키와 값의 벌 수입니다. 헤드 수의 약수여야 합니다. 비워 두면 헤드마다 하나씩입니다.",
        ),
        ge=1,
        le=MOST_HEADS,
    )
    head_dim: int | None = described(
        None,
        title=Text(en="Head size", ko="헤드 크기"),
        help=Text(
            en="Numbers in each head's query. Empty: width / heads.",
            ko="헤드마다 쿼리를 이루는 수의 개수입니다. 비워 두면 폭 / 헤드 수입니다.",
        ),
        unit=Text(en="channels", ko="채널"),
        ge=1,
        le=WIDEST,
    )
    proj_bias: bool | None = described(
        False,
        title=Text(en="Output bias", ko="출력 편향"),
        help=Text(en="Whether the output matrix has a bias.", ko="출력 행렬에 편향을 쓸지 정합니다."),
    )
    qk_norm: bool = described(
        False,
        title=Text(en="QK-norm", ko="QK 정규화"),
        help=Text(
            en="RMS-normalise queries and keys before they are turned: steadier training.",
            ko="쿼리와 키를 돌리기 전에 RMS 정규화합니다. 학습이 안정됩니다.",
        ),
    )
    qk_norm_eps: float = described(
        1e-6,
        title=Text(en="QK-norm epsilon", ko="QK 정규화 엡실론"),
        help=Text(en="Keeps its division away from zero.", ko="0으로 나누지 않게 더하는 작은 수입니다."),
        gt=0,
    )
    rope_config: RopeConfig | None = described(
        None,
        title=Text(en="RoPE stretching", ko="RoPE 늘이기"),
        help=Text(
            en="How Llama 3 stretches positions to longer texts. Empty: not at all.",
            ko="Llama 3가 더 긴 글에 맞게 위치를 늘이는 방법입니다. 비워 두면 늘이지 않습니다.",
        ),
    )

    def resolve(self, place: Place) -> Self:
        return super().resolve(place).filled(num_kv_groups=self.num_heads)

    def head_size_at(self, place: Place) -> int:
        return self.head_dim or place.width // self.num_heads

    def groups(self) -> int:
        return self.num_kv_groups or self.num_heads

    def scaling(self) -> RopeConfig | None:
        return self.rope_config

    def qk_norm_epsilon(self) -> float | None:
        return self.qk_norm_eps if self.qk_norm else None

    def problems(self, place: Place) -> Iterator[Problem]:
        if self.num_heads % self.groups():
            fitting = divisors(self.num_heads, self.num_heads)
            near = nearest(self.groups(), (n for n in range(1, self.num_heads + 1) if self.num_heads % n == 0)) or 1
            yield self.problem(
                "numKvGroups",
                en=f"{self.groups()} key/value groups, but {self.num_heads} heads cannot be shared evenly among them. "
                f"Choose a number that divides {self.num_heads}: {fitting}.",
                ko=f"키/값 그룹이 {self.groups()}개인데 헤드 {self.num_heads}개를 고르게 나눌 수 없습니다. "
                f"{self.num_heads}의 약수를 고르세요: {fitting}.",
                mend={"numKvGroups": near},
                mend_title=say(en=f"Use {counted(near, 'group')}", ko=f"그룹 {near}개 쓰기"),
            )
        stretch = self.rope_config
        if stretch is not None and stretch.high_freq_factor <= stretch.low_freq_factor:
            yield self.problem(
                "ropeConfig",
                en=f"high_freq_factor is {stretch.high_freq_factor:g}, but it must be greater than low_freq_factor "
                f"({stretch.low_freq_factor:g}): waves between the two are blended.",
                ko=f"high_freq_factor 값이 {stretch.high_freq_factor:g}인데 low_freq_factor({stretch.low_freq_factor:g})보다 커야 "
                "합니다. 둘 사이의 파동은 섞어서 늘입니다.",
            )
        indivisible = [] if self.head_dim else list(heads_must_divide(self, self.num_heads, place.width))
        yield from indivisible or super().problems(place)
