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
    matrices that end a branch start smaller by that factor. Biases start at zero, norms, convolutions and recurrent layers as
    torch has them. Where a layer asks for it (``zero_init``) what it writes starts at zero.

    Source: Radford et al. 2019 (GPT-2), section 2.3; Goyal et al. 2017, section 5.1 (branches that start at zero).
    """
    for module in model.modules():
        if isinstance(module, nn.Linear | nn.Embedding):
            nn.init.normal_(module.weight, std=STANDARD_DEVIATION)
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)
    residuals = sum(isinstance(module, Add) for module in model.modules())
    for projection in residual_writers(model):
        nn.init.normal_(projection.weight, std=STANDARD_DEVIATION / residuals**0.5)
    for module in model.modules():
        if getattr(module, "zero_init", False):
            for projection in projections(module):
                nn.init.zeros_(projection.weight)


def residual_writers(chain: Wired) -> Iterator[nn.Linear]:
    """The last matrix of each branch that ends in a residual; a dropout between the two changes nothing."""
    before: nn.Module | None = None
    for link in chain.links:
        module = getattr(chain, link.name)
        if isinstance(module, Repeat):
            for inner in module:
                if isinstance(inner, Wired):
                    yield from residual_writers(inner)
        if isinstance(module, Add):
            yield from projections(before)
        if not isinstance(module, nn.Dropout):
            before = module


def projections(module: nn.Module | None) -> tuple[nn.Linear, ...]:
    """The matrices that a layer's output comes from: of a mixture of experts there are several, of a norm none."""
    if isinstance(module, nn.Linear):
        return (module,)
    found = getattr(module, "output_projection", ())
    return (found,) if isinstance(found, nn.Linear) else tuple(found)
