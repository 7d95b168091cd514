"""The loss of the head without its scores: (B·T, V) of them would be the largest tensor of a small model's training."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


def head_loss(head: nn.Module, hidden: Tensor, targets: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """The mean cross entropy of ``head(hidden)`` with ``targets``.

    Args:
        head: The model's last layer.
        hidden: What flows into it, (B, T, C).
        targets: (B, T) int64.
        label_smoothing: The share of the target's probability that is spread over all tokens.

    Returns:
        A scalar, nats per token.
    """
    logits = head(hidden)  # (B, T, V)
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), label_smoothing=label_smoothing)
