"""How the text is cut and how much of it one step reads."""

from __future__ import annotations

from slm_widgets.fields import described
from slm_widgets.language import Text
from slm_widgets.training.config.section import TOKENS, Section


class DataSettings(Section):
    """Windows, batches, and the part that is kept for validation."""

    section = "data"
    section_title = Text(en="Data", ko="데이터")

    batch_size: int = described(
        16,
        title=Text(en="Batch size", ko="배치 크기"),
        help=Text(
            en="Windows of text that are computed at once. More make each step steadier and slower, and take more memory.",
            ko="한꺼번에 계산하는 글 조각의 수입니다. 늘리면 스텝이 더 안정적이지만 느려지고 메모리를 더 씁니다.",
        ),
        unit=Text(en="windows", ko="조각"),
        ge=1,
        le=65_536,
    )
    grad_accumulation: int = described(
        1,
        title=Text(en="Gradient accumulation", ko="기울기 누적"),
        help=Text(
            en="Batches whose gradients are added up before the weights change once: 4 batches of 8 windows learn like one "
            "of 32, in the memory of 8.",
            ko="가중치를 한 번 바꾸기 전에 기울기를 더하는 배치의 수입니다. 8조각씩 4번이면 메모리는 8조각만큼만 쓰면서 "
            "32조각을 한 번에 읽은 것처럼 학습합니다.",
        ),
        unit=Text(en="batches", ko="배치"),
        ge=1,
        le=65_536,
    )
    context_length: int | None = described(
        None,
        title=Text(en="Context length", ko="문맥 길이"),
        help=Text(
            en="Tokens in a window, at most the design's own context length. Empty: the design's.",
            ko="글 조각 하나의 토큰 수이며, 설계의 문맥 길이를 넘을 수 없습니다. 비워 두면 설계를 따릅니다.",
        ),
        unit=TOKENS,
        ge=1,
        le=1_048_576,
    )
    stride: int | None = described(
        None,
        title=Text(en="Stride", ko="간격"),
        help=Text(
            en="Tokens from the start of one window to the start of the next. Empty: the context length, so that windows "
            "do not overlap.",
            ko="한 조각의 시작에서 다음 조각의 시작까지의 토큰 수입니다. 비워 두면 문맥 길이와 같아 조각이 겹치지 않습니다.",
        ),
        unit=TOKENS,
        ge=1,
        le=1_048_576,
    )
    validation_fraction: float = described(
        0.1,
        title=Text(en="Share for validation", ko="검증용 비율"),
        help=Text(
            en="The last part of the text, which is never trained on.",
            ko="학습에 쓰지 않는, 글의 마지막 부분입니다.",
        ),
        gt=0,
        lt=1,
    )
