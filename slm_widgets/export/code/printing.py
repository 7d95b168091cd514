"""Syntax trees as text, in the style that ruff and black write: double quotes, 120 columns, comments where they stood."""

from __future__ import annotations

import ast
import textwrap

from slm_widgets.export.code.expressions import BINARY, bare, expression
from slm_widgets.export.code.syntax import docstring_of, note

WIDTH = 120
INDENT = "    "


def statements(body: list[ast.stmt], indent: str = "") -> list[str]:
    """Statements as lines."""
    lines: list[str] = []
    for number, statement in enumerate(body):
        definition = isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        after = number > 0 and isinstance(body[number - 1], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if number > 0 and (definition or after or note(statement, "blank")):
            lines.append("")
        lines += [indent + comment for comment in note(statement, "leading", [])]
        lines += _statement(statement, indent)
    return lines


def _statement(node: ast.stmt, indent: str) -> list[str]:
    original = note(node, "source")
    if original and note(node, "dump") == ast.dump(node):
        was = original[0][: len(original[0]) - len(original[0].lstrip())]
        if was == indent or len(original) == 1:
            ending = note(node, "trailing")
            # A comment may have been changed along with the code round it.
            if len(original) == 1 and "#" in original[0]:
                return [*_with(indent, _simple(node), ending)]
            return [indent + line.removeprefix(was) for line in original]
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return _definition(node, indent)
    head = _header(node)
    if head is None:
        return _with(indent, _simple(node), note(node, "trailing"))
    lines = _with(indent, head + ":", note(node, "trailing"))
    lines += statements(getattr(node, "body", []), indent + INDENT)
    orelse = getattr(node, "orelse", [])
    if isinstance(node, ast.If) and len(orelse) == 1 and isinstance(orelse[0], ast.If):
        inner = _statement(orelse[0], indent)
        lines += [indent + comment for comment in note(orelse[0], "leading", [])]
        lines += [f"{indent}el{inner[0].removeprefix(indent)}", *inner[1:]]
    elif orelse:
        lines += [f"{indent}else:", *statements(orelse, indent + INDENT)]
    return lines


def _header(node: ast.stmt) -> str | None:
    match node:
        case ast.If(test=test):
            return f"if {expression(test)}"
        case ast.While(test=test):
            return f"while {expression(test)}"
        case ast.For(target=target, iter=over):
            return f"for {bare(target)} in {expression(over)}"
        case ast.With(items=items):
            parts = (
                expression(i.context_expr) + (f" as {expression(i.optional_vars)}" if i.optional_vars else "")
                for i in items
            )
            return f"with {', '.join(parts)}"
        case _:
            return None


def _simple(node: ast.stmt) -> str | list[str]:
    match node:
        case ast.Assign(targets=targets, value=value):
            return "".join(f"{bare(target)} = " for target in targets) + bare(value)
        case ast.AugAssign(target=target, op=op, value=value):
            return f"{expression(target)} {BINARY[type(op)][0]}= {bare(value)}"
        case ast.AnnAssign(target=target, annotation=annotation, value=value):
            return f"{expression(target)}: {expression(annotation)}" + (f" = {bare(value)}" if value else "")
        case ast.Return(value=value):
            return f"return {bare(value)}" if value else "return"
        case ast.Expr(value=value):
            return expression(value)
        case ast.Pass() | ast.Break() | ast.Continue():
            return ast.unparse(node)
        case ast.Assert(test=test, msg=message):
            return f"assert {expression(test)}" + (f", {expression(message)}" if message else "")
        case ast.Raise(exc=error) if error is not None and node.cause is None:
            return f"raise {expression(error)}"
        case _:
            return ast.unparse(node).split("\n")


def _with(indent: str, text: str | list[str], comment: str | None) -> list[str]:
    """A simple statement with its comment, wrapped where it is too long."""
    if isinstance(text, list):
        return [indent + line for line in text]
    ending = f"  {comment}" if comment else ""
    if len(indent) + len(text) <= WIDTH:
        line = indent + text + ending
        # A long comment goes above rather than past the margin.
        return [line] if len(line) <= WIDTH or not comment else [indent + comment, indent + text]
    lines = _wrapped(indent, text)
    lines[-1] += ending
    return lines


def _wrapped(indent: str, text: str) -> list[str]:
    """Opens the last bracket of a line."""
    tail = text[-1] if text[-1] in ":," else ""
    body = text.removesuffix(tail) if tail else text
    place = _last_bracket(body)
    if place is None:
        return [indent + text]
    inner = body[place + 1 : -1]
    within = indent + INDENT
    if len(within) + len(inner) <= WIDTH:
        return [indent + body[: place + 1], within + inner, indent + body[-1] + tail]
    pieces = _split(inner)
    before = body[place - 1 : place]
    called = body[-1] == ")" and (before.isalnum() or before in ("_", ")", "]"))
    # One more comma would turn a bracketed value into a tuple, and break what loops inside a bracket.
    comma = "," if len(pieces) > 1 or (called and " for " not in inner) else ""
    parts = [line for piece in pieces for line in _with(within, piece + comma, None)]
    return [indent + body[: place + 1], *parts, indent + body[-1] + tail]


def _last_bracket(text: str) -> int | None:
    if not text or text[-1] not in ")]}":
        return None
    depth = 0
    for place, sign in _signs(text)[::-1]:
        depth += (sign in ")]}") - (sign in "([{")
        if depth == 0:
            return place
    return None


def _split(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for place, sign in _signs(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    last = text[start:].strip()
    return [*parts, last] if last else parts


def _signs(text: str) -> list[tuple[int, str]]:
    """Brackets and commas outside string literals, with their places."""
    found: list[tuple[int, str]] = []
    quote, place = "", 0
    while place < len(text):
        sign = text[place]
        if quote:
            place += sign == "\\"
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "([{)]},":
            found.append((place, sign))
        place += 1
    return found


def _definition(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, indent: str) -> list[str]:
    lines = [f"{indent}@{expression(decorator)}" for decorator in node.decorator_list]
    if isinstance(node, ast.ClassDef):
        bases = [*(expression(b) for b in node.bases), *(f"{k.arg}={expression(k.value)}" for k in node.keywords)]
        listed = f"({', '.join(bases)})" if bases else ""
        lines.append(f"{indent}class {node.name}{listed}:")
    else:
        word = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
        returns = f" -> {expression(node.returns)}" if node.returns else ""
        lines += _signature(indent, f"{word} {node.name}", _parameters(node.args), f"{returns}:")
    inner = indent + INDENT
    body = node.body
    if (text := docstring_of(body)) is not None:
        lines += docstring(text, inner)
        body = body[1:]
        if isinstance(node, ast.ClassDef) and body:
            lines.append("")
        # What follows a docstring in a function follows at once.
    return lines + statements(body, inner)


def docstring(text: str, indent: str) -> list[str]:
    """A docstring's lines; nothing in the text can end it."""
    safe = text.replace("\\", "\\\\").replace('"""', "'''")
    cleaned = textwrap.dedent("\n".join(["", *safe.split("\n")[1:]])).split("\n")[1:]
    first = safe.split("\n")[0].strip()
    if not cleaned or not any(line.strip() for line in cleaned):
        return [f'{indent}"""{first}"""' if not first.endswith('"') else f'{indent}"""{first} """']
    rest = [(indent + line).rstrip() for line in cleaned]
    while rest and not rest[-1]:
        rest.pop()
    return [f'{indent}"""{first}', *rest, f'{indent}"""']


def _signature(indent: str, start: str, parameters: list[str], end: str) -> list[str]:
    line = f"{indent}{start}({', '.join(parameters)}){end}"
    if len(line) <= WIDTH:
        return [line]
    inner = indent + INDENT
    if len(inner) + len(joined := ", ".join(parameters)) <= WIDTH:
        return [f"{indent}{start}(", inner + joined, f"{indent}){end}"]
    return [f"{indent}{start}(", *(f"{inner}{parameter}," for parameter in parameters), f"{indent}){end}"]


def _parameters(args: ast.arguments) -> list[str]:
    ordinary = [*args.posonlyargs, *args.args]
    defaults: list[ast.expr | None] = [None] * (len(ordinary) - len(args.defaults)) + list(args.defaults)
    parts = [_parameter(arg, default) for arg, default in zip(ordinary, defaults, strict=True)]
    if args.posonlyargs:
        parts.insert(len(args.posonlyargs), "/")
    if args.vararg:
        parts.append("*" + _parameter(args.vararg, None))
    elif args.kwonlyargs:
        parts.append("*")
    parts += [_parameter(arg, default) for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True)]
    if args.kwarg:
        parts.append("**" + _parameter(args.kwarg, None))
    return parts


def _parameter(arg: ast.arg, default: ast.expr | None) -> str:
    text = arg.arg + (f": {expression(arg.annotation)}" if arg.annotation else "")
    if default is None:
        return text
    return f"{text} = {expression(default)}" if arg.annotation else f"{text}={expression(default)}"
