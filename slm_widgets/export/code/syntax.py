"""Source text as syntax trees that remember what the trees of Python's own ``ast`` forget: comments, blank lines, literals."""

from __future__ import annotations

import ast
import functools
import io
import linecache
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

_Tree = TypeVar("_Tree", bound=ast.AST)

BODIES = ("body", "orelse", "finalbody")


@dataclass(frozen=True)
class SourceFile:
    """One parsed file, or one cell of a notebook.

    Args:
        name: Its path, or the name under which a notebook keeps the cell's text.
        tree: The tree. Statements carry ``leading`` (the comments above), ``trailing`` (the comment at the end of the line),
            ``blank`` (whether an empty line stands before) and, where they share their lines with no other, ``source``
            (those lines, as written); literals carry ``literal``, their text.
    """

    name: str
    tree: ast.Module

    @property
    def about(self) -> str:
        """The first line of the file's docstring, or an empty text."""
        return (ast.get_docstring(self.tree) or "").split("\n", 1)[0]

    def assignment(self, name: str) -> ast.Assign | ast.AnnAssign | None:
        """The statement at the top level that gives ``name`` its value."""
        for statement in self.tree.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            if isinstance(statement, ast.Assign | ast.AnnAssign) and any(
                isinstance(target, ast.Name) and target.id == name for target in targets
            ):
                return statement
        return None

    def imported(self, name: str) -> tuple[str, str | None] | None:
        """Where an import at the top level takes ``name`` from: (module, name there, or None for the module itself)."""
        for statement in self.tree.body:
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                continue
            for alias in statement.names:
                if (alias.asname or alias.name) == name:
                    whole = isinstance(statement, ast.Import)
                    return (alias.name, None) if whole else (str(statement.module), alias.name)
        return None


def read_source(filename: str) -> SourceFile | None:
    """Parses a file or a cell; None where its text is not at hand."""
    text = "".join(linecache.getlines(filename))
    return _parse(filename, text) if text else None


def parse_text(text: str) -> SourceFile:
    """Parses text of our own."""
    file = _parse("", text)
    assert file is not None
    return file


@functools.lru_cache(maxsize=64)
def _parse(filename: str, text: str) -> SourceFile | None:
    try:
        tree = ast.parse(text)
    except SyntaxError:  # a cell with magics of IPython
        return None
    _Notes(text).attach(tree)
    return SourceFile(filename, tree)


class _Notes:
    """Attaches to each statement what stands round it in the text."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")  # as Python counts them; splitlines knows further signs that end a line
        self.own: dict[int, str] = {}  # comments on a line of their own, by line number
        self.ending: dict[int, str] = {}  # comments at the end of a line
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                (self.ending if token.line[:column].strip() else self.own)[row] = token.string

    def attach(self, tree: ast.Module) -> None:
        for node in walk(tree):
            if isinstance(node, ast.Constant | ast.JoinedStr) and hasattr(node, "lineno"):
                set_note(node, "literal", self._segment(node))
        self._attach_body(tree.body, 0)

    def _attach_body(self, body: Sequence[ast.stmt], row: int) -> None:
        for statement in body:
            decorators = getattr(statement, "decorator_list", [])
            start = min([statement.lineno, *(d.lineno for d in decorators)])
            rows = [r for r in range(row + 1, start) if r in self.own]
            set_note(statement, "leading", [self.own[r] for r in rows])
            first = rows[0] if rows else start
            set_note(statement, "blank", first - 1 > row and not self.lines[first - 2].strip())
            inner = [getattr(statement, name) for name in BODIES if getattr(statement, name, None)]
            row = statement.end_lineno or start
            if inner:
                header = (
                    inner[0][0].lineno - 1
                )  # before the start where all stands on one line; the comment is the body's
                set_note(statement, "trailing", self.ending.get(header) if header >= start else None)
            else:
                ends = not self._after(statement).lstrip("; ")
                set_note(statement, "trailing", self.ending.get(row) if ends else None)
                if self._stands_alone(statement):
                    set_note(statement, "source", self.lines[start - 1 : row])
                    set_note(statement, "dump", ast.dump(statement))
            above = start
            for one in inner:
                self._attach_body(one, above)
                above = one[-1].end_lineno or above

    def _stands_alone(self, statement: ast.stmt) -> bool:
        """Whether a statement shares its lines with nothing but a comment."""
        before = self.lines[statement.lineno - 1].encode()[: statement.col_offset].decode()
        return not before.strip() and not self._after(statement)

    def _after(self, statement: ast.stmt) -> str:
        """What stands behind a statement on its last line, without a comment."""
        row = statement.end_lineno or statement.lineno
        after = self.lines[row - 1].encode()[statement.end_col_offset :].decode()
        return after.removesuffix(self.ending.get(row, "")).strip()

    def _segment(self, node: ast.expr) -> str | None:
        if node.lineno != node.end_lineno:
            return None
        line = self.lines[node.lineno - 1].encode()
        return line[node.col_offset : node.end_col_offset].decode()


def note(node: ast.AST, name: str, default: Any = None) -> Any:
    """What ``SourceFile`` says was attached to a node under a name."""
    return getattr(node, f"_slm_{name}", default)


def set_note(node: ast.AST, name: str, value: object) -> None:
    """Attaches something to a node; copies keep it."""
    setattr(node, f"_slm_{name}", value)


def walk(node: ast.AST) -> list[ast.AST]:
    """A node and all below it; several times faster than ``ast.walk``."""
    found = [node]
    for one in found:
        for value in one.__dict__.values():
            if isinstance(value, ast.AST):
                found.append(value)
            elif isinstance(value, list):
                found += [item for item in value if isinstance(item, ast.AST)]
    return found


def copied(node: _Tree) -> _Tree:
    """A copy of a tree with its notes; much faster than ``copy.deepcopy``."""
    new = node.__class__.__new__(node.__class__)
    for key, value in node.__dict__.items():
        if isinstance(value, ast.AST):
            value = copied(value)
        elif isinstance(value, list):
            value = [copied(item) if isinstance(item, ast.AST) else item for item in value]
        new.__dict__[key] = value
    return new


def same(a: ast.AST, b: ast.AST) -> bool:
    """Whether two trees say the same."""
    return ast.dump(a) == ast.dump(b)


def bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The lists of statements directly inside a node."""
    for name in BODIES:
        if isinstance(found := getattr(node, name, None), list) and (not found or isinstance(found[0], ast.stmt)):
            yield found
    for handler in getattr(node, "handlers", []):
        yield handler.body
    for case in getattr(node, "cases", []):
        yield case.body


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements after the docstring."""
    return body[1:] if body and docstring_of(body) is not None else body


def docstring_of(body: list[ast.stmt]) -> str | None:
    """The text of a docstring, or None."""
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return first.value.value
    return None


def name(text: str) -> ast.Name:
    """A name that is read."""
    return ast.Name(text, ast.Load())


def attribute(base: ast.expr, *names: str) -> ast.expr:
    """``base.a.b`` for the names a and b."""
    for one in names:
        base = ast.Attribute(base, one, ast.Load())
    return base
