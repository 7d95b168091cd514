"""Docstrings for readers of one file: what it does, its shapes, its source."""

from __future__ import annotations

import ast
import re

from slm_widgets.export.code.program import Definition, parameters
from slm_widgets.export.code.syntax import bodies, docstring_of, note, set_note

_KEPT = ("Shape:", "Source:")
_TOOLS = re.compile(r"\s*#\s*(noqa|type:|pyright:|pragma|fmt:|ruff:).*")


def shorten_docstrings(node: ast.AST, definition: Definition) -> None:
    """Leaves the first sentence, the shapes and the source, and nothing about what this design does not have."""
    _drop_remarks(node)
    if isinstance(node, ast.ClassDef):
        constructor = definition.method("__init__")
        gone = _gone(definition, constructor, "__init__")
        _shorten(node, gone, definition.file.about if definition.file is not None else "")
        for method in node.body:
            if isinstance(method, ast.FunctionDef):
                _shorten(method, _gone(definition, method, method.name))
    elif isinstance(node, ast.FunctionDef):
        _shorten(node, _gone(definition, node, node.name))


def _gone(definition: Definition, function: ast.FunctionDef | None, name: str) -> set[str]:
    """The parameters that a function was written with and no longer has."""
    was = definition.as_written(name)
    if was is None:
        return set()
    now = {p.arg for p in parameters(function)} if function is not None else set()
    return {p.arg for p in parameters(was)} - now


def _shorten(node: ast.ClassDef | ast.FunctionDef, gone: set[str], otherwise: str = "") -> None:
    text = docstring_of(node.body)
    if text is None:
        return
    paragraphs = _paragraphs(text)
    first = paragraphs[0]
    if _mentions(first, gone):
        first = otherwise if not _mentions(otherwise, gone) else ""
    kept = [first] if first else []
    for paragraph in paragraphs[1:]:
        if isinstance(node, ast.ClassDef) and paragraph.startswith(_KEPT[0]):
            kept.append(paragraph)
        elif paragraph.startswith(_KEPT[1]):
            sources = [s.strip() for s in paragraph.removeprefix(_KEPT[1]).strip().rstrip(".").split(";")]
            sources = [s for s in sources if not _mentions(s, gone)]
            kept += [f"Source: {'; '.join(sources)}."] if sources else []
    body = node.body[1:]
    if kept and first:
        ending = "\n" if len(kept) > 1 or "\n" in kept[0] else ""
        body = [ast.Expr(ast.Constant("\n\n".join(kept) + ending)), *body]
    node.body = body or [ast.Pass()]
    if not (kept and first) and body:
        set_note(body[0], "blank", False)


def _paragraphs(text: str) -> list[str]:
    lines = text.expandtabs().split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0)
    plain = "\n".join([lines[0].strip(), *(line[margin:].rstrip() for line in lines[1:])])
    return [part.strip("\n") for part in re.split(r"\n\s*\n", plain) if part.strip()] or [""]


def _mentions(text: str, gone: set[str]) -> bool:
    """Whether a text speaks of parameters that are gone, or of what they are named after (``groups``: grouped)."""
    words = re.findall(r"[a-z_]+", text.lower())
    for name in gone:
        if f"``{name}``" in text:
            return True
        stem = name.rstrip("s")
        if len(stem) >= 5 and any(word.startswith(stem) for word in words):
            return True
    return False


def _drop_remarks(node: ast.AST) -> None:
    """Comments for tools are not for readers."""
    for body in bodies(node):
        for statement in body:
            ending = note(statement, "trailing")
            if isinstance(ending, str):
                set_note(statement, "trailing", _TOOLS.sub("", ending).strip() or None)
            leading = note(statement, "leading", [])
            set_note(statement, "leading", [c for c in leading if not _TOOLS.fullmatch(c)])
            _drop_remarks(statement)
