"""What a GraphEditor can be opened with: a preset, a design as values, as a text or as a file, whole or half finished."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from slm_widgets.errors import LayerStackError
from slm_widgets.language import say
from slm_widgets.layers import Problem
from slm_widgets.stack import LayerStack, preset
from slm_widgets.stack.check import Examined, examine
from slm_widgets.stack.dialects.values import MAX_BYTES

Design = tuple[list[Any], dict[str, Any]]
"""The nodes in canonical spelling, and the config."""


def read_design(source: str | LayerStack | list[Any] | dict[str, Any] | None, path: Path | None) -> Design:
    """Finds the nodes and the config to draw.

    Args:
        source: The name of a preset, a LayerStack, a list, an envelope or JSON text; None for an empty drawing.
        path: A file that comes first, if it is there.

    Raises:
        LayerStackError: for an unknown preset, or a source that is no design at all.
    """
    if path is not None and os.path.lexists(path):
        return design_of(read(path))
    if source is None:
        return [], {}
    if isinstance(source, str) and not _is_json(source):
        source = preset(source)
    return design_of(read(source))


def read(source: Any) -> Examined:
    """Reads a design, one that cannot be built (yet) too.

    Args:
        source: As ``parse_stack`` takes it.

    Raises:
        LayerStackError: for what is no design at all.
    """
    examined = examine(source)
    if examined.refused:
        raise LayerStackError(examined.problems)
    return examined


def read_text(text: str, name: str) -> Examined:
    """Reads a design from a text, which, unlike that of ``read``, is never taken for the path of a file.

    Args:
        text: What stood in a file, or on a clipboard.
        name: What to call it in a sentence.

    Raises:
        LayerStackError: for what is no design at all.
    """
    if not _is_json(text):
        raise no_json(name)
    if len(text) > MAX_BYTES:
        limit = MAX_BYTES // 2**20
        words = say(
            en=f"{name} is larger than {limit} MB; that is no design.",
            ko=f"{name}은(는) {limit} MB보다 큽니다. 설계가 아닙니다.",
        )
        raise LayerStackError([Problem(None, None, "error", words)])
    return read(text)


def no_json(name: str) -> LayerStackError:
    """What is said of a text or a file that is no JSON."""
    words = say(
        en=f"{name} holds no design. A design is JSON, which begins with {{ or [, such as a saved .slm.json file.",
        ko=f"{name}에는 설계가 없습니다. 설계는 저장한 .slm.json 파일처럼 {{ 나 [ 로 시작하는 JSON입니다.",
    )
    return LayerStackError([Problem(None, None, "error", words)])


def design_of(examined: Examined) -> Design:
    """The nodes, each with an id, and the config."""
    return with_ids(examined.layers), examined.config


def _is_json(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n")[:1] in ("[", "{")


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
