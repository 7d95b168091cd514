"""What one run does otherwise than another: in its design, and in its settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from slm_widgets.errors import LayerStackError
from slm_widgets.language import say
from slm_widgets.library.ancestry import Parent
from slm_widgets.stack import Difference, LayerStack, difference, fill_vocabulary
from slm_widgets.stack.difference import Change, LayerDifference
from slm_widgets.stack.difference.layer_difference import with_their_block
from slm_widgets.stack.difference.words import SIGNS, total_words, value_words
from slm_widgets.training import TrainConfig


@dataclass(frozen=True)
class RunDifference:
    """What a run does otherwise than its parent. It is true if anything differs, and prints as one line for each.

    Args:
        design: The difference of the designs.
        settings: The settings that are others.
    """

    design: Difference
    settings: tuple[Change, ...]

    def words(self) -> tuple[str, ...]:
        """Each change in the chosen language: ``("Heads 8 → 12", "Dropout 0.1 → 0.3")``; what many layers share once."""
        return (*_layer_words(self.design), *_total_words(self.design), *_setting_words(self.settings))

    def short(self) -> str:
        """All of it in one line; empty where nothing differs."""
        return "; ".join(self.words())

    def __bool__(self) -> bool:
        return bool(self.design or self.settings)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))

    def __str__(self) -> str:
        if not self:
            return say(en="Nothing differs from its parent.", ko="부모와 다른 것이 없습니다.")
        return "\n".join([*([str(self.design)] if self.design else []), *_setting_words(self.settings)])


def difference_from(parent: Parent, name: str, stack: LayerStack, config: TrainConfig) -> RunDifference:
    """What a design and settings do otherwise than a parent.

    Args:
        parent: What they were changed from.
        name: What the changed one is called.
        stack: The design, vocabulary filled in.
        config: The settings.
    """
    before = parent.stack
    size = next(
        (node.layer.to_data().get("vocabSize") for node in stack.walk() if "vocabSize" in node.layer.to_data()), None
    )
    if size is not None:
        with suppress(LayerStackError):  # one that says a smaller vocabulary itself differs in that
            before = fill_vocabulary(before, size)
    told = difference(before, stack)
    return RunDifference(replace(told, names=(parent.name, name)), tuple(_settings(parent.config, config)))


def _settings(before: TrainConfig | None, after: TrainConfig) -> Iterator[Change]:
    if before is None:
        return
    ours, theirs = before.model_dump(mode="json"), after.model_dump(mode="json")
    for field in theirs:
        if ours.get(field) != theirs[field]:
            yield Change(field, ours.get(field), theirs[field])


# -- words -----------------------------------------------------------------------------------------------------------------


def setting_title(field: str) -> str:
    """What a form calls a setting."""
    return str(_form().get(field, {}).get("title", field))


def _form() -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in TrainConfig.fields_for_form()}


def _setting_words(settings: tuple[Change, ...]) -> list[str]:
    form = _form() if settings else {}
    return [
        f"{form.get(change.field, {}).get('title', change.field)} {_value(change.before, form.get(change.field))} → "
        f"{_value(change.after, form.get(change.field))}"
        for change in settings
    ]


def _value(value: Any, field: Mapping[str, Any] | None) -> str:
    if isinstance(value, list):
        return "(" + ", ".join(map(value_words, value)) + ")"
    return value_words(value, field)


def _layer_words(design: Difference) -> list[str]:
    """What layers do otherwise, what several do alike only once, and what comes or goes by its id."""
    parts = with_their_block(design.layers)
    told: dict[str, int] = {}
    for layer in design.differing:
        if layer.at not in parts:
            for words in _one_layer(layer):
                told[words] = told.get(words, 0) + 1
    return [words if count == 1 else f"{words} (× {count})" for words, count in told.items()]


def _one_layer(layer: LayerDifference) -> tuple[str, ...]:
    if layer.kind == "changed":
        return layer.words
    said = (say(en="moved", ko="옮김"),) if layer.kind == "moved" else ()
    return (f"{SIGNS[layer.kind]} {layer.at.id}" + "".join(f", {words}" for words in (*said, *layer.words)),)


def _total_words(design: Difference) -> list[str]:
    """The totals, where no layer says why they are others: another vocabulary."""
    return [] if design.differing else [total_words(total) for total in design.totals]
