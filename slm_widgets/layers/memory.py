"""What a module keeps between the calls of cached generation.

A module that looks at earlier tokens (attention, positions) offers ``new_memory`` and takes what it returns as
``memory=`` on every later call. Calling with the tokens one by one and a memory gives what one call with all of them gives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from torch import Tensor


@runtime_checkable
class Remembering(Protocol):
    """A module whose ``forward`` takes ``memory=``."""

    def new_memory(self, batch_size: int, max_tokens: int, like: Tensor) -> Any:
        """Makes an empty memory for ``batch_size`` texts of up to ``max_tokens``, on the device and dtype of ``like``."""
        ...


@dataclass
class TokenCount:
    """How many tokens have gone by."""

    seen: int = 0


class KeyValueMemory:
    """Keys and values of the tokens that have gone by.

    Shape:
        keys, values: (B, G, S, D) for G key/value groups, room for S tokens, head size D; the first ``seen`` are filled.
    """

    def __init__(self, batch_size: int, groups: int, max_tokens: int, head_size: int, like: Tensor) -> None:
        shape = (batch_size, groups, max_tokens, head_size)
        self.keys = like.new_zeros(shape)
        self.values = like.new_zeros(shape)
        self.seen = 0

    def append(self, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Adds the newest tokens' keys and values, both (B, G, T, D), and returns all of them so far."""
        end = self.seen + k.size(2)
        self.keys[:, :, self.seen : end] = k
        self.values[:, :, self.seen : end] = v
        self.seen = end
        return self.keys[:, :, :end], self.values[:, :, :end]
