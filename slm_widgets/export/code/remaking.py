"""Whether the call that is written for a module makes that module: it is made once more and compared."""

from __future__ import annotations

import functools
import types
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from slm_widgets.errors import LayerTypeError
from slm_widgets.export.code.program import is_literal
from slm_widgets.export.code.recording import MORE, NAMED, Recording
from slm_widgets.language import say
from slm_widgets.layers import Layer
from slm_widgets.stack.skeleton import NoInitialisation

# What every module has; the tables of parameters, buffers and modules are compared by what they hold.
_TABLES = {"_parameters", "_buffers", "_modules", "training"}
_COMMON = frozenset(vars(nn.Module()))


@dataclass
class Remaking:
    """Makes modules again as the file will make them, on torch's meta device.

    Args:
        recording: How they were made.
    """

    recording: Recording
    _again: dict[nn.Module, nn.Module | None] = field(default_factory=dict)

    def added(self, module: nn.Module) -> dict[str, Any]:
        """What a module holds that its constructor does not give it."""
        again = self.again(module)
        known = held(again) if again is not None else {}
        return {key: value for key, value in held(module).items() if key not in known and key not in _COMMON}

    def again(self, module: nn.Module) -> nn.Module | None:
        """A module made by the call that made it; None where that cannot be done."""
        if module not in self._again:
            try:
                with torch.device("meta"), NoInitialisation():
                    self._again[module] = self._made(module)
            except Exception:  # a constructor that cannot be called twice may raise anything
                self._again[module] = None
        return self._again[module]

    def _made(self, module: nn.Module) -> nn.Module | None:
        call = self.recording.made(module)
        if call is None:  # it was there before, or is a copy
            return None
        given = {key: self._value(value) for key, value in call.arguments.items()}
        positional = [given.pop(name) for name in call.code.co_varnames[1 : call.code.co_argcount]]
        more, named = given.pop(MORE, ()), given.pop(NAMED, {})
        return type(module)(*positional, *more, **given, **named)

    def _value(self, value: Any) -> Any:
        if isinstance(value, nn.Module):
            again = self._made(value)
            if again is None:
                raise LookupError
            return again
        if type(value) in (list, tuple, set):
            return type(value)(map(self._value, value))
        return {k: self._value(v) for k, v in value.items()} if type(value) is dict else value

    def check(self, module: nn.Module, written: set[str], read: set[str], layer: Layer) -> None:
        """Refuses a module that the written code would not make.

        Args:
            module: The module of a layer.
            written: The names that are given to it after it is made, in the file too.
            read: Every name that the code of the design's classes reads.
            layer: The layer.

        Raises:
            LayerTypeError: when it differs from what its constructor makes.
        """
        again = self.again(module)
        if again is None:
            raise _refused(layer, type(module).__name__)
        for key in written:
            value = held(module)[key]
            if isinstance(value, nn.Module) and self.again(value) is None:
                raise _refused(layer, key)
            setattr(again, key, self.again(value) if isinstance(value, nn.Module) else value)
        if written:
            self._again.pop(module)  # it is no longer what the constructor alone makes
        different = _difference(module, again, read, "")
        if different is not None:
            raise _refused(layer, different)


def held(module: nn.Module) -> dict[str, Any]:
    """Everything that a module holds itself, by name."""
    return {**module.__dict__, **module._modules, **module._parameters, **module._buffers}


def hides(module: nn.Module, name: str) -> bool:
    """Whether something of that name in a module hides a function of its class."""
    return callable(getattr(type(module), name, None))


def _difference(was: nn.Module, again: nn.Module, read: set[str], path: str) -> str | None:
    """The path of the first thing that is not alike."""
    if _kind(was) != _kind(again):
        return path.rstrip(".") or type(was).__name__
    a, b = held(was), held(again)
    for key in [*a, *(key for key in b if key not in a)]:
        if key in _TABLES:
            continue
        if key not in a or key not in b:
            # What nothing reads is a note for people; a function of that name in the class is called by Python.
            if key in b or key in read or hides(was, key) or isinstance(a[key], nn.Module | Tensor):
                return path + key
        elif isinstance(a[key], nn.Module) and isinstance(b[key], nn.Module):
            if (inside := _difference(a[key], b[key], read, f"{path}{key}.")) is not None:
                return inside
        elif not _alike(a[key], b[key]):
            return path + key
    return _unlike_sharing(was, again) if not path else None


def _unlike_sharing(was: nn.Module, again: nn.Module) -> str | None:
    """The name of a parameter that is another one too, in only one of two modules."""
    shared: list[dict[str, str]] = []
    for module in (was, again):
        first: dict[int, str] = {}
        named = module.named_parameters(remove_duplicate=False)
        shared.append({name: first.setdefault(id(p), name) for name, p in named})
    return next((name for name, owner in shared[0].items() if shared[1].get(name) != owner), None)


def _kind(value: Any) -> tuple[str, str]:
    return type(value).__module__, type(value).__qualname__  # a parametrised module has a class of its own


def _alike(a: Any, b: Any) -> bool:
    """Whether two values are the same as far as can be told; of objects of other people's only the class is."""
    if a is b:
        return True
    if _kind(a) != _kind(b):
        return False
    if isinstance(a, Tensor):
        return (a.shape, a.dtype, a.requires_grad) == (b.shape, b.dtype, b.requires_grad)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(_alike, a, b))
    if isinstance(a, dict):
        return _alike([*a.items()], [*b.items()])
    if isinstance(a, types.FunctionType):
        return a.__code__ == b.__code__
    if isinstance(a, functools.partial):
        return _alike((a.func, a.args, a.keywords), (b.func, b.args, b.keywords))
    comparable = is_literal(a) or is_literal(b) or isinstance(a, types.BuiltinFunctionType)
    return bool(a == b) if comparable else True


def _refused(layer: Layer, what: str) -> LayerTypeError:
    return LayerTypeError(
        say(
            en=f"Layer {layer.id}: {what} is not as the constructor makes it, because module(place) changes, copies or shares what it "
            "has made. Code can be written only for what a constructor makes: do this in the __init__ of a module class of your own.",
            ko=f"레이어 {layer.id}: module(place)에서 만든 것을 바꾸거나 복사하거나 함께 써서, {what}이(가) 생성자가 만드는 것과 다릅니다. "
            "생성자가 만드는 것만 코드로 쓸 수 있으니, 직접 만든 모듈 클래스의 __init__에서 하세요.",
        )
    )
