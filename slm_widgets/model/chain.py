"""Running layers one after another, and the side ways between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

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
    """

    name: str
    reads: str | None = None
    sources: tuple[str, ...] = ()
    keeps_input: str | None = None
    keeps_output: str | None = None


class Chain(nn.Module):
    """Layers run one after another. Only tensors that a later layer refers to are kept.

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

    def forward(self, x: Tensor, kept: Mapping[str, Tensor], memory: dict[str, Any] | None = None) -> Tensor:
        """Runs the layers on ``x``; ``kept`` holds what layers outside offer, ``memory`` what cached generation remembers."""
        kept = dict(kept)  # what is kept in here is not seen outside
        for link in self.links:
            module = getattr(self, link.name)
            if link.reads is not None:
                x = kept[link.reads]
            if link.keeps_input is not None:
                kept[link.keeps_input] = x
            if isinstance(module, Repeat):
                x = module(x, kept, None if memory is None else memory[link.name])
            elif memory is not None and link.name in self._remembering:
                x = module(x, *(kept[source] for source in link.sources), memory=memory[link.name])
            else:
                x = module(x, *(kept[source] for source in link.sources))
            if link.keeps_output is not None:
                kept[link.keeps_output] = x
        return x

    def new_memory(self, batch_size: int, max_tokens: int, like: Tensor) -> dict[str, Any]:
        """Empty memories for every layer that has one."""
        modules = {link.name: getattr(self, link.name) for link in self.links}
        return {
            name: module.new_memory(batch_size, max_tokens, like)
            for name, module in modules.items()
            if isinstance(module, Remembering)
        }


class Repeat(nn.ModuleList):
    """The same chain several times, each time with weights of its own.

    Args:
        chains: One chain a repeat.
        keeps_input: The name under which each repeat's input is kept, or None.
    """

    def __init__(self, chains: Sequence[Chain], keeps_input: str | None) -> None:
        super().__init__(chains)
        self.keeps_input = keeps_input

    def forward(self, x: Tensor, kept: Mapping[str, Tensor], memory: list[dict[str, Any]] | None = None) -> Tensor:
        """Runs the repeats one after another."""
        for number, chain in enumerate(self):
            if self.keeps_input is not None:
                kept = {**kept, self.keeps_input: x}
            x = chain(x, kept, None if memory is None else memory[number])
        return x

    def new_memory(self, batch_size: int, max_tokens: int, like: Tensor) -> list[dict[str, Any]]:
        """Empty memories, one for each repeat."""
        return [chain.new_memory(batch_size, max_tokens, like) for chain in self if isinstance(chain, Chain)]
