"""torch's SGD, whose weight decay is apart from the gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


class SGD(torch.optim.SGD):
    """``torch.optim.SGD``, but its decay pulls the weights themselves, as AdamW's and Muon's do.

    torch adds the decay to the gradient; from there it gets into the momentum, which makes it as many times stronger as
    the momentum makes a steady gradient (twenty times with 0.95).

    Source: Loshchilov and Hutter 2019 (arXiv 1711.05101), algorithm 1; the pull is learning rate times decay, as in torch's
        AdamW.
    """

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Changes the weights along their gradients, and pulls those that decay towards zero."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        decays = [group["weight_decay"] for group in self.param_groups]
        for group in self.param_groups:
            if group["weight_decay"]:
                for p in group["params"]:
                    if p.grad is not None:
                        p.mul_(1 - group["lr"] * group["weight_decay"])
            group["weight_decay"] = 0.0  # torch's own way of it
        try:
            super().step()
            return loss
        finally:
            for group, decay in zip(self.param_groups, decays, strict=True):
                group["weight_decay"] = decay
