"""What the page asks for about presets and files. Nothing here changes the drawing: the page makes that step itself."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from slm_widgets.errors import ConfigError, ExportError
from slm_widgets.language import say
from slm_widgets.stack import analyse, preset
from slm_widgets.stack.check import Examined
from slm_widgets.stack.document import envelope
from slm_widgets.stack.given import BrokenRule
from slm_widgets.widgets.design_source import Design, design_of, read_text
from slm_widgets.widgets.editor.gallery import gallery
from slm_widgets.widgets.editor.requests import Body

MAX_TEXT_MB = 5
"""Of a text that a page sends; the widget's channel carries 10 MB at most, and quotes take two."""

MAX_NOTES = 8
"""Notes about one file that are read; a file of nothing but mistakes would fill pages."""

_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


class _Kept(Protocol):
    layer_stack: Any
    config: Any
    readonly: Any

    @property
    def path(self) -> Path | None: ...
    def note_config(self, config: dict[str, Any]) -> int: ...
    def check_file(self) -> None: ...
    def keep_mine(self) -> None: ...
    def theirs(self) -> tuple[list[Any], int]: ...


def file_requests(editor: _Kept) -> dict[str, Body]:
    """The answers, by the kind of the request.

    Args:
        editor: A GraphEditor.
    """
    return {
        "read": _read,
        "open": lambda request: _open(editor, request),
        "gallery": lambda _: gallery(),
        "json": lambda _: _saved_form(editor),
        "file-name": lambda _: file_name(editor),
        "file-check": lambda _: editor.check_file(),
        "file-keep": lambda _: _unless_readonly(editor).keep_mine(),
        "file-take": lambda _: _answer(*_unless_readonly(editor).theirs(), []),
    }


def file_name(editor: _Kept) -> str:
    """The first part of the names of downloaded files: of the file that keeps the drawing, or of the design's name."""
    name = re.sub(r"(\.slm)?\.json$", "", editor.path.name) if editor.path else str(editor.config.get("name") or "")
    safe = re.sub(r"[^\w.+-]+", "-", name).strip("-. _")[:60].rstrip("-. _")
    return f"{safe}-model" if safe.lower() in _RESERVED else safe or "model"


def _read(request: Mapping[str, Any]) -> dict[str, Any]:
    examined = _examined(request)
    layers, config = design_of(examined)
    return {"layer_stack": layers, "config": config, "notes": _notes(examined, layers)}


def _open(editor: _Kept, request: Mapping[str, Any]) -> dict[str, Any]:
    """A preset, a file's text, or, where neither is asked for, an empty drawing."""
    if "text" in request:
        examined = _examined(request)
        design = design_of(examined)
        return _numbered(editor, design, _notes(examined, design[0]))
    if "preset" not in request:
        return _numbered(editor, ([], {}), [])
    stack = preset(str(request["preset"]))
    return _numbered(editor, (stack.layers, stack.config), [])


def _numbered(editor: _Kept, design: Design, notes: list[str]) -> dict[str, Any]:
    layers, config = design
    return _answer(layers, editor.note_config(config), notes)


def _answer(layers: list[Any], number: int, notes: list[str]) -> dict[str, Any]:
    return {"layer_stack": layers, "opened": number, "notes": notes}


def _unless_readonly(editor: _Kept) -> _Kept:
    if editor.readonly:
        raise ExportError(BrokenRule("readonly").message)
    return editor


def _examined(request: Mapping[str, Any]) -> Examined:
    text, name = str(request["text"]), str(request.get("name") or say(en="The text", ko="글"))[:80]
    if len(text) > MAX_TEXT_MB * 10**6:
        raise ConfigError(
            say(
                en=f"{name} is larger than {MAX_TEXT_MB} MB; no design is. Choose the right file.",
                ko=f"{name}은(는) {MAX_TEXT_MB} MB보다 큽니다. 설계 파일은 그렇게 크지 않습니다. 맞는 파일을 고르세요.",
            )
        )
    return read_text(text, name)


def _notes(examined: Examined, layers: list[Any]) -> list[str]:
    """What was found in the source and cannot be seen in the drawing that was made of it."""
    if not examined.problems:
        return []
    seen = {problem["message"] for problem in analyse(layers, examined.config)["problems"]}
    notes = [problem.message for problem in examined.problems if problem.message not in seen]
    more = len(notes) - MAX_NOTES
    rest = [say(en=f"... and {more:,} more.", ko=f"... 그리고 {more:,}개 더 있습니다.")] if more > 0 else []
    return notes[:MAX_NOTES] + rest


def _saved_form(editor: _Kept) -> dict[str, str]:
    document = envelope(editor.layer_stack, editor.config)
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    return {"name": f"{file_name(editor)}.slm.json", "text": text}
