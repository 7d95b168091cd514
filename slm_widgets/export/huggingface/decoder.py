"""The shape that GPT-2, GPT-Neo, Llama, Mistral and Qwen 3 share, found in a design.

    tokens, (learned positions), (norm, attention, add, norm, feed-forward, add) × n, norm, head

What a family allows in these places is its own business (gpt2.py, llama.py, ...); here only the places are found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from slm_widgets.errors import ExportError
from slm_widgets.language import Text, say
from slm_widgets.layers import Layer, Place
from slm_widgets.layers.attention_fields import AttentionFields
from slm_widgets.layers.dropout import Dropout
from slm_widgets.layers.feed_forward import FeedForward
from slm_widgets.layers.gq_attention import GroupedQueryAttention
from slm_widgets.layers.linear import Linear
from slm_widgets.layers.mh_attention import MultiHeadAttention
from slm_widgets.layers.normalization import Normalization
from slm_widgets.layers.place import SOURCE
from slm_widgets.layers.positional_embedding import PositionalEmbedding
from slm_widgets.layers.residual import Residual
from slm_widgets.layers.token_embedding import TokenEmbedding
from slm_widgets.model.build import module_name
from slm_widgets.stack.check import Examined
from slm_widgets.stack.references import INPUT
from slm_widgets.stack.trace import Step

L = TypeVar("L", bound=Layer)
LayerT_co = TypeVar("LayerT_co", bound=Layer, covariant=True)


@dataclass(frozen=True)
class Part(Generic[LayerT_co]):
    """One layer of the built model.

    Args:
        layer: The layer, with everything filled in.
        place: What surrounds it.
        path: Where its weights stand in the state dict: ``"block.0.attention"``.
        words: Its place for a sentence: ``"Layer 5 (dropout)"``.
    """

    layer: LayerT_co
    place: Place
    path: str
    words: str


@dataclass(frozen=True)
class Branches:
    """One layer of a decoder: attention and feed-forward, each with its norm before it and perhaps a dropout after it."""

    norm1: Part[Normalization]
    attention: Part[AttentionFields]
    dropout1: Part[Dropout] | None
    norm2: Part[Normalization]
    feed_forward: Part[FeedForward]
    dropout2: Part[Dropout] | None


@dataclass(frozen=True)
class Decoder:
    """A design, place by place. A dropout of rate 0 and rotary positions (which attention applies) have no place of their own."""

    tokens: Part[TokenEmbedding]
    positions: Part[PositionalEmbedding] | None
    dropout: Part[Dropout] | None
    layers: tuple[Branches, ...]
    norm: Part[Normalization]
    head: Part[Linear]
    vocab_size: int
    context_length: int | None

    @property
    def width(self) -> int:
        """C, the number of channels."""
        return self.tokens.layer.emb_dim

    @property
    def norms(self) -> list[Part[Normalization]]:
        """Every norm, top down."""
        return [norm for layer in self.layers for norm in (layer.norm1, layer.norm2)] + [self.norm]

    @property
    def attentions(self) -> list[Part[AttentionFields]]:
        """Every attention, top down."""
        return [layer.attention for layer in self.layers]

    @property
    def feed_forwards(self) -> list[Part[FeedForward]]:
        """Every feed-forward, top down."""
        return [layer.feed_forward for layer in self.layers]


def find_decoder(examined: Examined) -> Decoder:
    """Finds the places of a decoder in a design that can be built.

    Raises:
        ExportError: at the first layer that such a decoder does not have there.
    """
    found = examined.trace
    unrolled = _Unrolled({draft.id: draft.place for draft in _all(examined.drafts)})
    unrolled.run(found.steps, "", _TOKENS, {SOURCE: _SOURCE_TOKENS})
    return _Finder(unrolled.operations).find(found.vocab_size, found.context_length)


def _all(drafts: Sequence) -> Iterator:
    for draft in drafts:
        yield draft
        yield from _all(draft.children)


# Every value that flows has a number: those of the layers count from 0, so that two references to one value are equal
# however they are spelled.
_TOKENS, _SOURCE_TOKENS = -1, -2


@dataclass(frozen=True)
class _Operation:
    part: Part[Layer]
    reads: int
    sources: tuple[int, ...]
    gives: int


class _Unrolled:
    """A design as one list, its blocks written out repeat by repeat."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self.places = places
        self.operations: list[_Operation] = []

    def run(self, steps: Sequence[Step], path: str, value: int, outside: Mapping[str, int]) -> int:
        """Writes out the layers of one list; ``value`` flows in, what flows out is returned."""
        scope = dict(outside)
        names: set[str] = set()
        for step in steps:
            name = module_name(step.layer.id, names)  # as build_model names them
            names.add(name)
            value = value if step.reads is None else scope[step.reads]
            scope[step.layer.id + INPUT] = value
            if step.layer.container:
                for number in range(getattr(step.layer, "num_of_blocks", 1)):
                    inside = {**scope, step.layer.id + INPUT: value}
                    value = self.run(step.children, f"{path}{name}.{number}.", value, inside)
            elif not _does_nothing(step.layer):
                value = self._add(step, f"{path}{name}", value, [scope[source] for source in step.sources])
            scope[step.layer.id] = value
        return value

    def _add(self, step: Step, path: str, value: int, sources: Sequence[int]) -> int:
        gives = len(self.operations)
        part = Part(step.layer, step.place, path, self.places[step.layer.id])
        self.operations.append(_Operation(part, value, tuple(sources), gives))
        return gives


def _does_nothing(layer: Layer) -> bool:
    if isinstance(layer, PositionalEmbedding):
        return layer.pos_type not in ("learned", "sinusoidal")  # it speaks to the attention below
    return isinstance(layer, Dropout) and layer.dropout_rate == 0


class _Finder:
    """Walks the list with a finger on the next layer."""

    def __init__(self, operations: Sequence[_Operation]) -> None:
        self.operations = operations
        self.at = 0
        self.flow = _TOKENS  # what the next layer must read

    def find(self, vocab_size: int, context_length: int | None) -> Decoder:
        """The decoder, or the error about the first layer that is another."""
        tokens = self._take(TokenEmbedding, Text(en="the token embedding", ko="토큰 임베딩"))
        positions, dropout = self._perhaps(PositionalEmbedding), self._perhaps(Dropout)
        layers = [self._branches()]
        while not (self._sees(Normalization) and self._sees(Linear, ahead=1)):
            layers.append(self._branches())
        norm = self._take(Normalization, _NORM)
        head = self._take(Linear, Text(en="the head", ko="헤드"))
        if self.at < len(self.operations):
            raise self._other(Text(en="nothing more after the head", ko="헤드 뒤에는 아무것도 없어야 함"))
        return Decoder(tokens, positions, dropout, tuple(layers), norm, head, vocab_size, context_length)

    def _branches(self) -> Branches:
        flow = self.flow
        norm1 = self._take(Normalization, _NORM)
        attention = self._take(AttentionFields, Text(en="attention", ko="어텐션"))
        dropout1 = self._perhaps(Dropout)
        flow = self._add_to(flow)
        norm2 = self._take(Normalization, _NORM)
        feed_forward = self._take(FeedForward, Text(en="a feed-forward", ko="피드포워드"))
        dropout2 = self._perhaps(Dropout)
        self._add_to(flow)
        return Branches(norm1, attention, dropout1, norm2, feed_forward, dropout2)

    def _sees(self, kind: type[Layer], ahead: int = 0) -> bool:
        if self.at + ahead >= len(self.operations):
            return False
        # A class that somebody derived from one of ours computes something else.
        return type(self.operations[self.at + ahead].part.layer) in _KINDS.get(kind, (kind,))

    def _take(self, kind: type[L], expected: Text) -> Part[L]:
        if not self._sees(kind) or self.operations[self.at].reads != self.flow:
            raise self._other(expected)
        operation = self.operations[self.at]
        self.at, self.flow = self.at + 1, operation.gives
        return operation.part  # pyright: ignore[reportReturnType]  (its layer is a ``kind``, as ``_sees`` saw)

    def _perhaps(self, kind: type[L]) -> Part[L] | None:
        return self._take(kind, Text("", "")) if self._sees(kind) else None

    def _add_to(self, flow: int) -> int:
        """A residual that adds the branch, which has just ended, to what flowed by it; which of the two it reads is all one."""
        branch = self.flow
        operation = self.operations[self.at] if self.at < len(self.operations) else None
        wanted = Text(en="a residual over this branch, of scale 1", ko="이 가지를 건너는 배율 1의 잔차 연결")
        if operation is None or not isinstance(operation.part.layer, Residual) or operation.part.layer.scale != 1:
            raise self._other(wanted)
        if {operation.reads, *operation.sources} != {branch, flow}:
            raise self._other(wanted)
        self.at, self.flow = self.at + 1, operation.gives
        return self.flow

    def _other(self, expected: Text) -> ExportError:
        last = self.at >= len(self.operations)
        part = self.operations[min(self.at, len(self.operations) - 1)].part
        where = say(en=f"After {part.words}", ko=f"{part.words} 뒤") if last else part.words
        return ExportError(
            say(
                en=f"{where}: no family that Hugging Face folders can be written for has this here. They need {expected}, reading "
                "what comes from the layer before. The order is: token embedding, positions, then for each block norm, attention, "
                "residual, norm, feed-forward, residual, at last norm and head. Change the design, or take it home with "
                "slm.export_code(stack).",
                ko=f"{where}: Hugging Face 폴더로 쓸 수 있는 계열 가운데 이 자리에 이런 레이어가 있는 것은 없습니다. 필요한 것: 바로 앞 레이어를 "
                f"읽는 {expected}. 순서는 토큰 임베딩, 위치, 그다음 블록마다 정규화, 어텐션, 잔차 연결, 정규화, 피드포워드, 잔차 연결, 마지막에 "
                "정규화와 헤드입니다. 설계를 바꾸거나 slm.export_code(stack)으로 내보내세요.",
            ),
            layer_id=part.layer.id,
        )


_KINDS: dict[type[Layer], tuple[type[Layer], ...]] = {AttentionFields: (MultiHeadAttention, GroupedQueryAttention)}
_NORM = Text(en="a normalization", ko="정규화")
