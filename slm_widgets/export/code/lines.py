"""Which lines of the file belong to which layer: statements carry layers' ids, and are found again in the printed text."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from slm_widgets.export.code.syntax import bodies, note, set_note

Span = tuple[int, int]
"""The first and the last of some lines; the file's first line is 1."""

_Statement = TypeVar("_Statement", bound=ast.stmt)


@dataclass
class LayerLines:
    """The lines of one layer, each list in the order of the file and without overlaps.

    Args:
        own: The statements that make it, call it and give it its weights; of a block also its class.
        related: What stands behind it, shared with other layers perhaps: the class of its module and what that needs. Of a layer
            that only hands on what comes in, the statements that read it there.
    """

    own: list[Span] = field(default_factory=list)
    related: list[Span] = field(default_factory=list)


@dataclass(frozen=True)
class CodeWithLines:
    """A design as one file, and where in it each layer is.

    Args:
        text: The file, as ``export_code`` gives it.
        lines: The lines of every layer, by its id; top down.
    """

    text: str
    lines: dict[str, LayerLines]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON: ``{"text": ..., "lines": {id: {"own": [(first, last), ...], "related": [...]}}}``."""
        return asdict(self)


def belong(statement: _Statement, *layers: str) -> _Statement:
    """Says that a statement is the own code of some layers, and gives it back."""
    set_note(statement, "own", [*note(statement, "own", []), *layers])
    return statement


def relate(statement: _Statement, layers: Iterable[str]) -> _Statement:
    """Says that a statement stands behind some layers, and gives it back."""
    set_note(statement, "related", [*note(statement, "related", []), *layers])
    return statement


def lines_of_layers(text: str, statements: list[ast.stmt], layers: Iterable[str]) -> dict[str, LayerLines]:
    """Finds the statements that a file ends with in its text.

    Args:
        text: The file.
        statements: The statements at its end, with all that was said of them.
        layers: The ids of all layers.
    """
    found = {layer: LayerLines() for layer in layers}
    printed = ast.parse(text).body[-len(statements) :]
    for statement, shown in _pairs(statements, printed):
        for kind in ("own", "related"):
            for layer in note(statement, kind, []):
                getattr(found[layer], kind).append(_span(shown))
    for lines in found.values():
        lines.own = _joined(lines.own)
        lines.related = _joined(lines.related)
    return found


def _pairs(written: list[ast.stmt], printed: list[ast.stmt]) -> Iterator[tuple[ast.stmt, ast.stmt]]:
    """Each statement with what became of it: printing keeps their order and their nesting."""
    for one, other in zip(written, printed, strict=False):
        yield one, other
        for inner, shown in zip(bodies(one), bodies(other), strict=False):
            yield from _pairs(inner, shown)


def _span(node: ast.stmt) -> Span:
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    return first, node.end_lineno or node.lineno


def _joined(spans: list[Span]) -> list[Span]:
    """Spans in order, those that touch as one."""
    joined: list[Span] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined
