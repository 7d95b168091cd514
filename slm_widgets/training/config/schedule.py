"""How the learning rate changes over the training."""

from __future__ import annotations

from typing import Literal

from slm_widgets.fields import OnlyWith, described
from slm_widgets.language import Text
from slm_widgets.training.config.section import MOST_STEPS, STEPS, Section


class ScheduleSettings(Section):
    """The shape of the learning rate's curve."""

    section = "schedule"
    section_title = Text(en="Schedule", ko="학습률 스케줄")

    schedule: Literal["cosine", "linear", "constant", "noam", "wsd"] = described(
        "cosine",
        title=Text(en="Schedule", ko="학습률 스케줄"),
        help=Text(
            en="How the learning rate goes on after the warm-up. cosine: down along half a cosine wave (Loshchilov and Hutter "
            "2017). linear: straight down. constant: unchanged. Noam: with one over the root of the step (Vaswani et al. 2017). "
            "Stable, then down: unchanged, and straight down at the end (Hu et al. 2024, MiniCPM).",
            ko="워밍업 뒤의 학습률입니다. 코사인: 코사인 반 파장을 따라 내려갑니다(Loshchilov, Hutter 2017). 직선: 곧게 내려갑니다. "
            "일정하게: 그대로 둡니다. Noam: 스텝의 제곱근에 반비례합니다(Vaswani 외 2017). "
            "유지 후 감소: 그대로 두다가 끝에서 곧게 내려갑니다(Hu 외 2024, MiniCPM).",
        ),
        choices={
            "cosine": Text(en="cosine", ko="코사인"),
            "linear": Text(en="linear", ko="직선"),
            "constant": Text(en="constant", ko="일정하게"),
            "noam": Text(en="Noam", ko="Noam"),
            "wsd": Text(en="stable, then down (WSD)", ko="유지 후 감소 (WSD)"),
        },
    )
    warmup_steps: int | None = described(
        None,
        title=Text(en="Warm-up", ko="워밍업"),
        help=Text(
            en="Steps in which the learning rate rises from almost nothing. Empty: a twentieth of all steps, at most 100.",
            ko="학습률이 거의 0에서 올라가는 스텝 수입니다. 비워 두면 전체의 20분의 1이며, 많아도 100입니다.",
        ),
        unit=STEPS,
        ge=0,
        le=MOST_STEPS,
    )
    min_lr: float | None = described(
        None,
        title=Text(en="Last learning rate", ko="마지막 학습률"),
        help=Text(
            en="Where cosine, linear and WSD end. Empty: a tenth of the learning rate for cosine (Hoffmann et al. 2022), zero "
            "for linear (Bergsma et al. 2025) and WSD (Hägele et al. 2024).",
            ko="코사인, 직선, 유지 후 감소가 끝나는 값입니다. 비워 두면 코사인은 학습률의 10분의 1(Hoffmann 외 2022), "
            "직선(Bergsma 외 2025)과 유지 후 감소(Hägele 외 2024)는 0입니다.",
        ),
        only_with=OnlyWith("schedule", ("cosine", "linear", "wsd")),
        ge=0,
        le=1000,
    )
    decay_fraction: float = described(
        0.2,
        title=Text(en="Share that decays", ko="내려가는 비율"),
        help=Text(
            en="Only WSD: the share of all steps, at the end, in which the learning rate goes down. Hägele et al. 2024 find "
            "10 to 20% enough; half suits a short training.",
            ko="유지 후 감소에만 씁니다. 전체 스텝 가운데 끝에서 학습률이 내려가는 비율입니다. Hägele 외 2024는 10에서 20%면 "
            "충분하다고 하며, 짧은 학습에는 절반이 알맞습니다.",
        ),
        only_with=OnlyWith("schedule", ("wsd",)),
        gt=0,
        le=1,
    )
