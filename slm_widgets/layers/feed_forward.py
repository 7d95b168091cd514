"""Feed-forward: where a model thinks about each token by itself, between the rounds of attention."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Literal, Self

import torch.nn.functional as F
from torch import Tensor, nn

from slm_widgets.fields import described
from slm_widgets.language import Text, say
from slm_widgets.layers.formula import Paper
from slm_widgets.layers.layer import Layer
from slm_widgets.layers.place import WIDEST, Place
from slm_widgets.layers.problem import Problem
from slm_widgets.layers.squared_relu import quick_squared_relu

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "ReLU": F.relu,
    "GELU": F.gelu,
    "GELU-tanh": partial(F.gelu, approximate="tanh"),  # the approximation that GPT-2 was trained with
    "SiLU": F.silu,
    "SwiGLU": F.silu,  # the name of a gated SiLU; see ``problems``
    "Mish": F.mish,
    "LeakyReLU": F.leaky_relu,
    "SquaredReLU": quick_squared_relu,
}
_SILU = r"\varphi(x) = x\,\sigma(x)"
ACTIVATION_FORMULAS = {
    "ReLU": r"\varphi(x) = \max(x, 0)",
    "GELU": r"\varphi(x) = x\,\Phi(x)",
    "GELU-tanh": (
        r"\varphi(x) = \frac{x}{2} (1 + \tanh\,u)",
        r"u = \sqrt{2 / \pi}\,(x + 0.044715\,x^3)",
    ),
    "SiLU": _SILU,
    "SwiGLU": _SILU,
    "Mish": r"\varphi(x) = x\,\tanh(\ln(1 + e^x))",
    "LeakyReLU": r"\varphi(x) = \max(x, 0.01\,x)",
    "SquaredReLU": r"\varphi(x) = \max(x, 0)^2",
}


class FeedForwardFields(Layer):
    """No layer type of its own: what ``feedForward`` and ``mixtureOfExperts`` have in common."""

    group = "feedForward"

    hidden_dim: int | None = described(
        None,
        title=Text(en="Hidden width", ko="은닉 폭"),
        help=Text(
            en="Width in the middle. Empty: 4 times the input (Standard), or 8/3 of it, rounded up to a multiple of 8 (Gated).",
            ko="가운데의 폭입니다. 비워 두면 입력의 4배(Standard), 또는 8/3배를 8의 배수로 올린 값(Gated)입니다.",
        ),
        unit=Text(en="channels", ko="채널"),
        ge=1,
        le=WIDEST,
    )
    feed_forward_type: Literal["Standard", "Gated"] = described(
        "Standard",
        title=Text(en="Kind", ko="종류"),
        help=Text(en="With or without a gate.", ko="게이트가 있는지 없는지 정합니다."),
    )
    act_func: Literal["ReLU", "GELU", "GELU-tanh", "SiLU", "SwiGLU", "Mish", "LeakyReLU", "SquaredReLU"] = described(
        "GELU",
        title=Text(en="Activation", ko="활성화 함수"),
        help=Text(
            en="The bend in the middle. SwiGLU is SiLU with a gate; SquaredReLU is max(x, 0)².",
            ko="가운데서 비선형으로 바꾸는 함수입니다. SwiGLU는 게이트가 있는 SiLU이고, SquaredReLU는 max(x, 0)²입니다.",
        ),
    )
    bias: bool | None = described(
        None,
        title=Text(en="Bias", ko="편향"),
        help=Text(en="Empty: yes for Standard, no for Gated.", ko="비워 두면 Standard에는 있고 Gated에는 없습니다."),
    )
    zero_init: bool = described(
        False,
        title=Text(en="Start at zero", ko="0에서 시작"),
        help=Text(
            en="The output matrix starts at zero: at first the layer adds nothing.",
            ko="출력 행렬이 0에서 시작하여, 처음에는 이 레이어가 아무것도 더하지 않습니다.",
        ),
    )

    def resolve(self, place: Place) -> Self:
        gated = self.feed_forward_type == "Gated"
        # 8/3 keeps the gated kind's three matrices as large as the standard kind's two (Shazeer 2020, section 2).
        usual = -(-8 * place.width // 3 // 8) * 8 if gated else 4 * place.width
        return self.filled(hidden_dim=usual, bias=not gated)

    def problems(self, place: Place) -> Iterator[Problem]:
        if self.act_func == "SwiGLU" and self.feed_forward_type != "Gated":
            yield self.problem(
                "feedForwardType",
                en="SwiGLU is a gated activation, but the kind is Standard. Choose Gated, or the activation SiLU.",
                ko="SwiGLU는 게이트형 활성화인데 종류가 Standard입니다. Gated로 바꾸거나 활성화 함수를 SiLU로 하세요.",
                mend={"feedForwardType": "Gated"},
                mend_title=say(en="Set the kind to Gated", ko="종류를 Gated로 바꾸기"),
            )

    def feed_forward(self, width: int) -> StandardFeedForward | GatedFeedForward:
        """The module that these fields describe; only asked when they are resolved."""
        assert self.hidden_dim is not None
        make = GatedFeedForward if self.feed_forward_type == "Gated" else StandardFeedForward
        module = make(width, self.hidden_dim, self.act_func, bias=bool(self.bias))
        module.zero_init = self.zero_init
        return module


class FeedForward(FeedForwardFields):
    """Two or three matrices and an activation, applied to each token by itself."""

    type = "feedForward"
    title = Text(en="Feed-forward", ko="피드포워드")
    palette_rank = 10
    summary = Text(en="Works on each token by itself.", ko="토큰 하나하나를 따로 처리합니다.")
    help = Text(
        en="Widens each token's vector, bends it with an activation and narrows it again. Two thirds of a transformer's "
        "parameters usually sit here. Gated: a second matrix decides how much of each number passes.\n"
        "Try: halve the hidden width; compare Standard GELU with gated SiLU (SwiGLU), or with SquaredReLU.",
        ko="각 토큰의 벡터를 넓히고, 활성화 함수로 비선형으로 바꾸고, 다시 좁힙니다. 트랜스포머 파라미터의 3분의 2가 보통 여기에 있습니다. "
        "게이트형(Gated): 두 번째 행렬이 각 수를 얼마나 통과시킬지 정합니다.\n"
        "해 보기: 은닉 폭을 절반으로 줄여 보고, Standard GELU를 게이트형 SiLU(SwiGLU)나 SquaredReLU와 비교해 보세요.",
    )
    formula = {
        "feedForwardType": {
            "Standard": r"y = W_2\,\varphi(W_1 x)",
            "Gated": r"y = W_2\left(\varphi(W_g x) \odot W_1 x\right)",
        },
        "actFunc": ACTIVATION_FORMULAS,
    }
    letters = Text(
        en="W_1 widens (up), W_2 narrows again (down), W_g is the gate; φ is the activation (σ: the sigmoid, Φ: the normal distribution); ⊙ multiplies number by number.",
        ko="W_1은 넓히고(up), W_2는 다시 좁히며(down), W_g는 게이트입니다. φ는 활성화 함수(σ는 시그모이드, Φ는 정규분포의 누적분포)이고, ⊙는 같은 자리의 수끼리 곱합니다.",
    )
    papers = (
        Paper("https://arxiv.org/abs/1706.03762", "Vaswani et al. 2017, section 3.3", "Vaswani et al. 2017, 3.3절"),
        Paper(
            "https://arxiv.org/abs/2002.05202",
            "Shazeer 2020 (GLU variants), equation 6",
            "Shazeer 2020 (GLU variants), 식 6",
        ),
        Paper(
            "https://arxiv.org/abs/2109.08668",
            "So et al. 2021 (squared ReLU), section 3",
            "So et al. 2021 (제곱 ReLU), 3절",
        ),
    )
    starts_with = {"feedForwardType": "Standard", "actFunc": "GELU"}

    def module(self, place: Place) -> nn.Module:
        return self.feed_forward(place.width)


class StandardFeedForward(nn.Module):
    """down(act(up(x)))."""

    zero_init = False

    def __init__(self, width: int, hidden: int, activation: str, bias: bool) -> None:
        super().__init__()
        self.up = nn.Linear(width, hidden, bias=bias)
        self.down = nn.Linear(hidden, width, bias=bias)
        self.act = ACTIVATIONS[activation]

    @property
    def output_projection(self) -> nn.Linear:
        """The matrix that writes into the residual stream."""
        return self.down

    def forward(self, x: Tensor) -> Tensor:
        return self.down(self.act(self.up(x)))  # (B, T, C)


class GatedFeedForward(nn.Module):
    """down(act(gate(x)) · up(x)).

    Source: Shazeer 2020, GLU Variants Improve Transformer, equation 6.
    """

    zero_init = False

    def __init__(self, width: int, hidden: int, activation: str, bias: bool) -> None:
        super().__init__()
        self.gate = nn.Linear(width, hidden, bias=bias)
        self.up = nn.Linear(width, hidden, bias=bias)
        self.down = nn.Linear(hidden, width, bias=bias)
        self.act = ACTIVATIONS[activation]

    @property
    def output_projection(self) -> nn.Linear:
        """The matrix that writes into the residual stream."""
        return self.down

    def forward(self, x: Tensor) -> Tensor:
        return self.down(self.act(self.gate(x)) * self.up(x))  # (B, T, C)
