"""Positions: without them, attention sees a bag of tokens in no order."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal, Self

import torch
from torch import Tensor, nn

from slm_widgets.fields import described
from slm_widgets.language import Text
from slm_widgets.layers.formula import Paper
from slm_widgets.layers.layer import Layer
from slm_widgets.layers.memory import TokenCount
from slm_widgets.layers.place import LONGEST, Place
from slm_widgets.layers.problem import Problem
from slm_widgets.layers.rotary import TURNED


class PositionalEmbedding(Layer):
    """Adds to each vector one that tells its position, or turns RoPE on for the attention below."""

    type = "positionalEmbedding"
    title = Text(en="Positions", ko="위치 임베딩")
    group = "embedding"
    summary = Text(en="Tells the model where each token stands.", ko="각 토큰이 몇 번째인지 모델에 알려 줍니다.")
    help = Text(
        en="Attention alone does not know order. Learned: a second table with one row per position, added to the tokens. "
        "Sinusoidal: fixed waves of many lengths, nothing to learn. Rotary: nothing is added here; every attention below "
        "turns its queries and keys by an angle that grows with the position (RoPE), so that it sees distances. Relative and ALiBi: "
        "nothing is added here either; every attention below adds a number to its scores that depends on the distance, learned "
        "(T5) or falling by a fixed slope for each head (ALiBi).\n"
        "Try: remove this layer and see how much worse the loss becomes; compare learned with rotary.",
        ko="어텐션만으로는 순서를 알 수 없습니다. 학습형(learned): 위치마다 한 줄씩 있는 두 번째 표를 더합니다. "
        "사인파(sinusoidal): 길이가 다른 여러 파동을 더하며 학습할 것이 없습니다. 회전(rotary): 여기서는 아무것도 더하지 않고, "
        "아래의 모든 어텐션이 위치에 비례하는 각도로 쿼리와 키를 돌려(RoPE) 거리를 봅니다. 상대(relative)와 ALiBi: 역시 여기서는 더하지 않고, "
        "아래의 모든 어텐션이 거리에 따른 수를 점수에 더합니다. 그 수를 학습하거나(T5) 헤드마다 정해진 기울기로 줄입니다(ALiBi).\n"
        "해 보기: 이 레이어를 지우면 손실이 얼마나 나빠지는지, 학습형과 회전을 비교하면 어떤지 보세요.",
    )
    formula = {
        "posType": {
            "learned": r"y_t = x_t + P_t",
            "sinusoidal": (
                r"y_t = x_t + p_t",
                r"p_{t,2i} = \sin\left(t / 10000^{2i/C}\right)",
                r"p_{t,2i+1} = \cos\left(t / 10000^{2i/C}\right)",
            ),
            "rotary": (
                TURNED,
                r"R_t = \begin{pmatrix} \cos\,t\theta_i & -\sin\,t\theta_i \\ \sin\,t\theta_i & \cos\,t\theta_i \end{pmatrix}",
                r"\theta_i = 10000^{-2i/D}",
            ),
            "relative": r"S_{ts} = \frac{q_t \cdot k_s}{\sqrt{D}} + b_{t-s}",
            "alibi": r"S_{ts} = \frac{q_t \cdot k_s}{\sqrt{D}} - m_h \left|t - s\right|",
        }
    }
    letters = Text(
        en="t and s are positions, C the width, D the head size. P is the learned table; R_t turns the pair of numbers i by the "
        "angle t θ_i; S are the scores of the attention below, b learned numbers (distant ones share one), m_h the fixed slope "
        "of head h.",
        ko="t와 s는 위치, C는 폭, D는 헤드 크기입니다. P는 학습되는 표이고, R_t는 i번째 수의 쌍을 각도 t θ_i만큼 돌립니다. S는 아래 "
        "어텐션의 점수, b는 학습되는 수(먼 거리끼리는 함께 씁니다), m_h는 헤드 h의 정해진 기울기입니다.",
    )
    papers = (
        Paper("https://arxiv.org/abs/1706.03762", "Vaswani et al. 2017, section 3.5", "Vaswani et al. 2017, 3.5절"),
        Paper(
            "https://arxiv.org/abs/2104.09864",
            "Su et al. 2021 (RoFormer), section 3.2",
            "Su et al. 2021 (RoFormer), 3.2절",
        ),
        Paper(
            "https://arxiv.org/abs/1910.10683", "Raffel et al. 2020 (T5), section 2.1", "Raffel et al. 2020 (T5), 2.1절"
        ),
        Paper("https://arxiv.org/abs/2108.12409", "Press et al. 2022 (ALiBi)"),
    )
    starts_with = {"posType": "learned"}

    pos_type: Literal["learned", "sinusoidal", "rotary", "relative", "alibi"] = described(
        "learned",
        title=Text(en="Kind", ko="종류"),
        help=Text(en="How positions are told.", ko="위치를 알려 주는 방법입니다."),
        choices={
            "learned": Text(en="learned", ko="학습형"),
            "sinusoidal": Text(en="sinusoidal", ko="사인파"),
            "rotary": Text(en="rotary (RoPE)", ko="회전 (RoPE)"),
            "relative": Text(en="relative (T5)", ko="상대 (T5)"),
            "alibi": Text(en="ALiBi", ko="ALiBi"),
        },
    )
    ctx_length: int | None = described(
        None,
        title=Text(en="Context length", ko="문맥 길이"),
        help=Text(
            en="The longest text the model can read at once. Empty: as the design says, else 256.",
            ko="모델이 한 번에 읽을 수 있는 가장 긴 글입니다. 비워 두면 설계의 값, 없으면 256입니다.",
        ),
        unit=Text(en="tokens", ko="토큰"),
        ge=1,
        le=LONGEST,
    )
    emb_dim: int | None = None

    def resolve(self, place: Place) -> Self:
        return self.filled(ctx_length=place.context_length or 256, emb_dim=place.width)

    def problems(self, place: Place) -> Iterator[Problem]:
        if self.emb_dim != place.width:
            yield self.problem(
                "embDim",
                en=f"embDim is {self.emb_dim}, but {place.width} channels come in. Set it to {place.width} or leave it empty.",
                ko=f"embDim은 {self.emb_dim}인데 들어오는 채널은 {place.width}개입니다. {place.width}(으)로 하거나 비워 두세요.",
            )

    def below(self, place: Place) -> Place:
        bias = self.pos_type if self.pos_type in ("relative", "alibi") else place.position_bias
        rotary = place.rotary or self.pos_type == "rotary"
        assert self.ctx_length is not None
        return place.with_context_length(self.ctx_length).with_(rotary=rotary, position_bias=bias)

    def module(self, place: Place) -> nn.Module:
        assert self.ctx_length is not None
        if self.pos_type == "learned":
            return LearnedPositions(self.ctx_length, place.width)
        if self.pos_type == "sinusoidal":
            return SinusoidalPositions(self.ctx_length, place.width)
        return nn.Identity()


class LearnedPositions(nn.Embedding):
    """Adds row t of a learned table to the vector at position t."""

    def forward(self, input: Tensor, memory: TokenCount | None = None) -> Tensor:
        T = input.size(1)
        return input + self.weight[_steps(T, memory)]  # (B, T, C)

    def new_memory(self, batch_size: int, max_tokens: int, like: Tensor) -> TokenCount:
        return TokenCount()


class SinusoidalPositions(nn.Module):
    """Adds fixed waves to the vectors; nothing is learned.

    Source: Vaswani et al. 2017, section 3.5.
    """

    waves: Tensor

    def __init__(self, context_length: int, width: int) -> None:
        super().__init__()
        waves = torch.zeros(context_length, width)
        if waves.device.type != "meta":  # there the design is only counted
            t = torch.arange(context_length)[:, None]  # (T, 1)
            rate = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000.0) / width))  # (ceil(C/2),)
            waves[:, 0::2] = torch.sin(t * rate)
            waves[:, 1::2] = torch.cos(t * rate)[:, : width // 2]
        self.register_buffer("waves", waves, persistent=False)  # (T, C)

    def forward(self, x: Tensor, memory: TokenCount | None = None) -> Tensor:
        T = x.size(1)
        return x + self.waves[_steps(T, memory)]  # (B, T, C)

    def new_memory(self, batch_size: int, max_tokens: int, like: Tensor) -> TokenCount:
        return TokenCount()


def _steps(T: int, memory: TokenCount | None) -> slice:
    """The positions of the T newest tokens."""
    if memory is None:
        return slice(0, T)
    memory.seen += T
    return slice(memory.seen - T, memory.seen)
