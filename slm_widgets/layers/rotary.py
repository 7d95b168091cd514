"""Rotary positions (RoPE): queries and keys turned by an angle that grows with their position."""

from __future__ import annotations

import math

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn

from slm_widgets.fields import described
from slm_widgets.language import Text
from slm_widgets.layers.place import MOST

TURNED = r"q_t \to R_t q_t,\; k_s \to R_s k_s"  # in LaTeX: what the kinds of attention say about it

_FIRST_TABLE = 4096  # positions computed at once; the table grows when a longer text comes


class RopeConfig(BaseModel):
    """How Llama 3 stretches its rotary positions to texts longer than it was first trained on.

    Source: Llama 3.1's reference code, ``apply_scaling``.
    """

    model_config = ConfigDict(frozen=True, extra="allow", strict=True)

    factor: float = described(
        8.0,
        title=Text(en="Factor", ko="배수"),
        help=Text(
            en="How much slower the slowest angles turn.", ko="가장 느린 각도를 얼마나 더 느리게 돌릴지 정합니다."
        ),
        ge=1,
        le=MOST,
    )
    low_freq_factor: float = described(
        1.0,
        title=Text(en="Low-frequency factor", ko="저주파 배수"),
        help=Text(
            en="Waves longer than the original context divided by this are slowed down fully.",
            ko="원래 문맥 길이를 이 수로 나눈 것보다 긴 파동은 완전히 느려집니다.",
        ),
        gt=0,
        le=MOST,
    )
    high_freq_factor: float = described(
        4.0,
        title=Text(en="High-frequency factor", ko="고주파 배수"),
        help=Text(
            en="Waves shorter than the original context divided by this stay as they are.",
            ko="원래 문맥 길이를 이 수로 나눈 것보다 짧은 파동은 그대로 둡니다.",
        ),
        gt=0,
        le=MOST,
    )
    original_context_length: int = described(
        8192,
        title=Text(en="Original context", ko="원래 문맥 길이"),
        help=Text(en="The context length before stretching.", ko="늘리기 전의 문맥 길이입니다."),
        ge=1,
    )


class Rotary(nn.Module):
    """Turns pairs of numbers in queries and keys by position.

    Args:
        size: How many of the head's numbers are turned (even).
        base: The longest wave is about 2π · base tokens long.
        style: ``"half"`` pairs number i with i + size/2 (Llama, Qwen); ``"interleaved"`` pairs 2i with 2i + 1 (GPT-J).
        scaling: Llama 3's stretching, or None.
        whole: Whether that is known to be all of the head's numbers.

    Source: Su et al. 2021, RoFormer, equation 15.
    """

    cos: Tensor
    sin: Tensor

    def __init__(
        self,
        size: int,
        base: float,
        style: str,
        context_length: int | None,
        scaling: RopeConfig | None,
        whole: bool = False,
    ) -> None:
        super().__init__()
        self.size, self.base, self.style, self.scaling, self.whole = size, base, style, scaling, whole
        cos, sin = self._table(min(context_length or _FIRST_TABLE, _FIRST_TABLE), None)
        self.register_buffer("cos", cos, persistent=False)  # (S, size)
        self.register_buffer("sin", sin, persistent=False)

    def forward(self, x: Tensor, start: int = 0) -> Tensor:
        """Turns ``x`` (B, H, T, D), whose first token stands at position ``start``; numbers past ``size`` pass through."""
        end = start + x.size(2)
        if end > self.cos.size(0):
            self.cos, self.sin = self._table(max(end, 2 * self.cos.size(0)), self.cos.device)
        cos, sin = self.cos[start:end].to(x.dtype), self.sin[start:end].to(x.dtype)  # (T, size)
        if self.whole or self.size == x.size(-1):
            return self._turn(x, cos, sin)  # (B, H, T, D)
        return torch.cat((self._turn(x[..., : self.size], cos, sin), x[..., self.size :]), dim=-1)  # (B, H, T, D)

    def _turn(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """A pair (a, b) becomes (a cos - b sin, b cos + a sin): each number times cos, plus its partner times -sin or sin."""
        return torch.addcmul(x * cos, self._partners(x), sin)  # faster than working on the a and the b apart

    def _pairs(self, a: Tensor, b: Tensor) -> Tensor:
        """Numbers for the first and for the second of each pair, (S, size/2) each, where these stand in a head: (S, size)."""
        return torch.cat((a, b), dim=-1) if self.style == "half" else torch.stack((a, b), dim=-1).flatten(-2)

    def _partners(self, x: Tensor) -> Tensor:
        """A head's numbers, each in the place of its partner."""
        if self.style == "half":
            return x.roll(self.size // 2, dims=-1)
        return x.unflatten(-1, (-1, 2)).flip(-1).flatten(-2)

    def _table(self, length: int, device: torch.device | None) -> tuple[Tensor, Tensor]:
        if device is None and torch.get_default_device().type == "meta":
            # Only counted: shapes are all that is asked for, and arithmetic there would load a second's worth of torch.
            return torch.empty(length, self.size), torch.empty(length, self.size)
        # Angles in float32 whatever the model's dtype: in bfloat16 far positions would fall together.
        rates = 1.0 / self.base ** (torch.arange(0, self.size, 2, device=device, dtype=torch.float32) / self.size)
        if self.scaling is not None:
            rates = stretch(rates, self.scaling)
        angles = torch.arange(length, device=device, dtype=torch.float32)[:, None] * rates  # (S, size/2)
        cos, sin = angles.cos(), angles.sin()
        return self._pairs(cos, cos), self._pairs(-sin, sin)  # (S, size): as a head's numbers stand

    def extra_repr(self) -> str:
        return f"size={self.size}, base={self.base:g}, style={self.style}"


def stretch(rates: Tensor, scaling: RopeConfig) -> Tensor:
    """Slows down the low frequencies, keeps the high ones, and blends in between (Llama 3.1)."""
    waves = 2 * math.pi / rates  # wave lengths in tokens
    original = scaling.original_context_length
    low, high = scaling.low_freq_factor, scaling.high_freq_factor
    smooth = ((original / waves - low) / (high - low)).clamp(0, 1)
    return (1 - smooth) * rates / scaling.factor + smooth * rates
