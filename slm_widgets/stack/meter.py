"""Measures what a design computes and keeps, without memory for any of it.

Each distinct layer is built and run once on torch's fake tensors: shapes, dtypes and the choice of kernels are those of a CPU,
but nothing is allocated and nothing is computed. Arithmetic is counted by torch's own counter, activations by asking autograd
what it saves. Recurrent layers (torch's RNN, GRU, LSTM) are the exception: see recurrence.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.autograd.graph import saved_tensors_hooks
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode
from torch.utils.flop_counter import FlopCounterMode

from slm_widgets.errors import ConfigError
from slm_widgets.language import say
from slm_widgets.layers.memory import Remembering
from slm_widgets.layers.place import SOURCE, Flow
from slm_widgets.stack.fake_run import FakeRun, Pair, Visit, quiet
from slm_widgets.stack.recurrence import recurrent_flops
from slm_widgets.stack.skeleton import skeleton
from slm_widgets.stack.trace import Step

PRECISIONS = ("fp32", "bf16")

SCORES_AT_ONCE_BYTES = 2**26  # see model/head_loss.py, which never holds more of them on a CPU


class Flops(NamedTuple):
    """Floating-point operations of a forward pass, and of a forward and backward pass."""

    forward: int
    training: int


@dataclass(frozen=True)
class Meter:
    """Measures one design at one batch size; each kind of figure when it is first asked for.

    All figures are by layer id, None for the whole. A layer's own figure is that of its first repeat, a block's that of all
    its repeats.

    Args:
        steps: The design as ``trace`` found it, without errors.
        batch_size: B.
        context_length: T.
        source_length: S, the length of the source text of an encoder-decoder.
        precision: ``"fp32"``, or ``"bf16"``: autocast, under which matrices are multiplied in bfloat16.
    """

    steps: tuple[Step, ...]
    batch_size: int
    context_length: int
    source_length: int
    precision: str = "fp32"

    @cached_property
    def flops(self) -> dict[str | None, Flops]:
        """Arithmetic, by torch's own counter."""
        return {key: Flops(*figures) for key, figures in self._measure(_count_flops).items()}

    @cached_property
    def activations(self) -> dict[str | None, int]:
        """Bytes that autograd keeps from the forward pass to the loss, each storage once, without parameters and buffers."""
        kept = _first(self._measure(_SavedBytes(seen := {}), seen, low=self.precision == "bf16", twice=True))
        for key in (None, self.steps[-1].layer.id):
            kept[key] += self.score_bytes
        return kept

    @property
    def score_bytes(self) -> int:
        """The head's scores, as probabilities, for the loss: behind a plain matrix only some at a time."""
        scores = self._each_scores * self.batch_size
        return scores if self._most_scores is None else min(scores, self._most_scores)

    @property
    def _each_scores(self) -> int:
        return 4 * self.context_length * self.steps[-1].place.vocab_size

    @cached_property
    def _most_scores(self) -> int | None:
        head = self.steps[-1]
        plain = not (head.layer.container or head.reads or head.sources) and isinstance(skeleton(head), nn.Linear)
        return SCORES_AT_ONCE_BYTES if plain else None

    def working_bytes(self, key: str | None) -> int:
        """What comes and goes while a layer is computed, about: half of what it keeps, and the head's scores once more."""
        scores = self.score_bytes if key in (None, self.steps[-1].layer.id) else 0
        return self.activations[key] // 2 + scores

    def largest_batch(self, room: int) -> int:
        """The largest batch size whose activations and their working memory take at most so many bytes."""
        # All but the scores grows in proportion to the batch: two sizes give the line.
        double = replace(self, batch_size=2 * self.batch_size)
        here, there = (meter.activations[None] - meter.score_bytes for meter in (self, double))
        each = (there - here) // self.batch_size
        # activations + activations // 2 + scores <= room, where activations are the line and the scores
        halves = 2 * room + 1 - 3 * (2 * here - there)
        most = halves // (3 * each + 5 * self._each_scores)
        if self._most_scores is not None and each > 0:  # the scores stop growing there
            most = max(most, (halves - 5 * self._most_scores) // (3 * each))
        return max(0, most)

    @cached_property
    def buffers(self) -> dict[str | None, int]:
        """Bytes of tables that are not learned, after a text of T tokens: tables of angles grow with it."""
        return _first(self._measure(_count_buffers))

    @cached_property
    def caches(self) -> dict[str | None, int]:
        """Bytes that cached generation remembers at T tokens; all 0 where a layer looks ahead."""
        visit = partial(_count_cache, self.batch_size, self.context_length)
        found = self._measure(visit, once=lambda step: (self._tensor(step.outgoing).nbytes, 0))
        return dict.fromkeys(found, 0) if found[None][1] else _first(found)

    def _measure(
        self,
        visit: Visit,
        seen: dict[int, torch.UntypedStorage] | None = None,
        *,
        low: bool = False,
        twice: bool = False,
        once: Callable[[Step], Pair] | None = None,
    ) -> dict[str | None, Pair]:
        run = FakeRun(visit, self._tensor, twice, once, {} if seen is None else seen)
        try:
            with FakeTensorMode(), torch.autocast("cpu", torch.bfloat16, enabled=low), quiet():
                kept = {SOURCE: self._tensor(Flow("tokens", length="S"))}
                _, run.figures[None] = run.chain(self.steps, self._tensor(Flow("tokens")), kept)
        except RuntimeError as error:
            if "overflow" not in str(error):
                raise
            raise _beyond_counting(self) from error
        return run.figures

    def _tensor(self, flow: Flow) -> Tensor:
        length = self.source_length if flow.length == "S" else self.context_length
        if flow.width is None:
            return torch.zeros(self.batch_size, length, dtype=torch.int64)
        return torch.empty(self.batch_size, length, flow.width)


def _count_flops(step: Step, module: nn.Module, inputs: Sequence[Tensor]) -> tuple[Tensor, Pair]:
    inputs = [x.detach().requires_grad_(x.requires_grad) for x in inputs]
    # Only as plain matrix products can the counter see what attention computes on a CPU.
    with FlopCounterMode(display=False) as counter, _PlainAttention():
        y = module(*inputs)
        forward = counter.get_total_flops()
        if y.requires_grad:
            y.backward(torch.empty_like(y))
    unseen = recurrent_flops(module, inputs[0])
    # Twice as much again for the backward pass: the gradients of what came in, and of the weights.
    figures = forward + unseen, counter.get_total_flops() + 3 * unseen
    return y.detach().requires_grad_(y.requires_grad), figures


class _PlainAttention(TorchFunctionMode):
    """Lets attention be plain matrix products in this thread.

    Torch's own ``sdpa_kernel`` changes it for the whole process: for a training, too, that runs on another thread meanwhile.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is F.scaled_dot_product_attention:
            return torch.ops.aten._scaled_dot_product_attention_math(*args, **(kwargs or {}))[0]
        return func(*args, **(kwargs or {}))


class _SavedBytes:
    """Counts what autograd saves, each storage at the layer that saves it first."""

    def __init__(self, seen: dict[int, torch.UntypedStorage]) -> None:
        self._seen = seen  # kept alive: a freed one's address may come again

    def __call__(self, step: Step, module: nn.Module, inputs: Sequence[Tensor]) -> tuple[Tensor, Pair]:
        saved: list[torch.UntypedStorage] = []
        with saved_tensors_hooks(lambda tensor: saved.append(tensor.untyped_storage()), _never):
            y = module(*inputs)
        own = {_address(tensor.untyped_storage()) for tensor in (*module.parameters(), *module.buffers())}
        new = {_address(s): s for s in saved if _address(s) not in self._seen and _address(s) not in own}
        self._seen.update(new)
        return y, (sum(storage.nbytes() for storage in new.values()), 0)


def _never(kept: Any) -> Tensor:
    raise AssertionError("nothing goes backward here")


def _count_buffers(step: Step, module: nn.Module, inputs: Sequence[Tensor]) -> tuple[Tensor, Pair]:
    with torch.no_grad():
        y = module(*inputs)
    return y, (sum(buffer.nbytes for buffer in module.buffers()), 0)


def _count_cache(
    batch_size: int, tokens: int, step: Step, module: nn.Module, inputs: Sequence[Tensor]
) -> tuple[Tensor, Pair]:
    looks_ahead = int(bool(getattr(module, "looks_ahead", False)))
    with torch.no_grad():
        if not isinstance(module, Remembering) or looks_ahead:
            return module(*inputs), (0, looks_ahead)
        # In float32 at any precision: generation knows no autocast.
        memory = module.new_memory(batch_size, tokens, torch.empty(0))
        y = module(*inputs, memory=memory)
    storages = {_address(tensor.untyped_storage()): tensor.untyped_storage() for tensor in _tensors(memory)}
    return y, (sum(storage.nbytes() for storage in storages.values()), 0)


def _beyond_counting(meter: Meter) -> ConfigError:
    """A tensor of more than 2**63 bytes: torch cannot even name its size."""
    B, T = meter.batch_size, meter.context_length
    return ConfigError(
        say(
            en=f"Some tensors would be too large to count with batch_size {B:,} and context_length {T:,}. Ask with smaller ones.",
            ko=f"batch_size {B:,}, context_length {T:,}에서는 텐서가 너무 커서 셀 수 없습니다. 더 작은 값을 넣어 보세요.",
        ),
        field="context_length",
    )


def _tensors(memory: Any) -> Iterator[Tensor]:
    """Every tensor that a layer's memory holds."""
    if isinstance(memory, Tensor):
        yield memory
        return
    inside = memory.values() if isinstance(memory, Mapping) else memory if isinstance(memory, list | tuple) else None
    for value in vars(memory).values() if inside is None and hasattr(memory, "__dict__") else inside or ():
        yield from _tensors(value)


def _address(storage: torch.UntypedStorage) -> int:
    return storage._cdata


def _first(figures: dict[str | None, Pair]) -> dict[str | None, int]:
    return {key: one[0] for key, one in figures.items()}
