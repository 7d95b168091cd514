"""Puts functions that folding has reduced to one expression in the place of their calls."""

from __future__ import annotations

import ast
from collections import Counter

from slm_widgets.export.code.calls import Calls, Key, bind
from slm_widgets.export.code.expressions import expression
from slm_widgets.export.code.program import Definition, Program, bound_names, global_names, parameters
from slm_widgets.export.code.syntax import copied, docstring_of, walk, without_docstring

SHORT = 60  # signs: what is read as easily as a call


def inline_reduced(program: Program, definitions: list[Definition], calls: Calls) -> None:
    """Inlines what was longer and is now one ``return``, where that is safe; the function itself is then not needed."""
    for definition in definitions:
        for function in definition.methods():
            key = Key(definition, definition.name if function is definition.node else function.name)
            was = definition.as_written(function.name)
            value = returned(function)
            if value is None or was is None or not _is_reduced(value, was):
                continue
            if function.name in ("forward", "__init__") or calls._sites(key) is None:
                continue
            for site in calls.sites.get(key, []):
                if (
                    site.certain
                    and len(site.targets) == 1
                    and site.within is not None
                    and site.within[1] is not function
                ):
                    _inline(program, key, function, value, site.call, *site.within)


def _is_reduced(value: ast.expr, was: ast.FunctionDef) -> bool:
    """Whether folding made a function short: one ``return`` of several statements, or a shorter one."""
    before = returned(was)
    return before is None or (len(expression(value)) <= SHORT < len(expression(before)))


def returned(function: ast.FunctionDef) -> ast.expr | None:
    """What a function returns, where that is all it does."""
    body = without_docstring(function.body) if docstring_of(function.body) is not None else function.body
    if len(body) == 1 and isinstance(body[0], ast.Return):
        return body[0].value
    return None


def _inline(
    program: Program,
    key: Key,
    function: ast.FunctionDef,
    value: ast.expr,
    call: ast.Call | None,
    home: Definition,
    caller: ast.FunctionDef,
) -> None:
    assert call is not None
    method = isinstance(key.definition.node, ast.ClassDef)
    bound = bind(function, len(call.args), call, method)
    names = [p.arg for p in parameters(function)[method:]]
    if bound is None or any(bound.get(name) is None for name in names):
        return
    globals_ = [n for n in global_names(function) if n in {x.id for x in walk(value) if isinstance(x, ast.Name)}]
    if any(program.resolve(home, n) != program.resolve(key.definition, n) for n in globals_):
        return
    if set(globals_) & bound_names(caller):
        return
    new = substitute(value, {name: bound[name] for name in names})  # type: ignore[misc]
    if new is None:
        return
    for parent in walk(caller):
        for field, old in ast.iter_fields(parent):
            if old is call:
                setattr(parent, field, new)
            elif isinstance(old, list) and any(item is call for item in old):
                setattr(parent, field, [new if item is call else item for item in old])


def substitute(value: ast.expr, arguments: dict[str, ast.expr]) -> ast.expr | None:
    """An expression with its parameters replaced; None where something would be computed twice or not at all."""
    uses = Counter(n.id for n in walk(value) if isinstance(n, ast.Name))
    for name, argument in arguments.items():
        simple = isinstance(argument, ast.Name | ast.Constant)
        if not simple and uses[name] != 1:
            return None
    if any(
        isinstance(n, ast.Lambda | ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp) for n in walk(value)
    ):
        return None
    return _Substitute(arguments).visit(copied(value))


class _Substitute(ast.NodeTransformer):
    def __init__(self, arguments: dict[str, ast.expr]) -> None:
        self.arguments = arguments

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return copied(self.arguments[node.id]) if node.id in self.arguments else node
