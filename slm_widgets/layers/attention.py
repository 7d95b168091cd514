"""Self-attention: each token looks at the tokens before it and takes from them what it needs.

The torch module behind ``mhAttention`` and ``gqAttention``: multi-head attention is the case of one key/value group a head.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from slm_widgets.layers.memory import KeyValueMemory
from slm_widgets.layers.position_bias import AlibiBias, RelativeBias
from slm_widgets.layers.rms_norm import RMSNorm
from slm_widgets.layers.rotary import Rotary


class Attention(nn.Module):
    """softmax(q kᵀ · scale + mask) v, in ``heads`` heads that share ``groups`` sets of keys and values.

    Shape:
        (B, T, C) -> (B, T, C)

    Args:
        width: C, the channels that come in and go out.
        heads: H, the number of heads.
        groups: G, the number of key/value groups; H / G heads share one.
        head_size: D, the numbers in each head's query.
        qkv_bias, out_bias: Whether the projections have biases.
        dropout: The share of attention weights switched off while training.
        causal: Whether a token sees only itself and those before it.
        window: See at most this many tokens, itself included; None for all.
        soft_cap: Squeeze scores into (-cap, cap) with tanh (Gemma 2); None for none.
        scale: What scores are multiplied by; None for 1/sqrt(D).
        rotary: Turns queries and keys by position, or None.
        position_bias: Adds to the scores by distance, or None.
        qk_norm_eps: RMS-normalise queries and keys, before they are turned, with this epsilon; None for not at all.

    Source: Vaswani et al. 2017, section 3.2; Ainslie et al. 2023 (grouped queries).
    """

    zero_init = False

    def __init__(
        self,
        width: int,
        heads: int,
        groups: int,
        head_size: int,
        *,
        qkv_bias: bool = False,
        out_bias: bool = False,
        dropout: float = 0.0,
        causal: bool = True,
        window: int | None = None,
        soft_cap: float | None = None,
        scale: float | None = None,
        rotary: Rotary | None = None,
        position_bias: RelativeBias | AlibiBias | None = None,
        qk_norm_eps: float | None = None,
    ) -> None:
        super().__init__()
        self.heads, self.groups, self.head_size = heads, groups, head_size
        self.dropout, self.causal, self.window, self.soft_cap, self.scale = dropout, causal, window, soft_cap, scale
        self.qkv = nn.Linear(width, (heads + 2 * groups) * head_size, bias=qkv_bias)
        self.out = nn.Linear(heads * head_size, width, bias=out_bias)
        self.q_norm = RMSNorm(head_size, eps=qk_norm_eps) if qk_norm_eps is not None else None
        self.k_norm = RMSNorm(head_size, eps=qk_norm_eps) if qk_norm_eps is not None else None
        self.rotary = rotary
        self.position_bias = position_bias

    @property
    def looks_ahead(self) -> bool:
        """Whether a token sees those after it."""
        return not self.causal

    @property
    def output_projection(self) -> nn.Linear:
        """The matrix that writes into the residual stream."""
        return self.out

    def forward(self, x: Tensor, memory: KeyValueMemory | None = None) -> Tensor:
        B, T, _ = x.size()
        H, G, D = self.heads, self.groups, self.head_size
        q, k, v = self.qkv(x).split((H * D, G * D, G * D), dim=-1)
        q = q.view(B, T, H, D).transpose(1, 2)  # (B, H, T, D)
        k = k.view(B, T, G, D).transpose(1, 2)  # (B, G, T, D)
        v = v.view(B, T, G, D).transpose(1, 2)  # (B, G, T, D)
        if self.q_norm is not None and self.k_norm is not None:
            q, k = self.q_norm(q), self.k_norm(k)
        start = 0 if memory is None else memory.seen
        if self.rotary is not None:
            q, k = self.rotary(q, start), self.rotary(k, start)
        if memory is not None:
            k, v = memory.append(k, v)  # (B, G, S, D), S = start + T
        y = self._attend(q, k, v, start)  # (B, H, T, D)
        return self.out(y.transpose(1, 2).reshape(B, T, H * D))  # (B, T, C)

    def _attend(self, q: Tensor, k: Tensor, v: Tensor, start: int) -> Tensor:
        T, S = q.size(2), k.size(2)
        # The common cases need no mask in memory: all tokens at once, or the newest token that may see everything.
        near = self.window is None or self.window >= S
        # all(), not `and`: compiled for every length at once, `near` is a symbol, and torch wants a plain bool below.
        all_at_once = all((self.causal, near, start == 0, self.position_bias is None, self.soft_cap is None))
        sees_all = near and (T == 1 or not self.causal)
        mask = None if all_at_once or sees_all else self.mask(T, S, q.device)
        if self.position_bias is not None:
            bias = self.position_bias(T, S, q.device).to(q.dtype)  # (H, T, S)
            mask = bias if mask is None else bias.masked_fill(~mask, float("-inf"))
        dropout = self.dropout if self.training else 0.0
        if self.soft_cap is None:
            return F.scaled_dot_product_attention(
                q, k, v, mask, dropout, is_causal=all_at_once, scale=self.scale, enable_gqa=self.heads != self.groups
            )
        if self.heads != self.groups:
            k = k.repeat_interleave(self.heads // self.groups, dim=1)  # (B, H, S, D)
            v = v.repeat_interleave(self.heads // self.groups, dim=1)
        scores = q @ k.transpose(-2, -1) * (self.head_size**-0.5 if self.scale is None else self.scale)  # (B, H, T, S)
        scores = self.soft_cap * torch.tanh(scores / self.soft_cap)
        if mask is not None:
            scores = scores + mask if self.position_bias is not None else scores.masked_fill(~mask, float("-inf"))
        return F.dropout(scores.softmax(dim=-1), dropout) @ v

    def mask(self, T: int, S: int, device: torch.device) -> Tensor:
        """Which of S tokens each of the T newest may look at, (T, S) of bool."""
        query = torch.arange(S - T, S, device=device)[:, None]
        key = torch.arange(S, device=device)[None, :]
        visible = key <= query if self.causal else torch.ones(T, S, dtype=torch.bool, device=device)
        if self.window is not None:
            visible = visible & ((query - key).abs() < self.window)
        return visible

    def new_memory(self, batch_size: int, max_tokens: int, like: Tensor) -> KeyValueMemory:
        return KeyValueMemory(batch_size, self.groups, max_tokens, self.head_size, like)

    def extra_repr(self) -> str:
        return f"heads={self.heads}, groups={self.groups}, head_size={self.head_size}, causal={self.causal}"
