"""From a file, a text or a Python value to plain JSON values, within limits that any design keeps."""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from slm_widgets.language import Text, say
from slm_widgets.layers import Problem
from slm_widgets.stack.dialects.refusal import RefusalError

MAX_BYTES = 16 * 2**20
MAX_VALUES = 250_000
MAX_DEPTH = 100
"""Lists and objects within each other; sixteen blocks within blocks come to some forty."""

MAX_LAYERS = 5_000
"""Layers drawn in one document, repeats not counted."""

MOST_TWICE = 20
"""Keys that stand twice which are reported one by one; a file of nothing else would fill pages."""

# Larger whole numbers do not fit a float, which is what other readers of JSON make of them.
_MAX_BITS = 1023


def read_values(source: Any, problems: list[Problem]) -> Any:
    """Reads what may be a design.

    Args:
        source: A value, JSON text (leading ``[`` or ``{``), or the path of a file.
        problems: Where keys that stand twice are reported.

    Returns:
        A fresh copy of plain lists, objects, texts, numbers, booleans and None; every number finite.

    Raises:
        RefusalError: for what cannot be read, is no JSON, is too large or too deep.
    """
    if isinstance(source, os.PathLike) or (isinstance(source, str) and source.strip() and not _is_json(source)):
        source = _read_file(Path(os.fspath(source)))
    if isinstance(source, str):
        source = _decode(source, problems)
    return _Copy().copy(source, None)


def _is_json(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n")[:1] in ("[", "{")


def _read_file(path: Path) -> str:
    try:
        # Told before it is opened: a pipe would be waited for, and a device has no end.
        if not (stat.S_ISREG(mode := path.stat().st_mode) or stat.S_ISDIR(mode)):
            raise RefusalError(
                en=f"{path} is no ordinary file but a pipe or a device. Save the design to a file and give that.",
                ko=f"{path}은(는) 일반 파일이 아니라 파이프나 장치입니다. 설계를 파일로 저장한 뒤 그 파일을 주세요.",
            )
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) <= MAX_BYTES:
            return content.decode("utf-8-sig")
    except FileNotFoundError:
        raise RefusalError(
            en=f"There is no file {path}. Give the path of a saved design, or the name of a preset to slm.preset(...).",
            ko=f"{path} 파일이 없습니다. 저장된 설계의 경로를 주거나, 프리셋 이름은 slm.preset(...)에 주세요.",
        ) from None
    except UnicodeDecodeError as error:
        raise RefusalError(
            en=f"{path} is not a text in UTF-8 (byte {error.start}). A design is a JSON file; choose the right one.",
            ko=f"{path} 파일은 UTF-8 글이 아닙니다({error.start}번째 바이트). 설계는 JSON 파일입니다. 맞는 파일을 고르세요.",
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a path that no system can have
        reason = getattr(error, "strerror", None) or error
        raise RefusalError(
            en=f"{str(path)!r} cannot be read: {reason}.", ko=f"{str(path)!r} 파일을 읽을 수 없습니다: {reason}."
        ) from None
    limit = MAX_BYTES // 2**20
    raise RefusalError(
        en=f"{path} is larger than {limit} MB; that is no design. Choose the right file.",
        ko=f"{path} 파일은 {limit} MB보다 큽니다. 설계 파일이 아닙니다. 맞는 파일을 고르세요.",
    )


def _decode(text: str, problems: list[Problem]) -> Any:
    twice: list[bool] = []  # of each key that stands twice, whether its values differ

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        last = dict(items)
        if len(last) == len(items):
            return last
        value: dict[str, Any] = {}
        for key, item in items:
            if key in value and len(twice) < MOST_TWICE:
                problems.append(_twice(key, value[key], item, last.get("id")))
            if key in value:
                twice.append(not same(value[key], item))
            value[key] = item
        return value

    decoded = _loads(text, pairs)
    if rest := twice[MOST_TWICE:]:
        problems.append(_many_more_twice(rest))
    return decoded


def _loads(text: str, pairs: Callable[[list[tuple[str, Any]]], dict[str, Any]]) -> Any:
    if not text.strip("\ufeff \t\r\n"):
        raise RefusalError(
            en="This file is empty. Give the path of a saved design.",
            ko="빈 파일입니다. 저장된 설계의 경로를 주세요.",
        )
    try:
        return json.loads(text.lstrip("\ufeff"), object_pairs_hook=pairs, parse_constant=float)  # NaN: see _Copy
    except json.JSONDecodeError as error:
        raise RefusalError(
            en=f"This is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}.",
            ko=f"올바른 JSON이 아닙니다: {error.lineno}행 {error.colno}열: {error.msg}.",
        ) from None
    except ValueError:  # Python's own limit on the digits of a whole number
        raise RefusalError(
            en="A number in this file has thousands of digits. Write one that a design can have.",
            ko="이 파일에 수천 자리 수가 있습니다. 설계에 쓸 수 있는 수를 쓰세요.",
        ) from None
    except RecursionError:
        raise too_deep() from None


def _twice(key: str, first: Any, second: Any, layer_id: Any) -> Problem:
    """A key twice in one object: JSON lets the last one count, but who wrote it may have meant the other."""
    name = layer_id if isinstance(layer_id, str) and _writable(layer_id) else None
    key = key if _writable(key) else repr(key)
    if same(first, second):
        text = say(
            en=f"{key} stands twice in one object of the file, with the same value.",
            ko=f"파일의 한 객체에 {key}이(가) 같은 값으로 두 번 있습니다.",
        )
        return Problem(name, key, "warning", text)
    text = say(
        en=f"{key} stands twice in one object of the file: {shown(first)} and {shown(second)}. Keep one of them.",
        ko=f"파일의 한 객체에 {key}이(가) 두 번 있습니다: {shown(first)}, {shown(second)}. 하나만 남기세요.",
    )
    return Problem(name, key, "error", text)


def _many_more_twice(differ: list[bool]) -> Problem:
    text = say(
        en=f"{len(differ):,} more keys stand twice in this file. Keep one of each.",
        ko=f"이 파일에는 두 번 있는 키가 {len(differ):,}개 더 있습니다. 하나씩만 남기세요.",
    )
    return Problem(None, None, "error" if any(differ) else "warning", text)


def same(first: Any, second: Any) -> bool:
    """Whether two values mean the same; true is not 1 here."""
    return first == second and isinstance(first, bool) == isinstance(second, bool)


def shown(value: Any) -> str:
    """A value in a sentence, cut where it is long."""
    try:
        text = repr(value)
    except ValueError:  # Python's own limit on the digits of a whole number
        text = _what(value)
    return text if len(text) <= 60 else text[:57] + "..."


def too_deep() -> RefusalError:
    """What is said of lists in lists in lists."""
    return RefusalError(
        en="This document is nested too deeply to be a design.",
        ko="이 문서는 너무 깊이 겹쳐 있어 설계가 될 수 없습니다.",
    )


def too_many_layers() -> RefusalError:
    """What is said of a document with more than ``MAX_LAYERS``."""
    return RefusalError(
        en=f"The design has more than {MAX_LAYERS:,} layers. Let blocks repeat what stands there again and again.",
        ko=f"설계에 레이어가 {MAX_LAYERS:,}개 넘게 있습니다. 되풀이되는 레이어는 블록으로 반복하세요.",
    )


_Path = tuple["_Path | None", Any, Any]
"""(the way to the container, the container, the key in it)"""


class _Copy:
    """Copies plain values; refuses what JSON cannot say, at the first place where it stands."""

    def __init__(self) -> None:
        self.left = MAX_VALUES

    def copy(self, value: Any, path: _Path | None, depth: int = 0) -> Any:
        self.left -= 1
        if self.left < 0:
            raise RefusalError(
                en=f"This document holds more than {MAX_VALUES:,} values; that is no design.",
                ko=f"이 문서에는 값이 {MAX_VALUES:,}개 넘게 있어 설계가 될 수 없습니다.",
            )
        if depth > MAX_DEPTH:
            raise too_deep()
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return value if _writable(value) else self._refuse(path, value)
        if isinstance(value, dict):
            for key in value:
                if not isinstance(key, str) or not _writable(key):
                    raise RefusalError(
                        en=f"{_spelled(path) or 'The document'} has the key {key!r}, but in JSON every key is a text.",
                        ko=f"{_spelled(path) or '문서'}에 {key!r} 키가 있는데, JSON의 키는 모두 문자열입니다.",
                    )
            return {key: self.copy(item, (path, value, key), depth + 1) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.copy(item, (path, value, number), depth + 1) for number, item in enumerate(value)]
        if isinstance(value, int) and value.bit_length() <= _MAX_BITS:
            return value
        if isinstance(value, float) and math.isfinite(value):
            return value
        return self._refuse(path, value)

    def _refuse(self, path: _Path | None, value: Any) -> Any:
        if path is None:  # the whole source is something else
            raise no_design(value)
        layer_id, field = _owner(path)
        place, what = _spelled(path), _what(value)
        raise RefusalError(
            en=f"{place} is {what}, which a JSON file cannot hold. Choose another value.",
            ko=f"{place} 값이 {what}입니다. JSON 파일에 담을 수 없으니 다른 값을 고르세요.",
            layer_id=layer_id,
            field=field,
        )


def no_design(value: Any) -> RefusalError:
    """What is said of a source that is something else altogether."""
    name = kind_of(value)
    return RefusalError(
        en=f"A design is a list of layers, or a saved file with a layer_stack in it; this is {name}"
        + (" without one." if isinstance(value, dict) else "."),
        ko="설계는 레이어의 목록이거나 layer_stack이 든 저장 파일입니다. "
        + (f"이것은 layer_stack이 없는 {name}입니다." if isinstance(value, dict) else f"이것은 {name}입니다."),
    )


_KINDS: dict[type, Text] = {
    dict: Text(en="an object", ko="객체"),
    list: Text(en="a list", ko="목록"),
    tuple: Text(en="a list", ko="목록"),
    str: Text(en="a text", ko="문자열"),
    bool: Text(en="true or false", ko="true 또는 false"),
    int: Text(en="a number", ko="수"),
    float: Text(en="a number", ko="수"),
    type(None): Text(en="null", ko="null"),
}


def kind_of(value: Any) -> str:
    """What a value is in the words of JSON, for a sentence; Python's name for what JSON does not know."""
    return str(_KINDS.get(type(value), type(value).__name__))


def _writable(text: str) -> bool:
    """Whether it can be written as UTF-8; JSON's escapes can spell half a character."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _what(value: Any) -> str:
    if isinstance(value, str):
        return say(en="a text with half a character in it", ko="글자가 반만 든 문자열")
    if isinstance(value, int):
        return say(en=f"a whole number of {value.bit_length()} bits", ko=f"{value.bit_length()}비트 정수")
    return repr(value) if isinstance(value, float) else kind_of(value)


def _owner(path: _Path | None) -> tuple[str | None, str | None]:
    """The nearest object with an id, and the key in it."""
    while path is not None:
        outer, container, key = path
        name = container.get("id") if isinstance(container, dict) else None
        if isinstance(name, str) and key != "id" and _writable(name):
            return name, str(key)
        path = outer
    return None, None


def _spelled(path: _Path | None) -> str:
    parts: list[str] = []
    while path is not None:
        path, _, key = path
        parts.append(f"[{key}]" if isinstance(key, int) else f".{key}")
    return "".join(reversed(parts)).lstrip(".")
