"""Expressions as text, in the style that ruff and black write."""

from __future__ import annotations

import ast

from slm_widgets.export.code.syntax import note

BINARY: dict[type[ast.operator], tuple[str, int]] = {
    ast.BitOr: ("|", 6),
    ast.BitXor: ("^", 7),
    ast.BitAnd: ("&", 8),
    ast.LShift: ("<<", 9),
    ast.RShift: (">>", 9),
    ast.Add: ("+", 10),
    ast.Sub: ("-", 10),
    ast.Mult: ("*", 11),
    ast.Div: ("/", 11),
    ast.FloorDiv: ("//", 11),
    ast.Mod: ("%", 11),
    ast.MatMult: ("@", 11),
    ast.Pow: ("**", 13),
}
_UNARY: dict[type[ast.unaryop], str] = {ast.Not: "not ", ast.USub: "-", ast.UAdd: "+", ast.Invert: "~"}
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
_TERNARY, _OR, _AND, _NOT, _COMPARISON, _SIGN, _ATOM = 1, 2, 3, 4, 5, 12, 15


def expression(node: ast.expr, level: int = 0) -> str:
    """An expression on one line; in brackets where it binds less than ``level``."""
    text, own = _expression(node)
    return f"({text})" if own < level else text


def _expression(node: ast.expr) -> tuple[str, int]:
    match node:
        case ast.Name(id=name):
            return name, _ATOM
        case ast.Constant():
            return _constant(node), _ATOM
        case ast.Attribute(value=value, attr=attr):
            base = expression(value, _ATOM)
            return (f"({base}).{attr}" if base.isdigit() else f"{base}.{attr}"), _ATOM
        case ast.Call(func=func):
            return f"{expression(func, _ATOM)}({', '.join(_arguments(node))})", _ATOM
        case ast.Subscript(value=value, slice=index):
            return f"{expression(value, _ATOM)}[{_index(index)}]", _ATOM
        case ast.BinOp(left=left, op=op, right=right):
            sign, level = BINARY[type(op)]
            if isinstance(op, ast.Pow):
                space = "" if _plain(left) and _plain(right) else " "
                return f"{expression(left, level + 1)}{space}**{space}{expression(right, _SIGN)}", level
            return f"{expression(left, level)} {sign} {expression(right, level + 1)}", level
        case ast.UnaryOp(op=op, operand=operand):
            level = _NOT if isinstance(op, ast.Not) else _SIGN
            return f"{_UNARY[type(op)]}{expression(operand, level)}", level
        case ast.BoolOp(op=op, values=values):
            word, level = ("and", _AND) if isinstance(op, ast.And) else ("or", _OR)
            return f" {word} ".join(expression(value, level + 1) for value in values), level
        case ast.Compare(left=left, ops=ops, comparators=others):
            pairs = (
                f" {_COMPARE[type(op)]} {expression(o, _COMPARISON + 1)}" for op, o in zip(ops, others, strict=True)
            )
            return expression(left, _COMPARISON + 1) + "".join(pairs), _COMPARISON
        case ast.IfExp(test=test, body=body, orelse=orelse):
            parts = expression(body, _OR), expression(test, _OR), expression(orelse, _TERNARY)
            return "{} if {} else {}".format(*parts), _TERNARY
        case ast.Tuple(elts=items):
            inner = ", ".join(expression(item, _TERNARY) for item in items)
            return (f"({inner},)" if len(items) == 1 else f"({inner})"), _ATOM
        case ast.List(elts=items):
            return f"[{', '.join(expression(item, _TERNARY) for item in items)}]", _ATOM
        case ast.Set(elts=items) if items:
            return f"{{{', '.join(expression(item, _TERNARY) for item in items)}}}", _ATOM
        case ast.Dict(keys=keys, values=values):
            return f"{{{', '.join(_pair(k, v) for k, v in zip(keys, values, strict=True))}}}", _ATOM
        case ast.Starred(value=value):
            return f"*{expression(value, _OR)}", _ATOM
        case ast.Yield(value=value):
            return f"yield {bare(value)}" if value else "yield", 0
        case ast.GeneratorExp(elt=element, generators=loops):
            return f"({expression(element, _TERNARY)}{_loops(loops)})", _ATOM
        case ast.ListComp(elt=element, generators=loops):
            return f"[{expression(element, _TERNARY)}{_loops(loops)}]", _ATOM
        case ast.SetComp(elt=element, generators=loops):
            return f"{{{expression(element, _TERNARY)}{_loops(loops)}}}", _ATOM
        case ast.DictComp(key=key, value=value, generators=loops):
            return f"{{{_pair(key, value)}{_loops(loops)}}}", _ATOM
        case ast.JoinedStr():
            return note(node, "literal") or ast.unparse(node), _ATOM
        case _:
            return ast.unparse(node), 0


def _constant(node: ast.Constant) -> str:
    if literal := note(node, "literal"):
        return literal
    if isinstance(node.value, str):
        return quoted(node.value)
    return "..." if node.value is ... else ast.unparse(node)


def quoted(text: str) -> str:
    """A text as a literal, in double quotes where it holds none."""
    single = repr(text)
    return f'"{single[1:-1]}"' if single[0] == "'" and '"' not in text else single


def _arguments(call: ast.Call) -> list[str]:
    if len(call.args) == 1 and not call.keywords and isinstance(only := call.args[0], ast.GeneratorExp):
        return [expression(only)[1:-1]]
    named = (
        f"{k.arg}={expression(k.value, _TERNARY)}" if k.arg else f"**{expression(k.value, _OR)}" for k in call.keywords
    )
    return [*(expression(argument, 0) for argument in call.args), *named]


def _pair(key: ast.expr | None, value: ast.expr) -> str:
    if key is None:
        return f"**{expression(value, _OR)}"
    return f"{expression(key, _TERNARY)}: {expression(value, _TERNARY)}"


def _loops(loops: list[ast.comprehension]) -> str:
    text = ""
    for loop in loops:
        text += f"{' async' if loop.is_async else ''} for {bare(loop.target)} in {expression(loop.iter, _OR)}"
        text += "".join(f" if {expression(test, _OR)}" for test in loop.ifs)
    return text


def _index(node: ast.expr) -> str:
    if isinstance(node, ast.Tuple) and node.elts:
        inner = ", ".join(_slice(item) for item in node.elts)
        return f"{inner}," if len(node.elts) == 1 else inner
    return _slice(node)


def _slice(node: ast.expr) -> str:
    if not isinstance(node, ast.Slice):
        return expression(node)
    parts = [node.lower, node.upper, *([node.step] if node.step else [])]
    # As ruff sets it: like an operator of lowest rank between anything but names and numbers.
    wide = any(part is not None and not _simple_bound(part) for part in parts)
    text = ""
    for number, part in enumerate(parts):
        if number:
            text += (" " if wide and text and not text.endswith(":") else "") + ":"
        if part is not None:
            text += (" " if wide and number else "") + expression(part, _TERNARY)
    return text


def _simple_bound(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        return not isinstance(node.op, ast.Not) and _simple_bound(node.operand)
    return isinstance(node, ast.Name | ast.Constant)


def _plain(node: ast.expr) -> bool:
    """An operand that ** is set close to."""
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.USub) and _plain(node.operand)
    if isinstance(node, ast.Attribute):
        return _plain(node.value)
    return isinstance(node, ast.Name) or (
        isinstance(node, ast.Constant) and isinstance(node.value, int | float | complex)
    )


def bare(node: ast.expr) -> str:
    """A tuple without its brackets, where a statement needs none."""
    if isinstance(node, ast.Tuple) and node.elts:
        inner = ", ".join(expression(item, _TERNARY) for item in node.elts)
        return f"{inner}," if len(node.elts) == 1 else inner
    return expression(node)
