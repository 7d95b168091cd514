"""The layer_stack as values: nodes, the stack, and their JSON."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slm_widgets.files import write_json
from slm_widgets.language import say
from slm_widgets.layers import Layer, Problem

FORMAT = "slm-widgets"
VERSION = 1


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

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the envelope to a file, whole or not at all."""
        write_json(path, self.to_json())


def envelope(layers: list[Any], config: dict[str, Any]) -> dict[str, Any]:
    """The saved form of a design, of one that cannot be built yet too."""
    return {"format": FORMAT, "version": VERSION, "config": copy.deepcopy(config), "layer_stack": layers}


def read_document(source: Any) -> tuple[list[Any], dict[str, Any]] | Problem:
    """Finds the list of nodes and the config in whatever was given.

    Args:
        source: A list of nodes, an envelope, a LayerStack, JSON text (leading ``[`` or ``{``), or the path of a file.

    Returns:
        The raw nodes and the config, or the Problem that kept it from being read.
    """
    try:
        return _read(source)
    except RecursionError:
        return _problem(
            en="This document is nested too deeply to be a design.",
            ko="이 문서는 너무 깊이 겹쳐 있어 설계가 될 수 없습니다.",
        )


def _read(source: Any) -> tuple[list[Any], dict[str, Any]] | Problem:
    if isinstance(source, LayerStack):
        return source.layers, copy.deepcopy(source.config)
    if isinstance(source, os.PathLike) or (isinstance(source, str) and source.lstrip()[:1] not in ("[", "{")):
        source = _read_file(Path(os.fspath(source)))
    if isinstance(source, str):
        source = _decode(source)
    if isinstance(source, Problem):
        return source
    if isinstance(source, list):
        return copy.deepcopy(source), {}
    if isinstance(source, dict) and isinstance(source.get("layer_stack"), list):
        return _open_envelope(source)
    return _problem(
        en=f"A design is a list of layers, or a saved file with a layer_stack in it; this is a {type(source).__name__}.",
        ko=f"설계는 레이어의 목록이거나 layer_stack이 든 저장 파일입니다. 이것은 {type(source).__name__}입니다.",
    )


def _open_envelope(source: dict[str, Any]) -> tuple[list[Any], dict[str, Any]] | Problem:
    version, config = source.get("version", VERSION), source.get("config") or {}
    if not isinstance(version, int) or version > VERSION:
        return _problem(
            en=f"This file has version {version!r}; this slm_widgets reads up to {VERSION}. Update slm_widgets.",
            ko=f"이 파일의 버전은 {version!r}인데 이 slm_widgets는 {VERSION}까지 읽습니다. slm_widgets를 업데이트하세요.",
        )
    if not isinstance(config, dict):
        return _problem(
            en=f"The file's config must be an object of settings; it is a {type(config).__name__}.",
            ko=f"파일의 config는 설정의 묶음이어야 하는데 {type(config).__name__}입니다.",
        )
    return copy.deepcopy(source["layer_stack"]), copy.deepcopy(config)


def _read_file(path: Path) -> str | Problem:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return _problem(
            en=f"There is no file {path}. Give the path of a saved design, or the name of a preset to slm.preset(...).",
            ko=f"{path} 파일이 없습니다. 저장된 설계의 경로를 주거나, 프리셋 이름은 slm.preset(...)에 주세요.",
        )
    except UnicodeDecodeError as error:
        return _problem(
            en=f"{path} is not a text in UTF-8 (byte {error.start}). A design is a JSON file; choose the right one.",
            ko=f"{path} 파일은 UTF-8 글이 아닙니다({error.start}번째 바이트). 설계는 JSON 파일입니다. 맞는 파일을 고르세요.",
        )
    except OSError as error:
        return _problem(
            en=f"{path} cannot be read: {error.strerror}.",
            ko=f"{path} 파일을 읽을 수 없습니다: {error.strerror}.",
        )


def _decode(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        return _problem(
            en=f"This is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}.",
            ko=f"올바른 JSON이 아닙니다: {error.lineno}행 {error.colno}열: {error.msg}.",
        )


def _problem(*, en: str, ko: str) -> Problem:
    return Problem(None, None, "error", say(en=en, ko=ko))
