"""What is looked at while the model learns."""

from __future__ import annotations

from slm_widgets.fields import described
from slm_widgets.language import Text
from slm_widgets.training.config.section import MOST_STEPS, STEPS, TOKENS, Section


class WatchingSettings(Section):
    """Looks at the validation text, and texts that the model writes."""

    section = "watching"
    section_title = Text(en="Watching", ko="지켜보기")

    eval_every: int = described(
        50,
        title=Text(en="Validate every", ko="검증 간격"),
        help=Text(
            en="Steps between two looks at the validation loss. It is also measured before the first step and at the end.",
            ko="검증 손실을 재는 간격입니다. 첫 스텝 전과 마지막에도 잽니다.",
        ),
        unit=STEPS,
        ge=1,
        le=MOST_STEPS,
    )
    eval_batches: int = described(
        10,
        title=Text(en="Validation batches", ko="검증 배치 수"),
        help=Text(
            en="Batches per look: always the same windows, spread over the validation text. More are steadier and slower.",
            ko="한 번에 재는 배치 수입니다. 검증용 글에 고르게 퍼진 같은 조각을 늘 씁니다. 늘리면 더 정확하지만 느립니다.",
        ),
        unit=Text(en="batches", ko="배치"),
        ge=1,
        le=1_000_000,
    )
    sample_every: int = described(
        100,
        title=Text(en="Sample every", ko="예문 간격"),
        help=Text(
            en="Steps between two texts written by the model, and one at the end. 0: none.",
            ko="모델이 글을 써 보는 간격이며, 마지막에도 한 번 씁니다. 0이면 쓰지 않습니다.",
        ),
        unit=STEPS,
        ge=0,
        le=MOST_STEPS,
    )
    sample_prompt: str | None = described(
        None,
        title=Text(en="Prompt of the samples", ko="예문의 시작글"),
        help=Text(
            en="How each sample begins. Empty: the first words of the validation text.",
            ko="예문이 시작하는 글입니다. 비워 두면 검증용 글의 첫 부분을 씁니다.",
        ),
        min_length=1,
    )
    sample_tokens: int = described(
        120,
        title=Text(en="Length of the samples", ko="예문의 길이"),
        help=Text(en="Tokens written after the prompt.", ko="시작글 뒤에 쓰는 토큰 수입니다."),
        unit=TOKENS,
        ge=1,
        le=100_000,
    )
    sample_temperature: float = described(
        0.8,
        title=Text(en="Temperature of the samples", ko="예문의 온도"),
        help=Text(
            en="0 always takes the likeliest token, 1 follows the model's own probabilities, more is wilder.",
            ko="0이면 가장 그럴듯한 토큰만 고르고, 1이면 모델의 확률을 그대로 따르며, 더 크면 더 제멋대로입니다.",
        ),
        ge=0,
        le=10,
    )
