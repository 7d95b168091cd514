"""Which layers of a design are alike: each distinct one is counted and measured once, however often it was drawn."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache

import torch
from torch import Tensor

from slm_widgets.fields import field_kind
from slm_widgets.layers import Layer
from slm_widgets.stack.skeleton import count_parameters
from slm_widgets.stack.trace import Step

Pair = tuple[int, int]
"""The figures of a layer, one or two of them; they add up."""
Result = tuple[Tensor, Pair]


def likeness(step: Step) -> Hashable:
    """Equal for layers whose modules are alike: same type, fields and surroundings, whatever they and their sources are called.

    Which parameters are borrowed belongs to it, from which layer does not.
    """
    layer, place = step.layer, step.place
    # Own layers may have fields of any type: see ``_frozen``.
    fields = layer.model_dump(exclude=_names(type(layer)))
    return (
        type(layer),
        _frozen(fields),
        frozenset(layer.shared(place)),
        place.with_(context_lengths=(), tables=()),
        _frozen(dict(place.context_lengths)),
        tuple(place.tables.values()),
    )


class Counter:
    """Counts the parameters of layers, of layers that are alike once."""

    def __init__(self) -> None:
        self._counts: dict[Hashable, int] = {}

    def count(self, step: Step) -> int:
        """The learned numbers that one layer keeps itself (``count_parameters``)."""
        key = likeness(step)
        if key not in self._counts:
            self._counts[key] = count_parameters(step)
        return self._counts[key]


class Replay:
    """Runs layers on fake tensors; where a layer like one before reads what that one read, repeats what came of it.

    Args:
        seen: The storages that were counted already, by address. What a layer adds to it is added at each repetition too.
    """

    def __init__(self, seen: dict[int, torch.UntypedStorage]) -> None:
        self._seen = seen
        self._known: dict[Hashable, Callable[[Sequence[Tensor]], Result]] = {}

    def run(self, step: Step, inputs: Sequence[Tensor], visit: Callable[[], Result]) -> Result:
        """What flows out of a layer, and its figures."""
        before = [address(x) for x in inputs]
        # Whether the inputs are one storage, and whether it is counted already, decides what a layer adds.
        key = (
            likeness(step),
            *((_form(x), before.index(a), a in self._seen) for x, a in zip(inputs, before, strict=True)),
        )
        if key in self._known:
            return self._known[key](inputs)
        y, figures = visit()
        kept = [number for number, a in enumerate(before) if a in self._seen]
        self._known[key] = self._repetition(y, figures, inputs, kept)
        return y, figures

    def _repetition(
        self, y: Tensor, figures: Pair, inputs: Sequence[Tensor], kept: list[int]
    ) -> Callable[[Sequence[Tensor]], Result]:
        same = next((number for number, x in enumerate(inputs) if x is y), None)
        source = next((number for number, x in enumerate(inputs) if address(x) == address(y)), None)
        keeps_own, size = address(y) in self._seen, y.untyped_storage().nbytes()
        dtype, learns, form = y.dtype, y.requires_grad, (y.size(), y.stride(), y.storage_offset())

        def repeat(inputs: Sequence[Tensor]) -> Result:
            self._seen.update((address(inputs[n]), inputs[n].untyped_storage()) for n in kept)
            if same is not None:
                return inputs[same], figures
            if source is not None:
                return inputs[source].as_strided(*form), figures
            # A view, so that autocast takes it for no weight and copies it for each layer that reads it.
            again = torch.empty(size // dtype.itemsize, dtype=dtype, requires_grad=learns).as_strided(*form)
            if keeps_own:
                self._seen[address(again)] = again.untyped_storage()
            return again, figures

        return repeat


def address(tensor: Tensor) -> int:
    """What tells one storage from another while both are alive."""
    return tensor.untyped_storage()._cdata


def _form(x: Tensor) -> Hashable:
    return x.size(), x.stride(), x.storage_offset(), x.dtype, x.requires_grad, x.untyped_storage().nbytes()


@lru_cache(maxsize=256)
def _names(layer: type[Layer]) -> set[str]:
    """The fields that only name: the layer itself, and others."""
    references = (name for name, info in layer.model_fields.items() if field_kind(info) == "reference")
    return {"id", "label", *references}


def _frozen(value: object) -> Hashable:
    """A value that can be a key, and tells true from 1."""
    if isinstance(value, Mapping):
        return tuple((key, _frozen(item)) for key, item in value.items())
    if isinstance(value, list | tuple):
        return tuple(map(_frozen, value))
    return type(value), value if isinstance(value, Hashable) else repr(value)
