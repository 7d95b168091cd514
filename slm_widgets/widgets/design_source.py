"""What a GraphEditor can be opened with: a preset, a design as values or as a file, whole or half finished."""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

from slm_widgets.errors import LayerStackError
from slm_widgets.stack import LayerStack, parse_stack, preset
from slm_widgets.stack.check import examine

Design = tuple[list[Any], dict[str, Any]]


def read_design(source: str | LayerStack | list[Any] | dict[str, Any] | None, path: Path | None) -> Design:
    """Finds the nodes and the config to draw.

    Args:
        source: The name of a preset, a LayerStack, a list, an envelope or JSON text; None for an empty drawing.
        path: A file that comes first, if it is there.

    Raises:
        LayerStackError: for an unknown preset, or a source that is no design at all.
    """
    if path is not None and os.path.lexists(path):
        return _nodes_of(path)
    if source is None:
        return [], {}
    if isinstance(source, str) and source.lstrip()[:1] not in ("[", "{"):
        source = preset(source)
    return _nodes_of(source)


def _nodes_of(source: Any) -> Design:
    """The nodes in canonical spelling, those of a design that cannot be built (yet) too."""
    try:
        stack = parse_stack(source)
    except LayerStackError:
        examined = examine(source)
        if examined.refused:
            raise
        return with_ids(examined.layers), examined.config
    return stack.layers, copy.deepcopy(stack.config)


def with_ids(nodes: list[Any]) -> list[Any]:
    """A copy in which every node has an id, so that problems can point at it; the very list where all have one."""
    taken: set[str] = set()
    return nodes if _collect(nodes, taken) else [_named(node, taken) for node in nodes]


def ids_of(nodes: list[Any]) -> set[str]:
    """Every id in a design, those inside of blocks too."""
    taken: set[str] = set()
    _collect(nodes, taken)
    return taken


def _collect(nodes: list[Any], taken: set[str]) -> bool:
    """Gathers the ids in use; tells whether every node has one."""
    complete = True
    for node in nodes:
        if not isinstance(node, dict):
            continue
        data, children = node.get("data"), node.get("children")
        name = data.get("id") if isinstance(data, dict) else None
        if isinstance(name, str) and name:
            taken.add(name)
        else:
            complete = False
        complete = (not isinstance(children, list) or _collect(children, taken)) and complete
    return complete


def _named(node: Any, taken: set[str]) -> Any:
    if not isinstance(node, dict):
        return node
    data, children = node.get("data"), node.get("children")
    if data is None or (isinstance(data, dict) and not data.get("id")):
        node = {**node, "data": {"id": _free(str(node.get("type") or "layer"), taken), **_without_id(data or {})}}
    if isinstance(children, list):
        node = {**node, "children": [_named(child, taken) for child in children]}
    return node


def _without_id(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != "id"}


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    taken.add(free)
    return free
