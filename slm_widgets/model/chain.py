"""Running layers one after another, and the side ways between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from slm_widgets.layers.memory import Remembering


@dataclass(frozen=True)
class Link:
    """How one layer of a chain is wired.

    Args:
        name: The module's name in the chain.
        reads: The kept tensor it reads instead of the output before it, or None.
        sources: Kept tensors that it takes as further arguments.
        keeps_input: The name under which its input is kept for later layers, or None.
        keeps_output: The name under which its output is kept, or None.
        once: Whether it works on the source text, which is read once however many tokens are written.
    """

    name: str
    reads: str | None = None
    sources: tuple[str, ...] = ()
    keeps_input: str | None = None
    keeps_output: str | None = None
    once: bool = False


@dataclass
class SourceMemory:
    """What a layer of the source's side gave when the first tokens were read."""

    output: Tensor | None = None


class Wired(nn.Module):
    """Layers as children of a module, and the wiring between them. Only tensors that a later layer refers to are kept.

    Args:
        links: The layers' wiring, top to bottom.
        modules: Their modules, in the same order.
    """

    def __init__(self, links: Sequence[Link], modules: Sequence[nn.Module]) -> None:
        super().__init__()
        self.links = tuple(links)
        for link, module in zip(links, modules, strict=True):
            self.add_module(link.name, module)
        self._remembering = frozenset(
            link.name for link, module in zip(links, modules, strict=True) if isinstance(module, Remembering)
        )

    def run(
        self,
        x: Tensor,
        kept: Mapping[str, Tensor],
        memory: dict[str, Any] | None = None,
        links: Sequence[Link] | None = None,
    ) -> Tensor:
        """Runs the layers on ``x``, or the first few of them.

        Args:
            x: What flows in.
            kept: What layers outside offer, by its reference.
            memory: What cached generation remembers, or None.
            links: The layers to run; None for all.
        """
        kept = dict(kept)  # what is kept in here is not seen outside
        for link in self.links if links is None else links:
            if link.reads is not None:
                x = kept[link.reads]
            if link.keeps_input is not None:
                kept[link.keeps_input] = x
            x = self._call(link, x, kept, memory)
            if link.keeps_output is not None:
                kept[link.keeps_output] = x
        return x

    def _call(self, link: Link, x: Tensor, kept: dict[str, Tensor], memory: dict[str, Any] | None) -> Tensor:
        if memory is not None and link.once:
            source = memory[link.name]
            if source.output is None:
                source.output = self._call(link, x, kept, None)
            return source.output
        module = getattr(self, link.name)
        if isinstance(module, Repeat):
            return module(x, kept, None if memory is None else memory[link.name])
        sources = [kept[source] for source in link.sources]
        if memory is not None and link.name in self._remembering:
            return module(x, *sources, memory=memory[link.name])
        return module(x, *sources)

    def new_memory(self, batch_size: int, max_tokens: int, like: Tensor) -> dict[str, Any]:
        """Empty memories for every layer that has one."""
        memory: dict[str, Any] = {}
        for link in self.links:
            module = getattr(self, link.name)
            if link.once:
                memory[link.name] = SourceMemory()
            elif isinstance(module, Remembering):
                memory[link.name] = module.new_memory(batch_size, max_tokens, like)
        return memory

    @property
    def looks_ahead(self) -> bool:
        """Whether some layer lets a token see those after it, so that earlier results change when new tokens come."""
        modules = (getattr(self, link.name) for link in self.links if not link.once)
        return any(getattr(module, "looks_ahead", False) for module in modules)


class Chain(Wired):
    """What stands in a block, once."""

    def forward(self, x: Tensor, kept: Mapping[str, Tensor], memory: dict[str, Any] | None = None) -> Tensor:
        """Runs the layers on ``x``; ``kept`` holds what layers outside offer, ``memory`` what cached generation remembers."""
        return self.run(x, kept, memory)


class Repeat(nn.ModuleList):
    """The same chain several times, each time with weights of its own.

    Args:
        chains: One chain a repeat.
        keeps_input: The name under which each repeat's input is kept, or None.
    """

    def __init__(self, chains: Sequence[Chain], keeps_input: str | None) -> None:
        super().__init__(chains)
        self.keeps_input = keeps_input
        self.recomputes = False
        """Whether the inside of each repeat is forgotten on the way forward and computed again on the way back: less memory,
        a third more time (Chen et al. 2016, arXiv 1604.06174)."""

    def forward(self, x: Tensor, kept: Mapping[str, Tensor], memory: list[dict[str, Any]] | None = None) -> Tensor:
        """Runs the repeats one after another."""
        recomputes = self.recomputes and memory is None and torch.is_grad_enabled()
        for number, chain in enumerate(self):
            if self.keeps_input is not None:
                kept = {**kept, self.keeps_input: x}
            if recomputes:
                x = checkpoint(chain, x, kept, use_reentrant=False)  # pyright: ignore[reportAssignmentType]
            else:
                x = chain(x, kept, None if memory is None else memory[number])
        return x

    def new_memory(self, batch_size: int, max_tokens: int, like: Tensor) -> list[dict[str, Any]]:
        """Empty memories, one for each repeat."""
        return [chain.new_memory(batch_size, max_tokens, like) for chain in self if isinstance(chain, Chain)]

    @property
    def looks_ahead(self) -> bool:
        """Whether a layer inside lets a token see those after it."""
        return any(chain.looks_ahead for chain in self if isinstance(chain, Chain))
