"""What a family of published models is to us: its settings, its tensors, and what it can say of a design."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from pydantic.alias_generators import to_camel

from slm_widgets.errors import CheckpointError, ExportError
from slm_widgets.export.huggingface.config_file import ConfigFile
from slm_widgets.export.huggingface.decoder import Decoder, L, Part
from slm_widgets.export.huggingface.weights import Weight, matrix
from slm_widgets.language import say
from slm_widgets.layers import Layer
from slm_widgets.layers.feed_forward import FeedForward
from slm_widgets.stack.presets.parts import Json

# Their name -> ours. Several names are one function, written or rounded in other ways.
ACTIVATIONS = {
    "gelu": "GELU",
    "gelu_python": "GELU",
    "gelu_new": "GELU-tanh",
    "gelu_fast": "GELU-tanh",
    "gelu_accurate": "GELU-tanh",
    "gelu_pytorch_tanh": "GELU-tanh",
    "gelu_python_tanh": "GELU-tanh",
    "leaky_relu": "LeakyReLU",
    "mish": "Mish",
    "relu": "ReLU",
    "relu2": "SquaredReLU",
    "silu": "SiLU",
    "swish": "SiLU",
}

_WRITABLE = sorted({*ACTIVATIONS.values()})

# Fields that change nothing once the weights are there, and those that the shapes of the weights already say.
_NO_MATTER = {"id", "label", "in_dim", "out_dim", "input", "ctx_length", "emb_dim", "vocab_size", "zero_init"}

# What a field is filled in with where nobody said anything, beside its default.
_NEUTRAL = {"position_bias": "none"}


class Family(ABC):
    """One family. A subclass is a table: how its settings draw a design, and which of its tensors are ours.

    ``says`` lists, for each place of a decoder, the fields that the family's settings or tensors can say; any other field of
    a layer must be as it is by default, so that a field which layers get later is refused rather than dropped.
    """

    model_type: ClassVar[str]  # in config.json
    architecture: ClassVar[str]  # the class in transformers
    title: ClassVar[str]
    prefix: ClassVar[str]  # of the names of tensors
    layers: ClassVar[str]  # the list of layers in those names
    embedding: ClassVar[str]  # the token embedding in those names
    ignored: ClassVar[str]  # buffers that older files carry, as a regular expression
    activation_name: ClassVar[str]  # what this family calls GELU-tanh
    tied: ClassVar[bool]  # whether the head shares the token embedding where the settings do not say
    says: ClassVar[Mapping[str, frozenset[str]]]

    # -- their settings -> our design -------------------------------------------------------------------------------

    @abstractmethod
    def draw(self, config: ConfigFile) -> Json:
        """The design that the settings describe, as a document for ``parse_stack``. Raises CheckpointError."""

    @abstractmethod
    def depth(self, config: ConfigFile) -> int:
        """The number of layers, as the settings say. Raises CheckpointError."""

    def activation(self, config: ConfigFile, name: str, default: str) -> str:
        """Our name of their activation."""
        return ACTIVATIONS[config.text(name, default, list(ACTIVATIONS))]

    def is_tied(self, config: ConfigFile) -> bool:
        """Whether the head shares the token embedding."""
        return config.flag("tie_word_embeddings", self.tied)

    def refuse(self, config: ConfigFile, name: str, allowed: Any) -> None:
        """Raises CheckpointError unless a setting is absent or has the only value that our layers know."""
        if config.values.get(name, allowed) not in (allowed, None):
            raise config.wrong(name, str(allowed).lower())

    # -- our design -> their settings -------------------------------------------------------------------------------

    @abstractmethod
    def problems(self, decoder: Decoder) -> Iterator[ExportError]:
        """What of a design the family cannot say, layer by layer."""

    @abstractmethod
    def config(self, decoder: Decoder) -> Json:
        """The settings that describe a design without problems, with the keys of versions 5 and 4."""

    def unsaid(self, decoder: Decoder) -> Iterator[ExportError]:
        """Fields that are not as by default and that nothing of the family says; part of every family's ``problems``."""
        yield from needs(self, [decoder.head], "bias", False)
        places: dict[str, Sequence[Part[Layer]]] = {
            "tokens": [decoder.tokens],
            "positions": [decoder.positions] if decoder.positions else [],
            "norm": decoder.norms,
            "attention": decoder.attentions,
            "feed_forward": decoder.feed_forwards,
            "head": [decoder.head],
        }
        for name, parts in places.items():
            for part in parts:
                for field, info in type(part.layer).model_fields.items():
                    if field in _NO_MATTER | self.says.get(name, frozenset()):
                        continue
                    if getattr(part.layer, field) != _NEUTRAL.get(field, info.default):
                        yield from needs(self, [part], field, info.default)

    def same_activation(self, decoder: Decoder) -> Iterator[ExportError]:
        """All feed-forwards must be alike, with an activation that transformers has."""
        parts = decoder.feed_forwards
        yield from one_for_all(self, parts, "hidden_dim")
        yield from one_for_all(self, parts, "act_func", _function)
        if _function(parts[0]) not in ACTIVATIONS.values():
            yield refusal(
                parts[0],
                "act_func",
                en=f"transformers has no activation {parts[0].layer.act_func}. Choose one of {', '.join(_WRITABLE)}.",
                ko=f"transformers에는 활성화 함수 {parts[0].layer.act_func}이(가) 없습니다. 다음 중에서 고르세요: {', '.join(_WRITABLE)}.",
            )

    def their_activation(self, decoder: Decoder) -> str:
        """Their name of our activation."""
        ours = _function(decoder.feed_forwards[0])
        names = [theirs for theirs, name in ACTIVATIONS.items() if name == ours]
        return self.activation_name if self.activation_name in names else names[0]

    # -- tensors, the same both ways --------------------------------------------------------------------------------

    @abstractmethod
    def weights(self, decoder: Decoder) -> Iterator[Weight]:
        """Every tensor, with their names without the prefix."""

    def head(self, decoder: Decoder) -> Iterator[Weight]:
        """The head's own matrix, where it has one."""
        if not decoder.head.layer.weight_tying:
            yield from matrix(decoder.head.path, "lm_head", decoder.vocab_size, decoder.width)

    def full_name(self, name: str) -> str:
        """A tensor's name as transformers writes it."""
        return name if name.startswith("lm_head.") else f"{self.prefix}{name}"

    def check_depth(self, config: ConfigFile, names: Sequence[str]) -> None:
        """The settings and the weights must agree on the number of layers, before anything is drawn layer by layer.

        Raises:
            CheckpointError: where they do not.
        """
        numbers = (re.match(rf"{self.layers}\.(\d{{1,9}})\.", name) for name in names)
        found = 1 + max((int(number[1]) for number in numbers if number), default=-1)
        said = self.depth(config)
        if found != said:
            raise CheckpointError(
                say(
                    en=f"{config.path} asks for {said:,} layers, but the weights have {found:,}. They belong to different models: "
                    "copy the folder again.",
                    ko=f"{config.path}에는 레이어가 {said:,}개인데 가중치에는 {found:,}개입니다. 서로 다른 모델의 파일이니 폴더를 "
                    "다시 복사하세요.",
                ),
                field="weights",
            )


def _function(part: Part[FeedForward]) -> str:
    """SwiGLU is a gated SiLU, and whether there is a gate is another field."""
    return "SiLU" if part.layer.act_func == "SwiGLU" else part.layer.act_func


def needs(family: Family, parts: Sequence[Part[Layer]], field: str, wanted: Any) -> Iterator[ExportError]:
    """The layers whose field is not what the family needs."""
    for part in parts:
        value = getattr(part.layer, field)
        if value != wanted:
            name, have = _alias(part, field), _spelled(value)
            want_en = "it empty" if wanted is None else _spelled(wanted)
            want_ko = "비어 있어야" if wanted is None else f"{_spelled(wanted)}(이)어야"
            yield refusal(
                part,
                field,
                en=f"{name} is {have}, but {family.title} needs {want_en}.",
                ko=f"{name} 값이 {have}인데 {family.title}에서는 {want_ko} 합니다.",
            )


def one_for_all(
    family: Family, parts: Sequence[Part[L]], field: str, value: Callable[[Part[L]], Any] | None = None
) -> Iterator[ExportError]:
    """The first layer whose field differs from that of the first one, where the family has one setting for all.

    Args:
        family: The family.
        parts: The layers.
        field: The field, as Python spells it.
        value: What is compared, where the field alone does not say it.
    """
    values = [getattr(part.layer, field) if value is None else value(part) for part in parts]
    other = next((number for number, one in enumerate(values) if one != values[0]), None)
    if other is not None:
        name, first, differs = _alias(parts[other], field), _spelled(values[0]), _spelled(values[other])
        yield refusal(
            parts[other],
            field,
            en=f"{name} is {differs}, but {first} in {parts[0].words}; {family.title} has one for all.",
            ko=f"{name} 값이 {differs}인데 {parts[0].words}에서는 {first}입니다. {family.title}에는 모두에게 같은 값 하나만 있습니다.",
        )


def refusal(part: Part[Layer], field: str | None, *, en: str, ko: str) -> ExportError:
    """The error about one layer; ``field`` as Python spells it."""
    sentence = say(en=f"{part.words}: {en}", ko=f"{part.words}: {ko}")
    return ExportError(sentence, layer_id=part.layer.id, field=None if field is None else _alias(part, field))


def _alias(part: Part[Layer], field: str) -> str:
    """The field as a document spells it."""
    return to_camel(field) if field != "is_rope" else "isRoPE"


def _spelled(value: Any) -> str:
    if value is None:
        return say(en="empty", ko="비어 있음")
    return str(value).lower() if isinstance(value, bool) else str(value)
