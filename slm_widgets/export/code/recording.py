"""How modules were made: each with the arguments that its constructor was called with."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

from torch import nn

MORE = "*"  # the key of further positional arguments
NAMED = "**"  # the key of further named ones


@dataclass
class Call:
    """One call of an ``__init__``: of the module's own class, or of one that it inherits from."""

    module: nn.Module
    code: CodeType
    arguments: dict[str, Any]


@dataclass
class Recording:
    """Calls in the order in which they came; a module's own constructor comes before those that it inherits."""

    calls: list[Call] = field(default_factory=list)
    _found: dict[int, list[Call]] = field(default_factory=dict, init=False, repr=False)
    _sorted: int = field(default=0, init=False, repr=False)

    def made(self, module: nn.Module) -> Call | None:
        """How a module was made; None where its class runs no Python to make one."""
        return next(iter(self._by_module().get(id(module), ())), None)

    def arguments(self, code: CodeType, module: nn.Module) -> dict[str, Any] | None:
        """What one particular ``__init__`` was called with for a module."""
        return next((call.arguments for call in self._by_module().get(id(module), ()) if call.code is code), None)

    def _by_module(self) -> dict[int, list[Call]]:
        for call in self.calls[self._sorted :]:
            self._found.setdefault(id(call.module), []).append(call)
        self._sorted = len(self.calls)
        return self._found


@contextmanager
def record() -> Iterator[Recording]:
    """Writes down every module that this thread makes.

    It listens as a profiler does, because a constructor's arguments are seen nowhere else: a module keeps what it likes of
    them, and classes are not touched, so that other threads may build models at the same time.
    """
    recording = Recording()

    def listen(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_name == "__init__" and code.co_argcount:
            module = frame.f_locals[code.co_varnames[0]]
            if isinstance(module, nn.Module):
                recording.calls.append(Call(module, code, _arguments(code, frame.f_locals)))

    before: Any = sys.getprofile()
    sys.setprofile(listen)
    try:
        yield recording
    finally:
        # One of C's profilers (cProfile) is no function; it knows itself how to go on.
        before.enable() if hasattr(before, "enable") else sys.setprofile(before)


def _arguments(code: CodeType, values: dict[str, Any]) -> dict[str, Any]:
    plain = code.co_argcount + code.co_kwonlyargcount
    arguments = {name: values[name] for name in code.co_varnames[1:plain]}
    rest = list(code.co_varnames[plain:])
    if code.co_flags & 0x04:  # *args
        arguments[MORE] = values[rest.pop(0)]
    if code.co_flags & 0x08:  # **kwargs
        arguments[NAMED] = values[rest.pop(0)]
    return arguments
