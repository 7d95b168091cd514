"""Builds the module that a design draws."""

from __future__ import annotations

import keyword
import re
import warnings
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from slm_widgets.errors import LayerStackError
from slm_widgets.model.chain import Chain, Link, Repeat
from slm_widgets.model.generators import held_generators
from slm_widgets.model.initialise import initialise
from slm_widgets.model.language_model import LanguageModel, Sizes
from slm_widgets.model.probe import probe
from slm_widgets.model.size_limit import refuse_too_large
from slm_widgets.stack.check import examine
from slm_widgets.stack.document import LayerStack
from slm_widgets.stack.nodes import Draft
from slm_widgets.stack.references import INPUT
from slm_widgets.stack.trace import Step, Trace


def build_model(
    stack: Any, seed: int = 0, device: str | torch.device = "cpu", max_bytes: int | None = None
) -> LanguageModel:
    """Builds a design's model with fresh weights.

    Args:
        stack: A design as ``parse_stack`` takes it.
        seed: The same seed gives the same weights.
        device: Where the weights are made; on ``"meta"`` they have shapes but no memory.
        max_bytes: The most that the weights and modules may take; None for what is free on the device.

    Returns:
        A module from (B, T) int64 token ids to (B, T, V) logits; ``model.stack`` is its drawing.

    Raises:
        LayerStackError: when the design cannot be built, or is larger than ``max_bytes``; a layer type made elsewhere is tried
            first (see probe.py).

    Warns:
        UserWarning: for a layer type made elsewhere with which cached generation would go wrong.
    """
    model, doubts = build_with_doubts(stack, seed, device, max_bytes)
    for doubt in doubts:
        warnings.warn(doubt, stacklevel=2)
    return model


def build_with_doubts(
    stack: Any, seed: int = 0, device: str | torch.device = "cpu", max_bytes: int | None = None
) -> tuple[LanguageModel, list[str]]:
    """Does what ``build_model`` does, for whoever works in the background: returns the sentences that it would warn of."""
    examined = examine(stack)
    if not examined.ok:
        raise LayerStackError([p for p in examined.problems if p.severity == "error"])
    design = LayerStack(tuple(draft.node() for draft in examined.drafts), examined.config)
    device = torch.device(device)
    # torch draws starting weights from one generator for the whole process. It is put back afterwards, so that the caller's
    # random numbers stay as they were, and held meanwhile, so that no other model and no dropout draws in between.
    with held_generators(), torch.random.fork_rng(devices=[device] if device.type == "cuda" else []), device:
        doubts = probe(examined.trace.steps, _places(examined.drafts), device)
        refuse_too_large(examined.trace, device, max_bytes)
        torch.manual_seed(seed)
        model = _Builder(examined.trace).model(design)
        initialise(model)
    return model, [doubt.message for doubt in doubts]


def _places(drafts: list[Draft]) -> dict[str, str]:
    """Where each layer stands, in words, by its id."""
    places: dict[str, str] = {}
    for draft in drafts:
        places |= {draft.id: draft.place, **_places(draft.children)}
    return places


class _Builder:
    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.referred = {name for step in _all(trace.steps) for name in (*step.sources, step.reads) if name is not None}
        self.ids = {step.layer.id for step in _all(trace.steps)}

    def model(self, design: LayerStack) -> LanguageModel:
        """Builds the whole."""
        found = self.trace
        sizes = Sizes(found.vocab_size, found.context_length, found.reads_source, found.source_length)
        return LanguageModel(design, *self._wire(found.steps, {}), sizes)

    def _wire(self, steps: tuple[Step, ...], outside: dict[str, nn.Module]) -> tuple[list[Link], list[nn.Module]]:
        """Builds the layers of one list; ``outside`` holds the modules that borrowed parameters may come from."""
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
        return links, modules

    def _module(self, step: Step, visible: dict[str, nn.Module]) -> nn.Module:
        if step.layer.container:
            repeats = getattr(step.layer, "num_of_blocks", 1)
            chains = [Chain(*self._wire(step.children, visible)) for _ in range(repeats)]
            return Repeat(chains, self._kept_input(step))
        module = step.layer.module(step.place)
        for name, (owner, parameter) in step.layer.shared(step.place).items():
            setattr(module, name, getattr(visible[owner], parameter))
        return module

    def _link(self, step: Step, name: str) -> Link:
        # What came into a block is kept here for the layers after it; inside it each repeat keeps its own.
        once = step.outgoing.length == "S"
        return Link(name, step.reads, step.sources, self._kept_input(step), self._kept(step.layer.id), once)

    def _kept_input(self, step: Step) -> str | None:
        name = step.layer.id + INPUT
        return None if name in self.ids else self._kept(name)  # an id that itself ends so wins over this reading

    def _kept(self, name: str) -> str | None:
        return name if name in self.referred else None


def _all(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        yield from _all(step.children)


def module_name(layer_id: str, taken: set[str]) -> str:
    """A name for a layer's module: its id where that is a plain Python name, else as near to it as possible."""
    name = re.sub(r"\W", "_", layer_id) or "layer"
    if name[0].isdigit() or keyword.iskeyword(name) or hasattr(LanguageModel, name) or name in _ATTRIBUTES:
        name = f"layer_{name}"
    number, candidate = 2, name
    while candidate in taken:
        candidate, number = f"{name}_{number}", number + 1
    return candidate


# Set in __init__, so that the classes do not show them.
_ATTRIBUTES = {
    "links",
    "training",
    "_remembering",
    "stack",
    "vocab_size",
    "context_length",
    "reads_source",
    "source_length",
    *vars(nn.Module()),
}
