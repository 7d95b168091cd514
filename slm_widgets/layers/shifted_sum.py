"""A depthwise causal convolution, as the sum of its input shifted once for each place in the window."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


class ShiftedSum(torch.autograd.Function):
    """y_t = Σ_k w_k x_(t - k·step), channel by channel, with zeros before the text.

    torch's convolution wants the tokens last and so copies what goes in and out, and its gradient for one window a channel
    is slow on a CPU.

    Shape:
        x (B, T, C), weight (C, 1, K), of which the last of K stands for t itself -> (B, T, C)
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, step: int) -> Tensor:
        taps = weight[:, 0].T.flip(0).contiguous()  # (K, C): what stands k steps back
        y = x * taps[0]
        for back, tap in _shifts(taps, step, x.size(1)):
            y[:, back:].addcmul_(x[:, :-back], tap)
        ctx.save_for_backward(x, taps)
        ctx.step = step
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        x, taps = ctx.saved_tensors
        grad_x, grad_taps = grad * taps[0], torch.zeros_like(taps)
        grad_taps[0] = (grad * x).sum((0, 1))
        for k, (back, tap) in enumerate(_shifts(taps, ctx.step, x.size(1)), start=1):
            grad_x[:, :-back].addcmul_(grad[:, back:], tap)
            grad_taps[k] = (grad[:, back:] * x[:, :-back]).sum((0, 1))
        return grad_x, grad_taps.flip(0).T.unsqueeze(1), None


def _shifts(taps: Tensor, step: int, length: int) -> list[tuple[int, Tensor]]:
    """How far back, and the weights there, from the second on; what reaches over the whole text sees zeros only."""
    return [(k * step, taps[k]) for k in range(1, taps.size(0)) if k * step < length]
