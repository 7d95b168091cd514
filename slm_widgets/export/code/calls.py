"""Who calls what with which arguments, among the functions that are written out."""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass, field

from slm_widgets.export.code.facts import Facts
from slm_widgets.export.code.program import Definition, Program, bound_names, parameters
from slm_widgets.export.code.syntax import note, walk

Arguments = dict[str, ast.expr | None]
"""What the parameters are given; None for something that nobody knows."""


@dataclass(frozen=True)
class Key:
    """A function of the program: a method of a class, or a function at the top level (under its own name)."""

    definition: Definition
    name: str

    @property
    def function(self) -> ast.FunctionDef | None:
        """Its syntax."""
        node = self.definition.node
        return node if isinstance(node, ast.FunctionDef) else self.definition.method(self.name)


@dataclass
class Site:
    """One call: its syntax and its place, or None where the design itself calls."""

    call: ast.Call | None
    targets: list[Key]
    within: tuple[Definition, ast.FunctionDef] | None
    certain: bool = True  # False: it may as well call something else


@dataclass
class Calls:
    """Every call that matters.

    Args:
        program: Where names lead.
        definitions: What is written out.
        facts: What is known of the modules.
        design: How many tensors the design calls each class of modules with.
    """

    program: Program
    definitions: list[Definition]
    facts: dict[Definition, Facts]
    design: dict[Definition, set[int]]
    sites: dict[Key, list[Site]] = field(default_factory=dict)
    pinned: set[Definition] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.collect()

    def collect(self) -> None:
        """Looks through all functions."""
        self.sites, self.pinned = {}, set()
        self.escaped: set[Key] = set()
        for definition in self.definitions:
            for function in definition.methods():
                self._look(definition, function)
            if not isinstance(definition.node, ast.FunctionDef):
                self._escape(definition, self._outside_methods(definition))

    def _outside_methods(self, definition: Definition) -> list[ast.AST]:
        if isinstance(definition.node, ast.ClassDef):
            inner = [s for s in definition.node.body if not isinstance(s, ast.FunctionDef)]
            return [n for s in inner if not isinstance(s, ast.AnnAssign) or s.value for n in walk(s)]
        return list(walk(definition.node.value)) if definition.node.value else []  # type: ignore[union-attr]

    def _look(self, definition: Definition, function: ast.FunctionDef) -> None:
        called: set[int] = set()
        local = bound_names(function)
        for node in walk(function):
            if isinstance(node, ast.Call):
                called.add(id(node.func))
                if isinstance(node.func, ast.Name) and node.func.id in ("isinstance", "issubclass"):
                    called |= {id(n) for a in node.args[1:] for n in walk(a)}
                self._add(node, definition, function, local)
        called |= {id(n) for a in parameters(function) if a.annotation for n in walk(a.annotation)}
        called |= {id(n) for n in walk(function.returns)} if function.returns else set()
        for node in walk(function):
            if isinstance(node, ast.AnnAssign):
                called |= {id(n) for n in walk(node.annotation)}
        loads = [n for n in walk(function) if id(n) not in called]
        self._escape(definition, [n for n in loads if not (isinstance(n, ast.Name) and n.id in local)])

    def _escape(self, definition: Definition, nodes: list[ast.AST]) -> None:
        """Notes what is handed on as a value: who calls it then, and how, is not known."""
        for node in nodes:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                what = self.program.resolve(definition, node.id)
                if isinstance(what, Definition):
                    self.pinned.add(what)
                    self.escaped.add(Key(what, what.name))
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                self.escaped |= {Key(d, node.attr) for d in self.definitions if d.method(node.attr)}

    def _add(self, call: ast.Call, definition: Definition, function: ast.FunctionDef, local: set[str]) -> None:
        found = self._targets(call.func, definition, local)
        if found is None:
            return
        targets, certain = found
        if not certain:
            targets = [key for key in targets if key.function is not None and fits(key.function, call)]
        site = Site(call, targets, (definition, function), certain)
        for key in targets:
            self.sites.setdefault(key, []).append(site)

    def _targets(self, func: ast.expr, definition: Definition, local: set[str]) -> tuple[list[Key], bool] | None:
        match func:
            case ast.Name(id=name) if name not in local:
                what = self.program.resolve(definition, name)
                if not isinstance(what, Definition):
                    return None
                return [Key(what, what.name if isinstance(what.node, ast.FunctionDef) else "__init__")], True
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr=attr):
                base = next((d for d in self._bases(definition) if d.method(attr)), None)
                return None if base is None else ([Key(base, attr)], True)
            case ast.Attribute(value=ast.Name(id="self"), attr=attr):
                return self._on_self(definition, attr)
            case ast.Attribute(attr=attr):
                named = [Key(d, attr) for d in self.definitions if isinstance(d.node, ast.ClassDef) and d.method(attr)]
                return (named, False) if named else None
            case _:
                # A local name, an element of a list: it may be any module.
                return [Key(d, "forward") for d in self.definitions if d.method("forward")], False

    def _on_self(self, definition: Definition, attr: str) -> tuple[list[Key], bool] | None:
        family = [d for d in self.definitions if self._related(d, definition) and d.method(attr)]
        if family:
            return [Key(d, attr) for d in family], len(family) == 1
        if inspect.getattr_static(definition.value, attr, None) is not None:
            return None  # torch's own
        facts = self.facts.get(definition)
        kinds = facts.kinds(attr) if facts is not None and attr not in facts.mutable else None
        if kinds is None:
            return [Key(d, "forward") for d in self.definitions if d.method("forward")], False
        own = [self.program.class_definition(kind) for kind in kinds]
        keys = [Key(home, "forward") for d in own if d is not None and (home := self._home(d, "forward"))]
        return (keys, True) if keys else None

    def _home(self, definition: Definition, method: str) -> Definition | None:
        if definition.method(method):
            return definition
        return next((d for d in self._bases(definition) if d.method(method)), None)

    def _bases(self, definition: Definition) -> list[Definition]:
        found = [self.program.class_definition(c) for c in definition.value.__mro__[1:]]
        return [d for d in found if d is not None]

    def _related(self, a: Definition, b: Definition) -> bool:
        if not isinstance(a.value, type) or not isinstance(b.value, type):
            return False
        return issubclass(a.value, b.value) or issubclass(b.value, a.value)

    # -- what callers give ----------------------------------------------------------------------------------------------

    def _sites(self, key: Key) -> list[Site] | None:
        """Every call of a function; None where it may be called from elsewhere as well."""
        if key in self.escaped:
            return None
        function = key.function
        if function is None or function.decorator_list or (function.name.startswith("__")):
            return None
        return self.sites.get(key, [])

    def _design_counts(self, key: Key) -> set[int]:
        if key.name != "forward":
            return set()
        return {n for d, counts in self.design.items() if self._home(d, "forward") is key.definition for n in counts}

    def constant(self, key: Key, parameter: str) -> ast.Constant | None:
        """What a parameter always is, where all callers agree on something that is written out at its place."""
        sites, function = self._sites(key), key.function
        if sites is None or function is None:
            return None
        given: list[ast.expr | None] = []
        for site in sites:
            assert site.call is not None
            bound = bind(function, len(site.call.args), site.call, self._skips_self(key))
            given.append(bound.get(parameter) if bound is not None else None)
        for count in self._design_counts(key):
            bound = bind(function, count, None, True)
            given.append(bound.get(parameter) if bound is not None else None)
        first = given[0] if given else None
        if not isinstance(first, ast.Constant) or not (
            note(first, "folded") or first.value is None or isinstance(first.value, bool)
        ):
            return None
        agree = all(
            isinstance(g, ast.Constant) and type(g.value) is type(first.value) and g.value == first.value for g in given
        )
        return first if agree else None

    def _skips_self(self, key: Key) -> bool:
        return isinstance(key.definition.node, ast.ClassDef)

    # -- parameters that nothing uses ------------------------------------------------------------------------------------

    def drop_unused_parameters(self) -> None:
        """Takes away parameters that a function does not read, and what callers give for them."""
        for definition in self.definitions:
            for function in definition.methods():
                key = Key(definition, definition.name if function is definition.node else function.name)
                used = {n.id for s in function.body for n in walk(s) if isinstance(n, ast.Name)}
                for parameter in parameters(function)[self._skips_self(key) :]:
                    if parameter.arg not in used:
                        self._drop(key, function, parameter)

    def _drop(self, key: Key, function: ast.FunctionDef, parameter: ast.arg) -> None:
        a = function.args
        if parameter in (a.vararg, a.kwarg) or parameter in a.posonlyargs:
            return
        constructor = function.name == "__init__" and key.definition.is_module
        sites = self.sites.get(key, []) if constructor and key.definition not in self.pinned else self._sites(key)
        if sites is None or any(self._needs(site, key, function, parameter.arg) for site in sites):
            return
        for count in self._design_counts(key):
            bound = bind(function, count, None, True)
            if bound is None or bound.get(parameter.arg, parameter) is None:
                return
        for site in sites:
            assert site.call is not None
            _remove_argument(function, site.call, parameter, self._skips_self(key))
        remove_parameter(function, parameter)

    def _needs(self, site: Site, key: Key, function: ast.FunctionDef, parameter: str) -> bool:
        """Whether a call cannot do without giving the parameter."""
        assert site.call is not None
        bound = bind(function, len(site.call.args), site.call, self._skips_self(key))
        if bound is None:
            return True
        given = _given(function, site.call, parameter, self._skips_self(key))
        return given and (not site.certain or len(site.targets) > 1)


def fits(method: ast.FunctionDef, call: ast.Call) -> bool:
    """Whether a method could be what is called."""
    a = method.args
    names = [p.arg for p in [*a.posonlyargs, *a.args][1:]]
    if any(isinstance(x, ast.Starred) for x in call.args) or any(k.arg is None for k in call.keywords):
        return True
    given = {k.arg for k in call.keywords}
    needed = set(names[len(call.args) : len(names) - len(a.defaults)]) - given
    known = a.kwarg is not None or given <= {*names, *(p.arg for p in a.kwonlyargs)}
    return known and not needed and (len(call.args) <= len(names) or a.vararg is not None)


def bind(function: ast.FunctionDef, count: int, call: ast.Call | None, skip_self: bool) -> Arguments | None:
    """What each parameter gets from a call (or from ``count`` unknown tensors); None where that cannot be told."""
    a = function.args
    ordinary = [*a.posonlyargs, *a.args][skip_self:]
    if call is not None and (
        any(isinstance(x, ast.Starred) for x in call.args) or any(k.arg is None for k in call.keywords)
    ):
        return None
    if count > len(ordinary) and a.vararg is None:
        return None
    bound: Arguments = {}
    whole = [*a.posonlyargs, *a.args]
    for arg, default in zip(whole[len(whole) - len(a.defaults) :], a.defaults, strict=True):
        bound[arg.arg] = default
    for arg, default in zip(a.kwonlyargs, a.kw_defaults, strict=True):
        if default is not None:
            bound[arg.arg] = default
    for number, arg in enumerate(ordinary[:count]):
        bound[arg.arg] = call.args[number] if call is not None else None
    for keyword in call.keywords if call is not None else []:
        bound[str(keyword.arg)] = keyword.value
    return bound


def _given(function: ast.FunctionDef, call: ast.Call, parameter: str, skip_self: bool) -> bool:
    names = [p.arg for p in [*function.args.posonlyargs, *function.args.args][skip_self:]]
    by_place = parameter in names and names.index(parameter) < len(call.args)
    return by_place or any(k.arg == parameter for k in call.keywords)


def _remove_argument(function: ast.FunctionDef, call: ast.Call, parameter: ast.arg, skip_self: bool) -> None:
    names = [p.arg for p in [*function.args.posonlyargs, *function.args.args][skip_self:]]
    if parameter.arg in names and names.index(parameter.arg) < len(call.args):
        call.args.pop(names.index(parameter.arg))
    call.keywords = [k for k in call.keywords if k.arg != parameter.arg]


def remove_parameter(function: ast.FunctionDef, parameter: ast.arg) -> None:
    """Takes a parameter out of a function's signature."""
    a = function.args
    if parameter in a.kwonlyargs:
        place = a.kwonlyargs.index(parameter)
        a.kwonlyargs.pop(place)
        a.kw_defaults.pop(place)
        return
    place = a.args.index(parameter)
    first = len(a.args) - len(a.defaults)  # positional-only ones come before and are left alone
    if place >= first:
        a.defaults.pop(place - first)
    a.args.pop(place)
