"""What attention adds to its scores for the distance between two tokens: learned in T5's way, or fixed in ALiBi's."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

BUCKETS = 32
FARTHEST = 128


class RelativeBias(nn.Module):
    """A learned number for each head and each distance; far distances share one.

    Args:
        heads: H.
        causal: Whether only tokens before are looked at; otherwise half of the buckets are for those after.

    Source: Raffel et al. 2020 (T5), section 2.1: 32 buckets, logarithmic from 16 tokens on, all the same from 128 on.
    """

    def __init__(self, heads: int, causal: bool = True) -> None:
        super().__init__()
        self.causal = causal
        self.table = nn.Embedding(BUCKETS, heads)

    def forward(self, T: int, S: int, device: torch.device) -> Tensor:
        """The bias of the T newest of S tokens, (H, T, S)."""
        query = torch.arange(S - T, S, device=device)[:, None]
        key = torch.arange(S, device=device)[None, :]
        return self.table(self.buckets(query - key)).permute(2, 0, 1)

    def buckets(self, back: Tensor) -> Tensor:
        """The number of the bucket for each distance ``back`` in tokens (below zero: ahead)."""
        count, first = BUCKETS, torch.zeros_like(back)
        if not self.causal:
            count //= 2
            first = (back < 0) * count
            back = back.abs()
        back = back.clamp(min=0)
        near = count // 2  # so many distances have a bucket of their own
        far = near + (back.clamp(min=1) / near).log() / math.log(FARTHEST / near) * (count - near)
        return first + torch.where(back < near, back, far.long().clamp(max=count - 1))


class AlibiBias(nn.Module):
    """Nothing is learned: each head sees a token the less the farther it is, each by a slope of its own.

    Args:
        heads: H.

    Source: Press et al. 2022 (ALiBi), section 3, and its published code for numbers of heads that are no power of two.
    """

    slopes: Tensor

    def __init__(self, heads: int) -> None:
        super().__init__()
        # Slopes fall geometrically from 2^(-8/n) to 2^-8; heads beyond a power of two n get those between.
        n = 2 ** math.floor(math.log2(heads))
        slopes = [2 ** (-8 * (i + 1) / n) for i in range(n)]
        slopes += [2 ** (-8 * (i + 0.5) / n) for i in range(heads - n)]
        self.register_buffer("slopes", torch.tensor(slopes), persistent=False)  # (H,)

    def forward(self, T: int, S: int, device: torch.device) -> Tensor:
        """The bias of the T newest of S tokens, (H, T, S)."""
        query = torch.arange(S - T, S, device=device)[:, None]
        key = torch.arange(S, device=device)[None, :]
        return -self.slopes[:, None, None] * (query - key).abs()
