"""The classes of the design itself: one for each block, one for the whole."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from torch import nn

from slm_widgets.export.code.inlining import returned, substitute
from slm_widgets.export.code.lines import belong
from slm_widgets.export.code.names import class_name, is_plain, loop_variable, one_line, unused
from slm_widgets.export.code.plan import Part, Plan
from slm_widgets.export.code.program import Definition, Import, Program, global_names, is_literal, parameters
from slm_widgets.export.code.rendering import Renderer
from slm_widgets.export.code.specialise import Specialised
from slm_widgets.export.code.syntax import attribute, copied, name, set_note, walk
from slm_widgets.export.code.wiring import Wiring, child, parameter_names
from slm_widgets.layers import Flow
from slm_widgets.layers.place import SOURCE

TENSOR = Import("torch", "Tensor")


class Inlines:
    """Layers without weights whose code is one expression: it stands where they would be called.

    Args:
        plan: The design.
        own: The packages that layers come from.
    """

    def __init__(self, plan: Plan, own: frozenset[str]) -> None:
        self.plan, self.own = plan, own
        self.imports: dict[str, Import] = {}
        self._known: dict[object, tuple[list[str], ast.expr] | None] = {}

    def __call__(self, part: Part, inputs: list[ast.expr]) -> ast.expr | None:
        """What a part comes to; None where it is a module to call."""
        key = _likeness(part)
        if key not in self._known:
            self._known[key] = self._find(part)
        found = self._known[key]
        if found is None or len(found[0]) != len(inputs):
            return None
        shown = substitute(found[1], dict(zip(found[0], inputs, strict=True)))
        if shown is not None:
            return shown
        return None

    def _find(self, part: Part) -> tuple[list[str], ast.expr] | None:
        module = part.module
        if module is None or any(True for _ in module.children()) or module._parameters or module._buffers:
            return None
        program = Program(self.own)
        if program.class_definition(type(module)) is None:
            return None
        sources = {module: len(part.step.sources)}
        special = Specialised(program, [module], self.plan.recording, sources, everything=True)
        definition = special.roots[0]
        forward = definition.method("forward")
        value = returned(forward) if forward is not None else None
        if forward is None or value is None or forward.args.vararg or forward.args.kwarg:
            return None
        needs = {n: program.resolve(definition, n) for n in global_names(forward) if n in _names(value)}
        if any(isinstance(what, Definition) for what in needs.values()) or "self" in _names(value):
            return None
        self.imports.update({n: what for n, what in needs.items() if isinstance(what, Import)})
        return [p.arg for p in parameters(forward)[1:]], value


def _likeness(part: Part) -> object:
    """The same for layers that surely come to the same."""
    values = vars(part.module) if part.module is not None else {}
    plain = {k: v for k, v in values.items() if not k.startswith("_")}
    if not all(is_literal(value) for value in plain.values()):
        return part
    return type(part.module), repr(sorted(plain.items())), len(part.step.sources)


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in walk(node) if isinstance(n, ast.Name)}


class ModelClasses:
    """Writes the classes of a design.

    Args:
        plan: The design.
        renderer: Writes the calls that make modules.
        inlines: Writes layers without weights.
        taken: Names of classes that are in use.
    """

    def __init__(self, plan: Plan, renderer: Renderer, inlines: Inlines, taken: set[str]) -> None:
        self.plan, self.renderer, self.inlines = plan, renderer, inlines
        self.blocks: list[ast.ClassDef] = []
        self.flows = _flows(plan)
        self.mentions: dict[str, set[str]] = {}  # the names in what makes a layer, by its id
        for part in plan.walk():
            if part.module is None and part.parts:
                part.class_name = unused(class_name(part.step.layer.id), taken)
        # After all the classes have theirs: in a constructor a loop variable hides the class of the same name.
        for part in plan.walk():
            if part.class_name:
                part.variable = loop_variable(part.class_name, taken)
        repeated = [part for part in plan.walk() if part.module is None and part.parts]
        self.counted = repeated[0] if len(repeated) == 1 and repeated[0].repeats > 1 else None
        self.model = self._model()

    def _model(self) -> ast.ClassDef:
        reads_source = self.plan.trace.reads_source
        outside = {SOURCE: (Flow("tokens", length="S"), "source")} if reads_source else {}
        body = self._body(self.plan.parts, Flow("tokens"), "ids", outside)
        constructor = body[0]
        constructor.body += self._ties(self.plan.parts, name("self"), {})
        constructor.body.append(ast.Expr(ast.Call(name("initialise"), [name("self")], [])))
        source = ", source (B, S)" if reads_source else ""
        about = f"Token ids in, a score for every possible next token out: (B, T){source} -> (B, T, {self._width()})."
        return _class("LanguageModel", about, body)

    def _width(self) -> int:
        return self.plan.trace.vocab_size

    def _block(self, part: Part) -> ast.ClassDef:
        names = parameter_names(part.outside, self.inlines.imports)
        outside = {reference: (self.flows[reference], names[reference]) for reference in part.outside}
        own_input = {part.step.layer.id + ":in": (part.step.place.incoming, "x")}
        own_input = {key: value for key, value in own_input.items() if key not in part.outside}
        body = self._body(part.parts, part.step.place.incoming, "x", outside, own_input)
        body[0].body += self._ties(part.parts, name("self"), {})
        shapes = [", ".join(map(str, flow.shape)) for flow in (part.step.place.incoming, part.step.outgoing)]
        times = f"One of {part.repeats} blocks" if part.repeats > 1 else "A block"
        label = one_line(part.step.layer.label or "")
        about = f"{times}{f', {label}' if label else ''}: ({shapes[0]}) -> ({shapes[1]})."
        return belong(_class(part.class_name, about, body), part.step.layer.id)

    def _body(
        self,
        parts: tuple[Part, ...],
        incoming: Flow,
        known: str,
        outside: Mapping[str, tuple[Flow, str]],
        own_input: Mapping[str, tuple[Flow, str]] | None = None,
    ) -> list[ast.FunctionDef]:
        """``__init__`` and ``forward``."""
        for part in parts:
            if part.module is None and part.parts:
                self.blocks.append(self._block(part))
        made: list[ast.stmt] = [ast.parse("super().__init__()").body[0]]
        for part in parts:
            if not part.passes_on and not self._is_inline(part):
                making = self._making(part)
                self.mentions[part.step.layer.id] = {n for statement in making for n in _names(statement)}
                made += [belong(statement, part.step.layer.id) for statement in making]
        constructor = _function("__init__", [], ast.Constant(None), made)
        wiring = Wiring(parts, (incoming, known), outside, self.inlines, list(own_input or {}), self.inlines.imports)
        arguments = [ast.arg(known, name("Tensor")), *(ast.arg(n, name("Tensor")) for _, n in outside.values())]
        return [constructor, _function("forward", arguments, name("Tensor"), wiring.statements())]

    def _is_inline(self, part: Part) -> bool:
        inputs: list[ast.expr] = [name(f"_{n}") for n in range(len(part.step.sources) + 1)]
        return part.module is not None and self.inlines(part, inputs) is not None

    def _making(self, part: Part) -> list[ast.stmt]:
        made = self._make(part)
        extras = self.renderer.extras(part.module, part.step.layer) if part.module is not None else {}
        places = {key: ast.Attribute(child(name("self"), part.name), key, ast.Store()) for key in extras}
        return [made, *(ast.Assign([places[key]], value) for key, value in extras.items())]

    def _make(self, part: Part) -> ast.stmt:
        if part.module is not None:
            value = self.renderer.module(part.module, part.step.layer)
        else:
            times: ast.expr = name("BLOCKS") if part is self.counted else ast.Constant(part.repeats)
            block = ast.Call(name(part.class_name), [], [])
            several = ast.GeneratorExp(
                block, [ast.comprehension(ast.Name("_", ast.Store()), ast.Call(name("range"), [times], []), [], 0)]
            )
            whole: ast.expr = several if part.repeats > 1 else ast.List([block], ast.Load())
            value = ast.Call(attribute(name("nn"), "ModuleList"), [whole], [])
            self.renderer.imports["nn"] = Import("torch", "nn")
        if is_plain(part.name):
            target = ast.Attribute(name("self"), part.name, ast.Store())
            made: ast.stmt = ast.Assign([target], value)
        else:
            made = ast.Expr(ast.Call(attribute(name("self"), "add_module"), [ast.Constant(part.name), value], []))
        if part.module is not None and (label := one_line(part.step.layer.label or "")):
            set_note(made, "trailing", f"# {label}")
        return made

    # -- shared parameters ----------------------------------------------------------------------------------------------

    def _ties(self, parts: tuple[Part, ...], base: ast.expr, owners: dict[str, ast.expr]) -> list[ast.stmt]:
        """Lines that let layers use parameters of layers in this list."""
        here = {part.step.layer.id: child(base, part.name) for part in parts if part.module is not None}
        lines: list[ast.stmt] = []
        for number, part in enumerate(parts):
            above = {p.step.layer.id: here[p.step.layer.id] for p in parts[:number] if p.module is not None}
            lines += self._tied(part, child(base, part.name), above)
        return lines

    def _tied(self, part: Part, place: ast.expr, owners: dict[str, ast.expr]) -> list[ast.stmt]:
        lines: list[ast.stmt] = []
        if part.module is None:
            for inner in part.parts:
                lines += self._tied(inner, child(name(part.variable), inner.name), owners)
            loop = ast.For(ast.Name(part.variable, ast.Store()), place, lines, [])
            return [belong(loop, part.step.layer.id)] if lines else []
        for own, (owner, parameter) in part.step.layer.shared(part.step.place).items():
            if owner in owners:
                target = ast.Attribute(place, own, ast.Store())
                tie = ast.Assign([target], ast.Attribute(copied(owners[owner]), parameter, ast.Load()))
                set_note(tie, "trailing", "# one matrix for both")
                lines.append(belong(tie, part.step.layer.id, owner))
        return lines


def _flows(plan: Plan) -> dict[str, Flow]:
    flows = {SOURCE: Flow("tokens", length="S")}
    for part in plan.walk():
        flows[part.step.layer.id] = part.step.outgoing
        flows.setdefault(part.step.layer.id + ":in", part.step.place.incoming)  # unless a layer's own id ends so
    return flows


def _class(title: str, about: str, body: list[ast.FunctionDef]) -> ast.ClassDef:
    text: ast.stmt = ast.Expr(ast.Constant(about))
    base = attribute(name("nn"), nn.Module.__name__)
    return ast.ClassDef(name=title, bases=[base], keywords=[], body=[text, *body], decorator_list=[])


def _function(title: str, arguments: list[ast.arg], returns: ast.expr, body: list[ast.stmt]) -> ast.FunctionDef:
    args = ast.arguments([], [ast.arg("self"), *arguments], None, [], [], None, [])
    return ast.FunctionDef(name=title, args=args, body=body, decorator_list=[], returns=returns, lineno=0)
