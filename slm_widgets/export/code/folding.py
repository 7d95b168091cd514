"""Folds what is known into code: branches never taken go, conditions that are settled are decided, switches disappear."""

from __future__ import annotations

import ast
import inspect
from collections import Counter
from collections.abc import Callable
from typing import Any

from torch import nn

from slm_widgets.export.code.facts import Known, Scope, as_operation, is_pure, uniform
from slm_widgets.export.code.syntax import bodies, copied, note, same, set_note, walk

LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)

# What torch assumes where these are not given; torch's own signatures of built-in functions cannot be asked.
_DEFAULTS: dict[str, dict[str, object]] = {
    "scaled_dot_product_attention": {
        "attn_mask": None,
        "dropout_p": 0.0,
        "is_causal": False,
        "scale": None,
        "enable_gqa": False,
    },
    "gelu": {"approximate": "none"},
}
_POSITIONS = {"scaled_dot_product_attention": ("query", "key", "value", "attn_mask", "dropout_p", "is_causal")}


Pairs = list[tuple[ast.expr, ast.expr]]


def fold(
    function: ast.FunctionDef,
    scope: Scope,
    attribute: Callable[[str], ast.expr | None],
    lookup: Callable[[str, Any], ast.expr | None],
) -> Pairs:
    """Folds one function, in place.

    Args:
        function: The function.
        scope: What is known when it starts; what is learned on the way is added.
        attribute: What may stand in the place of ``self.<name>``, or None.
        lookup: The entry of a table at the top level of the file, by the table's name and a key, or None.

    Returns:
        Pairs of expressions of which the function asked whether they are equal numbers, and which always are.
    """
    folder = _Folder(scope, attribute, lookup)
    folder.fold(function)
    return folder.equal


class _Folder(ast.NodeTransformer):
    def __init__(
        self,
        scope: Scope,
        attribute: Callable[[str], ast.expr | None],
        lookup: Callable[[str, Any], ast.expr | None],
    ) -> None:
        self.scope = scope
        self.attribute = attribute
        self.lookup = lookup
        self.equal: Pairs = []
        self.stores: Counter[str] = Counter()

    def fold(self, function: ast.FunctionDef) -> None:
        self.stores = stored_names(function)
        function.body = self._block(function.body) or [ast.Pass()]

    def _block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        folded: list[ast.stmt] = []
        for statement in body:
            result = self.visit(statement)
            new = result if isinstance(result, list) else [result] if result is not None else []
            if new and new[0] is not statement and note(statement, "blank"):
                set_note(new[0], "blank", True)
            folded += new
            if new and _leaves(new[-1]):
                break
        return folded

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.body = self._block(node.body)
        return node

    # -- statements ---------------------------------------------------------------------------------------------------

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt] | None:
        decided = self.scope.truth(node.test)
        if decided is None:
            node.test = self.visit(node.test)
            decided = self.scope.truth(node.test)
        else:
            self._remember_equal(node.test)
        if decided is not None:
            kept = self._block(node.body if decided else node.orelse)
            if kept and decided and note(node, "leading"):
                set_note(kept[0], "leading", [*note(node, "leading"), *note(kept[0], "leading", [])])
            return kept
        node.body, node.orelse = self._block(node.body), self._block(node.orelse)
        if not node.body and not node.orelse:
            return None if is_pure(node.test) else ast.Expr(node.test)
        if not node.body:
            node.test, node.body, node.orelse = ast.UnaryOp(ast.Not(), node.test), node.orelse, []
        return node

    def _loop(self, node: ast.For | ast.While | ast.With) -> ast.AST:
        for name, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                setattr(node, name, self.visit(value))
        for item in getattr(node, "items", []):
            self.visit(item)
        for body in bodies(node):
            body[:] = self._block(body)
        node.body = node.body or [ast.Pass()]
        return node

    visit_For = visit_While = visit_With = _loop  # noqa: N815  (names that ast asks for)

    def visit_Assign(self, node: ast.Assign) -> ast.AST | list[ast.stmt]:
        node.value = self.visit(node.value)
        node.targets = [self.visit(target) for target in node.targets]
        if len(node.targets) == 1:
            for target, value in pairs(node.targets[0], node.value):
                self._learn(target, value)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            value = node.value = self.visit(node.value)
            self._learn(node.target, value)
        return node

    def _learn(self, target: ast.expr, value: ast.expr) -> None:
        """A name that is given one value, once, is known from there on."""
        if isinstance(target, ast.Name) and self.stores[target.id] == 1:
            settled = isinstance(value, ast.Constant) and (
                value.value is None or isinstance(value.value, bool) or note(value, "folded")
            )
            boolean = self.scope.is_boolean(value)
            alias = isinstance(value, ast.Name) and self.stores[value.id] == 1
            settled = settled or (boolean and (alias or isinstance(value, ast.Attribute)))
            self.scope.names[target.id] = Known(
                self.scope.evaluate(value),
                boolean,
                value if settled else None,
                value if boolean and is_pure(value) else None,
            )

    # -- expressions --------------------------------------------------------------------------------------------------

    def visit(self, node: ast.AST) -> Any:
        if (operation := as_operation(node)) is not None and all(map(self.scope.is_boolean, operation.values)):
            result = self.visit(operation)
            if isinstance(result, ast.BoolOp) and isinstance(result.op, type(operation.op)):
                node.args[0].elts = result.values  # type: ignore[attr-defined]
                return node
            return result
        if isinstance(node, ast.BoolOp | ast.Compare) or (
            isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
        ):
            values = self.scope.evaluate(node)
            if uniform(values) and isinstance(values[0], bool):  # type: ignore[index]
                self._remember_equal(node)
                return folded(values[0])  # type: ignore[index]
        return super().visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        known = self.scope.names.get(node.id)
        if isinstance(node.ctx, ast.Load) and known is not None and known.instead is not None:
            return folded_copy(known.instead)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name) and node.value.id == "self":
            instead = self.attribute(node.attr)
            return node if instead is None else folded_copy(instead)
        return self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        decided = self.scope.truth(node.test)
        if decided is not None:
            self._remember_equal(node.test)
            return _settled(self.visit(node.body if decided else node.orelse))
        self.generic_visit(node)
        if same(node.body, node.orelse) and is_pure(node.test):
            return _settled(node.body)
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        stops = isinstance(node.op, ast.Or)
        decided = self.scope.truth(node)
        if decided is not None and all(map(self.scope.is_boolean, node.values)):
            return folded(decided)
        kept: list[ast.expr] = []
        for number, operand in enumerate(node.values):
            truth = self.scope.truth(operand)
            last = number == len(node.values) - 1
            if truth is not None and truth != stops and not last:
                continue  # ``True and x`` is x, ``None or x`` is x
            if truth is not None and truth != stops and kept and self.scope.is_boolean(kept[-1]):
                continue
            kept.append(self.visit(operand))
            if truth == stops and not last:
                break  # ``x or y`` is x where x holds
        kept = self.scope.without_absorbed(kept, node.op)
        if len(kept) == 1:
            return kept[0]
        node.values = kept
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        left, right = node.left, node.right
        if isinstance(node.op, ast.Add):
            if _is(left, 0):
                return right
            if _is(right, 0):
                return left
            # a + n · a
            if isinstance(right, ast.BinOp) and isinstance(right.op, ast.Mult) and same(right.right, left):
                times = right.left
                if isinstance(times, ast.Constant) and type(times.value) is int and is_pure(left):
                    return ast.BinOp(folded(times.value + 1), ast.Mult(), left)
        if isinstance(node.op, ast.Sub) and _is(right, 0):
            return left
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and isinstance(node.slice, ast.Constant):
            entry = self.lookup(node.value.id, node.slice.value)
            if entry is not None:
                return copied(entry)
        if isinstance(node.slice, ast.Call) and isinstance(node.slice.func, ast.Name) and node.slice.func.id == "slice":
            bounds = [None if _is(a, None) else a for a in node.slice.args]
            if len(bounds) == 2:
                node.slice = ast.Slice(*bounds)
        if isinstance(node.slice, ast.Slice) and node.slice.lower is not None and _is(node.slice.lower, 0):
            node.slice.lower = None
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node.func:
            case ast.Call(func=ast.Name(id="partial"), args=[function, *first], keywords=named):
                node = ast.Call(function, [*first, *node.args], [*node.keywords, *named])
            case ast.Attribute(value=of, attr="split") if node.args and isinstance(node.args[0], ast.Tuple):
                parts = node.args[0].elts
                if len(parts) > 1 and all(same(part, parts[0]) for part in parts):
                    node = ast.Call(ast.Attribute(of, "split", ast.Load()), [parts[0], *node.args[1:]], node.keywords)
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="F"), attr="dropout"), args=[x, rate]) if _is(rate, 0.0):
                return x
        self._drop_usual(node)
        _drop_module_defaults(node)
        return _without_defaults(node)

    def _drop_usual(self, call: ast.Call) -> None:
        """Leaves out what one of torch's modules takes for granted: ``self.cells(x, None)`` is ``self.cells(x)``."""
        match call.func:
            case ast.Attribute(value=ast.Name(id="self"), attr=attr) if self.scope.facts is not None:
                kinds = self.scope.facts.kinds(attr) or set()
            case _:
                return
        if len(kinds) != 1 or not (kind := kinds.pop()).__module__.startswith("torch.nn."):
            return
        usual = list(inspect.signature(kind.forward).parameters.values())[1:]
        while (
            len(call.args) > 1
            and len(call.args) <= len(usual)
            and _is(call.args[-1], usual[len(call.args) - 1].default)
        ):
            call.args.pop()

    def _remember_equal(self, node: ast.AST) -> None:
        for one in walk(node):
            if isinstance(one, ast.Compare) and len(one.ops) == 1 and isinstance(one.ops[0], ast.Eq | ast.NotEq):
                left, right = self.scope.evaluate(one.left), self.scope.evaluate(one.comparators[0])
                if left is not None and left == right and all(type(value) is int for value in left):
                    self.equal.append((one.left, one.comparators[0]))


def _drop_module_defaults(call: ast.Call) -> None:
    """``nn.Linear(a, b, bias=True)``, where True took the place of a switch, is ``nn.Linear(a, b)``."""
    match call.func:
        case ast.Attribute(value=ast.Name(id="nn"), attr=attr) if isinstance(kind := getattr(nn, attr, None), type):
            known = inspect.signature(kind).parameters
            usual = {k: p.default for k, p in known.items() if p.default is not p.empty}
            call.keywords = [
                k
                for k in call.keywords
                if k.arg not in usual or not note(k.value, "folded") or not _is(k.value, usual[k.arg])
            ]


def _without_defaults(call: ast.Call) -> ast.Call:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    defaults = _DEFAULTS.get(name)
    if defaults is None or any(isinstance(a, ast.Starred) for a in call.args):
        return call
    order = _POSITIONS.get(name, ())
    while len(call.args) > 1 and len(call.args) <= len(order) and order[len(call.args) - 1] in defaults:
        if not _is(call.args[-1], defaults[order[len(call.args) - 1]]):
            break
        call.args.pop()
    call.keywords = [k for k in call.keywords if k.arg not in defaults or not _is(k.value, defaults[k.arg])]
    return call


def pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """``a, b = x, y`` as (a, x), (b, y)."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        if any(isinstance(item, ast.Starred) for item in [*target.elts, *value.elts]):
            return [(target, value)]
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)]


def stored_names(function: ast.FunctionDef) -> Counter[str]:
    """How often each name is given a value."""
    stores: Counter[str] = Counter(node.arg for node in walk(function) if isinstance(node, ast.arg))
    for node in walk(function):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            stores[node.id] += 1
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            stores[node.target.id] += 1
    return stores


def folded(value: object) -> ast.Constant:
    """A value that took the place of something else."""
    constant = ast.Constant(value)  # type: ignore[arg-type]
    set_note(constant, "folded", True)
    return constant


def folded_copy(node: ast.expr) -> ast.expr:
    """A copy to stand in another place."""
    new = copied(node)
    if isinstance(new, ast.Constant):
        set_note(new, "folded", True)
    return new


def _settled(node: ast.AST) -> ast.AST:
    """What a choice came to; a constant may then stand wherever the choice's result is used."""
    return folded_copy(node) if isinstance(node, ast.Constant) else node


def _is(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is type(value) and node.value == value


def _leaves(node: ast.stmt) -> bool:
    if isinstance(node, ast.If):
        return bool(node.orelse) and _leaves(node.body[-1]) and _leaves(node.orelse[-1])
    return isinstance(node, LEAVES)
