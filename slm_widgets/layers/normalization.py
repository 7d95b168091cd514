"""Normalization: keeps the numbers that flow through a deep model at one scale."""

from __future__ import annotations

from typing import Literal

from torch import nn

from slm_widgets.fields import described
from slm_widgets.language import Text
from slm_widgets.layers.layer import Layer
from slm_widgets.layers.place import Place


class Normalization(Layer):
    """Brings each token's vector to one scale: LayerNorm or RMSNorm."""

    type = "normalization"
    title = Text(en="Normalization", ko="정규화")
    group = "normalization"
    summary = Text(en="Brings each token's vector to one scale.", ko="각 토큰의 벡터를 같은 크기로 맞춥니다.")
    help = Text(
        en="Each token's vector is brought to one scale, then stretched by learned weights. It keeps deep models trainable.\n"
        "Formulas: LayerNorm: (x - mean) / sqrt(variance + eps) · weight + bias. RMSNorm: x / sqrt(mean(x²) + eps) · weight.\n"
        "Try: remove it and raise the learning rate; put it before (modern) or after (2017) attention.\n"
        "Source: Ba et al. 2016 (LayerNorm); Zhang and Sennrich 2019 (RMSNorm).",
        ko="각 토큰의 벡터를 같은 크기로 맞춘 뒤 학습되는 가중치로 늘이거나 줄입니다. 깊은 모델이 학습되게 해 줍니다.\n"
        "식: LayerNorm: (x - 평균) / sqrt(분산 + eps) · weight + bias. RMSNorm: x / sqrt(mean(x²) + eps) · weight.\n"
        "해 보기: 지우고 학습률을 올려 보세요. 어텐션 앞(요즘)과 뒤(2017년)에 두고 비교해 보세요.\n"
        "출처: Ba et al. 2016 (LayerNorm); Zhang and Sennrich 2019 (RMSNorm).",
    )

    norm_type: Literal["LayerNorm", "RMSNorm"] = described(
        "LayerNorm",
        title=Text(en="Kind", ko="종류"),
        help=Text(
            en="RMSNorm is LayerNorm without the mean and the bias: a little faster, as good.",
            ko="RMSNorm은 평균과 bias가 없는 LayerNorm입니다. 조금 더 빠르고 성능은 비슷합니다.",
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
        help=Text(en="LayerNorm only: also learn a shift.", ko="LayerNorm에서만: 더하는 값도 학습합니다."),
    )
    affine: bool = described(
        True,
        title=Text(en="Learned weights", ko="학습되는 가중치"),
        help=Text(en="Whether the scale of each channel is learned.", ko="채널마다 크기를 학습할지 정합니다."),
    )

    def module(self, place: Place) -> nn.Module:
        if self.norm_type == "RMSNorm":
            return nn.RMSNorm(place.width, eps=self.eps, elementwise_affine=self.affine)
        return nn.LayerNorm(place.width, eps=self.eps, elementwise_affine=self.affine, bias=self.bias)
