"""torch's Muon, many matrices at a time and in a number format that the machine can multiply."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from slm_widgets.errors import ConfigError
from slm_widgets.language import say
from slm_widgets.model.head_loss import multiplies_bfloat16

if TYPE_CHECKING:
    from torch.optim import Muon as _Muon
else:  # torch before 2.9 can import this module, and is told of its lack by ``check_muon``
    _Muon = getattr(torch.optim, "Muon", torch.optim.Optimizer)

_MOST_NUMBERS = 2**24  # so many at once: 64 MiB of float32, which as many again are made from


def check_muon() -> None:
    """Raises ConfigError where torch has no Muon."""
    if not hasattr(torch.optim, "Muon"):
        raise ConfigError(
            say(
                en=f"optimizer is 'Muon', which torch has from version 2.9; here is {torch.__version__}. Choose AdamW, or "
                "install a newer torch.",
                ko=f"optimizer 값이 'Muon'인데, Muon은 torch 2.9부터 있고 여기에는 {torch.__version__}이(가) 있습니다. AdamW를 고르거나 "
                "더 새로운 torch를 설치하세요.",
            ),
            field="optimizer",
        )


class Muon(_Muon):
    """``torch.optim.Muon``: the same settings, the same state, the same formula; only the way of computing is another.

    torch orthogonalises one matrix after the other, in bfloat16. A processor without instructions for that takes six times
    as long as in float32 (torch 2.13), and small matrices one by one do not fill an accelerator. Here matrices of one shape
    are stacked, and the format is float32 where it is both faster and more exact.

    Source: Jordan 2024 (https://kellerjordan.github.io/posts/muon/).
    """

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Changes the weights along their gradients."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameters in _alike(p for p in group["params"] if p.grad is not None):
                self._step(parameters, group)
        return loss

    def _step(self, parameters: list[Tensor], group: dict[str, Any]) -> None:
        """The same as torch's ``_single_tensor_muon``, for n matrices of (rows, columns)."""
        momentum, lr = group["momentum"], group["lr"]
        ahead = []
        for p in parameters:
            assert p.grad is not None
            if "momentum_buffer" not in self.state[p]:
                self.state[p]["momentum_buffer"] = torch.zeros_like(p.grad)
            mean = self.state[p]["momentum_buffer"].lerp_(p.grad, 1 - momentum)
            ahead.append(p.grad.lerp(mean, momentum) if group["nesterov"] else mean)
        updates = orthogonal(torch.stack(ahead), group["ns_coefficients"], group["ns_steps"], group["eps"])
        rows, columns = parameters[0].shape
        longer = max(1.0, rows / columns) ** 0.5  # torch's adjust_lr_fn "original"
        for p, update in zip(parameters, updates, strict=True):
            p.mul_(1 - lr * group["weight_decay"]).add_(update, alpha=-lr * longer)


def orthogonal(matrices: Tensor, coefficients: tuple[float, float, float], steps: int, eps: float) -> Tensor:
    """Brings all singular values of each matrix near to 1 (0.7 to 1.2 with the usual coefficients).

    Shape:
        (n, rows, columns) -> (n, rows, columns)

    Args:
        matrices: Some of one shape.
        coefficients: a, b, c of the iteration X <- (a I + b A + c A²) X with A = X Xᵀ (Newton-Schulz).
        steps: How many iterations.
        eps: The smallest length that a matrix is divided by.
    """
    x = matrices.to(_product_dtype(matrices))
    is_tall = x.size(1) > x.size(2)
    if is_tall:
        x = x.mT
    x = x / x.norm(dim=(1, 2), keepdim=True).clamp(min=eps)  # (n, short, long)
    # Half precision has too few digits for the second way, which squares small singular values.
    is_long = x.size(2) >= 2 * x.size(1) and x.dtype != torch.bfloat16
    x = (_iterate_small if is_long else _iterate)(x, coefficients, steps)
    return x.mT if is_tall else x


def _iterate(x: Tensor, coefficients: tuple[float, float, float], steps: int) -> Tensor:
    a, b, c = coefficients
    for _ in range(steps):
        gram = x @ x.mT  # (n, short, short)
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x


def _iterate_small(x: Tensor, coefficients: tuple[float, float, float], steps: int) -> Tensor:
    """The same X, but on the small A alone: with P = a I + b A + c A², the next X is P X and the next A is P A P."""
    a, b, c = coefficients
    gram = x @ x.mT  # (n, short, short)
    product = None
    for left in reversed(range(steps)):
        factor = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)
        factor.diagonal(dim1=1, dim2=2).add_(a)
        product = factor if product is None else factor @ product
        if left:
            gram = factor @ gram @ factor
    return x if product is None else product @ x


def _product_dtype(matrices: Tensor) -> torch.dtype:
    if matrices.device.type == "cpu" and not multiplies_bfloat16():
        return torch.promote_types(matrices.dtype, torch.float32)
    return torch.bfloat16


def _alike(parameters: Iterable[Tensor]) -> Iterator[list[Tensor]]:
    """Those of one shape together, but no more than fit."""
    by_shape: dict[tuple[torch.Size, torch.dtype, torch.device], list[Tensor]] = {}
    for p in parameters:
        by_shape.setdefault((p.shape, p.dtype, p.device), []).append(p)
    for found in by_shape.values():
        size = max(1, _MOST_NUMBERS // found[0].numel())
        for start in range(0, len(found), size):
            yield found[start : start + size]
