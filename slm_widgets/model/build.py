"""Builds the module that a design draws."""

from __future__ import annotations

import keyword
import re
import threading
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from slm_widgets.errors import LayerStackError
from slm_widgets.model.chain import Chain, Link, Repeat
from slm_widgets.model.initialise import initialise
from slm_widgets.model.language_model import LanguageModel
from slm_widgets.stack.check import examine
from slm_widgets.stack.document import LayerStack
from slm_widgets.stack.references import INPUT
from slm_widgets.stack.trace import Step

_BUILDING = threading.Lock()


def build_model(stack: Any, seed: int = 0, device: str | torch.device = "cpu") -> LanguageModel:
    """Builds a design's model with fresh weights.

    Args:
        stack: A design as ``parse_stack`` takes it.
        seed: The same seed gives the same weights.
        device: Where the weights are made.

    Returns:
        A module from (B, T) int64 token ids to (B, T, V) logits; ``model.stack`` is its drawing.

    Raises:
        LayerStackError: when the design cannot be built.
    """
    examined = examine(stack)
    if not examined.ok:
        raise LayerStackError([p for p in examined.problems if p.severity == "error"])
    design = LayerStack(tuple(draft.node() for draft in examined.drafts), examined.config)
    device = torch.device(device)
    # torch draws starting weights from one generator for the whole process. It is put back afterwards, so that the caller's
    # random numbers stay as they were, and one model is built at a time, so that no other draws in between.
    with _BUILDING, torch.random.fork_rng(devices=[device] if device.type == "cuda" else []), device:
        torch.manual_seed(seed)
        chain = _Builder(examined.trace.steps).chain(examined.trace.steps, {})
        initialise(chain)
    return LanguageModel(design, chain, examined.trace.vocab_size, examined.trace.context_length)


class _Builder:
    def __init__(self, steps: tuple[Step, ...]) -> None:
        self.referred = {name for step in _all(steps) for name in (*step.sources, step.reads) if name is not None}

    def chain(self, steps: tuple[Step, ...], outside: dict[str, nn.Module]) -> Chain:
        """Builds one chain; ``outside`` holds the modules that borrowed parameters may come from."""
        visible = dict(outside)
        links: list[Link] = []
        modules: list[nn.Module] = []
        names: set[str] = set()
        for step in steps:
            module = self._module(step, visible)
            visible[step.layer.id] = module
            links.append(self._link(step, module_name(step.layer.id, names)))
            names.add(links[-1].name)
            modules.append(module)
        return Chain(links, modules)

    def _module(self, step: Step, visible: dict[str, nn.Module]) -> nn.Module:
        if step.layer.container:
            repeats = getattr(step.layer, "num_of_blocks", 1)
            chains = [self.chain(step.children, visible) for _ in range(repeats)]
            return Repeat(chains, self._kept(step.layer.id + INPUT))
        module = step.layer.module(step.place)
        for name, (owner, parameter) in step.layer.shared(step.place).items():
            setattr(module, name, getattr(visible[owner], parameter))
        return module

    def _link(self, step: Step, name: str) -> Link:
        # A block keeps its input itself, anew for each repeat.
        keeps_input = None if step.layer.container else self._kept(step.layer.id + INPUT)
        return Link(name, step.reads, step.sources, keeps_input, self._kept(step.layer.id))

    def _kept(self, name: str) -> str | None:
        return name if name in self.referred else None


def _all(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from _all(step.children)


def module_name(layer_id: str, taken: set[str]) -> str:
    """A name for a layer's module: its id where that is a plain Python name, else as near to it as possible."""
    name = re.sub(r"\W", "_", layer_id) or "layer"
    if name[0].isdigit() or keyword.iskeyword(name) or hasattr(Chain, name) or name in _CHAIN_ATTRIBUTES:
        name = f"layer_{name}"
    number, candidate = 2, name
    while candidate in taken:
        candidate, number = f"{name}_{number}", number + 1
    return candidate


_CHAIN_ATTRIBUTES = {"links", "training", "_remembering"}
