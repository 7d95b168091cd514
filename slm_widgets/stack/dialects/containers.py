"""Request, saved structure, canvas, envelope, bare list: finds the nodes and the config in each of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from slm_widgets.language import say
from slm_widgets.layers import Problem
from slm_widgets.stack.dialects.aliases import plain
from slm_widgets.stack.dialects.canvas import read_canvas
from slm_widgets.stack.dialects.cards import is_layer
from slm_widgets.stack.dialects.config import FIELDS, read_config
from slm_widgets.stack.dialects.refusal import RefusalError
from slm_widgets.stack.dialects.values import kind_of, no_design

FORMAT = "slm-widgets"
VERSION = 1

_SAID_BY_CONFIGS = {plain(name) for name in (*FIELDS, "name", "modelName", "training", "dataset", "dataset_config")}


@dataclass(frozen=True)
class Opened:
    """What stood in a container.

    Args:
        nodes: The nodes as they are spelled there.
        config: The config in canonical spelling.
        older: Whether it is older than version 1: requests, saved structures and canvases are, an envelope that says its format
            or version is not. None for a bare list (and an envelope that says neither): its spelling decides. It is older if
            one type, key or value in it has a name that version 1 does not write.
    """

    nodes: list[Any] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    older: bool | None = None


def open_container(value: Any, problems: list[Problem]) -> Opened:
    """Opens whatever holds a design.

    Args:
        value: Plain values, as ``read_values`` gives them.
        problems: Where contradictions and keys that nobody knows are reported.

    Raises:
        RefusalError: for what is none of the known containers, or of a version to come.
    """
    if isinstance(value, list):
        return _open_list(value, [], None, problems)
    if isinstance(value, dict):
        for key, opener in (("layer_stack", _envelope), ("model", _request), ("nodes", _canvas)):
            if isinstance(value.get(key), list):
                return opener({k: v for k, v in value.items() if v is not None}, problems)
    raise no_design(value)


def _envelope(value: dict[str, Any], problems: list[Problem]) -> Opened:
    version = value.get("version", VERSION)
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= VERSION:
        raise RefusalError(
            en=f"This file has version {version!r}; this slm_widgets reads up to {VERSION}. Update slm_widgets.",
            ko=f"이 파일의 버전은 {version!r}인데 이 slm_widgets는 {VERSION}까지 읽습니다. slm_widgets를 업데이트하세요.",
            field="version",
        )
    config = _beside(value, ("format", "version", "config", "layer_stack"), problems)
    if value.get("format") == FORMAT or "version" in value:
        return Opened(value["layer_stack"], read_config(config, problems), older=False)
    return _open_list(value["layer_stack"], config, None, problems)


def _request(value: dict[str, Any], problems: list[Problem]) -> Opened:
    config = _beside(value, ("config", "model", "modelName", "dataset", "dataset_config"), problems)
    named = {key: value[key] for key in ("dataset", "dataset_config") if key in value}
    if "modelName" in value:
        named["modelName" if "name" in value.get("config", {}) else "name"] = value["modelName"]
    return _open_list(value["model"], [*config, named], True, problems)


def _canvas(value: dict[str, Any], problems: list[Problem]) -> Opened:
    config = _beside(value, ("nodes", "edges", "viewport", "config"), problems)
    edges = value.get("edges", [])
    if not isinstance(edges, list):
        raise RefusalError(
            en="The edges of a canvas must be a list of connections.",
            ko="캔버스의 edges는 연결의 목록이어야 합니다.",
            field="edges",
        )
    nodes, said = read_canvas(value["nodes"], edges, problems)
    return _open_list(nodes, [*config, said], True, problems)


def _open_list(nodes: list[Any], configs: list[dict[str, Any]], older: bool | None, problems: list[Problem]) -> Opened:
    """A saved structure where a config stands among the nodes."""
    items = [item for item in nodes if _is_config(item)]
    config = read_config([*configs, *items], problems)
    return Opened([node for node in nodes if not _is_config(node)], config, True if items else older)


def _is_config(item: Any) -> bool:
    """Whether an item among the nodes says something of the whole; a layer whose type is misspelled stays a layer."""
    if not isinstance(item, dict) or any(item.get(key) is not None for key in ("type", "data", "children", "id")):
        return False
    said = {key: value for key, value in item.items() if value is not None}
    unknown = [value for key, value in said.items() if plain(key) not in _SAID_BY_CONFIGS]
    return (len(unknown) < len(said) and not any(map(is_layer, unknown))) or not said


def _beside(value: dict[str, Any], known: tuple[str, ...], problems: list[Problem]) -> list[dict[str, Any]]:
    """The config, and what stands beside it under a key that nobody knows."""
    config = value.get("config", {})
    if not isinstance(config, dict):
        raise RefusalError(
            en=f"The file's config must be an object of settings; it is {kind_of(config)}.",
            ko=f"파일의 config는 설정의 묶음이어야 하는데 {kind_of(config)}입니다.",
            field="config",
        )
    unknown = {key: item for key, item in value.items() if key not in known}
    for key in unknown:
        text = say(
            en=f"{key} is no part of a design; it is kept in the config but changes nothing.",
            ko=f"{key}은(는) 설계의 일부가 아닙니다. config에 남지만 아무 영향이 없습니다.",
        )
        problems.append(Problem(None, key, "warning", text))
    return [config, unknown]
