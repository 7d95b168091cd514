"""Takes away what nothing uses any more: methods, names, attributes."""

from __future__ import annotations

import ast
import inspect
import re
import types
from collections import Counter

from torch import nn

from slm_widgets.export.code.facts import OPAQUE, Facts, is_pure
from slm_widgets.export.code.folding import pairs, stored_names
from slm_widgets.export.code.program import Definition
from slm_widgets.export.code.syntax import bodies, docstring_of, note, set_note, walk

# Of torch's methods, those that change nothing that is computed.
_DECORATION = {"extra_repr", "__repr__", "__str__"}


def prune_methods(definitions: list[Definition]) -> None:
    """Leaves out methods that nobody calls by their name."""
    classes = [d for d in definitions if isinstance(d.node, ast.ClassDef)]
    kept: set[int] = set()
    waiting = [(d, m) for d in classes for m in d.methods() if _starts(d, m.name)]
    waiting += [(d, d.node) for d in definitions if isinstance(d.node, ast.FunctionDef)]
    while waiting:
        definition, function = waiting.pop()
        if id(function) in kept:
            continue
        kept.add(id(function))
        names = loaded_attributes(definition, function)
        waiting += [(d, m) for d in classes for m in d.methods() if m.name in names]
    for definition in classes:
        assert isinstance(definition.node, ast.ClassDef)
        definition.node.body = [
            s for s in definition.node.body if not isinstance(s, ast.FunctionDef) or id(s) in kept
        ] or [ast.Pass()]


def _starts(definition: Definition, name: str) -> bool:
    """Whether a method is called by its name from outside: by torch, or by Python."""
    if name in _DECORATION:
        return False
    if name in ("__init__", "forward") or (name.startswith("__") and name.endswith("__")):
        return True
    foreign = [c for c in definition.value.__mro__ if c.__module__.partition(".")[0] == "torch"]
    return any(name in vars(c) for c in foreign)


def loaded_attributes(definition: Definition, node: ast.AST, of_self: bool = True) -> set[str]:
    """Names of attributes that are read, by a dot or by a text (``getattr``); those of imported modules do not count.

    Args:
        definition: Where it stands.
        node: Where to look.
        of_self: Whether those of ``self`` count too.
    """
    found: set[str] = set()
    for one in walk(node):
        if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Load):
            base = one.value.id if isinstance(one.value, ast.Name) else ""
            if not isinstance(definition.namespace.get(base), types.ModuleType) and (of_self or base != "self"):
                found.add(one.attr)
        elif isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.isidentifier():
            found.add(one.value)
        elif isinstance(one, ast.AugAssign) and isinstance(one.target, ast.Attribute):
            found.add(one.target.attr)
    return found


def prune_locals(definitions: list[Definition]) -> None:
    """Leaves out assignments of names that are never read."""
    for definition in definitions:
        for function in definition.methods():
            while _prune_function(function):
                pass
            was = definition.as_written(function.name)
            if was is not None and len(function.body) < len(was.body):
                _return_at_once(function)


def _prune_function(function: ast.FunctionDef) -> bool:
    read = Counter(n.id for n in walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
    changed = False
    for body in _all_bodies(function):
        kept: list[ast.stmt] = []
        for statement in body:
            if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
                new = _without(statement, lambda t: isinstance(t, ast.Name) and not read[t.id])
                changed |= new is not statement
                if new is None:
                    continue
                statement = new
                _blank_out(statement.targets[0], read)
            kept.append(statement)
        if kept and len(kept) < len(body) and body and note(body[0], "blank") is False:
            set_note(kept[0], "blank", False)
        body[:] = kept if kept or body is not function.body else [ast.Pass()]
    return changed


def _return_at_once(function: ast.FunctionDef) -> None:
    """``y = f(x)`` and ``return y`` as ``return f(x)``, where folding has left only these."""
    match function.body[-2:]:
        case [ast.Assign(targets=[ast.Name(id=name)], value=value) as before, ast.Return(value=ast.Name(id=back))]:
            if name == back and not note(before, "leading") and not note(before, "trailing"):
                function.body[-2:] = [ast.Return(value)]
                set_note(function.body[-1], "trailing", note(before, "trailing"))


def _blank_out(target: ast.expr, read: Counter[str]) -> None:
    """``y, state = ...`` is ``y, _ = ...`` where the state is never read."""
    for item in target.elts if isinstance(target, ast.Tuple) else []:
        if isinstance(item, ast.Name) and not read[item.id]:
            item.id = "_"


def prune_stores(definitions: list[Definition], facts: dict[Definition, Facts]) -> None:
    """Leaves out attributes that are never read, where they are plain values or say nothing that torch keeps."""
    everywhere: set[str] = set()  # read of anything but self
    own: dict[Definition, set[str]] = {}
    for definition in definitions:
        everywhere |= loaded_attributes(definition, definition.node, of_self=False)
        own[definition] = loaded_attributes(definition, definition.node)
    for definition, known in facts.items():
        family = [d for d in facts if issubclass(d.value, definition.value) or issubclass(definition.value, d.value)]
        read = everywhere.union(*(own[d] for d in family))
        constructor = definition.method("__init__")
        for function in [constructor] if constructor is not None else []:

            def is_dead(target: ast.expr, known: Facts = known, read: set[str] = read) -> bool:
                if not (isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)):
                    return False
                values = known.attribute(target.attr)
                plain = values is not None and not any(
                    v is OPAQUE and _kept_by_torch(known, target.attr) for v in values
                )
                return target.value.id == "self" and target.attr not in read and plain

            for body in _all_bodies(function):
                new = [_without(s, is_dead) if isinstance(s, ast.Assign) else s for s in body]
                body[:] = [s for s in new if s is not None]
        assert isinstance(definition.node, ast.ClassDef)
        definition.node.body = [s for s in definition.node.body if not _dead_class_attribute(s, definition, read)] or [
            ast.Pass()
        ]


def _kept_by_torch(facts: Facts, name: str) -> bool:
    return any(name in {**m._modules, **m._parameters, **m._buffers} for m in facts.instances)


def _dead_class_attribute(statement: ast.stmt, definition: Definition, read: set[str]) -> bool:
    target = statement.target if isinstance(statement, ast.AnnAssign) else None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    if not isinstance(target, ast.Name) or not definition.is_module or target.id in read:
        return False
    value = getattr(statement, "value", None)
    if value is None:  # a bare annotation
        return True
    inherited = any(target.id in vars(c) for c in definition.value.__mro__ if c.__module__.startswith("torch"))
    return is_pure(value) and not inherited


def _without(statement: ast.Assign, is_dead) -> ast.Assign | None:
    """An assignment without its dead targets: itself where there are none, None where all are."""
    old = pairs(statement.targets[0], statement.value)
    kept = [(t, v) for t, v in old if not (is_dead(t) and is_pure(v))]
    if len(kept) == len(old) or len(statement.targets) != 1:
        return statement
    if not kept:
        return None
    targets, values = zip(*kept, strict=True)
    new = ast.Assign(list(targets[:1]), values[0])
    if len(kept) > 1:
        new = ast.Assign([ast.Tuple(list(targets), ast.Store())], ast.Tuple(list(values), ast.Load()))
    for name in ("leading", "trailing", "blank"):
        set_note(new, name, note(statement, name))
    set_note(new, "leading", note(statement, "leading", []))
    return new


def merge_equal_names(function: ast.FunctionDef, mutable: set[str]) -> None:
    """``H, G = self.heads, self.heads``: one name is enough, in comments too."""
    stores = stored_names(function)
    first: dict[str, str] = {}
    again: dict[str, str] = {}
    for statement in function.body:
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            continue
        for target, value in pairs(statement.targets[0], statement.value):
            settled = (
                isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name) and value.value.id == "self"
            )
            if not (isinstance(target, ast.Name) and settled and stores[target.id] == 1) or value.attr in mutable:  # type: ignore[union-attr]
                continue
            known = first.setdefault(value.attr, target.id)  # type: ignore[union-attr]
            if known != target.id:
                again[target.id] = known
    if not again:
        return
    for node in walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in again:
            node.id = again[node.id]
        if isinstance(node, ast.stmt) and (comment := note(node, "trailing")):
            words = re.compile(rf"\b({'|'.join(map(re.escape, again))})\b")
            set_note(node, "trailing", words.sub(lambda match: again[match[1]], comment))


def _all_bodies(node: ast.AST) -> list[list[ast.stmt]]:
    found = []
    for body in bodies(node):
        for statement in body:
            found += _all_bodies(statement)
        found.append(body)
    return found


def is_empty(node: ast.ClassDef) -> bool:
    """Whether a class says nothing beyond its base."""
    rest = node.body[1:] if docstring_of(node.body) is not None else node.body
    return all(isinstance(statement, ast.Pass) for statement in rest)


def torch_base(cls: type) -> type | None:
    """The class of torch that a class of modules comes from directly, where it has a constructor of its own."""
    base = cls.__bases__[0]
    foreign = base.__module__.partition(".")[0] == "torch" and base is not nn.Module
    return base if len(cls.__bases__) == 1 and foreign and inspect.isclass(base) else None
