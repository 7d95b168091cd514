"""Causal convolution: each token looks at a fixed number of tokens before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from slm_widgets.fields import described
from slm_widgets.language import Text, say
from slm_widgets.layers.formula import Paper
from slm_widgets.layers.layer import Layer
from slm_widgets.layers.place import LONGEST, WIDEST, Flow, Place, vectors
from slm_widgets.layers.problem import Problem
from slm_widgets.layers.shifted_sum import ShiftedSum

LONGEST_KERNEL = 10_000

_FEW = 16  # windows up to here are summed place by place; a longer one is faster in torch's own convolution


class CausalConvolution(Layer):
    """A window of learned weights that slides over the text and sees only the past."""

    type = "causalConvolution"
    title = Text(en="Causal convolution", ko="인과 합성곱")
    group = "recurrence"
    palette_rank = 20
    summary = Text(en="Each token sees a few tokens before it.", ko="각 토큰이 바로 앞의 몇 토큰을 봅니다.")
    help = Text(
        en="A window slides over the text, and each token becomes a learned sum of the last few tokens, itself included. The weights "
        "depend on the distance only, not on the words: attention chooses where to look, a convolution always looks at the same "
        "places. To see farther it needs a longer window, gaps in it (dilation), or more layers.\n"
        "Try: stack four layers with dilation 1, 2, 4, 8 and count how far back the last one sees; compare with one attention.",
        ko="창 하나가 글 위를 미끄러지면서, 각 토큰을 자기 자신과 바로 앞 몇 토큰의 가중합으로 바꿉니다. 가중치는 낱말이 아니라 거리에만 "
        "달려 있습니다. 어텐션은 어디를 볼지 고르지만 합성곱은 늘 같은 곳을 봅니다. 더 멀리 보려면 창을 늘리거나, 창에 틈을 두거나"
        "(dilation), 레이어를 더 쌓아야 합니다.\n"
        "해 보기: 팽창을 1, 2, 4, 8로 둔 레이어 네 개를 쌓고 마지막 레이어가 얼마나 멀리 보는지 세어 보세요. 어텐션 하나와 비교해 보세요.",
    )
    formula = {
        "depthwise": {
            False: r"y_t = b + \sum_{k=0}^{K-1} W_k\, x_{t-kd}",
            True: r"y_{t,c} = b_c + \sum_{k=0}^{K-1} w_{k,c}\, x_{t-kd,c}",
        }
    }
    letters = Text(
        en="K is the window, d the dilation; W_k is the learned matrix (depthwise: one number w for each channel c) for what "
        "stands k steps back. Before the text there are zeros.",
        ko="K는 창 크기, d는 팽창입니다. W_k는 k걸음 앞의 것에 곱하는 학습되는 행렬(깊이별이면 채널 c마다 수 w 하나)입니다. 글 앞쪽은 0으로 "
        "채웁니다.",
    )
    papers = (
        Paper(
            "https://arxiv.org/abs/1609.03499",
            "van den Oord et al. 2016 (WaveNet), section 2.1",
            "van den Oord et al. 2016 (WaveNet), 2.1절",
        ),
        Paper(
            "https://arxiv.org/abs/1901.10430",
            "Wu et al. 2019 (depthwise, for text)",
            "Wu et al. 2019 (글에 쓴 깊이별 합성곱)",
        ),
    )
    starts_with = {"kernelSize": 4}

    kernel_size: int = described(
        4,
        title=Text(en="Window", ko="창 크기"),
        help=Text(
            en="How many tokens each token sees, itself included.",
            ko="각 토큰이 보는 토큰의 수입니다. 자기 자신도 셉니다.",
        ),
        unit=Text(en="tokens", ko="토큰"),
        ge=1,
        le=LONGEST_KERNEL,
    )
    dilation: int = described(
        1,
        title=Text(en="Dilation", ko="팽창 (dilation)"),
        help=Text(
            en="The step from one token of the window to the next; 2 sees every other token.",
            ko="창 안에서 한 토큰과 다음 토큰 사이의 간격입니다. 2이면 하나씩 건너뛰며 봅니다.",
        ),
        unit=Text(en="tokens", ko="토큰"),
        ge=1,
        le=LONGEST,
    )
    depthwise: bool = described(
        False,
        title=Text(en="Depthwise", ko="깊이별 (depthwise)"),
        help=Text(
            en="Each channel has a window of its own and does not mix with the others: far fewer parameters.",
            ko="채널마다 창을 따로 두고 다른 채널과 섞지 않습니다. 파라미터가 훨씬 적습니다.",
        ),
    )
    bias: bool = described(
        True,
        title=Text(en="Bias", ko="편향"),
        help=Text(en="Whether a learned number is added to each output.", ko="출력마다 학습되는 수를 더할지 정합니다."),
    )
    out_dim: int | None = described(
        None,
        title=Text(en="Output width", ko="출력 폭"),
        help=Text(
            en="Numbers per token that come out. Empty: as wide as the input.",
            ko="나오는 수의 개수입니다. 비워 두면 입력과 같은 폭입니다.",
        ),
        unit=Text(en="channels", ko="채널"),
        ge=1,
        le=WIDEST,
    )

    def resolve(self, place: Place) -> Self:
        return self.filled(out_dim=place.width)

    def problems(self, place: Place) -> Iterator[Problem]:
        assert self.out_dim is not None
        if self.depthwise and self.out_dim % place.width:
            yield self.problem(
                "outDim",
                en=f"outDim is {self.out_dim}, but with a window for each channel as many channels come out as come in ({place.width}), "
                "or a whole multiple of it. Leave outDim empty, or switch depthwise off.",
                ko=f"outDim은 {self.out_dim}인데, 깊이별 합성곱에서 나오는 채널은 들어오는 채널({place.width}개)과 같거나 그 배수여야 합니다. "
                "outDim을 비워 두거나 깊이별(depthwise)을 끄세요.",
                mend={"outDim": None},
                mend_title=say(en="Leave the output width empty", ko="출력 폭 비우기"),
            )
        reach, longest = 1 + (self.kernel_size - 1) * self.dilation, place.context_length
        if longest is not None and reach > longest and place.incoming.length == "T":
            yield self.problem(
                "kernelSize",
                severity="warning",
                en=f"The window reaches over {reach} tokens, but a text has at most {longest}: its far end only ever sees zeros. "
                "Choose a smaller window or dilation.",
                ko=f"창이 {reach}토큰에 걸치는데 글은 길어야 {longest}토큰이라서, 창의 먼 쪽 끝은 늘 0만 봅니다. "
                "창 크기나 팽창을 줄이세요.",
            )

    def outgoing(self, place: Place) -> Flow:
        assert self.out_dim is not None
        return vectors(self.out_dim)

    def module(self, place: Place) -> nn.Module:
        assert self.out_dim is not None
        groups = place.width if self.depthwise else 1
        is_quick = self.depthwise and self.out_dim == place.width and self.kernel_size <= _FEW
        kind = QuickCausalConv1d if is_quick else CausalConv1d
        return kind(place.width, self.out_dim, self.kernel_size, dilation=self.dilation, groups=groups, bias=self.bias)


@dataclass
class LastInputs:
    """The newest inputs that later tokens still see, (B, C, S); at first there are none."""

    inputs: Tensor


class CausalConv1d(nn.Conv1d):
    """Torch's convolution over tokens, with the zeros on the left only.

    Shape:
        (B, T, C) -> (B, T, C_out)

    Source: van den Oord et al. 2016 (WaveNet), section 2.1.
    """

    def forward(self, input: Tensor, memory: LastInputs | None = None) -> Tensor:
        x = input.transpose(1, 2)  # (B, C, T)
        T, (K,), (step,) = x.size(2), self.kernel_size, self.dilation
        if memory is not None:
            x = torch.cat((memory.inputs, x), dim=2)  # (B, C, S + T)
            memory.inputs = x[:, :, max(x.size(2) - (K - 1) * step, 0) :]
        # Weights that would see nothing but zeros are left out, so that a window longer than the text costs no more than the text.
        taps = min(K, (x.size(2) - 1) // step + 1)
        missing = (taps - 1) * step - (x.size(2) - T)
        x = F.pad(x, (missing, 0)) if missing >= 0 else x[:, :, -missing:]
        y = F.conv1d(x, self.weight[:, :, K - taps :], self.bias, dilation=step, groups=self.groups)  # (B, C_out, T)
        return y.transpose(1, 2)

    def new_memory(self, batch_size: int, max_tokens: int, like: Tensor) -> LastInputs:
        return LastInputs(like.new_zeros(batch_size, self.in_channels, 0))


class QuickCausalConv1d(CausalConv1d):
    """The same with one window for each channel, which is learned in a fifth of the time on a CPU (torch 2.13)."""

    written_as = CausalConv1d  # in exported code, for readers

    def forward(self, input: Tensor, memory: LastInputs | None = None) -> Tensor:
        there_is_a_kernel = input.device.type != "cpu" or torch.compiler.is_compiling()
        is_rounded = input.dtype != self.weight.dtype or torch.is_autocast_enabled("cpu")
        if there_is_a_kernel or is_rounded or memory is not None or not torch.is_grad_enabled():
            return super().forward(input, memory)
        y: Tensor = ShiftedSum.apply(input, self.weight, self.dilation[0])  # pyright: ignore[reportAssignmentType]
        return y if self.bias is None else y + self.bias
