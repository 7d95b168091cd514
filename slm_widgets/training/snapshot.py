"""Everything of a training but the weights, at one step: what a checkpoint keeps beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch


@dataclass(frozen=True)
class Snapshot:
    """A training between two steps, so that it can go on exactly there.

    Args:
        step: How many times the weights were changed.
        tensors: All tensors besides the weights by name: the moments of the optimizer.
        facts: All that is no tensor, as JSON can hold it: what was best so far, patience, the clock, the scaler, what ``auto`` chose.
    """

    step: int
    tensors: dict[str, torch.Tensor]
    facts: dict[str, Any]
