"""The head's scores a few positions at a time, for whoever looks at them without learning from them."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from slm_widgets.model.head_loss import _product_dtype, piece_size


def head_scores(head: nn.Module, hidden: Tensor, targets: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Yields the scores that ``head_loss`` is made of, in the same precision, without ever holding all of a large vocabulary's.

    A head that is no plain matrix may look from one position to another, so it is asked once for all of them.

    Args:
        head: The model's last layer.
        hidden: What flows into it, (B, T, C).
        targets: (B, T) int64.

    Yields:
        Scores (n, V), float32 or better and free to be overwritten, and their targets (n,).
    """
    hidden, targets = hidden.flatten(0, 1), targets.flatten()  # (N, C), (N,)
    piece = None
    if type(head) is nn.Linear and not head._forward_hooks and not head._forward_pre_hooks:
        piece = piece_size(hidden.size(0), head.out_features, hidden.device)
    if piece is None or not isinstance(head, nn.Linear):
        scores = head(hidden)
        yield scores.to(_exact(scores.dtype)), targets
        return
    dtype = _product_dtype(hidden)
    matrix, offset = head.weight.to(dtype), None if head.bias is None else head.bias.to(dtype)
    for x, target in zip(hidden.split(piece), targets.split(piece), strict=True):
        # Not round the loop: the context belongs to the thread, and would hold for whoever iterates.
        with torch.autocast(hidden.device.type, enabled=False):
            scores = F.linear(x.to(dtype), matrix, offset)  # (n, V)
        yield scores.to(_exact(dtype)), target


def _exact(dtype: torch.dtype) -> torch.dtype:
    return torch.promote_types(dtype, torch.float32)
