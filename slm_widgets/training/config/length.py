"""How long a training takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slm_widgets.fields import described
from slm_widgets.language import Text
from slm_widgets.training.config.section import MOST_STEPS, STEPS, Section


class LengthSettings(Section):
    """Steps, epochs, minutes: whichever ends first; at least one of them is given."""

    section = "length"
    section_title = Text(en="Length", ko="길이")

    max_steps: int | None = described(
        500,
        title=Text(en="Steps", ko="스텝 수"),
        help=Text(
            en="How many times the weights are changed. Where epochs or minutes are given too, whichever ends first counts.",
            ko="가중치를 바꾸는 횟수입니다. 에포크나 시간도 정했다면 먼저 끝나는 쪽을 따릅니다.",
        ),
        unit=STEPS,
        ge=1,
        le=MOST_STEPS,
    )
    epochs: float | None = described(
        None,
        title=Text(en="Epochs", ko="에포크"),
        help=Text(
            en="How many times the whole training text is read; 0.5 is half of it. Empty: this sets no limit.",
            ko="학습용 글 전체를 읽는 횟수입니다. 0.5는 절반입니다. 비워 두면 이 제한은 없습니다.",
        ),
        unit=Text(en="epochs", ko="에포크"),
        gt=0,
        le=100_000,
    )
    max_minutes: float | None = described(
        None,
        title=Text(en="Minutes", ko="시간 제한"),
        help=Text(
            en="How long it may train, looks at the validation text included; pauses do not count. Empty: this sets no limit.",
            ko="학습할 수 있는 시간입니다. 검증하는 시간은 들어가고, 멈춰 둔 시간은 빼고 셉니다. 비워 두면 이 제한은 없습니다.",
        ),
        unit=Text(en="minutes", ko="분"),
        gt=0,
        le=1_000_000,
    )


def with_steps_unlimited(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Where only epochs or minutes are given, the steps are unlimited: their default is for who says nothing of the length."""
    others = ("epochs", "max_minutes")
    if "max_steps" in settings or all(settings.get(name) is None for name in others):
        return dict(settings)
    return {**settings, "max_steps": None}
