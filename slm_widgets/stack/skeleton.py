"""A layer's module without its numbers: what it would hold, asked before any of it exists."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from slm_widgets.errors import LayerStackError
from slm_widgets.language import say
from slm_widgets.layers import Layer, Problem

if TYPE_CHECKING:
    from slm_widgets.stack.trace import Step

MODULE_BYTES = 10_000
"""About what one nn.Module costs beside its tensors: the object, its dictionaries, its place in the wiring."""


def skeleton(step: Step) -> nn.Module:
    """Builds one layer's module on torch's meta device, where tensors have shapes but no memory.

    Raises:
        LayerStackError: for a layer type made elsewhere whose ``module(place)`` raises or returns no torch module.
    """
    with torch.device("meta"), NoInitialisation():
        return made(step)


def made(step: Step) -> nn.Module:
    """Calls a layer's ``module(place)``; raises as ``skeleton`` does."""
    layer = step.layer
    if not made_elsewhere(layer):
        return layer.module(step.place)
    name = type(layer).__name__
    try:
        module = layer.module(step.place)
    except Exception as error:  # someone else's code may raise anything
        problem = layer.problem(
            None,
            en=f"{name}.module(place) raised {named(error)}. Mend it there.",
            ko=f"{name}.module(place)에서 오류가 났습니다: {named(error)}. 그곳을 고쳐 주세요.",
        )
        raise _refusal(problem, layer) from error
    if isinstance(module, nn.Module):
        return module
    problem = layer.problem(
        None,
        en=f"{name}.module gave {shortly(module)}, but it must return a torch module (nn.Module).",
        ko=f"{name}.module이 {shortly(module)}을(를) 돌려주었습니다. torch 모듈(nn.Module)을 돌려주어야 합니다.",
    )
    raise _refusal(problem, layer)


def broken_module(step: Step) -> Problem | None:
    """What is wrong with a layer whose module cannot be made, without its place; the walk over a design asks."""
    if step.layer.container or not made_elsewhere(step.layer):
        return None
    try:
        skeleton(step)
    except LayerStackError as error:
        return next(replace(p, place="") for p in error.problems if isinstance(p, Problem))
    return None


def _refusal(problem: Problem, layer: Layer) -> LayerStackError:
    return LayerStackError([replace(problem, place=f"{layer.id} ({layer.type})")])


def made_elsewhere(layer: Layer) -> bool:
    """Whether a layer's type is not one of ours, so that nobody has tested it."""
    return not type(layer).__module__.startswith("slm_widgets.layers.")


def named(error: Exception) -> str:
    """An exception of someone else's code on one line, with the line of that code and without a full stop."""
    lines = str(error).strip().splitlines()
    text = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    text = text if len(text) <= 200 else text[:197] + "..."
    for frame, number in reversed(list(traceback.walk_tb(error.__traceback__))):
        if frame.f_globals.get("__name__", "").partition(".")[0] not in ("torch", "slm_widgets"):
            name = frame.f_code.co_name
            return text.rstrip(".") + say(en=f" (line {number}, in {name})", ko=f" ({name}의 {number}번째 줄)")
    return text.rstrip(".")


def shortly(value: Any) -> str:
    """What was given where something else was wanted: ``None``, ``a tuple``, ``the class Linear``."""
    if value is None:
        return "None"
    if isinstance(value, type):
        return say(en=f"the class {value.__name__}", ko=f"클래스 {value.__name__}")
    name = type(value).__name__
    return say(en=f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}", ko=name)


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
