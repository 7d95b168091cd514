"""Shapes and parameter counts of a design, without allocating any of it.

Counting needs no formulas beside the modules: each distinct layer is built once on torch's meta device, where tensors have
shapes but no memory, and asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from slm_widgets.errors import LayerStackError
from slm_widgets.language import say
from slm_widgets.stack.check import Examined, examine
from slm_widgets.stack.trace import Step


@dataclass(frozen=True)
class LayerReport:
    """What one layer of a design is.

    Args:
        id: The layer's id.
        type: Its type.
        depth: 0 at the top level, 1 inside a block, and so on.
        repeats: How often it stands in the model: the product of the repeats of the blocks round it.
        in_shape: What flows in, with letters for what a design leaves open: ``("B", "T", 64)``.
        out_shape: What flows out.
        parameters: Learned numbers of the layer, once; of a block those of all its repeats. A shared matrix counts where it
            is kept.
    """

    id: str
    type: str
    depth: int
    repeats: int
    in_shape: tuple[str | int, ...]
    out_shape: tuple[str | int, ...]
    parameters: int


@dataclass(frozen=True)
class Report:
    """What a design is: its layers from top to bottom, and the whole.

    Args:
        layers: One entry a layer, those inside blocks too.
        parameters: All learned numbers, with weights of their own for each repeat.
        batch_size: B, as asked.
        context_length: T: as asked, else the longest that the design takes, else None.
        vocab_size: V.
        vocab_assumed: Whether V is only assumed because the design leaves it to the tokenizer.
    """

    layers: tuple[LayerReport, ...]
    parameters: int
    batch_size: int
    context_length: int | None
    vocab_size: int
    vocab_assumed: bool

    def table(self) -> str:
        """The layers as lines of text, with shapes and counts."""
        head = (
            say(en="layer", ko="레이어"),
            say(en="type", ko="종류"),
            say(en="in", ko="입력"),
            say(en="out", ko="출력"),
        )
        rows = [(*head, say(en="parameters", ko="파라미터"))]
        for layer in self.layers:
            into, out = (" × ".join(map(str, shape)) for shape in (layer.in_shape, layer.out_shape))
            # What stands in a block is counted once; how often it is there stands beside it.
            times = f" (× {layer.repeats})" if layer.repeats > 1 else ""
            rows.append(("  " * layer.depth + layer.id, layer.type, into, out, f"{layer.parameters:,}{times}"))
        widths = [max(len(row[i]) for row in rows) for i in range(5)]
        lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join(lines)

    def __str__(self) -> str:
        assumed = say(en=" (assumed)", ko=" (가정)") if self.vocab_assumed else ""
        length = self.context_length if self.context_length is not None else say(en="unlimited", ko="제한 없음")
        total = say(
            en=f"{self.parameters:,} parameters, vocabulary {self.vocab_size:,}{assumed}, context {length}",
            ko=f"파라미터 {self.parameters:,}개, 어휘 {self.vocab_size:,}{assumed}, 문맥 {length}",
        )
        return f"{self.table()}\n{total}"


def describe(
    stack: Any, batch_size: int = 1, context_length: int | None = None, vocab_size: int | None = None
) -> Report:
    """Reports the shapes and parameter counts of a design; allocates nothing.

    Args:
        stack: A design as ``parse_stack`` takes it.
        batch_size: B, for the report.
        context_length: T, for the report; None for the longest that the design takes.
        vocab_size: For designs that leave the vocabulary to the tokenizer; None assumes 256 and says so.

    Raises:
        LayerStackError: when the design cannot be built.
    """
    examined = examine(stack, vocab_size)
    if not examined.ok:
        raise LayerStackError([p for p in examined.problems if p.severity == "error"])
    return report(examined, batch_size, context_length)


def report(examined: Examined, batch_size: int = 1, context_length: int | None = None) -> Report:
    """The report of a design that was already examined; of one with problems, the layers that were understood."""
    found = examined.trace
    layers = tuple(row for step in found.steps for row in _rows(step, 0, 1))
    return Report(
        layers,
        # A block's own count already holds what is inside it, once; ``repeats`` of the block itself is applied there.
        sum(row.parameters for row in layers if row.depth == 0),
        batch_size,
        context_length or found.context_length,
        found.vocab_size,
        found.vocab_assumed,
    )


def _rows(step: Step, depth: int, repeats: int) -> Iterator[LayerReport]:
    inner = repeats * (getattr(step.layer, "num_of_blocks", 1) if step.layer.container else 1)
    below = [row for child in step.children for row in _rows(child, depth + 1, inner)]
    if step.layer.container:
        once = sum(row.parameters for row in below if row.depth == depth + 1)
        parameters = once * (inner // repeats)
    else:
        parameters = count_parameters(step)
    shapes = tuple(step.place.incoming.shape), tuple(step.outgoing.shape)
    yield LayerReport(step.layer.id, step.layer.type, depth, repeats, *shapes, parameters)
    yield from below


def count_parameters(step: Step) -> int:
    """The learned numbers that one layer keeps itself; what it borrows counts where it is kept."""
    with torch.device("meta"), _NoInitialisation():
        module = step.layer.module(step.place)
    borrowed = step.layer.shared(step.place)
    return sum(p.numel() for name, p in module.named_parameters() if name not in borrowed)


class _NoInitialisation(TorchFunctionMode):
    """Leaves out the filling of new tensors: on the meta device there is nothing to fill.

    Without it the first count takes a second longer, in which torch loads its Python kernels for ``normal_`` there.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if getattr(func, "__name__", "") in _FILLS:
            return args[0] if args else (kwargs or {})["tensor"]
        return func(*args, **(kwargs or {}))


_FILLS = {
    *(name for name in dir(torch.nn.init) if name.endswith("_") and not name.startswith("_")),
    *("normal_", "uniform_", "zero_", "fill_", "copy_"),
}
