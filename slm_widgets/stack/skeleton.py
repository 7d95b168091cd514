"""A layer's module without its numbers: what it would hold, asked before any of it exists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from slm_widgets.stack.trace import Step

MODULE_BYTES = 10_000
"""About what one nn.Module costs beside its tensors: the object, its dictionaries, its place in the wiring."""


def skeleton(step: Step) -> nn.Module:
    """Builds one layer's module on torch's meta device, where tensors have shapes but no memory."""
    with torch.device("meta"), NoInitialisation():
        return step.layer.module(step.place)


def count_parameters(step: Step) -> int:
    """The learned numbers that one layer keeps itself; what it borrows counts where it is kept."""
    return sum(p.numel() for p in own_parameters(step, skeleton(step)))


def own_parameters(step: Step, module: nn.Module) -> list[nn.Parameter]:
    """The parameters of a layer's module, without those it borrows."""
    borrowed = step.layer.shared(step.place)
    return [p for name, p in module.named_parameters() if name not in borrowed]


def build_size(steps: Iterable[Step]) -> tuple[int, int]:
    """What building takes: (bytes of weights, fixed tables and module objects; how many module objects)."""
    tensor_bytes = modules = 0
    for step in steps:
        if step.layer.container:
            repeats = getattr(step.layer, "num_of_blocks", 1)
            inside, below = build_size(step.children)
            tensor_bytes += repeats * (inside - below * MODULE_BYTES)
            modules += 1 + repeats * (1 + below)  # the block, and for each repeat the chain of its layers
            continue
        module = skeleton(step)
        tensor_bytes += sum(t.nbytes for t in (*own_parameters(step, module), *module.buffers()))
        modules += sum(1 for _ in module.modules())
    return tensor_bytes + modules * MODULE_BYTES, modules


class NoInitialisation(TorchFunctionMode):
    """Leaves out the filling of new tensors: where there is no memory there is nothing to fill.

    Without it the first count takes a second longer, in which torch loads its Python kernels for ``normal_`` there.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if getattr(func, "__name__", "") in _FILLS:
            return args[0] if args else (kwargs or {})["tensor"]
        return func(*args, **(kwargs or {}))


_FILLS = {
    *(name for name in dir(torch.nn.init) if name.endswith("_") and not name.startswith("_")),
    *("normal_", "uniform_", "zero_", "fill_", "copy_"),
}
