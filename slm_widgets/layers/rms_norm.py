"""RMSNorm: every vector divided by its root mean square."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable


class RMSNorm(nn.RMSNorm):
    """torch's ``nn.RMSNorm``, with a quicker gradient on a CPU, where torch 2.13 has no kernel for it.

    Shape:
        (..., C) -> (..., C)

    Source: Zhang and Sennrich 2019, equation 4.
    """

    written_as = nn.RMSNorm  # in exported code, for readers

    def forward(self, x: Tensor) -> Tensor:
        there_is_a_kernel = x.device.type != "cpu" or torch.compiler.is_compiling()
        if there_is_a_kernel or self.weight is None or x.dtype != self.weight.dtype or not torch.is_grad_enabled():
            return super().forward(x)
        eps = torch.finfo(x.dtype).eps if self.eps is None else self.eps
        return _Normalise.apply(x, self.weight, eps)


class _Normalise(torch.autograd.Function):
    """y = x̂ · w with x̂ = x r and r = 1 / sqrt(mean(x²) + eps)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, eps: float) -> Tensor:
        r = torch.rsqrt(x.square().mean(-1, keepdim=True) + eps)  # (..., 1)
        normalised = x * r  # (..., C)
        ctx.save_for_backward(normalised, r, weight)
        return normalised * weight

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        normalised, r, weight = ctx.saved_tensors
        pull = grad * normalised  # (..., C)
        along = (pull @ weight).unsqueeze(-1) / weight.numel()  # mean of x̂ · w · grad, (..., 1)
        grad_x = torch.addcmul(grad * weight, normalised, along, value=-1) * r
        return grad_x, pull.flatten(0, -2).sum(0), None
