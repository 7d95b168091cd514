"""Values as code: how a module is made, with the numbers of the design."""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import math
import sys
from dataclasses import dataclass, field
from typing import Any

import torch
from pydantic import BaseModel
from torch import nn

from slm_widgets.errors import LayerTypeError
from slm_widgets.export.code.program import Definition, Import, Program, is_literal, written_as
from slm_widgets.export.code.pruning import is_empty, torch_base
from slm_widgets.export.code.recording import MORE, NAMED, Recording
from slm_widgets.export.code.remaking import Remaking, hides
from slm_widgets.export.code.specialise import default_values
from slm_widgets.export.code.syntax import attribute, name, same, walk
from slm_widgets.language import say
from slm_widgets.layers import Layer

_WIDTHS = {
    *("width", "embedding_dim", "normalized_shape", "in_features", "out_features"),
    *("input_size", "hidden_size", "in_channels", "out_channels", "channels", "dim"),
}


@dataclass
class Sizes:
    """The numbers of a design that have a name in the file."""

    vocabulary: int
    context: int | None
    width: int | None


@dataclass
class Renderer:
    """Writes expressions that make values.

    Args:
        program: Where classes are defined.
        recording: How modules were made.
        remaking: Makes them once more.
        sizes: Numbers with names.
    """

    program: Program
    recording: Recording
    remaking: Remaking
    sizes: Sizes
    imports: dict[str, Import] = field(default_factory=dict)  # by the name they bring
    used: dict[Definition, None] = field(default_factory=dict)

    def module(self, module: nn.Module, layer: Layer | None = None) -> ast.expr:
        """The call that makes a module.

        Args:
            module: The module.
            layer: The layer that it belongs to, which tells what its numbers mean.
        """
        made = self.recording.made(module)
        arguments = made.arguments if made is not None else {}
        cls = written_as(type(module))
        definition = self.program.class_definition(cls)
        if definition is not None and isinstance(definition.node, ast.ClassDef):
            base = torch_base(cls) if is_empty(definition.node) else None
            if base is None:
                self.used[definition] = None
                home = self._constructor(definition)
                if home is not None:
                    return self._own(definition, home, arguments, layer)
                return self._foreign(name(definition.name), cls, arguments, layer)
            cls = base
        return self._foreign(self._class(cls), cls, arguments, layer)

    def extras(self, module: nn.Module, layer: Layer | None = None) -> dict[str, ast.expr]:
        """What a module was given after it was made, where its code asks for it.

        Raises:
            LayerTypeError: for a parameter or a buffer, which no expression can make.
        """
        return {key: self.value(value, "", layer) for key, value in self.given_later(module).items()}

    def given_later(self, module: nn.Module) -> dict[str, Any]:
        """What a module was given after it was made and its code asks for."""
        if self.program.class_definition(type(module)) is None or not (added := self.remaking.added(module)):
            return {}
        sources = [d for cls in type(module).__mro__ if (d := self.program.class_definition(cls)) is not None]
        read = {n.attr for d in sources for n in walk(d.node) if isinstance(n, ast.Attribute)}
        wanted = {key: value for key, value in added.items() if isinstance(value, nn.Module) or key in read}
        return {key: value for key, value in wanted.items() if not hides(module, key)}

    def _constructor(self, definition: Definition) -> ast.FunctionDef | None:
        """The ``__init__`` of ours that makes it."""
        for cls in definition.value.__mro__:
            if "__init__" in vars(cls):
                home = self.program.class_definition(cls)
                return home.method("__init__") if home is not None else None
        return None

    def _own(
        self, definition: Definition, constructor: ast.FunctionDef, arguments: dict[str, Any], layer: Layer | None
    ) -> ast.expr:
        defaults = default_values(constructor)
        args: list[ast.expr] = []
        keywords: list[ast.keyword] = []
        a = constructor.args
        for number, parameter in enumerate([*a.posonlyargs, *a.args, *a.kwonlyargs][1:]):
            value = self.value(arguments.get(parameter.arg), parameter.arg, layer)
            default = defaults.get(parameter.arg)
            if default is not None and same(default, value):
                continue
            if (number == 0 or parameter.arg in _WIDTHS) and parameter in a.args and not keywords:
                args.append(value)
            else:
                keywords.append(ast.keyword(parameter.arg, value))
        args += [self.value(one, "", layer) for one in arguments.get(MORE, ())]
        keywords += [ast.keyword(k, self.value(v, k, layer)) for k, v in arguments.get(NAMED, {}).items()]
        return ast.Call(name(definition.name), args, keywords)

    def _foreign(self, callee: ast.expr, cls: type, arguments: dict[str, Any], layer: Layer | None) -> ast.expr:
        constructors = [vars(c)["__init__"] for c in cls.__mro__ if "__init__" in vars(c)]
        signature = inspect.signature(constructors[0])
        if set(arguments) <= {MORE, NAMED} and len(arguments) == 2 and len(constructors) > 1:
            signature, arguments = _spelled_out(constructors[1], arguments)
        args: list[ast.expr] = []
        keywords: list[ast.keyword] = []
        for parameter in list(signature.parameters.values())[1:]:
            if parameter.kind is parameter.VAR_POSITIONAL:
                args += [self.value(one, "", layer) for one in arguments.get(MORE, ())]
            elif parameter.kind is parameter.VAR_KEYWORD:
                named = arguments.get(NAMED, {}).items()
                keywords += [ast.keyword(k, self.value(v, k, layer)) for k, v in named]
            elif parameter.name in arguments:
                value = arguments[parameter.name]
                if parameter.name == "normalized_shape" and isinstance(value, tuple | list) and len(value) == 1:
                    value = value[0]
                # A dropout shows its rate, whatever the default.
                alone = parameter.name == "p"
                if parameter.default is not parameter.empty and _equal(parameter.default, value) and not alone:
                    continue
                shown = self.value(value, parameter.name, layer)
                if (parameter.default is parameter.empty or alone) and not keywords:
                    args.append(shown)
                else:
                    keywords.append(ast.keyword(parameter.name, shown))
        return ast.Call(callee, args, keywords)

    def _class(self, cls: type) -> ast.expr:
        if getattr(nn, cls.__name__, None) is cls:
            self.imports["nn"] = Import("torch", "nn")
            return attribute(name("nn"), cls.__name__)
        self.imports[cls.__name__] = Import(cls.__module__, cls.__name__)
        return name(cls.__name__)

    # -- plain values -----------------------------------------------------------------------------------------------------

    def value(self, value: Any, means: str = "", layer: Layer | None = None) -> ast.expr:
        """An expression that makes a value.

        Args:
            value: The value.
            means: The name of the parameter that it is for.
            layer: The layer that it is for.

        Raises:
            LayerTypeError: for something that cannot be written as code.
        """
        if isinstance(value, nn.Module):
            return self.module(value, layer)
        if isinstance(value, int) and not isinstance(value, bool):
            return self._number(value, means, layer)
        if isinstance(value, float) and not math.isfinite(value):
            return ast.Call(name("float"), [ast.Constant(str(value))], [])
        if isinstance(value, list | tuple | set) and value:
            return self._several(value, means, layer)
        if isinstance(value, dict):
            entries = [(self.value(k), self.value(v, "", layer)) for k, v in value.items()]
            return ast.Dict([k for k, _ in entries], [v for _, v in entries])
        if is_literal(value):
            return ast.parse(repr(value), mode="eval").body if not isinstance(value, str) else ast.Constant(value)
        if isinstance(value, torch.dtype):
            self.imports["torch"] = Import("torch", None)
            return attribute(name("torch"), str(value).partition(".")[2])
        return self._object(value, layer)

    def _number(self, value: int, means: str, layer: Layer | None) -> ast.expr:
        sizes = self.sizes
        if means in ("num_embeddings", "vocab_size") and hasattr(layer, "vocab_size") and value == sizes.vocabulary:
            return name("VOCABULARY")
        if means in ("in_features", "out_features") and value == sizes.vocabulary != sizes.width:
            return name("VOCABULARY")
        if (means == "context_length" or (means == "num_embeddings" and hasattr(layer, "ctx_length"))) and (
            value == sizes.context
        ):
            return name("CONTEXT")
        if (means in _WIDTHS or means.endswith("_width")) and value == sizes.width:
            return name("WIDTH")
        if means == "hidden" and sizes.width and value in [n * sizes.width for n in range(2, 9)]:
            return ast.BinOp(ast.Constant(value // sizes.width), ast.Mult(), name("WIDTH"))
        return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))

    def _several(self, values: list[Any] | tuple[Any, ...] | set[Any], means: str, layer: Layer | None) -> ast.expr:
        items = [self.value(one, means, layer) for one in values]
        alike = len(items) > 1 and all(same(item, items[0]) for item in items)
        if alike and isinstance(values, list) and isinstance(values[0], nn.Module):
            counted = ast.Call(name("range"), [ast.Constant(len(items))], [])
            loop = ast.comprehension(ast.Name("_", ast.Store()), counted, [], 0)
            return ast.ListComp(items[0], [loop])
        make = {list: ast.List, tuple: ast.Tuple}.get(type(values))
        return make(items, ast.Load()) if make is not None else ast.Set(items)

    def _object(self, value: Any, layer: Layer | None) -> ast.expr:
        cls = type(value)
        if isinstance(value, type) and issubclass(value, nn.Module) and not self.program.is_own(value):
            return self._class(value)
        if (
            isinstance(value, BaseModel)
            and not isinstance(value, Layer)
            and (definition := self.program.class_definition(cls)) is not None
        ):
            self.used[definition] = None
            given = {k: getattr(value, k) for k in cls.model_fields}
            return ast.Call(name(definition.name), [], [ast.keyword(k, self.value(v)) for k, v in given.items()])
        if (
            dataclasses.is_dataclass(value)
            and not isinstance(value, type)
            and (definition := self.program.class_definition(cls)) is not None
        ):
            self.used[definition] = None
            fields = [f.name for f in dataclasses.fields(value) if f.init]
            return ast.Call(name(definition.name), [], [ast.keyword(k, self.value(getattr(value, k))) for k in fields])
        if isinstance(value, functools.partial):
            self.imports["partial"] = Import("functools", "partial")
            given = [self.value(value.func, "", layer), *(self.value(one, "", layer) for one in value.args)]
            named = [ast.keyword(k, self.value(v, k, layer)) for k, v in value.keywords.items()]
            return ast.Call(name("partial"), given, named)
        known_as = getattr(value, "__name__", "")
        if callable(value) and getattr(value, "__module__", None) and known_as.isidentifier():
            if self.program.is_own(value) and (found := self.program.own_value(value)) is not None:
                self.used[found] = None
                return name(found.name)
            public = str(value.__module__).replace("torch._C._nn", "torch.nn.functional")
            if getattr(sys.modules.get(public), known_as, None) is value:  # not a method, nor something in a function
                self.imports[known_as] = Import(public, known_as)
                return name(known_as)
        raise LayerTypeError(
            say(
                en=f"{cls.__name__} cannot be written as code: a module may be made from numbers, texts, lists of those, and other "
                "modules. Make the rest inside the module.",
                ko=f"{cls.__name__}은(는) 코드로 쓸 수 없습니다. 모듈은 수, 글, 그 목록, 다른 모듈로 만들 수 있습니다. "
                "나머지는 모듈 안에서 만드세요.",
            )
        )


def _spelled_out(constructor: Any, arguments: dict[str, Any]) -> tuple[inspect.Signature, dict[str, Any]]:
    """What ``*args`` and ``**kwargs`` are called where they go to: ``nn.LSTM`` and its like hand all on, after their own mode."""
    signature = inspect.signature(constructor)
    named = [p for p in signature.parameters.values() if p.name != "mode"]
    places = [p.name for p in named[1:] if p.kind is p.POSITIONAL_OR_KEYWORD]
    if len(arguments[MORE]) > len(places) or any(p.kind is p.VAR_POSITIONAL for p in named):
        return inspect.Signature([inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY), *_ANY]), arguments
    known = dict(zip(places, arguments[MORE], strict=False))
    return signature.replace(parameters=named), {**known, **arguments[NAMED], NAMED: {}}


_ANY = (
    inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL),
    inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD),
)


def _equal(default: Any, value: Any) -> bool:
    try:
        return type(default) is type(value) and bool(default == value)
    except (TypeError, ValueError, RuntimeError):
        return False
