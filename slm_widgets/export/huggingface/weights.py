"""Which tensor of theirs is which tensor of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Weight:
    """One tensor of ours, and the tensors of theirs that say the same.

    Args:
        ours: Its name in our state dict.
        theirs: Their names and shapes; several where they keep apart what we stack row on row (queries, keys, values).
        transposed: Whether they keep the matrix as (in, out), as GPT-2's ``Conv1D`` does.
        absent: What every number of it is worth where a layer of ours has none: 0 for a bias, 1 for a norm's scale.
    """

    ours: str
    theirs: Mapping[str, Shape]
    transposed: bool = False
    absent: float | None = None

    @property
    def shape(self) -> Shape:
        """The shape of our tensor."""
        shapes = [shape[::-1] if self.transposed else shape for shape in self.theirs.values()]
        return sum(shape[0] for shape in shapes), *shapes[0][1:]

    def to_ours(self, tensors: Sequence[Tensor]) -> Tensor:
        """Their tensors, in the order of ``theirs`` -> ours."""
        stacked = torch.cat([tensor.T if self.transposed else tensor for tensor in tensors])
        return stacked.reshape(self.shape)

    def to_theirs(self, tensor: Tensor | None) -> dict[str, Tensor]:
        """Our tensor, or None where our layer has none -> their tensors by name."""
        if tensor is None:
            assert self.absent is not None, f"{self.ours} is missing"
            return {name: torch.full(shape, self.absent) for name, shape in self.theirs.items()}
        rows = [shape[-1] if self.transposed else shape[0] for shape in self.theirs.values()]
        parts = zip(self.theirs, tensor.detach().cpu().split(rows), strict=True)
        return {name: (part.T if self.transposed else part).contiguous() for name, part in parts}


def matrix(ours: str, theirs: str, rows: int, columns: int, *, bias: bool = False) -> Iterator[Weight]:
    """An ``nn.Linear`` on both sides: (rows, columns), and its bias where they have one."""
    yield from stacked(ours, {theirs: rows}, columns, bias=bias)


def stacked(ours: str, theirs: Mapping[str, int], columns: int, *, bias: bool = False) -> Iterator[Weight]:
    """One ``nn.Linear`` of ours whose rows are several of theirs (name -> rows), top to bottom."""
    yield Weight(f"{ours}.weight", {f"{name}.weight": (rows, columns) for name, rows in theirs.items()})
    if bias:
        yield Weight(f"{ours}.bias", {f"{name}.bias": (rows,) for name, rows in theirs.items()}, absent=0.0)


def conv1d(ours: str, theirs: str, rows: int, columns: int) -> Iterator[Weight]:
    """GPT-2's ``Conv1D``: an ``nn.Linear`` kept as (in, out), always with a bias."""
    yield Weight(f"{ours}.weight", {f"{theirs}.weight": (columns, rows)}, transposed=True)
    yield Weight(f"{ours}.bias", {f"{theirs}.bias": (rows,)}, absent=0.0)


def table(ours: str, theirs: str, rows: int, columns: int) -> Iterator[Weight]:
    """An embedding: (rows, columns)."""
    yield Weight(f"{ours}.weight", {f"{theirs}.weight": (rows, columns)})


def layer_norm(ours: str, theirs: str, width: int) -> Iterator[Weight]:
    """A LayerNorm with scale and shift; ours may lack either."""
    yield from rms_norm(ours, theirs, width)
    yield Weight(f"{ours}.bias", {f"{theirs}.bias": (width,)}, absent=0.0)


def rms_norm(ours: str, theirs: str, width: int) -> Iterator[Weight]:
    """An RMSNorm with a scale; ours may lack it."""
    yield Weight(f"{ours}.weight", {f"{theirs}.weight": (width,)}, absent=1.0)
