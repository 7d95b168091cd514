"""Makes the general modules special: written for one design, with nothing that this design does not use.

Each round folds what is known into every function, then takes away what nothing uses any more; that tells more about what is
left, so rounds go on until nothing changes. What cannot be told stays as it is written: the general code is right for every
design, so leaving it is always safe.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from torch import nn

from slm_widgets.export.code.calls import Calls, Key
from slm_widgets.export.code.facts import OPAQUE, Facts, Known, Scope, uniform
from slm_widgets.export.code.folding import fold, folded, folded_copy, pairs, stored_names
from slm_widgets.export.code.inlining import inline_reduced
from slm_widgets.export.code.program import Definition, Import, Program, parameters
from slm_widgets.export.code.pruning import merge_equal_names, prune_locals, prune_methods, prune_stores
from slm_widgets.export.code.recording import Recording
from slm_widgets.export.code.syntax import note, walk

ROUNDS = 20


class Specialised:
    """The definitions that some modules need, specialised.

    Args:
        program: Where definitions come from.
        modules: Every module of the design, those inside others too.
        recording: How they were made.
        sources: How many tensors besides the flow a module is called with by the design, for those that it calls.
        everything: Whether numbers are written out as well; for one module whose code is to stand in its place.
    """

    def __init__(
        self,
        program: Program,
        modules: list[nn.Module],
        recording: Recording,
        sources: dict[nn.Module, int],
        everything: bool = False,
    ) -> None:
        self.program = program
        self.modules = modules
        self.recording = recording
        self.sources = sources
        self.everything = everything
        self.roots = [d for d in dict.fromkeys(program.class_definition(type(m)) for m in modules) if d is not None]
        self.definitions = self._reachable()
        self.facts = {d: Facts([m for m in modules if isinstance(m, d.value)], recording) for d in self._classes()}
        self.attributes: dict[Definition, dict[str, ast.expr]] = {}
        self._run()

    def _classes(self) -> list[Definition]:
        return [d for d in self.definitions if isinstance(d.node, ast.ClassDef)]

    def _reachable(self) -> list[Definition]:
        """All definitions that are needed, each after those that it needs."""
        found: dict[Definition, None] = {}
        open_: set[Definition] = set()

        def reach(definition: Definition) -> None:
            if definition in found or definition in open_:
                return
            open_.add(definition)
            for _, needed in self.program.needs(definition, strict=False):
                if isinstance(needed, Definition):
                    reach(needed)
            found[definition] = None

        for root in self.roots:
            reach(root)
        return list(found)

    def _run(self) -> None:
        before: list[str] = []
        for _ in range(ROUNDS):
            prune_methods(self.definitions)
            self.definitions = self._reachable()
            self.facts = {d: self.facts.get(d) or self._new_facts(d) for d in self._classes()}
            mutable = mutable_attributes(self.definitions)
            for facts in self.facts.values():
                facts.mutable = mutable
            calls = Calls(self.program, self.definitions, self.facts, self._called_with())
            for definition in self.definitions:
                self._fold(definition, calls)
            for definition in self.definitions:
                _Narrow(self.program, definition, self.facts).visit(definition.node)
            prune_locals(self.definitions)
            prune_stores(self.definitions, self.facts)
            calls.collect()
            calls.drop_unused_parameters()
            inline_reduced(self.program, self.definitions, calls)
            now = [ast.dump(d.node) for d in self.definitions]
            if now == before:
                return
            before = now

    def _new_facts(self, definition: Definition) -> Facts:
        return Facts([m for m in self.modules if isinstance(m, definition.value)], self.recording)

    def _called_with(self) -> dict[Definition, set[int]]:
        counts: dict[Definition, set[int]] = {}
        for module, sources in self.sources.items():
            definition = self.program.class_definition(type(module))
            if definition is not None:
                counts.setdefault(definition, set()).add(sources + 1)
        return counts

    # -- folding ------------------------------------------------------------------------------------------------------

    def _fold(self, definition: Definition, calls: Calls) -> None:
        facts = self.facts.get(definition)
        constructor = definition.method("__init__")
        if facts is not None and constructor is not None:
            self.attributes[definition] = self._settled_attributes(definition, constructor, facts)
        for function in definition.methods():
            scope = Scope(facts)
            if function is constructor and facts is not None and definition not in calls.pinned:
                self._constructor_scope(definition, function, scope)
            elif function is not constructor:
                self._argument_scope(Key(definition, function.name), function, scope, calls)
            equal = fold(
                function,
                scope,
                lambda name, f=function, d=definition: self._attribute(d, f, name),
                lambda table, key, d=definition: self._entry(d, table, key),
            )
            if facts is not None and constructor is not None:
                self._merge_equal(definition, constructor, equal)
            merge_equal_names(function, facts.mutable if facts else set())
            self._narrow_annotations(function, scope)

    def _constructor_scope(self, definition: Definition, function: ast.FunctionDef, scope: Scope) -> None:
        assert scope.facts is not None
        stores, defaults = stored_names(function), default_values(function)
        for parameter in parameters(function)[1:]:
            name = parameter.arg
            if stores[name] != 1 or name in _stars(function):
                continue
            values = scope.facts.argument(vars(definition.value)["__init__"], name)
            instead = None
            if values is not None and uniform(values) and self._is_switch(values[0], defaults.get(name)):
                instead = folded(values[0])
            scope.names[name] = Known(values, instead=instead)

    def _is_switch(self, value: object, default: ast.expr | None) -> bool:
        """Whether a value is written out where it is used: a choice, or a number that means "as usual"."""
        if value is None or isinstance(value, bool | str) or self.everything:
            return True
        usual = isinstance(default, ast.Constant) and type(default.value) is type(value) and default.value == value
        return usual and value in (0, 1)

    def _argument_scope(self, key: Key, function: ast.FunctionDef, scope: Scope, calls: Calls) -> None:
        stores = stored_names(function)
        for parameter in parameters(function):
            constant = calls.constant(key, parameter.arg)
            if constant is not None and stores[parameter.arg] == 1:
                scope.names[parameter.arg] = Known((constant.value,) * scope.count, instead=folded_copy(constant))

    def _settled_attributes(
        self, definition: Definition, constructor: ast.FunctionDef, facts: Facts
    ) -> dict[str, ast.expr]:
        """Attributes that the constructor gives a value that may be written out instead."""
        given: dict[str, list[ast.expr | None]] = {}
        for node in walk(constructor):
            if isinstance(node, ast.Assign):
                for target, value in (p for t in node.targets for p in pairs(t, node.value)):
                    if (attr := _self_attribute(target)) is not None:
                        given.setdefault(attr, []).append(value if node in constructor.body else None)
        return {
            attr: values[0]
            for attr, values in given.items()
            if len(values) == 1 and values[0] is not None and attr not in facts.mutable
            if note(values[0], "folded") or self._is_global(definition, values[0])
        }

    def _is_global(self, definition: Definition, node: ast.expr) -> bool:
        """Whether an expression names a function, or a function with some of its arguments set."""
        match node:
            case ast.Call(func=ast.Name(id="partial"), args=[function]):
                named = all(isinstance(k.value, ast.Constant) for k in node.keywords)
                return named and self._is_global(definition, function)
            case ast.Attribute(value=value):
                return self._is_global(definition, value)
            case ast.Name(id=name):
                what = self.program.resolve(definition, name)
                return isinstance(what, Import) or (
                    isinstance(what, Definition) and isinstance(what.node, ast.FunctionDef)
                )
            case _:
                return False

    def _attribute(self, definition: Definition, function: ast.FunctionDef, name: str) -> ast.expr | None:
        facts = self.facts.get(definition)
        if facts is None or (definition.method("__init__") is function and name in _stored_attributes(function)):
            return None
        settled = self.attributes.get(definition, {}).get(name)
        if settled is not None:
            return settled
        values = facts.attribute(name)
        if values is None or not uniform(values):
            return None
        plain = values[0] is None or isinstance(values[0], bool | str) or self.everything
        return folded(values[0]) if plain else None

    def _entry(self, definition: Definition, table: str, key: Any) -> ast.expr | None:
        """The entry of a dictionary at the top level of the same file."""
        what = self.program.resolve(definition, table)
        if not isinstance(what, Definition) or what.file is not definition.file:
            return None
        value = getattr(what.node, "value", None)
        if not isinstance(value, ast.Dict):
            return None
        entries = {k.value: v for k, v in zip(value.keys, value.values, strict=True) if isinstance(k, ast.Constant)}
        return entries.get(key)

    def _narrow_annotations(self, function: ast.FunctionDef, scope: Scope) -> None:
        """Takes ``| None`` off parameters that are never None."""
        defaults = default_values(function)
        for parameter in parameters(function):
            known = scope.names.get(parameter.arg)
            if known is None or not known.values or None in [v for v in known.values if v is not OPAQUE]:
                continue
            annotation = parameter.annotation
            if isinstance(annotation, ast.BinOp) and _is_none(annotation.right):
                parameter.annotation = annotation.left
                default = defaults.get(parameter.arg)
                if default is not None and _is_none(default) and parameter in function.args.kwonlyargs:
                    function.args.kw_defaults[function.args.kwonlyargs.index(parameter)] = None

    def _merge_equal(
        self, definition: Definition, constructor: ast.FunctionDef, equal: Iterable[tuple[ast.expr, ast.expr]]
    ) -> None:
        """Where the code asked whether two numbers are equal, and they always are, one of them is enough."""
        sources = _parameter_of_attribute(constructor)
        order = [p.arg for p in parameters(constructor)]
        for a, b in equal:
            names = [_self_attribute(side) for side in (a, b)]
            if None in names or names[0] == names[1] or not all(name in sources for name in names):
                continue
            keep, drop = sorted((str(n) for n in names), key=lambda name: order.index(sources[name]))
            if sources[keep] == sources[drop]:
                continue
            for function in definition.methods():
                _Rename(keep, drop, sources if function is constructor else {}).visit(function)


class _Narrow(ast.NodeTransformer):
    """Takes classes of which this design has no module out of annotations: ``list[A | B]`` is ``list[A]`` without a B."""

    def __init__(self, program: Program, definition: Definition, facts: dict[Definition, Facts]) -> None:
        self.program, self.definition, self.facts = program, definition, facts

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = self._narrowed(node.annotation) if node.annotation is not None else None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = self._narrowed(node.returns) if node.returns is not None else None
        return self.generic_visit(node)

    def _narrowed(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Subscript):
            node.slice = self._narrowed(node.slice)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            sides = [self._narrowed(node.left), self._narrowed(node.right)]
            kept = [side for side in sides if not self._is_absent(side)]
            if len(kept) == 1 and not _is_none(kept[0]):
                return kept[0]
            node.left, node.right = sides
        return node

    def _is_absent(self, node: ast.expr) -> bool:
        what = self.program.resolve(self.definition, node.id) if isinstance(node, ast.Name) else None
        return isinstance(what, Definition) and what.is_module and not self.facts[what].instances


class _Rename(ast.NodeTransformer):
    def __init__(self, keep: str, drop: str, sources: dict[str, str]) -> None:
        self.keep, self.drop = keep, drop
        self.names = (sources.get(keep), sources.get(drop))

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if _self_attribute(node) == self.drop and isinstance(node.ctx, ast.Load):
            node.attr = self.keep
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if self.names[1] is not None and node.id == self.names[1] and isinstance(node.ctx, ast.Load):
            node.id = str(self.names[0])
        return node


def _parameter_of_attribute(constructor: ast.FunctionDef) -> dict[str, str]:
    """Attribute -> the parameter that it is, for ``self.heads = heads``."""
    names = {p.arg for p in parameters(constructor)}
    stores = stored_names(constructor)
    found: dict[str, str] = {}
    for node in constructor.body:
        if isinstance(node, ast.Assign):
            for target, value in (p for t in node.targets for p in pairs(t, node.value)):
                attr = _self_attribute(target)
                if attr is not None and isinstance(value, ast.Name) and value.id in names and stores[value.id] == 1:
                    found[attr] = value.id
    return found


def default_values(function: ast.FunctionDef) -> dict[str, ast.expr]:
    """The parameters that need not be given, with what they are then."""
    a = function.args
    ordinary = [*a.posonlyargs, *a.args]
    found = {
        arg.arg: default for arg, default in zip(ordinary[len(ordinary) - len(a.defaults) :], a.defaults, strict=True)
    }
    found.update({arg.arg: d for arg, d in zip(a.kwonlyargs, a.kw_defaults, strict=True) if d is not None})
    return found


def mutable_attributes(definitions: list[Definition]) -> set[str]:
    """Names of attributes that something sets after a module was made."""
    found: set[str] = set()
    for definition in definitions:
        for function in definition.methods():
            for node in walk(function):
                if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                    made = function.name == "__init__" and _self_attribute(node) is not None
                    found |= set() if made else {node.attr}
    return found


def _self_attribute(node: ast.AST) -> str | None:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return node.attr
    return None


def _stored_attributes(function: ast.FunctionDef) -> set[str]:
    found = ((_self_attribute(n), n) for n in walk(function) if isinstance(n, ast.Attribute))
    return {name for name, n in found if name is not None and not isinstance(n.ctx, ast.Load)}


def _stars(function: ast.FunctionDef) -> set[str]:
    return {a.arg for a in (function.args.vararg, function.args.kwarg) if a is not None}


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
