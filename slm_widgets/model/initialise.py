"""Starting weights."""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn

from slm_widgets.layers.residual import Add
from slm_widgets.model.chain import Repeat, Wired

STANDARD_DEVIATION = 0.02


def initialise(model: Wired) -> None:
    """Gives matrices and tables small random numbers, and those that write into the residual stream smaller ones.

    Every residual adds the output of its branch to what flows by; with N of them the sum would grow like sqrt(N), so the
    matrices that end a branch start smaller by that factor. Biases start at zero, norms as torch has them.

    Source: Radford et al. 2019 (GPT-2), section 2.3.
    """
    for module in model.modules():
        if isinstance(module, nn.Linear | nn.Embedding):
            nn.init.normal_(module.weight, std=STANDARD_DEVIATION)
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)
    residuals = sum(isinstance(module, Add) for module in model.modules())
    for projection in _residual_writers(model):
        nn.init.normal_(projection.weight, std=STANDARD_DEVIATION / residuals**0.5)


def _residual_writers(chain: Wired) -> Iterator[nn.Linear]:
    """The last matrix of each branch that ends in a residual; a dropout between the two changes nothing."""
    before: nn.Module | None = None
    for link in chain.links:
        module = getattr(chain, link.name)
        if isinstance(module, Repeat):
            for inner in module:
                if isinstance(inner, Wired):
                    yield from _residual_writers(inner)
        if isinstance(module, Add):
            projection = before if isinstance(before, nn.Linear) else getattr(before, "output_projection", None)
            if projection is not None:
                yield projection
        if not isinstance(module, nn.Dropout):
            before = module
