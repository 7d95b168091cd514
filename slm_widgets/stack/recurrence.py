"""What torch's recurrent layers compute and keep, in closed form: its counter does not see into them.

They are left out of the run on fake tensors, too, where they would be unrolled token by token.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

# H·(I + H) products for each token: how many such matrices the cell has.
_MATRICES = {"RNN": 1, "GRU": 3, "LSTM": 4}

# What autograd keeps of each token beside what comes in, in float32 numbers: (times H, times the larger of I and H), first in
# float32, then under bfloat16 autocast. Measured with saved_tensors_hooks on torch 2.13's CPU kernels; the LSTM's share is
# mostly the workspace of oneDNN, whose rounding up of sizes changes it by a few percent (tests/stack/test_costs.py compares).
_KEPT = {
    "RNN": ((1.0, 0.0), (0.5, 0.0)),
    "GRU": ((7.0, 0.0), (4.0, 0.0)),
    "LSTM": ((10.0, 6.1), (6.0, 5.1)),
}


def recurrent_flops(module: nn.Module, x: Tensor) -> int:
    """Forward operations of the recurrent layers in a module that reads ``x`` (B, T, C); two for each product and sum."""
    total = 0
    for cells in _recurrences(module):
        products = sum(cells.hidden_size * (read + cells.hidden_size) for read in _widths_read(cells))
        total += 2 * _MATRICES[_kind(cells)] * _directions(cells) * products * x.size(0) * x.size(1)
    return total


def pretend_recurrence(module: nn.Module) -> None:
    """Lets the recurrent layers in ``module`` only give tensors of the right shapes, and keep as much as they would."""
    for cells in _recurrences(module):
        cells.forward = partial(_pretend, cells)


def _pretend(cells: nn.RNNBase, x: Tensor, carried: Any = None) -> tuple[Tensor, Any]:
    low = torch.is_autocast_enabled("cpu")
    hidden, directions = cells.hidden_size, _directions(cells)
    y = _Recurrence.apply(x, next(cells.parameters()), _kept_numbers(cells, low), hidden * directions, low)
    state = y.new_empty(cells.num_layers * directions, x.size(0), hidden)
    return y, (state, torch.empty_like(state)) if _kind(cells) == "LSTM" else state


def _kept_numbers(cells: nn.RNNBase, low: bool) -> tuple[float, int]:
    """-> (float32 numbers kept of each token, and of the whole call) beside what comes in."""
    own, wide = _KEPT[_kind(cells)][low]
    first, *above = _widths_read(cells)
    hidden = cells.hidden_size
    each = _directions(cells) * sum(own * hidden + wide * max(read, hidden) for read in (first, *above))
    half = 0.5 if low else 1.0
    if _kind(cells) != "LSTM":  # of an LSTM what the layer above reads is the kept output itself
        each += half * sum(above)
    if not low:
        return each, 0
    # Copies in bfloat16 of what comes in and of the weights.
    return each + half * first, sum(p.numel() for p in cells.parameters()) // 2


class _Recurrence(torch.autograd.Function):
    """(B, T, C) -> (B, T, width), keeping as many numbers of each token, and of the whole call, as asked."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, kept: tuple[float, int], width: int, low: bool) -> Tensor:
        numbers = int(kept[0] * x.size(0) * x.size(1)) + kept[1]
        ctx.save_for_backward(None if low else x, x.new_empty(numbers, dtype=torch.float32))
        ctx.like = x.shape, x.dtype, weight.shape
        return x.new_empty(*x.shape[:-1], width, dtype=torch.bfloat16 if low else x.dtype)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        shape, dtype, weight = ctx.like
        (grad,) = grads
        return grad.new_empty(shape, dtype=dtype), grad.new_empty(weight, dtype=torch.float32), None, None, None


def _recurrences(module: nn.Module) -> list[nn.RNNBase]:
    return [inner for inner in module.modules() if isinstance(inner, nn.RNNBase)]


def _kind(cells: nn.RNNBase) -> str:
    return cells.mode.partition("_")[0]  # torch says RNN_TANH or RNN_RELU


def _directions(cells: nn.RNNBase) -> int:
    return 1 + cells.bidirectional


def _widths_read(cells: nn.RNNBase) -> list[int]:
    """I of each stacked layer: the first reads the text, the others the layer below."""
    return [cells.input_size, *[cells.hidden_size * _directions(cells)] * (cells.num_layers - 1)]
