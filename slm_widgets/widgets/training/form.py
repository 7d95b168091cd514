"""The settings of a training as a form: the most important ones in a row, the rest on a page for each section."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

import ipywidgets

from slm_widgets.language import Text, language, say
from slm_widgets.training import TrainConfig
from slm_widgets.training.overlay import OF_THE_OPTIMIZER, reconciled
from slm_widgets.widgets.form_field import Description, FormField
from slm_widgets.widgets.training.fold import Fold
from slm_widgets.widgets.training.meanings import explain_settings

_FIRST = ("max_steps", "batch_size", "lr", "context_length")

# What an empty input stands for, where "automatic" would not be true.
_EMPTY = {
    **dict.fromkeys(("max_steps", "epochs", "max_minutes"), Text(en="no limit", ko="제한 없음")),
    "dropout": Text(en="as in the design", ko="설계대로"),
    "patience": Text(en="never", ko="멈추지 않음"),
}


class TrainingForm:
    """The inputs for a TrainConfig, made from its fields and sections: a new setting appears here by itself.

    ``first`` and ``rest`` are the two widgets to put somewhere.

    Args:
        on_change: Called after each change by a person.
    """

    def __init__(self, on_change: Callable[[], object]) -> None:
        self._on_change = on_change
        self._is_filling = False
        self._marked: set[str] = set()
        self._context_length: int | None = None
        descriptions = dict(_flat(TrainConfig.fields_for_form()))
        self._inputs = {name: FormField(each) for name, each in descriptions.items()}
        self._needs = {name: each["only_with"] for name, each in descriptions.items() if "only_with" in each}
        self._defaults = {name: descriptions[name]["default"] for name in self._needs}
        for one in self._inputs.values():
            one.widget.observe(self._changed, "value")
        self._filled = _spread(TrainConfig())
        self.first = _row(self._inputs[name].widget for name in _FIRST)
        self._section_of = {name: each["section"] for name, each in descriptions.items() if name not in _FIRST}
        self._meanings = {section: ipywidgets.HTML() for section, _ in TrainConfig.sections()}
        self._pages = {section: self._page(section) for section in self._meanings}
        self.sections = ipywidgets.ToggleButtons(options=[(name, name) for name in self._pages])
        self.sections.add_class("slm-tabs")
        self.sections.observe(lambda change: self._turn(), "value")
        self.rest = Fold(ipywidgets.VBox([self.sections, *self._pages.values()]))
        self._turn()
        self.speak()

    def fill(self, config: TrainConfig) -> None:
        """Writes a config into the inputs."""
        self._filled = _spread(config)
        self._is_filling = True
        try:
            for name, one in self._inputs.items():
                one.value = self._filled[name]
        finally:
            self._is_filling = False
        self._leave_out_idle()

    def values(self) -> dict[str, Any]:
        """What the inputs hold, right or wrong, as TrainConfig takes it."""
        values: dict[str, Any] = {}
        for name, one in self._inputs.items():
            group, _, part = name.rpartition(".")
            if group:
                values.setdefault(group, {})[part] = one.value
            else:
                values[name] = one.value
        return values

    def expect_context(self, context_length: int | None) -> None:
        """Shows the design's own context length where the input is left empty."""
        if context_length != self._context_length:
            self._context_length = context_length
            self.speak()

    def speak(self) -> None:
        """Says every label anew in the current language."""
        self._is_filling = True
        try:
            for name, description in _flat(TrainConfig.fields_for_form(language())):
                self._inputs[name].speak(description, self._placeholder(name) if description["nullable"] else "")
        finally:
            self._is_filling = False
        self._explain()
        self._leave_out_idle()
        chosen = self.sections.value
        with self.sections.hold_sync():  # new options choose the first one; the page need not see that
            self.sections.options = [(title, name) for name, title in TrainConfig.sections(language())]
            self.sections.value = chosen
        self.rest.name(say(en="Advanced settings", ko="자세한 설정"))

    def mark(self, fields: Collection[str]) -> None:
        """Points at the inputs that errors are about; the first on a page of its section is brought to light."""
        is_opened = False
        for name, one in self._inputs.items():
            is_meant = any(name == field or name.startswith(f"{field}.") for field in fields)
            if is_meant and name not in self._marked and name in self._section_of and not is_opened:
                is_opened = True
                self.sections.value = self._section_of[name]
                self.rest.is_open = True
            if is_meant:
                one.widget.layout.display = None
            (self._marked.add if is_meant else self._marked.discard)(name)
            (one.widget.add_class if is_meant else one.widget.remove_class)("slm-wrong")

    def is_as(self, config: TrainConfig) -> bool:
        """Whether every input is as a config has it."""
        return all(self._inputs[name].value == value for name, value in _spread(config).items())

    def holds(self, field: str, config: TrainConfig | None) -> bool:
        """Whether the input of a setting is as a config has it; true where there is no config."""
        return config is None or field not in self._inputs or self._inputs[field].value == getattr(config, field)

    def title(self, field: str | None) -> str:
        """What stands beside the input of a setting; empty for what is none."""
        return self._inputs[field].title if field in self._inputs else ""

    def __getitem__(self, name: str) -> FormField:
        return self._inputs[name]

    def _page(self, section: str) -> Any:
        page = _row(self._inputs[name].widget for name, of in self._section_of.items() if of == section)
        page.add_class("slm-grid")
        self._meanings[section].add_class("slm-below")
        return ipywidgets.VBox([page, self._meanings[section]])

    def _explain(self) -> None:
        """Says what the settings of each section mean, those of the first row too."""
        fields = TrainConfig.fields_for_form(language())
        for section, words in self._meanings.items():
            words.value = explain_settings(
                (each["title"], each["help"]) for each in fields if each["section"] == section
            )

    def _turn(self) -> None:
        for section, page in self._pages.items():
            page.layout.display = None if section == self.sections.value else "none"

    def _changed(self, change: Any) -> None:
        if not self._is_filling:
            if change["owner"] is self._inputs["optimizer"].widget:
                self._suit_the_optimizer()
            self._give_way()
            self._leave_out_idle()
            self._on_change()

    def _suit_the_optimizer(self) -> None:
        """What was filled in for one optimizer is not tuned to another: another gets the defaults, and the first its own again.

        What a person has typed stays.
        """
        is_other = self._inputs["optimizer"].value != self._filled["optimizer"]
        defaults = _spread(TrainConfig())
        before, after = (self._filled, defaults) if is_other else (defaults, self._filled)
        self._is_filling = True
        try:
            for name, one in self._inputs.items():
                if name.partition(".")[0] in OF_THE_OPTIMIZER and one.value == before[name]:
                    one.value = after[name]
        finally:
            self._is_filling = False

    def _give_way(self) -> None:
        """What was filled in and nobody typed becomes the default where it contradicts what somebody typed."""
        values = self.values()
        untouched = {name for name in values if self._filled.get(name) == values[name]}
        self._is_filling = True
        try:
            for name, value in reconciled(values, untouched).items():
                if value != values[name]:
                    self._inputs[name].value = value
        finally:
            self._is_filling = False

    def _leave_out_idle(self) -> None:
        """Hides what does nothing beside the other inputs, unless somebody gave it a value, which may be spoken of."""
        for name, needs in self._needs.items():
            one = self._inputs[name]
            is_idle = self._inputs[needs["field"]].value not in needs["values"] and one.value == self._defaults[name]
            one.widget.layout.display = "none" if is_idle else None

    def _placeholder(self, name: str) -> str:
        if name == "context_length" and self._context_length:
            return say(en=f"{self._context_length} (the design's)", ko=f"{self._context_length} (설계)")
        return str(_EMPTY.get(name) or Text(en="automatic", ko="자동"))


def _flat(descriptions: list[dict[str, Any]]) -> Iterator[tuple[str, Description]]:
    """Name and description of each input; those of a group are called ``group.name``."""
    for description in descriptions:
        if description["kind"] != "group":
            yield description["name"], description
            continue
        inherited = {key: description[key] for key in ("section", "only_with") if key in description}
        for part in description["fields"]:
            name = f"{description['name']}.{part['name']}"
            title = f"{description['title'].rsplit(' ', 1)[0]} {part['title']}"
            yield name, {**inherited, **part, "name": name, "title": title}


def _spread(config: TrainConfig) -> dict[str, Any]:
    """The settings by the names of their inputs."""
    values = config.model_dump()
    values.update(zip(("betas.beta1", "betas.beta2"), values.pop("betas"), strict=True))
    return values


def _row(widgets: Iterable[Any]) -> ipywidgets.HBox:
    row = ipywidgets.HBox(list(widgets))
    row.add_class("slm-row")
    return row
