"""Runs a design on torch's fake tensors, each distinct layer once: shapes, dtypes and kernels of a CPU, without any numbers."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import (
    DataDependentOutputException,
    DynamicOutputShapeException,
    UnsupportedOperatorException,
)
from torch.overrides import TorchFunctionMode

from slm_widgets.errors import LayerTypeError
from slm_widgets.language import say
from slm_widgets.layers.place import Flow
from slm_widgets.stack.distinct import Pair, Replay
from slm_widgets.stack.recurrence import pretend_recurrence
from slm_widgets.stack.references import INPUT
from slm_widgets.stack.skeleton import NoInitialisation
from slm_widgets.stack.trace import Step

Visit = Callable[[Step, nn.Module, Sequence[Tensor]], tuple[Tensor, Pair]]
"""Runs one layer: (the layer, its module, what flows in and its sources) -> (what flows out, its figures)."""

# In blocks nested deeper than this, every repeat is taken to have the figures of the first.
_EXACT_DEPTH = 3

# What torch raises where a shape, or the next thing to do, depends on numbers that are not there.
_BY_VALUE = (DataDependentOutputException, DynamicOutputShapeException, UnsupportedOperatorException)


@dataclass
class FakeRun:
    """Runs a design's layers one after another, as model/chain.py does, but each distinct one once.

    Args:
        visit: What to do with each layer.
        tensor: Makes a tensor of a flow's shape.
        twice: Whether to run each repeated block a second time, because its later repeats may differ from the first: they
            share what they read from outside.
        once: The figures of a layer or block that reads the source text, where it is not to be run.
        seen: Where ``visit`` notes the storages that it counted.
        figures: Fills with the figures by layer id.
    """

    visit: Visit
    tensor: Callable[[Flow], Tensor]
    twice: bool = False
    once: Callable[[Step], Pair] | None = None
    seen: dict[int, torch.UntypedStorage] = field(default_factory=dict)
    figures: dict[str | None, Pair] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._replay = Replay(self.seen)

    def chain(
        self, steps: Sequence[Step], x: Tensor, outside: Mapping[str, Tensor], depth: int = 0
    ) -> tuple[Tensor, Pair]:
        """Runs the layers of one list: -> (what flows out, the sum of the figures).

        Args:
            steps: The layers.
            x: What flows in.
            outside: What layers outside offer, by its reference.
            depth: How many blocks are round them.

        Raises:
            LayerTypeError: for a layer that cannot be run on shapes alone.
        """
        kept, found = dict(outside), []
        for step in steps:
            if step.reads is not None:
                x = kept[step.reads]
            if step.layer.id + INPUT not in self.figures:  # an id that itself ends so wins over this reading
                kept[step.layer.id + INPUT] = x
            x, figures = self._step(step, x, kept, depth)
            kept[step.layer.id] = x
            self.figures.setdefault(step.layer.id, figures)  # the first repeat's
            found.append(figures)
        return x, _total(found)

    def _step(self, step: Step, x: Tensor, kept: Mapping[str, Tensor], depth: int) -> tuple[Tensor, Pair]:
        if self.once is not None and step.outgoing.length == "S":
            return self.tensor(step.outgoing), self.once(step)
        if step.layer.container:
            return self._block(step, x, kept, depth)
        inputs = [x, *(kept[source] for source in step.sources)]
        return self._replay.run(step, inputs, lambda: self._visit(step, inputs))

    def _visit(self, step: Step, inputs: Sequence[Tensor]) -> tuple[Tensor, Pair]:
        with NoInitialisation():
            module = step.layer.module(step.place)
        pretend_recurrence(module)
        try:
            with _OnlyShapes():
                return self.visit(step, module, inputs)
        except _BY_VALUE as error:
            raise _cannot_be_measured(step) from error

    def _block(self, step: Step, x: Tensor, kept: Mapping[str, Tensor], depth: int) -> tuple[Tensor, Pair]:
        repeats = getattr(step.layer, "num_of_blocks", 1)
        x, first = self.chain(step.children, x, kept, depth + 1)
        later = first
        if self.twice and repeats > 1 and depth < _EXACT_DEPTH:
            x, later = self.chain(step.children, x, {**kept, step.layer.id + INPUT: x}, depth + 1)
        return x, (first[0] + (repeats - 1) * later[0], first[1] + (repeats - 1) * later[1])


class _OnlyShapes(TorchFunctionMode):
    """Lets ``x.is_meta`` be true of fake tensors: a module that looks at numbers asks so whether there are any."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func == _IS_META:
            return True
        return func(*args, **(kwargs or {}))


_IS_META = torch.Tensor.is_meta.__get__  # pyright: ignore[reportAttributeAccessIssue]


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing runs here, so there is nothing to warn of; and torch would print a page to stderr before it raises."""
    log = logging.getLogger("torch._subclasses.fake_tensor")
    before, log.disabled = log.disabled, True
    try:
        if threading.current_thread() is threading.main_thread():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        else:
            # What another thread puts back would undo what a cell has filtered meanwhile, or filter for ever.
            yield
    finally:
        log.disabled = before


def _cannot_be_measured(step: Step) -> LayerTypeError:
    layer = step.layer
    return LayerTypeError(
        say(
            en=f"{layer.id} ({layer.type}) cannot be measured: what its module does depends on the numbers that come in. Let it go "
            "by the shapes where x.is_meta is true.",
            ko=f"{layer.id}({layer.type})의 계산량과 메모리는 잴 수 없습니다. 모듈이 하는 일이 들어오는 값에 따라 달라집니다. "
            "x.is_meta가 참이면 모양만으로 계산하게 하세요.",
        ),
        layer_id=layer.id,
    )


def _total(figures: Sequence[Pair]) -> Pair:
    return sum(one for one, _ in figures), sum(other for _, other in figures)
