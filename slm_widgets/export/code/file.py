"""Puts the file together: header, imports, numbers, the classes in the order of a lecture, and how to try it."""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Iterable

from slm_widgets.errors import LayerTypeError
from slm_widgets.export.code.docstrings import shorten_docstrings
from slm_widgets.export.code.lines import CodeWithLines, lines_of_layers, relate
from slm_widgets.export.code.model_classes import Inlines, ModelClasses
from slm_widgets.export.code.names import one_line, unused
from slm_widgets.export.code.plan import Plan
from slm_widgets.export.code.printing import docstring, statements
from slm_widgets.export.code.program import Definition, Import, Program, global_names
from slm_widgets.export.code.remaking import Remaking
from slm_widgets.export.code.rendering import Renderer, Sizes
from slm_widgets.export.code.specialise import Specialised
from slm_widgets.export.code.starting_weights import starting_weights
from slm_widgets.export.code.syntax import copied, walk
from slm_widgets.export.code.trying import trying
from slm_widgets.language import say

STANDARD = {"nn": Import("torch", "nn"), "Tensor": Import("torch", "Tensor"), "torch": Import("torch", None)}
_F = Import("torch.nn.functional", None)


class File:
    """One design as one file.

    Args:
        plan: The design.
        title: Its name.
        parameters: How many numbers it learns.
    """

    def __init__(self, plan: Plan, title: str, parameters: int) -> None:
        self.plan, self.title, self.parameters = plan, title, parameters
        own = frozenset(_packages(plan))
        self.program = Program(own)
        inlines = Inlines(plan, own)
        called = [part for part in plan.walk() if part.module is not None and not self._inlined(inlines, part)]
        modules = list(dict.fromkeys(m for part in called for m in part.module.modules()))  # type: ignore[union-attr]
        sources = {part.module: len(part.step.sources) for part in called if part.module is not None}
        Specialised(self.program, modules, plan.recording, sources)
        self.sizes = _sizes(plan)
        self.renderer = Renderer(self.program, plan.recording, Remaking(plan.recording), self.sizes)
        # Rendered once to learn which classes are used; their names are settled before blocks get theirs.
        for part in called:
            self.renderer.module(part.module, part.step.layer)  # type: ignore[arg-type]
        self.definitions = self._ordered(self.renderer.used)
        self._refuse_what_is_made_otherwise()
        self.names = self._settle_names()
        self.imports = {
            n: what for d in self.definitions for n, what in self.program.needs(d) if isinstance(what, Import)
        }
        taken = {*self.names.values(), *self.imports, *self.renderer.imports}
        self.model = ModelClasses(plan, self.renderer, inlines, taken)
        self.imports.update(inlines.imports)

    def _inlined(self, inlines: Inlines, part) -> bool:
        return (
            part.passes_on
            or inlines(part, [ast.Name(f"_{n}", ast.Load()) for n in range(len(part.step.sources) + 1)]) is not None
        )

    def _refuse_what_is_made_otherwise(self) -> None:
        """Modules that ``Layer.module`` changes after it has made them."""
        read = {n.attr for d in self.definitions for n in walk(d.node) if isinstance(n, ast.Attribute)}
        for part in self.plan.walk():
            if part.module is not None:
                later = set(self.renderer.given_later(part.module))
                self.renderer.remaking.check(part.module, later, read, part.step.layer)

    def _ordered(self, used: Iterable[Definition]) -> list[Definition]:
        """The definitions that are written out, each after those that it needs."""
        found: dict[Definition, None] = {}
        open_: set[Definition] = set()

        def reach(definition: Definition) -> None:
            if definition not in found and definition not in open_:
                open_.add(definition)
                for _, needed in self.program.needs(definition):
                    if isinstance(needed, Definition):
                        reach(needed)
                found[definition] = None

        for definition in used:
            reach(definition)
        return list(found)

    def _settle_names(self) -> dict[Definition, str]:
        """A name for each definition: its own, unless another one has it."""
        taken: set[str] = set()
        names: dict[Definition, str] = {}
        for definition in self.definitions:
            names[definition] = unused(definition.name, taken)
            definition.name = names[definition]
        return names

    # -- text -----------------------------------------------------------------------------------------------------------

    def text(self) -> str:
        """The file."""
        return self._text(self._bodies())

    def with_lines(self) -> CodeWithLines:
        """The file, and where in it each layer is."""
        bodies = self._bodies()
        self._relate_definitions(bodies)
        text = self._text(bodies)
        return CodeWithLines(text, lines_of_layers(text, bodies, [part.step.layer.id for part in self.plan.walk()]))

    def _relate_definitions(self, bodies: list[ast.stmt]) -> None:
        """Says of each definition which layers' modules need it."""
        written = dict(zip(self.definitions, bodies, strict=False))
        named = {self.names[definition]: definition for definition in self.definitions}
        layers: dict[frozenset[str], list[str]] = {}
        for layer, mentioned in self.model.mentions.items():
            layers.setdefault(frozenset(mentioned & named.keys()), []).append(layer)
        for names, users in layers.items():
            for definition in self._ordered(named[name] for name in names):
                relate(written[definition], users)

    def _bodies(self) -> list[ast.stmt]:
        """What comes after the numbers."""
        written = [self._definition(definition) for definition in self.definitions]
        initialise, rest = starting_weights(self.plan), trying(self.plan, self.sizes)
        return [*written, *self.model.blocks, self.model.model, initialise, *rest]

    def _text(self, bodies: list[ast.stmt]) -> str:
        self._refuse_unknown_names(bodies)
        constants = self._constants(bodies)
        lines = [*self._header(), "", *self._imports(bodies)]
        if constants:
            lines += ["", *constants]
        for before, node in zip([None, *bodies], bodies, strict=False):
            short = isinstance(node, ast.Assign | ast.AnnAssign)
            lines += [""] if short and (before is None or isinstance(before, ast.Assign | ast.AnnAssign)) else ["", ""]
            lines += statements([node])
        return "\n".join(lines) + "\n"

    def _refuse_unknown_names(self, bodies: list[ast.stmt]) -> None:
        """Names that only mean something where a class was defined: inside a function, or in a cell since deleted."""
        known = {*STANDARD, "F", "math", "VOCABULARY", "CONTEXT", "WIDTH", "BLOCKS", *dir(builtins)}
        known |= {*self.imports, *self.renderer.imports, *self.names.values()}
        known |= {b.name for b in bodies if isinstance(b, ast.ClassDef | ast.FunctionDef)}
        known |= {n.id for b in bodies if isinstance(b, ast.If) for n in walk(b) if isinstance(n, ast.Name)}
        for definition, body in zip(self.definitions, bodies, strict=False):
            inside = {n.id for n in walk(body) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
            unknown = [n for n in global_names(body) if n not in known | inside]
            if unknown:
                raise LayerTypeError(
                    say(
                        en=f"{definition.name} uses {unknown[0]}, which is not defined at the top level of its file or notebook, so it "
                        "cannot be written out. Define it there.",
                        ko=f"{definition.name}이(가) 쓰는 {unknown[0]}은(는) 파일이나 노트북의 최상위에 정의되어 있지 않아 코드로 쓸 수 없습니다. "
                        "최상위에 정의하세요.",
                    )
                )

    def _definition(self, definition: Definition) -> ast.stmt:
        node = copied(definition.node)
        renamed = {
            used: self.names[what]
            for used, what in self.program.needs(definition)
            if isinstance(what, Definition) and self.names[what] != used
        }
        own = node.name if isinstance(node, ast.ClassDef | ast.FunctionDef) else None
        if own is not None and own != self.names[definition]:
            renamed[own] = self.names[definition]
            node.name = self.names[definition]  # type: ignore[union-attr]
        elif own is None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target  # type: ignore[union-attr]
            if isinstance(target, ast.Name) and target.id != self.names[definition]:
                renamed[target.id] = self.names[definition]
        for one in walk(node):
            if isinstance(one, ast.Name) and one.id in renamed:
                one.id = renamed[one.id]
        shorten_docstrings(node, definition)
        return node

    def _header(self) -> list[str]:
        source = "ids, source" if self.plan.trace.reads_source else "ids"
        letters = "B texts, T tokens, C channels, H heads, D numbers a head, V tokens in the vocabulary"
        text = f"""{one_line(self.title) or "model"}: {self.parameters:,} parameters, in PyTorch alone.

Written by slm-widgets from a drawn design. ``python model.py`` builds it and takes one step of training. Trained weights:

    from safetensors.torch import load_model

    model = LanguageModel()
    load_model(model, "model.safetensors")
    logits = model({source})

In the shapes: {letters}.
"""
        return docstring(text, "")

    def _constants(self, bodies: list[ast.stmt]) -> list[str]:
        used = {n.id for body in bodies for n in walk(body) if isinstance(n, ast.Name)}
        counted = self.model.counted
        assumed = "; put the tokenizer's number here" if self.plan.trace.vocab_assumed else ""
        values = {
            "VOCABULARY": (self.sizes.vocabulary, f"different tokens{assumed}"),
            "CONTEXT": (self.sizes.context, "tokens that it reads at most"),
            "WIDTH": (self.sizes.width, "channels: numbers for each token"),
            "BLOCKS": (counted.repeats if counted is not None else None, "one after another"),
        }
        return [f"{key} = {value}  # {about}" for key, (value, about) in values.items() if key in used and value]

    def _imports(self, bodies: list[ast.stmt]) -> list[str]:
        wanted: dict[str, Import] = {
            **STANDARD,
            "F": _F,
            "math": Import("math", None),
            **self.imports,
            **self.renderer.imports,
        }
        used = {n for body in bodies for n in global_names(body)}
        chosen = {name: what for name, what in wanted.items() if name in used}
        return _import_lines(chosen, self._needs_future(bodies))

    def _needs_future(self, bodies: list[ast.stmt]) -> bool:
        """Whether an annotation names a class that comes later, or is itself."""
        seen: set[str] = set()
        own = {b.name for b in bodies if isinstance(b, ast.ClassDef | ast.FunctionDef)}
        for body in bodies:
            for node in walk(body):
                notes = [getattr(node, "annotation", None), getattr(node, "returns", None)]
                names = {n.id for a in notes if isinstance(a, ast.AST) for n in walk(a) if isinstance(n, ast.Name)}
                if names & (own - seen):
                    return True
            if isinstance(body, ast.ClassDef | ast.FunctionDef):
                seen.add(body.name)
        return False


def _import_lines(imports: dict[str, Import], future: bool) -> list[str]:
    """Imports as ruff sorts them: the standard library, then the rest; ``import`` before ``from``."""
    plain: dict[bool, list[str]] = {True: [], False: []}
    together: dict[str, list[str]] = {}
    for alias, what in imports.items():
        line = what.line(alias)
        if match := re.fullmatch(r"from (\S+) import (.+)", line):
            together.setdefault(match[1], []).append(match[2])
        else:
            plain[what.module.partition(".")[0] in sys.stdlib_module_names].append(line)
    lines = ["from __future__ import annotations", ""] if future else []
    for standard in (True, False):
        group = sorted(plain[standard])
        for module in sorted(together):
            if (module.partition(".")[0] in sys.stdlib_module_names) == standard:
                names = sorted(together[module], key=_import_rank)
                group.append(f"from {module} import {', '.join(names)}")
        lines += [*group, ""] if group else []
    return lines[:-1] if lines else []


def _import_rank(text: str) -> tuple[int, str]:
    """Constants, then classes, then the rest."""
    return (0 if text.isupper() else 1 if text[0].isupper() else 2, text)


def _packages(plan: Plan) -> set[str]:
    """The packages that the design's layer types come from; what they hold is written out too."""
    return {type(part.step.layer).__module__.partition(".")[0] for part in plan.walk()}


def _sizes(plan: Plan) -> Sizes:
    widths = (getattr(part.step.layer, "emb_dim", None) for part in plan.walk())
    return Sizes(plan.trace.vocab_size, plan.trace.context_length, next((w for w in widths if w is not None), None))
