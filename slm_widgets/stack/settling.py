"""What nodes mean as parts of one document: what the config says of them, their references, and then the typed layers."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from slm_widgets.fields import explain
from slm_widgets.layers import Layer
from slm_widgets.stack.dialects.aliases import DEFAULTS
from slm_widgets.stack.dialects.config import said
from slm_widgets.stack.dialects.spelling import FACTOR, field_names, takes_factor
from slm_widgets.stack.dialects.suggestions import listed, near_field, near_types
from slm_widgets.stack.nodes import Draft, Reader
from slm_widgets.stack.references import canonical_reference, reference_inside


def settle(reader: Reader, config: dict[str, Any], older: bool) -> None:
    """Fills in what the config says, settles references, and gives the drafts their typed layers.

    Args:
        reader: The nodes in canonical spelling.
        config: The config in canonical spelling.
        older: Whether the document is older than version 1.
    """
    if older:
        _fill_repeats(reader, config)
    _settle_references(reader, reader.drafts, None, set(), older)
    for draft in reader.walk():
        if draft.data is not None:
            _fill(reader, draft, config, older)
            draft.layer = _make_layer(reader, draft)


def relative(reader: Reader) -> list[Draft]:
    """The layers whose width is still said as a multiple of what flows in."""
    return [draft for draft in reader.walk() if draft.layer is not None and _is_relative(reader, draft)]


def _is_relative(reader: Reader, draft: Draft) -> bool:
    return FACTOR in (draft.data or {}) and takes_factor(reader.types[draft.type])


def put_width(reader: Reader, draft: Draft, width: int) -> None:
    """Puts ``hiddenDim`` in the place of ``numOfFactor``, once the width that flows in is known."""
    assert draft.data is not None
    factor, other = draft.data.pop(FACTOR), draft.data.get("hiddenDim")
    hidden = round(factor * width)
    if abs(hidden - factor * width) > 1e-6 * hidden or other not in (None, hidden):
        reader.report(
            draft,
            FACTOR,
            en=f"{FACTOR} is {factor}, and {factor} × {width} is {factor * width}, "
            + ("which is not whole." if other is None else f"but hiddenDim is {other}. Keep one of the two."),
            ko=f"{FACTOR}이(가) {factor}이고 {factor} × {width} = {factor * width}인데, "
            + ("정수가 아닙니다." if other is None else f"hiddenDim은 {other}입니다. 둘 중 하나만 남기세요."),
        )
    draft.data["hiddenDim"] = max(1, hidden)
    draft.layer = _make_layer(reader, draft)


def _fill_repeats(reader: Reader, config: dict[str, Any]) -> None:
    """``n_blocks`` is the repeats of the one block at the top that does not say its own."""
    repeats = config.get("n_blocks")
    blocks = [draft for draft in reader.drafts if draft.type == "transformerBlock" and draft.data is not None]
    silent = [draft for draft in blocks if "numOfBlocks" not in (draft.data or {})]
    if repeats is None or not silent:
        return
    if len(silent) == 1:
        silent[0].data = {**(silent[0].data or {}), "numOfBlocks": repeats}
        return
    for draft in silent:
        reader.report(
            draft,
            "numOfBlocks",
            en=f"n_blocks is {repeats!r} in the config, but {len(silent)} blocks do not say their numOfBlocks. Say it in each.",
            ko=f"config의 n_blocks는 {repeats!r}인데, 블록 {len(silent)}개에 numOfBlocks가 없습니다. 블록마다 적어 주세요.",
        )


def _settle_references(reader: Reader, drafts: list[Draft], block: Draft | None, before: set[str], older: bool) -> None:
    """``<id>-in`` -> ``<id>:in``; in older dialects residuals stay in their block. ``before`` grows by what is above."""
    inside = {inner.id for draft in drafts for inner in draft.walk()} if older and block is not None else set()
    for draft in drafts:
        if draft.data is not None and draft.type in reader.types:
            for key in field_names(reader.types[draft.type]).references:
                reference = draft.data.get(key)
                if not isinstance(reference, str):
                    continue
                reference = canonical_reference(reference, reader.ids)
                if older and block is not None and draft.type == "residual":
                    reference = reference_inside(reference, block.id, inside, before, reader.ids)
                draft.data[key] = reference
        before.add(draft.id)
        _settle_references(reader, draft.children, draft, before, older)


def _fill(reader: Reader, draft: Draft, config: dict[str, Any], older: bool) -> None:
    """What the config says of a field and the node does not.

    In version 1 a layer's own default comes before the config, so that only what has no default is taken from there.
    """
    if draft.type not in reader.types or draft.data is None:
        return
    names = field_names(reader.types[draft.type])
    for key in names.fields if older else names.required:
        if key in draft.data or (key == "hiddenDim" and _is_relative(reader, draft)):
            continue
        if (value := said(key, draft.type, config)) is not None:
            draft.data[key] = names.value(key, value)
    if older:
        swiglu = {"feedForwardType": "Gated"} if draft.data.get("actFunc") == "SwiGLU" else {}
        draft.data = {**DEFAULTS.get(draft.type, {}), **swiglu, **draft.data}


def _make_layer(reader: Reader, draft: Draft) -> Layer | None:
    if draft.type not in reader.types:
        near = near_types(draft.type, reader.types)
        reader.report(
            draft,
            None,
            en=f"There is no layer type {draft.type!r}."
            + (f" Did you mean {' or '.join(near)}?" if near else f" There are: {', '.join(reader.types)}."),
            ko=f"{draft.type!r}(이)라는 레이어 종류는 없습니다."
            + (f" 혹시 {' 또는 '.join(near)}인가요?" if near else f" 있는 것: {', '.join(reader.types)}."),
        )
        return None
    model = reader.types[draft.type]
    waits = _is_relative(reader, draft)
    data = {key: value for key, value in (draft.data or {}).items() if not (waits and key == FACTOR)}
    try:
        layer = model.model_validate({**data, "id": draft.id})
    except ValidationError as errors:
        for error in errors.errors():
            if error["type"] == "missing" and error["loc"][0] in field_names(model).references:
                draft.missing.append(str(error["loc"][0]))  # what there is to choose from is only known on the way
                continue
            name, sentence = explain(error, model)
            reader.report(draft, name, en=sentence, ko=sentence)
        return None
    _report_unknown(reader, draft, model, layer)
    return layer


def _report_unknown(reader: Reader, draft: Draft, model: type[Layer], layer: Layer) -> None:
    """Warns of keys that mean nothing here; those of a group by its name too."""
    names = field_names(model)
    for key in (layer.model_extra or {}) if draft.data else ():
        if not (key == FACTOR and takes_factor(model)):
            _report_unknown_key(reader, draft, key, near_field(key, known := _keys(model)), known)
    for name, key in names.groups.items():
        group = getattr(layer, name)
        fields = list(type(group).model_fields) if group is not None else []
        for inner in getattr(group, "model_extra", None) or ():
            near = near_field(inner, fields)
            _report_unknown_key(reader, draft, f"{key}.{inner}", near and f"{key}.{near}", fields)


def _keys(model: type[Layer]) -> list[str]:
    return [*field_names(model).fields, *(["children"] if model.container else [])]


def _report_unknown_key(reader: Reader, draft: Draft, key: str, near: str | None, known: list[str]) -> None:
    reader.report(
        draft,
        key,
        severity="warning",
        en=f"{key} is no field of this layer; it is kept in the file but changes nothing."
        + (f" Did you mean {near}?" if near else f" There are: {listed(known)}."),
        ko=f"{key}은(는) 이 레이어의 필드가 아닙니다. 파일에는 남지만 아무 영향이 없습니다."
        + (f" 혹시 {near}인가요?" if near else f" 있는 필드: {listed(known)}."),
    )
