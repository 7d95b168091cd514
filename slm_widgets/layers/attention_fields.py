"""The fields and rules that both attention types share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, Self

from slm_widgets.fields import described
from slm_widgets.language import Text, say
from slm_widgets.layers.attention import Attention
from slm_widgets.layers.layer import Layer
from slm_widgets.layers.place import LONGEST, MOST, MOST_HEADS, Place
from slm_widgets.layers.position_bias import AlibiBias, RelativeBias
from slm_widgets.layers.problem import Problem
from slm_widgets.layers.rotary import RopeConfig, Rotary

DEFAULT_ROPE_BASE = 10_000.0
MASK = r"M_{ts} = \begin{cases} 0 & s \le t \\ \text{−}\infty & s > t \end{cases}"  # in LaTeX


def divisors(number: int, largest: int) -> str:
    """The divisors of a number up to ``largest`` (and a thousand), as a list for a sentence."""
    return ", ".join(str(n) for n in range(1, min(number, largest, 1000) + 1) if number % n == 0)


def heads_must_divide(layer: Layer, heads: int, width: int) -> Iterator[Problem]:
    """The rule for heads that share the width among them."""
    if width % heads:
        fitting = divisors(width, max(2 * heads, 64))
        groups = getattr(layer, "num_kv_groups", None)
        own = groups in (None, heads)  # one set of keys and values for each head, however many there are
        near = nearest(heads, _fitting_heads(layer, width, 1 if own else groups or 1))
        mend = None if near is None else {"numHeads": near} | ({"numKvGroups": None} if own and groups else {})
        yield layer.problem(
            "numHeads",
            en=f"{heads} heads, but {width} channels come in, and {width} / {heads} is not whole. "
            f"Choose a number of heads that divides {width}: {fitting}.",
            ko=f"헤드가 {heads}개인데 들어오는 채널 {width}개는 {heads}(으)로 나누어떨어지지 않습니다. "
            f"{width}의 약수를 고르세요: {fitting}.",
            mend=mend,
            mend_title=say(en=f"Use {counted(near, 'head')}", ko=f"헤드 {near}개 쓰기") if near else "",
        )


def nearest(wanted: int, fitting: Iterable[int]) -> int | None:
    """The number nearest to a wanted one, the smaller of two as near; None where there is none."""
    return min(fitting, key=lambda n: (abs(n - wanted), n), default=None)


def counted(number: int, noun: str) -> str:
    """``1 head``, ``4 heads``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _fitting_heads(layer: Layer, width: int, groups: int) -> Iterator[int]:
    """The numbers of heads with which nothing else is wrong either: groups that share them, heads that can be turned."""
    turned, size = getattr(layer, "is_rope", False), getattr(layer, "rotary_dim", None)
    for heads in range(1, min(width, MOST_HEADS) + 1):
        if width % heads or heads % groups:
            continue
        if not turned or ((size or width // heads) % 2 == 0 and (size or 0) <= width // heads):
            yield heads


class AttentionFields(Layer):
    """No layer type of its own: what ``mhAttention`` and ``gqAttention`` have in common."""

    group = "attention"

    num_heads: int = described(
        title=Text(en="Heads", ko="헤드 수"),
        help=Text(
            en="How many different questions each token can ask at once.",
            ko="토큰 하나가 한 번에 던질 수 있는 서로 다른 질문의 수입니다.",
        ),
        ge=1,
        le=MOST_HEADS,
    )
    ctx_length: int | None = described(
        None,
        title=Text(en="Context length", ko="문맥 길이"),
        help=Text(
            en="The longest text this layer may see. Empty: as the positions above say.",
            ko="이 레이어가 볼 수 있는 가장 긴 글입니다. 비워 두면 위의 위치 임베딩을 따릅니다.",
        ),
        unit=Text(en="tokens", ko="토큰"),
        ge=1,
        le=LONGEST,
    )
    dropout_rate: float = described(
        0.0,
        title=Text(en="Dropout", ko="드롭아웃"),
        help=Text(
            en="The share of attention weights switched off while training.",
            ko="학습하는 동안 끄는 어텐션 가중치의 비율입니다.",
        ),
        ge=0,
        lt=1,
    )
    qkv_bias: bool = described(
        False,
        title=Text(en="QKV bias", ko="QKV 편향"),
        help=Text(
            en="Whether queries, keys and values have biases.",
            ko="쿼리, 키, 값을 만들 때 편향을 쓸지 정합니다.",
        ),
    )
    proj_bias: bool | None = None
    is_rope: bool | None = described(
        None,
        alias="isRoPE",
        title=Text(en="Rotary positions", ko="회전 위치 (RoPE)"),
        help=Text(
            en="Turn queries and keys by position. Empty: if the positions above are rotary.",
            ko="위치에 따라 쿼리와 키를 돌립니다. 비워 두면 위의 위치 임베딩이 회전일 때만 돌립니다.",
        ),
    )
    rope_base: float = described(
        DEFAULT_ROPE_BASE,
        title=Text(en="RoPE base", ko="RoPE 밑"),
        help=Text(en="Larger: slower angles, for longer texts.", ko="클수록 각도가 느리게 돌아 긴 글에 맞습니다."),
        gt=1,
    )
    rope_style: Literal["half", "interleaved"] = described(
        "half",
        title=Text(en="RoPE style", ko="RoPE 방식"),
        help=Text(
            en="Which numbers are turned together: i with i + D/2 (Llama, Qwen), or neighbours (GPT-J).",
            ko="함께 돌리는 두 수: i와 i + D/2 (Llama, Qwen), 또는 이웃한 둘 (GPT-J).",
        ),
    )
    rotary_dim: int | None = described(
        None,
        title=Text(en="Rotary size", ko="회전 크기"),
        help=Text(
            en="How many of a head's numbers are turned. Empty: all.",
            ko="헤드의 수 가운데 몇 개를 돌릴지 정합니다. 비워 두면 전부입니다.",
        ),
        ge=2,
    )
    causal: bool = described(
        True,
        title=Text(en="Causal", ko="인과적"),
        help=Text(
            en="Each token sees only itself and those before it. Needed to generate text.",
            ko="토큰이 자신과 그 앞만 봅니다. 글을 생성하려면 필요합니다.",
        ),
    )
    window_size: int | None = described(
        None,
        title=Text(en="Window", ko="창 크기"),
        help=Text(
            en="See at most this many tokens back, itself included. Empty: all.",
            ko="자신을 포함해 최대 몇 토큰까지 볼지 정합니다. 비워 두면 전부입니다.",
        ),
        unit=Text(en="tokens", ko="토큰"),
        ge=1,
    )
    soft_cap: float | None = described(
        None,
        title=Text(en="Soft cap", ko="소프트 캡"),
        help=Text(
            en="Squeeze scores into (-cap, cap) with tanh. Empty: no cap.",
            ko="점수를 tanh로 (-cap, cap) 안에 넣습니다. 비워 두면 하지 않습니다.",
        ),
        gt=0,
        le=MOST,
    )
    scale: float | None = described(
        None,
        title=Text(en="Scale", ko="배율"),
        help=Text(
            en="What scores are multiplied by. Empty: 1/sqrt(head size).",
            ko="점수에 곱하는 수입니다. 비워 두면 1/sqrt(헤드 크기)입니다.",
        ),
        gt=0,
        le=MOST,
    )

    position_bias: Literal["none", "relative", "alibi"] | None = described(
        None,
        title=Text(en="Distance bias", ko="거리 편향"),
        help=Text(
            en="What is added to the scores by distance: learned numbers (relative, as in T5) or fixed slopes (ALiBi). Empty: as "
            "the positions above say.",
            ko="거리에 따라 점수에 더하는 것: 학습되는 수(relative, T5 방식) 또는 정해진 기울기(ALiBi). 비워 두면 위의 위치 임베딩을 "
            "따릅니다.",
        ),
        choices={
            "none": Text(en="none", ko="없음"),
            "relative": Text(en="relative (T5)", ko="상대 (T5)"),
            "alibi": Text(en="ALiBi", ko="ALiBi"),
        },
    )
    zero_init: bool = described(
        False,
        title=Text(en="Start at zero", ko="0에서 시작"),
        help=Text(
            en="The output matrix starts at zero: at first the layer adds nothing.",
            ko="출력 행렬이 0에서 시작하여, 처음에는 이 레이어가 아무것도 더하지 않습니다.",
        ),
    )

    # What differs between the two types, asked of the resolved layer.

    def head_size_at(self, place: Place) -> int:
        """D, the numbers in each head's query."""
        return place.width // self.num_heads

    def groups(self) -> int:
        """G, the number of key/value groups."""
        return self.num_heads

    def scaling(self) -> RopeConfig | None:
        """Llama 3's stretching of rotary positions, or None."""
        return None

    def qk_norm_epsilon(self) -> float | None:
        """The epsilon of the norm on queries and keys, or None for no norm."""
        return None

    # Rules

    def resolve(self, place: Place) -> Self:
        return self.filled(
            ctx_length=place.context_length, is_rope=place.rotary, position_bias=place.position_bias or "none"
        )

    def problems(self, place: Place) -> Iterator[Problem]:
        if not self.is_rope:
            return
        size, head_size = self.rotary_dim or self.head_size_at(place), self.head_size_at(place)
        if size % 2 or size > head_size:
            yield self.problem(
                "rotaryDim" if self.rotary_dim else "numHeads",
                en=f"The rotary size is {size}, but it must be an even number of at most {head_size} (the head size). Choose another "
                "number of heads or rotary size.",
                ko=f"회전 크기가 {size}인데, {head_size}(헤드 크기) 이하의 짝수여야 합니다. "
                "헤드 수나 회전 크기를 바꾸세요.",
            )

    def module(self, place: Place) -> Attention:
        head_size = self.head_size_at(place)
        rotary = None
        if self.is_rope:
            size = self.rotary_dim or head_size
            rotary = Rotary(
                size, self.rope_base, self.rope_style, self.ctx_length, self.scaling(), whole=size == head_size
            )
        position_bias = None
        if self.position_bias == "relative":
            position_bias = RelativeBias(self.num_heads, self.causal)
        elif self.position_bias == "alibi":
            position_bias = AlibiBias(self.num_heads)
        attention = Attention(
            place.width,
            self.num_heads,
            self.groups(),
            head_size,
            qkv_bias=self.qkv_bias,
            out_bias=bool(self.proj_bias),
            dropout=self.dropout_rate,
            causal=self.causal,
            window=self.window_size,
            soft_cap=self.soft_cap,
            scale=self.scale,
            rotary=rotary,
            position_bias=position_bias,
            qk_norm_eps=self.qk_norm_epsilon(),
        )
        attention.zero_init = self.zero_init
        return attention
