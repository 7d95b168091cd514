"""What a layer type is: one class with its fields, its rules and its torch module; and the register of all of them.

A new layer type is one file in this folder, a cell of a notebook, or a class in another package:

    class Scale(Layer):
        type = "scale"
        title = Text(en="Scale", ko="배율")
        ...
        factor: float = described(1.0, title=..., help=...)

        def module(self, place): return ScaleModule(self.factor)

Everything else (palette, form, checks, shapes, counts) comes from that class. What its module may know and say:

- ``x.is_meta``: true where there are shapes but no numbers; a module that decides by numbers must go by shapes there.
- ``written_as``: the plain class shown in exported code in place of a fast one (see rms_norm.py).
- ``looks_ahead``: true where a token sees those after it; then generation reads the whole text again for every token.
- ``zero_init``: true where what it writes into the residual stream starts at zero (see model/initialise.py).
- ``balance_loss``: a scalar that training adds to its loss, or None; there from the beginning (see mixture_of_experts.py).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from torch import nn

from slm_widgets.errors import LayerTypeError
from slm_widgets.fields import Reference, described, field_kind
from slm_widgets.language import Text, say
from slm_widgets.layers.formula import Formula, Paper, check_formula
from slm_widgets.layers.place import Flow, Place
from slm_widgets.layers.problem import Problem

GROUPS = {
    "embedding": Text(en="Embeddings", ko="임베딩"),
    "attention": Text(en="Attention", ko="어텐션"),
    "recurrence": Text(en="Recurrence, convolution", ko="순환과 합성곱"),
    "feedForward": Text(en="Feed-forward", ko="피드포워드"),
    "normalization": Text(en="Normalization", ko="정규화"),
    "wiring": Text(en="Wiring", ko="연결"),
    "block": Text(en="Blocks", ko="블록"),
    "output": Text(en="Output", ko="출력"),
}

_registry: dict[str, type[Layer]] = {}


class Layer(BaseModel):
    """The root of all layer types: frozen values as a document spells them (camelCase), and the rules over them.

    Class attributes:
        type: The name in a document, for example ``"mhAttention"``.
        title: The name for people.
        summary: One line for the palette.
        help: What it does, and what to try.
        formula: What it computes, in LaTeX; where that hangs on a field, ``{field: {value: LaTeX}}`` (see formula.py).
        letters: What the formula's letters mean.
        papers: Where it comes from, with links.
        group: A key of ``GROUPS``.
        container: Whether it holds children.
        palette_rank: Where it stands in its group; small numbers come first.
        reads: ``"tokens"`` or ``"vectors"``: what must flow in.
        gives_length: The letter of the length of what flows out (``Flow.length``), where it is not that of what flows in.
        adds_sources: Whether it adds its sources to what flows in, so that one which flows in anyway is doubled.
        starts_with: Field values of a node dragged from the palette, where the defaults are not what a beginner wants.
    """

    model_config = ConfigDict(
        frozen=True, extra="allow", strict=True, alias_generator=to_camel, validate_by_name=True, validate_by_alias=True
    )

    type: ClassVar[str] = ""
    title: ClassVar[Text]
    summary: ClassVar[Text]
    help: ClassVar[Text]
    formula: ClassVar[Formula] = ""
    letters: ClassVar[Text | str] = ""
    papers: ClassVar[Sequence[Paper]] = ()
    group: ClassVar[str]
    reads: ClassVar[str] = "vectors"
    container: ClassVar[bool] = False
    gives_length: ClassVar[str | None] = None
    adds_sources: ClassVar[bool] = False
    starts_with: ClassVar[Mapping[str, Any]] = {}
    palette_rank: ClassVar[int] = 50

    id: str
    label: str | None = described(
        None,
        title=Text(en="Label", ko="이름표"),
        help=Text(en="A name of your own, shown on the layer.", ko="레이어에 보일 나만의 이름입니다."),
    )
    in_dim: int | None = None
    out_dim: int | None = None
    input: Reference | None = described(
        None,
        title=Text(en="Reads from", ko="읽는 곳"),
        help=Text(
            en='The layer whose output is read instead of the one before; with ":in" at the end, its input.',
            ko='바로 앞 레이어 대신 그 출력을 읽을 레이어입니다. 끝에 ":in"을 붙이면 그 입력을 읽습니다.',
        ),
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        if cls.type:
            register(cls)
        elif _forgot_its_type(cls):
            warnings.warn(
                say(
                    en=f"The layer class {cls.__name__} has a module but no type, so it will not be in the palette. Write "
                    'type = "..." in it, without an annotation; if it is only a base of others, begin its name with an underscore.',
                    ko=f"레이어 클래스 {cls.__name__}에 module은 있지만 type이 없어서 팔레트에 나오지 않습니다. 클래스 안에 "
                    'type = "..."을 형식 표시 없이 적어 주세요. 다른 클래스의 바탕일 뿐이라면 이름을 밑줄로 시작하세요.',
                ),
                stacklevel=3,  # the class statement, past pydantic's metaclass
            )

    # -- rules; each is asked in this order, with everything before it settled -------------------------------------

    def resolve(self, place: Place) -> Self:
        """Fills in what the document leaves out and the place tells (widths, context length)."""
        return self

    def problems(self, place: Place) -> Iterator[Problem]:
        """Says what is wrong with this (resolved) layer at this place."""
        yield from ()

    def outgoing(self, place: Place) -> Flow:
        """The shape rule: what flows out."""
        return place.incoming

    def below(self, place: Place) -> Place:
        """What changes for the layers below, beyond what flows (``rotary`` positions turn RoPE on there, for example)."""
        return place

    def module(self, place: Place) -> nn.Module:
        """The torch module, with torch's default initialisation; called for the resolved layer only.

        ``forward(x, *sources)``; a module that remembers between calls of cached generation also has
        ``new_memory(batch_size, max_tokens, like)`` and takes ``memory=`` (see memory.py).
        """
        raise NotImplementedError(f"{type(self).__name__} draws no module")

    def sources(self) -> tuple[str, ...]:
        """References to what it reads besides the flow; their tensors come as further arguments of ``forward``."""
        return ()

    def shared(self, place: Place) -> dict[str, tuple[str, str]]:
        """Parameters borrowed from other layers: name here -> (layer id, name there)."""
        return {}

    # -- for the rules ------------------------------------------------------------------------------------------------

    def problem(
        self,
        field: str | None,
        *,
        en: str,
        ko: str,
        severity: str = "error",
        mend: Mapping[str, Any] | None = None,
        mend_title: str = "",
    ) -> Problem:
        """A problem of this layer; ``field`` and the keys of ``mend`` as a document spells them (see ``Problem``)."""
        return Problem(self.id, field, severity, say(en=en, ko=ko), mend=mend, mend_title=mend_title)

    def filled(self, **values: Any) -> Self:
        """A copy where the given fields are set, for those that the document left out."""
        return self.model_copy(update={k: v for k, v in values.items() if getattr(self, k) is None and v is not None})

    def to_data(self) -> dict[str, Any]:
        """The ``data`` of its node: what was said, camelCase, no nulls; unknown keys too."""
        return {k: v for k, v in self.model_dump(by_alias=True, exclude_unset=True).items() if v is not None}


def register(layer: type[Layer]) -> None:
    """Adds a layer type; a class of the same name defined again (a notebook cell run twice) replaces the earlier one.

    A title, summary or help that is plain text stands for both languages.

    Raises:
        LayerTypeError: for a class that lacks something, whose type name cannot be or is taken, or with a field that no form shows.
    """
    _check_type_name(layer)
    for attribute in ("title", "summary", "help", "group"):
        _check_words(layer, attribute)
    check_formula(layer.__name__, layer.formula, layer.papers)
    if layer.module is Layer.module and not layer.container:
        raise LayerTypeError(
            say(
                en=f"The layer class {layer.__name__} has no module. Define module(self, place), which returns the torch module, or "
                "set container = True for a layer that only holds others.",
                ko=f"레이어 클래스 {layer.__name__}에 module이 없습니다. torch 모듈을 돌려주는 module(self, place)을 정의하거나, "
                "다른 레이어를 담기만 한다면 container = True로 두세요.",
            )
        )
    known = _registry.get(layer.type)
    # The same cell run twice defines the same name in the same module; anything else is another class.
    if known is not None and (known.__module__, known.__qualname__) != (layer.__module__, layer.__qualname__):
        raise LayerTypeError(
            say(
                en=f"The layer type {layer.type!r} is already taken by {known.__name__}. Choose another name.",
                ko=f"레이어 종류 {layer.type!r}은(는) {known.__name__}이(가) 이미 쓰고 있습니다. 다른 이름을 고르세요.",
            )
        )
    for info in layer.model_fields.values():
        field_kind(info)
    _registry[layer.type] = layer


def _check_type_name(layer: type[Layer]) -> None:
    if isinstance(layer.type, str) and layer.type.isidentifier():
        return
    raise LayerTypeError(
        say(
            en=f"The type of the layer class {layer.__name__} is {layer.type!r}, but it must be one word of letters, digits and "
            'underscores that begins with no digit. Write it as in type = "tokenShift".',
            ko=f"레이어 클래스 {layer.__name__}의 type이 {layer.type!r}입니다. 글자, 숫자, 밑줄로 된 한 단어여야 하고 숫자로 시작할 수 "
            '없습니다. type = "tokenShift"처럼 적어 주세요.',
        )
    )


def _check_words(layer: type[Layer], attribute: str) -> None:
    """Sees that a class attribute for people is there, in both languages; a group is a plain name."""
    words = getattr(layer, attribute, None)
    if words is None:
        raise LayerTypeError(
            say(
                en=f"The layer class {layer.__name__} has no {attribute}; give it one as a class attribute.",
                ko=f"레이어 클래스 {layer.__name__}에 {attribute}이(가) 없습니다. 클래스 속성으로 적어 주세요.",
            )
        )
    if attribute != "group" and isinstance(words, str):
        setattr(layer, attribute, Text(en=words, ko=words))
    elif not isinstance(words, str if attribute == "group" else Text):
        raise LayerTypeError(
            say(
                en=f'The {attribute} of the layer class {layer.__name__} is {words!r}, but it must be a text, "..."'
                + ("." if attribute == "group" else ' or Text(en="...", ko="...").'),
                ko=f'레이어 클래스 {layer.__name__}의 {attribute} 값이 {words!r}입니다. 문자열 "..."'
                + ("로 적어 주세요." if attribute == "group" else '이나 Text(en="...", ko="...")로 적어 주세요.'),
            )
        )


def _forgot_its_type(layer: type[Layer]) -> bool:
    ours = layer.__module__.startswith("slm_widgets.")
    return Layer in layer.__bases__ and "module" in vars(layer) and not (ours or layer.__name__.startswith("_"))


def unregister(type_name: str) -> None:
    """Takes a layer type away again (a test, or a cell that changed its mind)."""
    _registry.pop(type_name, None)


def layer_types() -> dict[str, type[Layer]]:
    """Every layer type by its name, in the palette's order."""
    order = list(GROUPS)

    def rank(layer: type[Layer]) -> tuple[int, int]:
        return (order.index(layer.group) if layer.group in order else len(order), layer.palette_rank)

    return dict(sorted(_registry.items(), key=lambda item: rank(item[1])))
