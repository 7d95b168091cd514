"""The loss of the head without its scores: (B·T, V) of them would be the largest tensor of a small model's training.

With 50,257 tokens in the vocabulary, 4,096 positions have 823 MB of scores, as much again of probabilities, and as much
again of gradients. The loss needs only sums over them, so they are made for a few positions at a time, turned into
gradients at once and dropped. Nothing is computed twice.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, TypeGuard

import torch
from torch import Tensor, nn
from torch._C import _autograd
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

# As torch's own compiler asks; one without it copies.
graph_is_kept = getattr(_autograd, "_get_current_graph_task_keep_graph", lambda: True)

IGNORED = -100  # the target of a position where no token is asked for, as in torch


def head_loss(head: nn.Module, hidden: Tensor, targets: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """The mean cross entropy of ``head(hidden)`` with ``targets``.

    Args:
        head: The model's last layer. Any module will do; a plain ``nn.Linear`` with a large vocabulary works in pieces.
        hidden: What flows into it, (B, T, C).
        targets: (B, T) int64; -100 where no token is asked for.
        label_smoothing: The share of the target's probability that is spread over all tokens.

    Returns:
        A scalar, nats per token. It can be differentiated once.
    """
    hidden, targets = hidden.flatten(0, 1), targets.flatten()  # (N, C), (N,) with N = B·T
    if _is_plain(head) and piece_size(hidden.size(0), head.out_features, hidden.device) is not None:
        return _in_pieces(head, hidden, targets, label_smoothing)  # pyright: ignore[reportCallIssue]
    return F.cross_entropy(head(hidden), targets, label_smoothing=label_smoothing)


def _is_plain(head: nn.Module) -> TypeGuard[nn.Linear]:
    """A hook, or a class of its own, would not notice that the head was never called."""
    return type(head) is nn.Linear and not head._forward_hooks and not head._forward_pre_hooks


def piece_size(positions: int, vocab_size: int, device: torch.device, dtype: torch.dtype = torch.float32) -> int | None:
    """How many positions' scores are made at once; None where they are so few that all may be made as usual.

    Up to 4 MiB of scores torch's own cross entropy is as fast. Above that pieces are faster, of equal size and up to 64 MiB
    each (tests/bench). An accelerator gets larger ones, as each piece has the cost of starting a dozen kernels there.
    """
    scores = positions * vocab_size
    if scores * 4 <= _few(device):
        return None
    pieces = math.ceil(scores * dtype.itemsize / (2**26 if device.type == "cpu" else 2**28))
    return math.ceil(positions / pieces)


def _few(device: torch.device) -> int:
    """Bytes of float32 scores that are best made into losses at once."""
    return 2**22 if device.type == "cpu" else 2**28


@torch.compiler.disable  # `torch.compile(model.loss)` compiles the body, and a small head with it; this runs as it stands
def _in_pieces(head: nn.Linear, hidden: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    size = piece_size(hidden.size(0), head.out_features, hidden.device, _product_dtype(hidden))
    return _LossInPieces.apply(hidden, head.weight, head.bias, targets, smoothing, size, torch.is_grad_enabled())  # pyright: ignore[reportReturnType]


class _LossInPieces(torch.autograd.Function):
    """Cross entropy of ``x @ weight.T + bias``, whose gradients are made on the way forward, piece by piece.

    With p the probabilities and y the (smoothed) target, the gradient of one position's loss is p - y for its scores,
    (p - y) weight for x, and the outer product of p - y and x for the weight.
    """

    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        targets: Tensor,
        smoothing: float,
        size: int,
        learning: bool,
    ) -> Tensor:
        dtype = _product_dtype(hidden)
        exact = torch.promote_types(dtype, torch.float32)
        for_hidden, for_weight, for_bias = (learning and needed for needed in ctx.needs_input_grad[:3])
        grad_hidden = torch.empty_like(hidden) if for_hidden else None  # (N, C)
        grad_weight = _SumOfProducts(weight, dtype, exact) if for_weight else None  # of (V, C)
        grad_bias = torch.zeros_like(weight[:, 0], dtype=exact) if for_bias else None  # (V,)
        losses = hidden.new_empty(hidden.size(0), dtype=exact)  # (N,)
        asked = (targets != IGNORED).to(exact)  # (N,) of 0 and 1
        with torch.autocast(hidden.device.type, enabled=False):
            matrix = weight.to(dtype)
            offset = None if bias is None else bias.to(dtype)
            scores = _for_scores(hidden, min(size, hidden.size(0)), weight.size(0), dtype)
            rows = _Rows(scores, exact)
            for start in range(0, hidden.size(0), size):
                piece = slice(start, start + size)
                x, weigh = hidden[piece].to(dtype), asked[piece, None].to(dtype)  # (n, C), (n, 1)
                error = scores[: x.size(0)]  # (n, V), the scores at first
                torch.mm(x, matrix.T, out=error) if offset is None else torch.addmm(offset, x, matrix.T, out=error)
                target = targets[piece, None].clamp(min=0)  # (n, 1)
                losses[piece] = rows.to_errors(error, target, smoothing, learning)
                if grad_bias is not None:
                    grad_bias += (error.T @ weigh).squeeze(1)
                if grad_hidden is not None:
                    grad_hidden[piece] = error @ matrix * weigh
                if grad_weight is not None:
                    grad_weight.add(error.T, x * weigh)
            del scores, rows
        count = asked.sum()
        if learning:
            grads = (grad_hidden, None if grad_weight is None else grad_weight.total, grad_bias)
            given = (hidden, weight, bias)
            kept = (g if g is None or v is None else g.to(v.dtype) for g, v in zip(grads, given, strict=True))
            ctx.save_for_backward(*kept, count)
        return (losses * asked).sum() / count  # not `@`, which autocast would round

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        *grads, count = ctx.saved_tensors
        scale = grad / count.clamp(min=1)
        # Where no second backward pass can ask for them, they are the caller's: fresh memory costs more than the product.
        kept = graph_is_kept()
        return *(None if g is None else g * scale if kept else g.mul_(scale) for g in grads), None, None, None, None


def _for_scores(like: Tensor, positions: int, vocab_size: int, dtype: torch.dtype) -> Tensor:
    """Memory for scores (n, V). Rows of float32 begin at multiples of 128 bytes: the products are a fifth faster."""
    width = vocab_size if dtype != torch.float32 else math.ceil(vocab_size / 32) * 32
    return like.new_empty(positions, width, dtype=dtype)[:, :vocab_size]


class _Rows:
    """Turns scores into losses and errors a few rows at a time, always in the same memory.

    These few stay near the processor, and fresh memory would cost more than the arithmetic (tests/bench).

    Args:
        scores: (n, V), those of the largest piece.
        exact: What losses and probabilities are computed in.
    """

    def __init__(self, scores: Tensor, exact: torch.dtype) -> None:
        self._size = min(scores.size(0), max(1, _few(scores.device) // (4 * scores.size(1))))
        self._p = scores.new_empty(self._size, scores.size(1), dtype=exact)
        self._exact = None if scores.dtype == exact else torch.empty_like(self._p)

    def to_errors(self, scores: Tensor, targets: Tensor, smoothing: float, learning: bool) -> Tensor:
        """The losses (n,) of scores (n, V) with targets (n, 1); where one learns from them, the scores become p - y."""
        losses = []
        for row, target in zip(scores.split(self._size), targets.split(self._size), strict=True):
            exact = row if self._exact is None else self._exact[: row.size(0)].copy_(row)
            p = torch.softmax(exact, -1, out=self._p[: row.size(0)])
            losses.append(_losses(exact, p, target, smoothing))
            if learning:
                row.copy_(_errors(p, target, smoothing))
        return torch.cat(losses)


def _losses(scores: Tensor, p: Tensor, target: Tensor, smoothing: float) -> Tensor:
    """Each position's loss, (n,), from its scores (n, V) and their softmax p, in which an unlikely target may be zero."""
    log_sum = scores.amax(-1) - p.amax(-1).log()  # of all exponentials; exact, as the largest p is at least 1 / V
    asked = scores.gather(1, target).squeeze(1)
    if smoothing:
        asked = asked.lerp(scores.mean(-1), smoothing)
    return log_sum - asked


def _errors(p: Tensor, target: Tensor, smoothing: float) -> Tensor:
    """Probabilities minus the smoothed target, (n, V), in the memory of ``p``."""
    p.scatter_add_(1, target, p.new_full(target.shape, smoothing - 1))
    return p if not smoothing else p.sub_(smoothing / p.size(1))


class _SumOfProducts:
    """The sum of ``a @ b`` over the pieces, (V, C); in float32 where the products are in half precision.

    Such products are made for a few rows at a time, always in the same memory, and added before they leave the processor.

    Args:
        like: A tensor of the sum's shape.
        dtype: What the products are computed in.
        exact: What they are summed in.
    """

    def __init__(self, like: Tensor, dtype: torch.dtype, exact: torch.dtype) -> None:
        self.total = torch.empty_like(like, dtype=exact)
        self._begun = False
        if dtype != exact:
            size = min(like.size(0), max(1, _few(like.device) // (4 * like.size(1))))
            self._product = like.new_empty(size, like.size(1), dtype=dtype)
            self._exact = torch.empty_like(self._product, dtype=exact)

    def add(self, a: Tensor, b: Tensor) -> None:
        """Adds ``a @ b``, of (V, n) and (n, C)."""
        if a.dtype == self.total.dtype:
            self.total.addmm_(a, b, beta=int(self._begun))  # with 0, what lay in that memory does not count
        else:
            for total, rows in zip(*(t.split(self._product.size(0)) for t in (self.total, a)), strict=True):
                product = torch.mm(rows, b, out=self._product[: rows.size(0)])
                # Copied first: adding two number formats takes six times as long.
                total.add_(self._exact[: rows.size(0)].copy_(product)) if self._begun else total.copy_(product)
        self._begun = True


def _product_dtype(hidden: Tensor) -> torch.dtype:
    """What the products are computed in: autocast's dtype, except where float32 is both faster and more exact."""
    device = hidden.device.type
    if not torch.is_autocast_enabled(device):
        return hidden.dtype
    return torch.get_autocast_dtype(device) if device != "cpu" or multiplies_bfloat16() else torch.float32


@cache
def multiplies_bfloat16() -> bool:
    """Whether this processor has instructions for bfloat16; without them its products take four times as long."""
    if not hasattr(torch.cpu, "get_capabilities"):  # torch before 2.13
        return torch.cpu._is_avx512_bf16_supported()
    return any(there for name, there in torch.cpu.get_capabilities().items() if "bf16" in name)
