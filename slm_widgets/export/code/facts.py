"""What is known of the modules of one class in a design, and what an expression comes to for them."""

from __future__ import annotations

import ast
import inspect
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from torch import nn

from slm_widgets.export.code.recording import Recording

_PURE_METHODS = {"size", "dim", "numel"}

OPAQUE = object()
"""Stands for something that is not None; more is not known of it."""

Values = tuple[Any, ...]
"""One value for each of the modules."""

_PLAIN = (type(None), bool, int, float, str)
_OPERATIONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


@dataclass
class Facts:
    """The modules of one class, subclasses included.

    Args:
        instances: The modules.
        recording: How they were made.
        mutable: Names of attributes that change after a module was made; nothing is said of those.
    """

    instances: list[nn.Module]
    recording: Recording
    mutable: set[str] = field(default_factory=set)

    def attribute(self, name: str) -> Values | None:
        """The values of an attribute."""
        if not self.instances or name in self.mutable or name == "training":
            return None
        values = tuple(_attribute(module, name) for module in self.instances)
        return None if any(value is _UNKNOWN for value in values) else values

    def argument(self, constructor: Any, name: str) -> Values | None:
        """The values of a parameter of ``__init__``."""
        calls = [self.recording.arguments(constructor.__code__, module) for module in self.instances]
        if not calls or any(call is None or name not in call for call in calls):
            return None
        return tuple(_plain(call[name]) for call in calls if call is not None)

    def kinds(self, name: str) -> set[type] | None:
        """The classes of the modules that an attribute holds; None where it may hold anything else."""
        held = [module._modules.get(name, module.__dict__.get(name, _UNKNOWN)) for module in self.instances]
        kinds = {type(one) for one in held if one is not None}  # nobody calls None
        return kinds if kinds and all(issubclass(kind, nn.Module) for kind in kinds) else None


_UNKNOWN = object()


def _attribute(module: nn.Module, name: str) -> Any:
    for place in (module.__dict__, module._parameters, module._buffers, module._modules):
        if name in place:
            return _plain(place[name])
    value = inspect.getattr_static(type(module), name, _UNKNOWN)
    return value if isinstance(value, _PLAIN) else _UNKNOWN


def _plain(value: Any) -> Any:
    return value if type(value) in _PLAIN else OPAQUE


@dataclass
class Known:
    """What is known of a name in a function."""

    values: Values | None = None
    boolean: bool = False  # whether it is True or False, whichever
    instead: ast.expr | None = None  # what may stand in its place
    meaning: ast.expr | None = None  # what it was computed from, of something that is True or False


@dataclass
class Scope:
    """What is known inside one function."""

    facts: Facts | None = None
    names: dict[str, Known] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many modules the values are for."""
        return len(self.facts.instances) if self.facts and self.facts.instances else 1

    def evaluate(self, node: ast.expr) -> Values | None:
        """What an expression comes to for each module; None where that cannot be told."""
        node = as_operation(node) or node
        match node:
            case ast.Constant(value=value) if isinstance(value, _PLAIN):
                return (value,) * self.count
            case ast.Name(id=name):
                return self.names[name].values if name in self.names else None
            case ast.Attribute(value=ast.Name(id="self"), attr=attr) if self.facts is not None:
                return self.facts.attribute(attr)
            case ast.Attribute(attr="is_meta"):
                return (False,) * self.count
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return _each(lambda value: not value, self.evaluate(operand))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _each(operator.neg, self.evaluate(operand))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATIONS:
                return _each(_OPERATIONS[type(op)], self.evaluate(left), self.evaluate(right))
            case ast.BoolOp():
                return self._boolean(node)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self._compare(left, op, right)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                decided = self.truth(test)
                return None if decided is None else self.evaluate(body if decided else orelse)
            case _:
                return None

    def truth(self, node: ast.expr) -> bool | None:
        """Whether a condition holds; None where that differs or cannot be told."""
        node = as_operation(node) or node
        if isinstance(node, ast.BoolOp) and all(map(is_pure, node.values)):
            truths = [self.truth(operand) for operand in node.values]
            stops = isinstance(node.op, ast.Or)
            if stops in truths or self._settles_itself(node):
                return stops
            return None if None in truths else not stops
        values = self.evaluate(node)
        if values is None or any(value is OPAQUE for value in values):
            return None
        found = {bool(value) for value in values}
        return found.pop() if len(found) == 1 else None

    def without_absorbed(self, operands: list[ast.expr], op: ast.boolop) -> list[ast.expr]:
        """``a or (a and b)`` is ``a``: operands without those that others already decide."""
        other = ast.And if isinstance(op, ast.Or) else ast.Or
        kept = list(operands)
        for operand in operands:
            rest = {ast.dump(one) for one in kept if one is not operand}
            parts = self._parts(operand, other)
            if len(parts) > 1 and is_pure(operand) and any(ast.dump(part) in rest for part in parts):
                kept.remove(operand)
        return kept

    def _settles_itself(self, node: ast.BoolOp) -> bool:
        """Whether something and its opposite are both there: ``a or b or not a`` holds whatever a is."""
        parts = [ast.dump(part) for part in self._parts(node, type(node.op))]
        return any(ast.dump(ast.UnaryOp(ast.Not(), part)) in parts for part in self._parts(node, type(node.op)))

    def _parts(self, node: ast.expr, op: type[ast.boolop]) -> list[ast.expr]:
        meaning = self.names[node.id].meaning if isinstance(node, ast.Name) and node.id in self.names else None
        if isinstance(meaning, ast.BoolOp) and isinstance(meaning.op, op):
            return self._parts(meaning, op)
        if isinstance(node, ast.BoolOp) and isinstance(node.op, op):
            return [part for value in node.values for part in self._parts(value, op)]
        return [node]

    def is_boolean(self, node: ast.expr) -> bool:
        """Whether an expression comes to True or False, whichever."""
        if as_operation(node) is not None:
            return True
        if isinstance(node, ast.BoolOp):
            return all(map(self.is_boolean, node.values))
        if isinstance(node, ast.Name) and node.id in self.names and self.names[node.id].boolean:
            return True
        if isinstance(node, ast.Name | ast.Attribute):
            values = self.evaluate(node)
            return values is not None and all(isinstance(value, bool) for value in values)
        if isinstance(node, ast.Constant):
            return isinstance(node.value, bool)
        return isinstance(node, ast.Compare) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))

    def _boolean(self, node: ast.BoolOp) -> Values | None:
        stops = isinstance(node.op, ast.Or)
        for operand in node.values[:-1]:
            truth = self.truth(operand)
            if truth is None:
                return None
            if truth == stops:
                return self.evaluate(operand)
        return self.evaluate(node.values[-1])

    def _compare(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Values | None:
        if isinstance(op, ast.Is | ast.IsNot):
            if not (isinstance(right, ast.Constant) and right.value is None):
                return None
            values = self.evaluate(left)
            return None if values is None else tuple((v is None) == isinstance(op, ast.Is) for v in values)
        if isinstance(right, ast.Constant) and right.value == "meta" and isinstance(left, ast.Attribute):
            # Nobody counts with the exported file: it is made to run, where tensors have numbers.
            if left.attr == "type" and isinstance(op, ast.Eq | ast.NotEq):
                return (isinstance(op, ast.NotEq),) * self.count
            return None
        if type(op) not in _OPERATIONS:
            return None
        return _each(_OPERATIONS[type(op)], self.evaluate(left), self.evaluate(right))


def as_operation(node: ast.AST) -> ast.BoolOp | None:
    """``all((a, b))`` as ``a and b``, ``any((a, b))`` as ``a or b``."""
    match node:
        case ast.Call(ast.Name(id="all" | "any" as word), [ast.Tuple(elts=items) | ast.List(elts=items)], []) if items:
            return ast.BoolOp(ast.And() if word == "all" else ast.Or(), list(items))
    return None


def _each(operation: Callable[..., Any], *operands: Values | None) -> Values | None:
    if any(values is None or OPAQUE in [v for v in values if v is OPAQUE] for values in operands):
        return None
    try:
        return tuple(operation(*values) for values in zip(*operands, strict=True))  # type: ignore[arg-type]
    except (TypeError, ValueError, ArithmeticError):
        return None


def is_pure(node: ast.AST) -> bool:
    """Whether leaving an expression out changes nothing but its value."""
    if isinstance(node, ast.Call):
        func = node.func
        known = isinstance(func, ast.Attribute) and func.attr in _PURE_METHODS
        known = known or (isinstance(func, ast.Name) and func.id in ("len", "min", "max", "slice", "partial"))
        return known and all(is_pure(child) for child in ast.iter_child_nodes(node))
    allowed = (
        *(ast.Name, ast.Constant, ast.Attribute, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp),
        *(ast.Tuple, ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.expr_context, ast.keyword),
    )
    return isinstance(node, allowed) and all(is_pure(child) for child in ast.iter_child_nodes(node))


def uniform(values: Values | None) -> bool:
    """Whether all modules agree on a plain value."""
    return (
        bool(values) and all(type(v) is type(values[0]) and v == values[0] for v in values) and values[0] is not OPAQUE
    )  # type: ignore[index]
