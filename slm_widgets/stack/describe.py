"""Shapes, counts and costs of a design, without allocating any of it.

Counting needs no formulas beside the modules: each distinct layer is built once on torch's meta device, where tensors have
shapes but no memory, and asked. What takes a run as well (arithmetic, activations) is measured only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any

from slm_widgets.errors import ConfigError, LayerStackError
from slm_widgets.language import say
from slm_widgets.layers.place import LARGEST_VOCABULARY, LONGEST
from slm_widgets.stack.budget import Fit, costs_in_words
from slm_widgets.stack.check import Examined, examine
from slm_widgets.stack.costs import PROCESS_BYTES, Costs, fixed_share
from slm_widgets.stack.dialects.values import shown
from slm_widgets.stack.distinct import Counter
from slm_widgets.stack.meter import PRECISIONS, Meter
from slm_widgets.stack.sizes import parse_bytes
from slm_widgets.stack.text_table import in_columns
from slm_widgets.stack.trace import Step

CONTEXT_WITHOUT_LIMIT = 128
"""The context length in tokens where neither the design nor anybody else says one."""
MOST_AT_ONCE = 1_000_000
"""The largest batch that is reported on."""


@dataclass(frozen=True)
class LayerReport(Costs):
    """What one layer of a design is, and what it costs (see ``Costs``): once; of a block, all its repeats.

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
    meter: Meter = field(repr=False, compare=False)

    @property
    def _key(self) -> str:
        return self.id


@dataclass(frozen=True)
class Report(Costs):
    """What a design is, its layers from top to bottom, and what the whole costs (see ``Costs``).

    Args:
        layers: One entry a layer, those inside blocks too.
        parameters: All learned numbers, with weights of their own for each repeat.
        batch_size: B, as asked.
        context_length: T: as asked, else the longest that the design takes, else None.
        vocab_size: V.
        vocab_assumed: Whether V is only assumed because the design leaves it to the tokenizer.
        reads_source: Whether it reads a source text beside its own, counted as long as the text where the design allows it.
        meter: Measures the costs. Its ``context_length`` is the T counted with, also where the report's own is None.
    """

    layers: tuple[LayerReport, ...]
    parameters: int
    batch_size: int
    context_length: int | None
    vocab_size: int
    vocab_assumed: bool
    reads_source: bool
    meter: Meter = field(repr=False, compare=False)

    def fits(self, memory: int | str) -> Fit:
        """Whether training at this batch size and context length takes no more than this much memory.

        An estimate: ``training_bytes``, of which the working memory goes by measurements, and ``PROCESS_BYTES`` for Python and
        torch themselves.

        Args:
            memory: ``"16 GB"``, or bytes.

        Returns:
            Something that is true or false, and in print the sentence that says by how much and what to change.

        Raises:
            ConfigError: for what is no amount of memory.
        """
        return Fit(self, parse_bytes(memory))

    def largest_batch(self, memory: int | str) -> int:
        """The largest batch size whose training fits at this context length; 0 where not even one text does.

        Args:
            memory: ``"16 GB"``, or bytes.

        Raises:
            ConfigError: for what is no amount of memory.
        """
        return self.batch_within(parse_bytes(memory) - PROCESS_BYTES)

    def batch_within(self, memory: int) -> int:
        """The largest batch size whose ``training_bytes`` are at most so many; 0 where not even one text fits."""
        return self.meter.largest_batch(memory - self.fixed_bytes - fixed_share(self.fixed_bytes))

    def costs(self) -> str:
        """Arithmetic and memory at this batch size and context length, as lines of text."""
        return costs_in_words(self)

    def table(self) -> str:
        """The layers as lines of text, with shapes and counts; at most 100 columns wide unless the shapes need more."""
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
        return in_columns(rows)

    def __str__(self) -> str:
        assumed = say(en=" (assumed)", ko=" (가정)") if self.vocab_assumed else ""
        length = self.context_length if self.context_length is not None else say(en="unlimited", ko="제한 없음")
        total = say(
            en=f"{self.parameters:,} parameters, vocabulary {self.vocab_size:,}{assumed}, context {length}",
            ko=f"파라미터 {self.parameters:,}개, 어휘 {self.vocab_size:,}{assumed}, 문맥 {length}",
        )
        return f"{self.table()}\n{total}"


def describe(
    stack: Any,
    batch_size: int = 1,
    context_length: int | None = None,
    vocab_size: int | None = None,
    precision: str = "fp32",
) -> Report:
    """Reports the shapes, parameter counts and costs of a design; allocates nothing.

    Args:
        stack: A design as ``parse_stack`` takes it.
        batch_size: B, how many texts are read at once.
        context_length: T; None for the longest that the design takes, 128 where nothing limits it.
        vocab_size: For designs that leave the vocabulary to the tokenizer; None assumes 256 and says so.
        precision: ``"fp32"``, or ``"bf16"`` for training under autocast: weights stay float32, activations are smaller.

    Raises:
        LayerStackError: when the design cannot be built.
        ConfigError: for a batch size, context length, vocabulary size or precision that cannot be.
    """
    check_vocabulary(vocab_size)
    examined = examine(stack, vocab_size)
    if not examined.ok:
        raise LayerStackError([p for p in examined.problems if p.severity == "error"])
    return report(examined, batch_size, context_length, precision)


def report(
    examined: Examined, batch_size: int = 1, context_length: int | None = None, precision: str = "fp32"
) -> Report:
    """The report of a design that was already examined; of one with problems, the layers that were understood, without costs.

    Raises:
        ConfigError: as ``describe``.
    """
    found = examined.trace
    _check_settings(batch_size, context_length, found.context_length, precision)
    length = context_length or found.context_length
    tokens = length or CONTEXT_WITHOUT_LIMIT
    meter = Meter(found.steps, batch_size, tokens, min(tokens, found.source_length or tokens), precision)
    counter = Counter()
    layers = tuple(row for step in found.steps for row in _rows(step, 0, 1, meter, counter))
    return Report(
        layers,
        # A block's own count already holds what is inside it, once; ``repeats`` of the block itself is applied there.
        sum(row.parameters for row in layers if row.depth == 0),
        batch_size,
        length,
        found.vocab_size,
        found.vocab_assumed,
        found.reads_source,
        meter,
    )


def _check_settings(batch_size: int, context_length: int | None, longest: int | None, precision: str) -> None:
    if not _is_count(batch_size, MOST_AT_ONCE):
        raise ConfigError(
            say(
                en=f"batch_size is {shown(batch_size)}, but it must be a whole number from 1 to {MOST_AT_ONCE:,}.",
                ko=f"batch_size 값이 {shown(batch_size)}인데, 1에서 {MOST_AT_ONCE:,} 사이의 정수여야 합니다.",
            ),
            field="batch_size",
        )
    most = longest or LONGEST
    if context_length is not None and not _is_count(context_length, most):
        raise ConfigError(
            say(
                en=f"context_length is {shown(context_length)}, but this design reads from 1 to {most:,} tokens.",
                ko=f"context_length 값이 {shown(context_length)}인데, 이 설계는 1에서 {most:,}토큰까지 읽습니다.",
            ),
            field="context_length",
        )
    if not isinstance(precision, str) or precision not in PRECISIONS:
        raise ConfigError(
            say(
                en=f"precision is {shown(precision)}; choose one of {', '.join(PRECISIONS)}.",
                ko=f"precision 값이 {shown(precision)}입니다. {', '.join(PRECISIONS)} 중에서 고르세요.",
            ),
            field="precision",
        )


def check_vocabulary(vocab_size: int | None) -> None:
    """Does nothing for a vocabulary size that can be, or none.

    Raises:
        ConfigError: for anything else.
    """
    if vocab_size is not None and not _is_count(vocab_size, LARGEST_VOCABULARY):
        raise ConfigError(
            say(
                en=f"vocab_size is {shown(vocab_size)}, but it must be a whole number from 1 to {LARGEST_VOCABULARY:,}.",
                ko=f"vocab_size 값이 {shown(vocab_size)}인데, 1에서 {LARGEST_VOCABULARY:,} 사이의 정수여야 합니다.",
            ),
            field="vocab_size",
        )


def _is_count(value: object, most: int) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and 1 <= int(value) <= most


def _rows(step: Step, depth: int, repeats: int, meter: Meter, counter: Counter) -> Iterator[LayerReport]:
    inner = repeats * (getattr(step.layer, "num_of_blocks", 1) if step.layer.container else 1)
    below = [row for child in step.children for row in _rows(child, depth + 1, inner, meter, counter)]
    if step.layer.container:
        once = sum(row.parameters for row in below if row.depth == depth + 1)
        parameters = once * (inner // repeats)
    else:
        parameters = counter.count(step)
    shapes = tuple(step.place.incoming.shape), tuple(step.outgoing.shape)
    yield LayerReport(step.layer.id, step.layer.type, depth, repeats, *shapes, parameters, meter)
    yield from below
