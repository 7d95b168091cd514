"""What ``auto`` chose for this training, and why."""

from __future__ import annotations

import html
from collections.abc import Sequence

import ipywidgets

from slm_widgets.language import language, say
from slm_widgets.training import Choice, TrainConfig


class Choices(ipywidgets.HTML):
    """A line with the values that were chosen; it opens and then says why."""

    def __init__(self) -> None:
        super().__init__()
        self.show([])

    def show(self, choices: Sequence[Choice]) -> None:
        """Shows some choices, or nothing at all where there are none; a later one about the same setting counts."""
        newest = {choice.setting: choice for choice in choices}.values()
        told = [(html.escape(_named(choice)), html.escape(choice.why)) for choice in newest]
        head = say(en="Chosen automatically", ko="자동으로 고른 값")
        summary = ", ".join(words for words, _ in told)
        why = "".join(f"<dt>{words}</dt><dd>{why}</dd>" for words, why in told)
        self.value = f"<details><summary>{head}: {summary}</summary><dl>{why}</dl></details>" if told else ""
        self.layout.display = None if told else "none"


def _named(choice: Choice) -> str:
    """A setting and its value as the form calls them."""
    field = next((each for each in TrainConfig.fields_for_form(language()) if each["name"] == choice.setting), {})
    titles = {str(each["value"]): each["title"] for each in field.get("choices", ())}
    return f"{field.get('title', choice.setting)}: {titles.get(choice.value, choice.value)}"
