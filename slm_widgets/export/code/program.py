"""The classes and functions that a design's modules are made of, each with what it needs, wherever it is written."""

from __future__ import annotations

import ast
import builtins
import dataclasses
import inspect
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from torch import nn

from slm_widgets.errors import LayerTypeError
from slm_widgets.export.code.syntax import SourceFile, copied, docstring_of, read_source, set_note, walk
from slm_widgets.language import say

_LITERALS = (type(None), bool, int, float, complex, str, bytes)


@dataclass(frozen=True)
class Import:
    """A name that an import at the top of the file brings."""

    module: str
    name: str | None  # None: the module itself

    def line(self, alias: str) -> str:
        """The import as a line of code."""
        if self.name is not None:
            return f"from {self.module} import {self.name}" + (f" as {alias}" if alias != self.name else "")
        parent, _, last = self.module.rpartition(".")
        if parent and alias == last:
            return f"from {parent} import {last}"
        return f"import {self.module}" + (f" as {alias}" if alias != self.module else "")


@dataclass(eq=False)
class Definition:
    """A class, a function or a constant at the top level of some file.

    Args:
        name: Its name there.
        value: What it is.
        node: Its syntax, which specialising changes.
        file: Where it is written; None for a constant that is written out as its value.
        namespace: What the names in it stand for.
    """

    name: str
    value: Any
    node: ast.ClassDef | ast.FunctionDef | ast.Assign | ast.AnnAssign
    file: SourceFile | None
    namespace: dict[str, Any]
    original: ast.stmt = field(init=False)  # as written

    def __post_init__(self) -> None:
        self.original, self.node = self.node, copied(self.node)

    @property
    def is_module(self) -> bool:
        """Whether it is a class of torch modules."""
        return isinstance(self.value, type) and issubclass(self.value, nn.Module)

    def method(self, name: str) -> ast.FunctionDef | None:
        """A method written in this class."""
        if not isinstance(self.node, ast.ClassDef):
            return None
        return next((m for m in self.methods() if m.name == name), None)

    def as_written(self, name: str) -> ast.FunctionDef | None:
        """A method of this class, or this function, before anything was changed."""
        if isinstance(self.original, ast.FunctionDef):
            return self.original
        methods = (m for m in getattr(self.original, "body", []) if isinstance(m, ast.FunctionDef))
        return next((m for m in methods if m.name == name), None)

    def methods(self) -> list[ast.FunctionDef]:
        """The methods written in this class; of a function itself."""
        if isinstance(self.node, ast.FunctionDef):
            return [self.node]
        return [m for m in getattr(self.node, "body", []) if isinstance(m, ast.FunctionDef)]


class Program:
    """Finds definitions, and what their names stand for.

    Args:
        own: Names of further packages that are written out rather than imported: those that layers come from.
    """

    def __init__(self, own: frozenset[str] = frozenset()) -> None:
        self.own = own | {__name__.partition(".")[0], "__main__"}
        self._found: dict[tuple[str, int], Definition | None] = {}
        self._kept: list[Any] = []  # so that no id is used twice

    def is_own(self, value: Any) -> bool:
        """Whether a class or a function is written out, not imported."""
        return str(getattr(value, "__module__", "")).partition(".")[0] in self.own

    def class_definition(self, cls: type) -> Definition | None:
        """The definition of a class of ours; None for one of torch's and for other people's."""
        cls = written_as(cls)
        return self._definition(cls.__name__, cls, {}) if self.is_own(cls) else None

    def own_value(self, value: Any) -> Definition | None:
        """The definition of a function or a class of ours."""
        return self._definition(value.__name__, value, {})

    def resolve(self, definition: Definition, name: str) -> Definition | Import | None:
        """What a global name stands for; None for Python's own names and for names that nothing explains."""
        if name not in definition.namespace:
            return None
        value = definition.namespace[name]
        if value is getattr(builtins, name, self):
            return None
        if isinstance(value, types.ModuleType):
            return Import(value.__name__, None)
        written = definition.file.imported(name) if definition.file is not None else None
        if isinstance(value, type | types.FunctionType) and self.is_own(value):
            return self._definition(name, value, definition.namespace)
        if written is not None and written[0].partition(".")[0] not in self.own:
            return Import(*written)
        if written is not None:  # a constant of another file of ours
            home = vars(sys.modules[written[0]])
            return self._definition(written[1] or name, value, home)
        if isinstance(value, type | types.FunctionType | types.BuiltinFunctionType) and value.__module__:
            return Import(value.__module__, value.__name__)
        return self._definition(name, value, definition.namespace)

    def _definition(self, name: str, value: Any, namespace: dict[str, Any]) -> Definition | None:
        key = (name if isinstance(value, _LITERALS) else "", id(value))
        if key not in self._found:
            self._kept.append(value)
            self._found[key] = self._find(name, value, namespace)
        return self._found[key]

    def _find(self, name: str, value: Any, namespace: dict[str, Any]) -> Definition | None:
        definition = self._read(name, value, namespace)
        if definition.file is not None:
            _Plain(definition.namespace).visit(definition.node)
        return definition

    def _read(self, name: str, value: Any, namespace: dict[str, Any]) -> Definition:
        if isinstance(value, type):
            return _class(value)
        if isinstance(value, types.FunctionType):
            value = getattr(value, "written_as", value)  # the plain twin of a fast one
            file = read_source(value.__code__.co_filename)
            node = None if file is None else _at_line(file.tree, value.__name__, value.__code__.co_firstlineno)
            if file is None or not isinstance(node, ast.FunctionDef):
                raise _unreadable(value.__qualname__)
            return Definition(node.name, value, node, file, value.__globals__)
        return _constant(name, value, namespace)

    def needs(self, definition: Definition, strict: bool = True) -> list[tuple[str, Definition | Import]]:
        """The global names that a definition uses, in the order of its text, and what they stand for.

        Args:
            definition: What uses them.
            strict: Whether something whose source cannot be read is an error; it is none as long as it may turn out unneeded.
        """
        found: list[tuple[str, Definition | Import]] = []
        for name in global_names(definition.node):
            try:
                what = self.resolve(definition, name)
            except LayerTypeError:
                if strict:
                    raise
                continue
            if what is not None and what is not definition:
                found.append((name, what))
        return found


def written_as(cls: type) -> type:
    """The class that stands for another one in a file for readers.

    A module that is fast in a way that few want to read names a plain one: ``written_as = nn.RMSNorm``. It takes the same
    arguments, keeps the same names and computes the same.
    """
    return getattr(cls, "written_as", None) or cls


class _Plain(ast.NodeTransformer):
    """Puts the plain classes of torch (see ``written_as``) in the place of fast ones."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace

    def visit_Name(self, node: ast.Name) -> ast.AST:
        value = self.namespace.get(node.id)
        plain = written_as(value) if isinstance(value, type) else None
        if plain is value or plain is None or getattr(nn, plain.__name__, None) is not plain:
            return node
        return ast.Attribute(ast.Name("nn", ast.Load()), plain.__name__, ast.Load())


def _class(cls: type) -> Definition:
    functions = [f for f in map(_function, vars(cls).values()) if f is not None and f.__module__ == cls.__module__]
    functions = [f for f in functions if read_source(f.__code__.co_filename)]  # a dataclass makes some from no file
    names = [f.__code__.co_filename for f in functions]
    if not names:
        try:
            names = [inspect.getfile(cls)]
        except (TypeError, OSError):
            raise _unreadable(cls.__qualname__) from None
    namespace = functions[0].__globals__ if functions else vars(sys.modules[cls.__module__])
    file = read_source(names[0])
    line = functions[0].__code__.co_firstlineno if functions else None
    node = None if file is None else _class_at(file.tree, cls.__name__, line)
    if file is None or node is None:
        raise _unreadable(cls.__qualname__)
    if issubclass(cls, BaseModel):
        node, namespace = _plain_dataclass(cls, node), {**namespace, "dataclass": dataclasses.dataclass}
    return Definition(cls.__name__, cls, node, file, namespace)


def _function(value: Any) -> types.FunctionType | None:
    """The function behind a method, a property, a class method."""
    value = getattr(value, "fget", value) if isinstance(value, property) else getattr(value, "__func__", value)
    value = inspect.unwrap(value) if callable(value) else value
    return value if isinstance(value, types.FunctionType) else None


def _class_at(tree: ast.AST, name: str, line: int | None) -> ast.ClassDef | None:
    found = [node for node in walk(tree) if isinstance(node, ast.ClassDef) and node.name == name]
    if line is not None:
        found = [node for node in found if node.lineno <= line <= (node.end_lineno or 0)]
    return found[-1] if found else None


def _at_line(tree: ast.AST, name: str, line: int) -> ast.AST | None:
    for node in walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if first <= line <= node.lineno:
                return node
    return None


def _constant(name: str, value: Any, namespace: dict[str, Any]) -> Definition:
    home = namespace.get("__file__")
    file = read_source(home) if isinstance(home, str) else None
    node = file.assignment(name) if file is not None else None
    if file is not None and node is not None:
        return Definition(name, value, node, file, namespace)
    if not is_literal(value):
        raise _unreadable(name)
    # A constant of another cell of a notebook.
    return Definition(name, value, ast.parse(f"{name} = {value!r}").body[0], None, {})  # type: ignore[arg-type]


def is_literal(value: Any) -> bool:
    """Whether ``repr`` of a value is code that makes it."""
    if isinstance(value, tuple | list | set | frozenset):
        return all(map(is_literal, value))
    if isinstance(value, dict):
        return all(is_literal(k) and is_literal(v) for k, v in value.items())
    return type(value) in _LITERALS and value == value and value not in (float("inf"), float("-inf"))


def _unreadable(name: str) -> LayerTypeError:
    return LayerTypeError(
        say(
            en=f"The source of {name} cannot be read, so it cannot be written out as code. Define it in a file, or in a cell that "
            "was run in this session.",
            ko=f"{name}의 소스를 읽을 수 없어 코드로 쓸 수 없습니다. 파일이나, 이 세션에서 실행한 셀에 정의하세요.",
        )
    )


def _plain_dataclass(cls: type[BaseModel], node: ast.ClassDef) -> ast.ClassDef:
    """A pydantic class without its checks and its texts for forms: values were checked when the design was read."""
    body: list[ast.stmt] = [node.body[0]] if docstring_of(node.body) is not None else []
    for number, statement in enumerate(s for s in node.body if isinstance(s, ast.AnnAssign)):
        assert isinstance(statement.target, ast.Name)
        info = cls.model_fields.get(statement.target.id)
        if info is None:
            continue
        default = ast.Constant(info.default) if not info.is_required() and is_literal(info.default) else None
        plain = ast.AnnAssign(statement.target, statement.annotation, default, 1)
        set_note(plain, "blank", number == 0)
        body.append(plain)
    body += [m for m in node.body if isinstance(m, ast.FunctionDef)]
    frozen = ast.Call(ast.Name("dataclass", ast.Load()), [], [ast.keyword("frozen", ast.Constant(True))])
    return ast.ClassDef(name=node.name, bases=[], keywords=[], body=body, decorator_list=[frozen])


def global_names(node: ast.AST) -> list[str]:
    """The names that a definition takes from outside, in the order of its text."""
    found: dict[str, None] = {}
    _Globals(found).visit(node)
    return list(found)


class _Globals(ast.NodeVisitor):
    def __init__(self, found: dict[str, None]) -> None:
        self.found = found
        self.local: list[set[str]] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        outside = [*node.decorator_list, *node.args.defaults, *(d for d in node.args.kw_defaults if d)]
        annotations = [a.annotation for a in parameters(node) if a.annotation]
        for one in [*outside, *annotations, *([node.returns] if node.returns else [])]:
            self.visit(one)
        self.local.append(bound_names(node))
        for statement in node.body:
            self.visit(statement)
        self.local.pop()

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.local.append({a.arg for a in walk(node.args) if isinstance(a, ast.arg)})
        self.generic_visit(node)
        self.local.pop()

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.visit(target)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and not any(node.id in names for names in self.local):
            self.found[node.id] = None


def parameters(function: ast.FunctionDef) -> list[ast.arg]:
    """All parameters of a function, ``*args`` and ``**kwargs`` too."""
    a = function.args
    return [*a.posonlyargs, *a.args, *([a.vararg] if a.vararg else []), *a.kwonlyargs, *([a.kwarg] if a.kwarg else [])]


def bound_names(function: ast.FunctionDef) -> set[str]:
    """The names that a function gives a value."""
    names = {a.arg for a in parameters(function)}
    for node in walk(function):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef) and node is not function:
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
    return names


def walk_functions(definitions: list[Definition]) -> Iterator[tuple[Definition, ast.FunctionDef]]:
    """Every function and method of some definitions."""
    for definition in definitions:
        for function in definition.methods():
            yield definition, function
