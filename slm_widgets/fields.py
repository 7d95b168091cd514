"""Fields with a title and a help text: what a form needs to draw them, and what an error says about them.

Layers and training settings are pydantic classes whose fields are made by ``described``. From one declaration come the
form in the browser (``form_fields``) and the sentence about a wrong value (``explain``). Whoever draws forms knows these
kinds and no more: integer, number, boolean, choice, text, reference, group.
"""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticUndefined

from slm_widgets.errors import LayerTypeError
from slm_widgets.language import Text, say


class _ReferenceMarker:
    """Marks a text field that names a node."""


Reference = Annotated[str, _ReferenceMarker()]
"""The id of a node (its output), or ``"<id>:in"`` (its input)."""


class OnlyWith(NamedTuple):
    """What makes a field count at all: another field, a choice, with one of some values."""

    field: str
    values: tuple[str, ...]


class Described(NamedTuple):
    """What a person reads about a field. ``unit`` is empty for a bare count, ``choices`` only where values need a title."""

    title: Text
    help: Text
    unit: Text | None = None
    choices: Mapping[str, Text] | None = None
    only_with: OnlyWith | None = None


def described(
    default: Any = ...,
    *,
    title: Text,
    help: Text,
    unit: Text | None = None,
    choices: Mapping[str, Text] | None = None,
    only_with: OnlyWith | None = None,
    **limits: Any,
) -> Any:
    """Makes a pydantic field that a form can show.

    Args:
        default: The value where a document says nothing; ``...`` where it must be said.
        title: A few words, shown beside the input.
        help: One or two sentences: what it does and what to try.
        unit: The unit of the number, unless it is a bare count.
        choices: Titles for the values of a choice, where the value alone does not speak.
        only_with: Another field's values without which this one does nothing; a form need not show it then.
        **limits: ``ge``, ``gt``, ``le``, ``lt`` as pydantic's ``Field`` takes them.
    """
    info = Field(default, **limits)
    info.metadata.append(Described(title, help, unit, choices, only_with))
    return info


def form_fields(model: type[BaseModel]) -> list[dict[str, Any]]:
    """Lists the described fields of a class as the browser wants them, in the chosen language."""
    return [_form_field(name, info) for name, info in model.model_fields.items() if _description(info) is not None]


def settled_values(of: BaseModel) -> dict[str, Any]:
    """What the described fields hold that a document may leave empty, as it spells them: what a form shows in an empty field."""
    found = {}
    for name, info in type(of).model_fields.items():
        value = getattr(of, name)
        if isinstance(value, bool | int | float | str) and _description(info) is not None and _kind(info)[1]:
            found[info.alias or name] = value
    return found


def _form_field(name: str, info: FieldInfo) -> dict[str, Any]:
    words = _description(info)
    assert words is not None
    kind, nullable, detail = _kind(info)
    form: dict[str, Any] = {
        "name": info.alias or name,  # the fields of a group have no alias
        "kind": kind,
        "title": str(words.title),
        "help": str(words.help),
        "default": None if info.default is PydanticUndefined else info.default,
        "nullable": nullable,
    }
    limits = _limits(info)
    form.update(limits)
    if limits:
        form["allowed"] = _range(limits)
    if words.unit is not None:
        form["unit"] = str(words.unit)
    if kind == "choice":
        titles = words.choices or {}
        form["choices"] = [{"value": value, "title": str(titles.get(value, value))} for value in detail]
    if kind == "group":
        form["fields"] = form_fields(detail)
    if words.only_with is not None:
        form["only_with"] = words.only_with._asdict()
    return form


def idle_fields(of: BaseModel) -> list[tuple[str, OnlyWith]]:
    """The fields that somebody set although they do nothing beside the others' values, and what they would need."""
    found = []
    for name, info in type(of).model_fields.items():
        words = _description(info)
        needs = words.only_with if words is not None else None
        if needs and getattr(of, needs.field) not in needs.values and getattr(of, name) != info.default:
            found.append((name, needs))
    return found


def field_kind(info: FieldInfo) -> str:
    """The kind of a field; raises LayerTypeError for one that no form can draw."""
    return _kind(info)[0]


def _kind(info: FieldInfo) -> tuple[str, bool, Any]:
    """-> (kind, whether null is allowed, the choices or the class of a group)."""
    annotation, nullable = info.annotation, False
    if get_origin(annotation) in (Union, types.UnionType):
        members = [a for a in get_args(annotation) if a is not type(None)]
        nullable = len(members) < len(get_args(annotation))
        annotation = members[0] if len(members) == 1 else annotation
    reference = any(isinstance(m, _ReferenceMarker) for m in info.metadata)
    if get_origin(annotation) is Annotated:
        reference = reference or any(isinstance(m, _ReferenceMarker) for m in get_args(annotation)[1:])
        annotation = get_args(annotation)[0]
    if reference:
        return "reference", nullable, None
    if get_origin(annotation) is Literal:
        return "choice", nullable, get_args(annotation)
    plain = {bool: "boolean", int: "integer", float: "number", str: "text"}
    if isinstance(annotation, type):
        if annotation in plain:
            return plain[annotation], nullable, None
        if issubclass(annotation, BaseModel):
            return "group", nullable, annotation
    raise LayerTypeError(
        say(
            en=f"The field {info.alias!r} has the type {annotation!r}, which no form can show. "
            "Use int, float, bool, str, Literal[...], Reference, or a pydantic class of those.",
            ko=f"필드 {info.alias!r}의 형식 {annotation!r}은(는) 입력 양식으로 보여 줄 수 없습니다. "
            "int, float, bool, str, Literal[...], Reference 또는 이들로 된 pydantic 클래스를 쓰세요.",
        )
    )


def _description(info: FieldInfo) -> Described | None:
    return next((m for m in info.metadata if isinstance(m, Described)), None)


def _limits(info: FieldInfo) -> dict[str, Any]:
    """min and max for a form; an open limit is passed as exclusiveMin and exclusiveMax."""
    names = {Ge: ("ge", "min"), Gt: ("gt", "exclusiveMin"), Le: ("le", "max"), Lt: ("lt", "exclusiveMax")}
    return {names[type(m)][1]: getattr(m, names[type(m)][0]) for m in info.metadata if type(m) in names}


_LIMIT_WORDS = {
    "min": Text(en="{} or more", ko="{} 이상"),
    "exclusiveMin": Text(en="more than {}", ko="{} 초과"),
    "max": Text(en="at most {}", ko="{} 이하"),
    "exclusiveMax": Text(en="less than {}", ko="{} 미만"),
}


def _range(limits: Mapping[str, Any]) -> str:
    """What numbers are allowed, in words: "1 to 1,024", "at least 0, less than 1", "more than 0, at most 10"."""
    plain = {name: _plain(limits[name]) for name in _LIMIT_WORDS if name in limits}
    parts = [_LIMIT_WORDS[name].ko.format(number) for name, number in plain.items()]
    match list(plain.items()):
        case [("min", low), ("max", high)]:
            en = f"{low} to {high}"
        case [("min", low), ("exclusiveMax", high)]:
            en = f"at least {low}, less than {high}"
        case _:
            en = ", ".join(_LIMIT_WORDS[name].en.format(number) for name, number in plain.items())
    return say(en=en, ko=" ".join(parts))


def _plain(number: float) -> str:
    """1,000,000 rather than 1000000.0."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,}"


def explain(error: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    """Turns one of pydantic's errors into a sentence of ours.

    Returns:
        The field's name as a document spells it, and the sentence: what the value is and what is allowed.
    """
    by_name = {info.alias or name: info for name, info in model.model_fields.items()}
    name = str(error["loc"][0]) if error["loc"] else ""
    info = by_name.get(name) or model.model_fields.get(name)
    if info is None:
        return name, say(en=f"There is no field {name}.", ko=f"{name} 필드는 없습니다.") + _did_you_mean(
            name, {**_by_title(by_name), **{each.lower(): each for each in by_name}}
        )
    if len(error["loc"]) > 1 and _kind(info)[0] == "group":
        inner, sentence = explain({**error, "loc": error["loc"][1:]}, _kind(info)[2])
        return f"{name}.{inner}", sentence
    wanted = _wanted(info)
    if error["type"] == "missing":
        return name, say(
            en=f"{name} is missing; it must be {wanted}.", ko=f"{name} 값이 없습니다. 넣을 수 있는 값: {wanted}."
        )
    if error["input"] is None:
        return name, say(
            en=f"{name} is empty (None), but it must be {wanted}.",
            ko=f"{name} 값이 비어 있습니다(None). 넣을 수 있는 값: {wanted}.",
        )
    value = _short(error["input"])
    sentence = say(
        en=f"{name} is {value}, but it must be {wanted}.", ko=f"{name} 값이 {value}입니다. 넣을 수 있는 값: {wanted}."
    )
    return name, sentence + _hint(info, error["input"])


def _hint(info: FieldInfo, value: Any) -> str:
    """What somebody may have meant who wrote a text; empty where nobody can tell."""
    kind, _, detail = _kind(info)
    if not isinstance(value, str):
        return ""
    if kind == "choice":
        return _did_you_mean(value, {str(one).lower(): str(one) for one in detail}, cutoff=0.8)  # gpu is no cpu
    if kind == "number" and _DECIMAL_COMMA.fullmatch(value):
        number = value.replace(",", ".")
        return say(en=f" Write {number}, with a point.", ko=f" 쉼표 대신 점을 써서 {number}처럼 쓰세요.")
    return ""


_DECIMAL_COMMA = re.compile(r"[+-]?(0*,\d+|\d+,(\d{1,2}|\d{4,}))([eE][+-]?\d+)?")  # 1,000 may be a thousand


def _by_title(fields: Mapping[str, FieldInfo]) -> dict[str, str]:
    """Names by what a form calls them: whoever writes ``learning_rate`` means ``lr``."""
    words = {name: _description(info) for name, info in fields.items()}
    return {each.title.en.lower().replace(" ", "_"): name for name, each in words.items() if each is not None}


def _did_you_mean(written: str, known: Mapping[str, str], cutoff: float = 0.6) -> str:
    """``known``: what may be written, by what it is found with, in small letters."""
    near = difflib.get_close_matches(written.lower(), known, n=1, cutoff=cutoff)
    return say(en=f" Did you mean {known[near[0]]}?", ko=f" 혹시 {known[near[0]]}?") if near else ""


def _wanted(info: FieldInfo) -> str:
    kind, nullable, detail = _kind(info)
    if kind == "choice":
        return say(en="one of ", ko="") + ", ".join(map(str, detail))
    wanted = {
        "integer": say(en="a whole number", ko="정수"),
        "number": say(en="a number", ko="수"),
        "boolean": say(en="true or false", ko="true 또는 false"),
        "text": say(en="a text", ko="문자열"),
        "reference": say(en="the id of a layer above", ko="위에 있는 레이어의 id"),
        "group": say(en="a group of fields", ko="필드 묶음"),
    }[kind]
    limits = _limits(info)
    signs = {"min": "≥", "exclusiveMin": ">", "max": "≤", "exclusiveMax": "<"}
    if limits:
        wanted += " " + ", ".join(f"{signs[key]} {value}" for key, value in limits.items())
    if nullable:
        wanted += say(en=", or left empty", ko=" (또는 비워 둠)")
    return wanted


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
