"""What is kept of a training, and when it ends early."""

from __future__ import annotations

from slm_widgets.fields import described
from slm_widgets.language import Text
from slm_widgets.training.config.section import MOST_STEPS, STEPS, Section


class KeepingSettings(Section):
    """Checkpoints and early stopping."""

    section = "keeping"
    section_title = Text(en="Keeping", ko="저장")

    checkpoint_every: int | None = described(
        None,
        title=Text(en="Checkpoint every", ko="체크포인트 간격"),
        help=Text(
            en="Steps between two checkpoints, from which a training can go on. Empty: beside an "
            "evaluation, but so seldom that it takes less than 2% of the time. 0: only when the training stops or ends.",
            ko="학습을 이어 갈 수 있게 저장하는 간격입니다. 비워 두면 검증할 때, 전체 시간의 2%가 넘지 않게 가끔 저장합니다. "
            "0이면 멈추거나 끝날 때만 저장합니다.",
        ),
        unit=STEPS,
        ge=0,
        le=MOST_STEPS,
    )
    keep_best: int = described(
        1,
        title=Text(en="Best checkpoints", ko="남겨 둘 가장 좋은 체크포인트"),
        help=Text(
            en="How many checkpoints with the lowest validation loss are kept, beside the last one.",
            ko="마지막 체크포인트 말고, 검증 손실이 가장 낮은 체크포인트를 몇 개 남길지 정합니다.",
        ),
        unit=Text(en="checkpoints", ko="개"),
        ge=0,
        le=100,
    )
    patience: int | None = described(
        None,
        title=Text(en="Patience", ko="조기 종료 대기 횟수(patience)"),
        help=Text(
            en="Early stopping: ends after so many evaluations in a row without a better validation loss. Empty: never. "
            "Source: Prechelt 1998.",
            ko="조기 종료: 검증 손실이 이 횟수만큼 잇달아 나아지지 않으면 끝냅니다. 비워 두면 끝내지 않습니다. 출처: Prechelt 1998.",
        ),
        unit=Text(en="evaluations", ko="회"),
        ge=1,
        le=1_000_000,
    )
    min_improvement: float = described(
        0.0,
        title=Text(en="Least improvement", ko="최소 개선"),
        help=Text(
            en="Only with patience: how much lower the validation loss must be to count as better.",
            ko="조기 종료 대기 횟수를 정했을 때만 씁니다. 검증 손실이 이보다 더 낮아져야 나아진 것으로 봅니다.",
        ),
        unit=Text(en="nats per token", ko="토큰당 nat"),
        ge=0,
        le=100,
    )
