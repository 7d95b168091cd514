"""All settings of a training: every field with its range, its unit and its help in both languages."""

from __future__ import annotations

import numbers
from typing import Any, Self

from pydantic import ValidationError, model_validator

from slm_widgets.errors import ConfigError
from slm_widgets.fields import explain, idle_fields
from slm_widgets.language import say, use_language
from slm_widgets.training.config.agreement import (
    check_agreement,
    check_machine,
    check_stopping,
    check_warmup,
)
from slm_widgets.training.config.data import DataSettings
from slm_widgets.training.config.keeping import KeepingSettings
from slm_widgets.training.config.length import LengthSettings, with_steps_unlimited
from slm_widgets.training.config.machine import MachineSettings
from slm_widgets.training.config.optimizer import OptimizerSettings
from slm_widgets.training.config.schedule import ScheduleSettings
from slm_widgets.training.config.section import Section
from slm_widgets.training.config.watching import WatchingSettings

_SECTIONS: tuple[type[Section], ...] = (
    LengthSettings,
    DataSettings,
    OptimizerSettings,
    ScheduleSettings,
    WatchingSettings,
    KeepingSettings,
    MachineSettings,
)


# pydantic lists the fields of the last base first: the order of the fields is that of _SECTIONS.
class TrainConfig(
    MachineSettings,
    KeepingSettings,
    WatchingSettings,
    ScheduleSettings,
    OptimizerSettings,
    DataSettings,
    LengthSettings,
):
    """How a model is trained. The defaults suit a minute in class on two processor cores.

    Every field has a range, a unit and a help text, so that a form can be made of them (``fields_for_form``); they stand in
    sections (``sections``), one file each. Where ``epochs`` or ``max_minutes`` is given and ``max_steps`` is left out, it is
    None: the training ends where it was said to, and not after the default number of steps.

    Raises:
        ConfigError: for a value outside its range, of a wrong type, an unknown field, or two fields that contradict each
            other. The sentence says what is allowed, ``field`` names the (first) setting.
    """

    def __init__(self, **settings: Any) -> None:
        plain = {name: value if name == "betas" else _plain_number(value) for name, value in settings.items()}
        plain = with_steps_unlimited(plain)
        try:
            super().__init__(**plain)
        except ValidationError as error:
            raise _config_error(error) from None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        """Checks settings against each other."""
        check_agreement(self)
        return self

    def check_steps(self, total_steps: int) -> None:
        """Checks the settings that count steps, once it is known how many the whole training has.

        Raises:
            ConfigError: where the warm-up would last as long as the whole training, or ``patience`` could never end it.
        """
        check_warmup(self, total_steps)
        check_stopping(self, total_steps)

    def check_device(self, device: str) -> None:
        """Checks the settings of the machine, once it is known what ``auto`` stands for.

        Args:
            device: The type of the device: ``"cpu"``, ``"cuda"`` or ``"mps"``.

        Raises:
            ConfigError: where that device cannot compute as asked.
        """
        check_machine(self, device)

    def idle_settings(self) -> list[str]:
        """One sentence for each setting that was changed although it does nothing beside the others."""
        return [
            say(
                en=f"{name} = {getattr(self, name)} does nothing here: it counts only with {needs.field} "
                f"{' or '.join(map(repr, needs.values))}, and that is {getattr(self, needs.field)!r}.",
                ko=f"{name} = {getattr(self, name)} 설정은 쓰이지 않습니다. {needs.field} 값이 {getattr(self, needs.field)!r}인데, "
                f"{', '.join(map(repr, needs.values))}일 때만 씁니다.",
            )
            for name, needs in idle_fields(self)
        ]

    @classmethod
    def fields_for_form(cls, language: str | None = None) -> list[dict[str, Any]]:
        """Lists all settings as a form needs them, in one language; the kinds are those of the layers' palette.

        Returns:
            One dict a setting: name, kind, title, help, default, nullable, section, and where they apply unit, min, max,
            exclusiveMin, exclusiveMax, choices, fields (of a group), only_with (see ``OnlyWith``).
        """
        with use_language(language):
            return [field for section in _SECTIONS for field in section.section_fields()]

    @classmethod
    def sections(cls, language: str | None = None) -> list[tuple[str, str]]:
        """Lists the sections as (name, title), in the order in which a form shows them."""
        with use_language(language):
            return [(section.section, str(section.section_title)) for section in _SECTIONS]


def _plain_number(value: Any) -> Any:
    """Lets ``1e3`` and numpy's numbers be what they mean; a text or a truth value stays what it is, and is refused."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    number = float(value)  # type: ignore[arg-type]  (typeshed's Real is not told that it converts)
    return int(number) if number.is_integer() else number


def _config_error(error: ValidationError) -> ConfigError:
    """All of pydantic's errors as sentences of ours; the first one's field is the error's own."""
    explained = [explain(detail, TrainConfig) for detail in error.errors()]
    return ConfigError("\n".join(sentence for _, sentence in explained), field=explained[0][0], reasons=explained)
