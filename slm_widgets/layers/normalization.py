"""Normalization: keeps the numbers that flow through a deep model at one scale."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from slm_widgets.fields import described
from slm_widgets.language import Text
from slm_widgets.layers.formula import Paper
from slm_widgets.layers.layer import Layer
from slm_widgets.layers.place import Place
from slm_widgets.layers.rms_norm import RMSNorm


class Normalization(Layer):
    """Brings each token's vector to one scale: LayerNorm, RMSNorm or DyT."""

    type = "normalization"
    title = Text(en="Normalization", ko="정규화")
    group = "normalization"
    summary = Text(en="Brings each token's vector to one scale.", ko="각 토큰의 벡터를 같은 크기로 맞춥니다.")
    help = Text(
        en="Each token's vector is brought to one scale, then stretched by learned weights. It keeps deep models trainable. DyT "
        "(dynamic tanh) does it without any statistics: it squeezes each number by itself, with one learned steepness alpha.\n"
        "Try: remove it and raise the learning rate; put it before (modern) or after (2017) attention; set every norm to DyT.",
        ko="각 토큰의 벡터를 같은 크기로 맞춘 뒤 학습되는 가중치로 늘이거나 줄입니다. 깊은 모델이 학습되게 해 줍니다. DyT(dynamic tanh)는 "
        "평균도 분산도 구하지 않고 수 하나하나를 tanh로 따로 누릅니다. 얼마나 가파르게 누를지는 학습되는 값 alpha 하나가 정합니다.\n"
        "해 보기: 지우고 학습률을 올려 보세요. 어텐션 앞(요즘)과 뒤(2017년)에 두고 비교해 보세요. 정규화를 모두 DyT로 바꿔 보세요.",
    )
    formula = {
        "normType": {
            "LayerNorm": r"y = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \odot \gamma + \beta",
            "RMSNorm": r"y = \frac{x}{\sqrt{\frac{1}{C} \sum_i x_i^2 + \epsilon}} \odot \gamma",
            "DyT": r"y = \tanh(\alpha x) \odot \gamma + \beta",
        }
    }
    letters = Text(
        en="μ and σ² are the mean and the variance of the token's own C numbers; γ (weights) and β (bias) are learned for each "
        "channel, α is one learned number; ε is the epsilon below.",
        ko="μ와 σ²는 그 토큰의 수 C개의 평균과 분산입니다. γ(가중치)와 β(편향)는 채널마다, α는 하나만 학습됩니다. ε은 아래의 엡실론입니다.",
    )
    papers = (
        Paper("https://arxiv.org/abs/1607.06450", "Ba et al. 2016 (LayerNorm)"),
        Paper("https://arxiv.org/abs/1910.07467", "Zhang and Sennrich 2019 (RMSNorm)"),
        Paper("https://arxiv.org/abs/2503.10622", "Zhu et al. 2025 (DyT), equation 2", "Zhu et al. 2025 (DyT), 식 2"),
    )

    norm_type: Literal["LayerNorm", "RMSNorm", "DyT"] = described(
        "LayerNorm",
        title=Text(en="Kind", ko="종류"),
        help=Text(
            en="RMSNorm is LayerNorm without the mean and the bias: a little faster, as good. DyT is a tanh instead.",
            ko="RMSNorm은 평균과 bias가 없는 LayerNorm입니다. 조금 더 빠르고 성능은 비슷합니다. DyT는 tanh로 대신합니다.",
        ),
    )
    eps: float = described(
        1e-5,
        title=Text(en="Epsilon", ko="엡실론"),
        help=Text(en="Keeps the division away from zero.", ko="0으로 나누지 않게 더하는 작은 수입니다."),
        gt=0,
    )
    bias: bool = described(
        True,
        title=Text(en="Bias", ko="편향"),
        help=Text(en="LayerNorm and DyT: also learn a shift.", ko="LayerNorm과 DyT: 더하는 값도 학습합니다."),
    )
    affine: bool = described(
        True,
        title=Text(en="Learned weights", ko="학습되는 가중치"),
        help=Text(en="Whether the scale of each channel is learned.", ko="채널마다 크기를 학습할지 정합니다."),
    )
    alpha_init: float = described(
        0.5,
        title=Text(en="Starting alpha", ko="alpha의 시작값"),
        help=Text(
            en="DyT only: how steep the tanh is at first. Wide models want less.",
            ko="DyT에서만: 처음에 tanh가 얼마나 가파른지 정합니다. 폭이 넓은 모델은 작게 시작합니다.",
        ),
        gt=0,
    )

    def module(self, place: Place) -> nn.Module:
        if self.norm_type == "RMSNorm":
            return RMSNorm(place.width, eps=self.eps, elementwise_affine=self.affine)
        if self.norm_type == "DyT":
            return DynamicTanh(place.width, self.alpha_init, affine=self.affine, bias=self.bias)
        return nn.LayerNorm(place.width, eps=self.eps, elementwise_affine=self.affine, bias=self.bias)


class DynamicTanh(nn.Module):
    """tanh(alpha · x) · weight + bias.

    Shape:
        (B, T, C) -> (B, T, C)

    Args:
        width: C.
        alpha: What the one learned steepness starts at.
        affine: Whether weight (and bias) are learned.
        bias: Whether there is a bias beside the weight.

    Source: Zhu et al. 2025, Transformers without Normalization (arXiv 2503.10622), equation 2.
    """

    def __init__(self, width: int, alpha: float, affine: bool = True, bias: bool = True) -> None:
        super().__init__()
        self.alpha = nn.Parameter(torch.full((1,), alpha))
        self.weight = nn.Parameter(torch.ones(width)) if affine else None
        self.bias = nn.Parameter(torch.zeros(width)) if affine and bias else None

    def forward(self, x: Tensor) -> Tensor:
        x = torch.tanh(self.alpha * x)  # (B, T, C)
        if self.weight is not None:
            x = x * self.weight
        return x if self.bias is None else x + self.bias
