"""The layer_stack as values: nodes, the stack, and their JSON."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from slm_widgets.files import write_json
from slm_widgets.layers import Layer
from slm_widgets.stack.dialects.containers import FORMAT, VERSION


@dataclass(frozen=True)
class Node:
    """One layer of a design, with its children where it is a block."""

    layer: Layer
    children: tuple[Node, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The node as the document spells it."""
        node: dict[str, Any] = {"type": self.layer.type, "data": self.layer.to_data()}
        if self.layer.container:
            node["children"] = [child.to_json() for child in self.children]
        return node

    def summary(self) -> str:
        """``normalization``, or ``12 × [normalization, mhAttention, residual]``."""
        if not self.layer.container:
            return self.layer.type
        return f"{getattr(self.layer, 'num_of_blocks', 1)} × [{', '.join(child.summary() for child in self.children)}]"

    def walk(self) -> Iterator[Node]:
        """This node and all below it, top down."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class LayerStack:
    """A design that can be built. Make one with ``parse_stack`` or ``preset``.

    Args:
        nodes: The layers from top to bottom.
        config: Further facts about the design (``name``, ``context_length``, ``training``, ...), plain JSON.
    """

    nodes: tuple[Node, ...]
    config: dict[str, Any] = field(default_factory=dict)

    @property
    def layers(self) -> list[dict[str, Any]]:
        """The nodes as plain JSON, the value of the ``layer_stack`` trait; a fresh copy."""
        return [node.to_json() for node in self.nodes]

    @property
    def name(self) -> str:
        """The design's name, ``"model"`` where nobody gave one."""
        return str(self.config.get("name") or "model")

    def to_json(self) -> dict[str, Any]:
        """The envelope, as it is saved to a file."""
        return envelope(self.layers, self.config)

    def walk(self) -> Iterator[Node]:
        """Every node, those inside blocks too, top down."""
        for node in self.nodes:
            yield from node.walk()

    def __repr__(self) -> str:
        """What it is in one line; all of it is in ``to_json()``, and in ``describe(stack)`` as a table."""
        return f"<LayerStack {self.name!r}: {', '.join(node.summary() for node in self.nodes)}>"

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the envelope to a file, whole or not at all."""
        write_json(path, self.to_json())


def envelope(layers: list[Any], config: dict[str, Any]) -> dict[str, Any]:
    """The saved form of a design, of one that cannot be built yet too."""
    return {"format": FORMAT, "version": VERSION, "config": copy.deepcopy(config), "layer_stack": layers}
