"""The settings of a training: every field with its range, its unit and its help in both languages."""

from __future__ import annotations

import numbers
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from slm_widgets.errors import ConfigError
from slm_widgets.fields import described, explain, form_fields
from slm_widgets.language import Text, say, use_language
from slm_widgets.training.devices import DEVICE_TITLES

_STEPS = Text(en="steps", ko="스텝")
_TOKENS = Text(en="tokens", ko="토큰")


class _Betas(BaseModel):
    """How the pair ``betas`` looks in a form."""

    model_config = ConfigDict(alias_generator=lambda name: name)

    beta1: float = described(
        0.9,
        title=Text(en="beta 1", ko="베타 1"),
        help=Text(en="How slowly the mean of the gradients moves.", ko="기울기 평균이 움직이는 느린 정도입니다."),
        ge=0,
        lt=1,
    )
    beta2: float = described(
        0.99,
        title=Text(en="beta 2", ko="베타 2"),
        help=Text(
            en="How slowly the mean of the squared gradients moves; lower it for short trainings.",
            ko="기울기 제곱 평균이 움직이는 느린 정도입니다. 짧은 학습에서는 낮추세요.",
        ),
        ge=0,
        lt=1,
    )


def _read_betas(value: Any) -> tuple[float, float]:
    """Reads a pair, or the group that a form sends."""
    pair = [value.get("beta1", 0.9), value.get("beta2", 0.99)] if isinstance(value, Mapping) else value
    if isinstance(pair, list | tuple) and len(pair) == 2 and all(_is_beta(beta) for beta in pair):
        return float(pair[0]), float(pair[1])
    raise ConfigError(
        say(
            en=f"betas is {value!r}, but it must be two numbers from 0 to below 1, for example (0.9, 0.99).",
            ko=f"betas 값이 {value!r}인데, 0 이상 1 미만인 수 두 개여야 합니다. 예: (0.9, 0.99).",
        ),
        field="betas",
    )


def _is_beta(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1


def _plain_number(value: Any) -> Any:
    """Lets ``1e3`` and numpy's numbers be what they mean; a text or a truth value stays what it is, and is refused."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    number = float(value)  # type: ignore[arg-type]  (typeshed's Real is not told that it converts)
    return int(number) if number.is_integer() else number


class TrainConfig(BaseModel):
    """How a model is trained. The defaults suit a minute in class on two processor cores.

    Every field has a range, a unit and a help text, so that a form can be made of them (``fields_for_form``).

    Raises:
        ConfigError: for a value outside its range, of a wrong type, an unknown field, or two fields that contradict each
            other. The sentence says what is allowed, ``field`` names the (first) setting.
    """

    # The alias is the name itself: documents and forms spell the settings as Python does.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=lambda name: name)

    max_steps: int | None = described(
        500,
        title=Text(en="Steps", ko="스텝 수"),
        help=Text(
            en="How many times the weights are changed. Where epochs are given too, whichever ends first counts.",
            ko="가중치를 바꾸는 횟수입니다. 에포크도 정했다면 먼저 끝나는 쪽을 따릅니다.",
        ),
        unit=_STEPS,
        ge=1,
        le=10_000_000,
    )
    epochs: float | None = described(
        None,
        title=Text(en="Epochs", ko="에포크"),
        help=Text(
            en="How many times the whole training text is read; 0.5 is half of it. Empty: only the steps count.",
            ko="학습용 글 전체를 읽는 횟수입니다. 0.5는 절반입니다. 비워 두면 스텝 수만 따릅니다.",
        ),
        gt=0,
        le=100_000,
    )
    batch_size: int = described(
        16,
        title=Text(en="Batch size", ko="배치 크기"),
        help=Text(
            en="Windows of text per step. More make each step steadier and slower.",
            ko="한 스텝에 읽는 글 조각의 수입니다. 늘리면 스텝이 더 안정적이지만 느려집니다.",
        ),
        unit=Text(en="windows", ko="조각"),
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
        unit=_TOKENS,
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
        unit=_TOKENS,
        ge=1,
        le=1_048_576,
    )
    optimizer: Literal["AdamW"] = described(
        "AdamW",
        title=Text(en="Optimizer", ko="최적화 방법"),
        help=Text(
            en="AdamW: a step size for each weight, and weight decay apart from the gradient. "
            "Source: Loshchilov and Hutter 2019.",
            ko="AdamW: 가중치마다 보폭이 다르고, 가중치 감쇠를 기울기와 따로 합니다. 출처: Loshchilov, Hutter 2019.",
        ),
    )
    lr: float = described(
        2e-3,
        title=Text(en="Learning rate", ko="학습률"),
        help=Text(
            en="The size of a step at its highest. Too high and the loss jumps or becomes infinite, too low and it hardly "
            "falls. Small models like 0.001 to 0.003.",
            ko="가장 클 때의 보폭입니다. 너무 크면 손실이 튀거나 무한대가 되고, 너무 작으면 거의 줄지 않습니다. "
            "작은 모델에는 0.001에서 0.003이 알맞습니다.",
        ),
        gt=0,
        le=1000,
    )
    min_lr: float | None = described(
        None,
        title=Text(en="Last learning rate", ko="마지막 학습률"),
        help=Text(
            en="Where the cosine schedule ends. Empty: a tenth of the learning rate.",
            ko="코사인 일정이 끝나는 값입니다. 비워 두면 학습률의 10분의 1입니다.",
        ),
        ge=0,
        le=1000,
    )
    schedule: Literal["cosine", "constant"] = described(
        "cosine",
        title=Text(en="Schedule", ko="학습률 일정"),
        help=Text(
            en="How the learning rate goes on after the warm-up: down along half a cosine wave, or unchanged.",
            ko="준비 단계 뒤의 학습률입니다. 코사인 반 파장을 따라 내려가거나 그대로 둡니다.",
        ),
        choices={"cosine": Text(en="cosine", ko="코사인"), "constant": Text(en="constant", ko="일정하게")},
    )
    warmup_steps: int | None = described(
        None,
        title=Text(en="Warm-up", ko="준비 단계"),
        help=Text(
            en="Steps in which the learning rate rises from almost nothing. Empty: a twentieth of all steps, at most 100.",
            ko="학습률이 거의 0에서 올라가는 스텝 수입니다. 비워 두면 전체의 20분의 1이며, 많아도 100입니다.",
        ),
        unit=_STEPS,
        ge=0,
        le=10_000_000,
    )
    betas: Annotated[tuple[float, float], BeforeValidator(_read_betas)] = (0.9, 0.99)
    """How slowly AdamW's two running means move. A form shows it as a group; see ``fields_for_form``."""
    weight_decay: float = described(
        0.1,
        title=Text(en="Weight decay", ko="가중치 감쇠"),
        help=Text(
            en="Pulls matrices towards zero a little at each step; norms and biases are left alone.",
            ko="스텝마다 행렬을 0 쪽으로 조금 당깁니다. 정규화와 편향은 건드리지 않습니다.",
        ),
        ge=0,
        le=100,
    )
    grad_clip: float = described(
        1.0,
        title=Text(en="Gradient clipping", ko="기울기 자르기"),
        help=Text(
            en="A gradient longer than this is shortened to it. 0 switches it off.",
            ko="기울기의 길이가 이보다 길면 이 길이로 줄입니다. 0이면 끕니다.",
        ),
        ge=0,
        le=1e6,
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
    eval_every: int = described(
        50,
        title=Text(en="Validate every", ko="검증 간격"),
        help=Text(
            en="Steps between two looks at the validation loss. It is also measured before the first step and at the end.",
            ko="검증 손실을 재는 간격입니다. 첫 스텝 전과 마지막에도 잽니다.",
        ),
        unit=_STEPS,
        ge=1,
        le=10_000_000,
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
        title=Text(en="Sample every", ko="생성 예 간격"),
        help=Text(
            en="Steps between two texts written by the model, and one at the end. 0: none.",
            ko="모델이 글을 써 보는 간격이며, 마지막에도 한 번 씁니다. 0이면 쓰지 않습니다.",
        ),
        unit=_STEPS,
        ge=0,
        le=10_000_000,
    )
    sample_prompt: str | None = described(
        None,
        title=Text(en="Prompt of the samples", ko="생성 예의 시작글"),
        help=Text(
            en="How each sample begins. Empty: the first words of the validation text.",
            ko="생성 예가 시작하는 글입니다. 비워 두면 검증용 글의 첫 부분을 씁니다.",
        ),
        min_length=1,
    )
    sample_tokens: int = described(
        120,
        title=Text(en="Length of the samples", ko="생성 예의 길이"),
        help=Text(en="Tokens written after the prompt.", ko="시작글 뒤에 쓰는 토큰 수입니다."),
        unit=_TOKENS,
        ge=1,
        le=100_000,
    )
    sample_temperature: float = described(
        0.8,
        title=Text(en="Temperature of the samples", ko="생성 예의 온도"),
        help=Text(
            en="0 always takes the likeliest token, 1 follows the model's own probabilities, more is wilder.",
            ko="0이면 가장 그럴듯한 토큰만 고르고, 1이면 모델의 확률을 그대로 따르며, 더 크면 더 제멋대로입니다.",
        ),
        ge=0,
        le=10,
    )
    seed: int = described(
        0,
        title=Text(en="Seed", ko="시드"),
        help=Text(
            en="The same seed gives the same first weights, the same order of windows and so the same training.",
            ko="시드가 같으면 첫 가중치와 조각의 순서가 같아 학습도 같습니다.",
        ),
        ge=0,
        lt=2**63,
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = described(
        "auto",
        title=Text(en="Device", ko="장치"),
        help=Text(
            en="What computes. auto takes a graphics processor where there is one.",
            ko="계산하는 장치입니다. auto는 그래픽 처리 장치가 있으면 그것을 씁니다.",
        ),
        choices=DEVICE_TITLES,
    )

    def __init__(self, **settings: Any) -> None:
        plain = {name: value if name == "betas" else _plain_number(value) for name, value in settings.items()}
        try:
            super().__init__(**plain)
        except ValidationError as error:
            raise _config_error(error) from None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        """Checks settings against each other."""
        if self.max_steps is None and self.epochs is None:
            raise ConfigError(
                say(
                    en="Neither max_steps nor epochs is given, so the training would never end. Give one of them.",
                    ko="max_steps와 epochs가 모두 비어 있어 학습이 끝나지 않습니다. 둘 중 하나를 정하세요.",
                ),
                field="max_steps",
            )
        if self.min_lr is not None and self.min_lr > self.lr:
            raise ConfigError(
                say(
                    en=f"min_lr is {self.min_lr}, above lr, which is {self.lr}. Give at most {self.lr}, or leave it empty "
                    "for a tenth of lr.",
                    ko=f"min_lr 값 {self.min_lr}이(가) lr 값 {self.lr}보다 큽니다. {self.lr} 이하로 정하거나, "
                    "비워 두어 lr의 10분의 1로 하세요.",
                ),
                field="min_lr",
            )
        if self.max_steps is not None:
            self.check_warmup(self.max_steps)
        return self

    def check_warmup(self, total_steps: int) -> None:
        """Raises ConfigError where the warm-up would last as long as the whole training."""
        if self.warmup_steps is not None and self.warmup_steps >= total_steps:
            raise ConfigError(
                say(
                    en=f"warmup_steps is {self.warmup_steps}, but the whole training has {total_steps} steps. Give less than "
                    f"{total_steps}, or leave it empty for a twentieth of all steps.",
                    ko=f"warmup_steps 값이 {self.warmup_steps}인데, 전체 학습은 {total_steps}스텝입니다. {total_steps}보다 "
                    "작게 정하거나, 비워 두어 전체의 20분의 1로 하세요.",
                ),
                field="warmup_steps",
            )

    @classmethod
    def fields_for_form(cls, language: str | None = None) -> list[dict[str, Any]]:
        """Lists all settings as a form needs them, in one language; the kinds are those of the layers' palette.

        Returns:
            One dict a setting: name, kind, title, help, default, nullable, and where they apply unit, min, max,
            exclusiveMin, exclusiveMax, choices, fields (of a group).
        """
        with use_language(language):
            fields = form_fields(cls)
            betas = {
                "name": "betas",
                "kind": "group",
                "title": "AdamW betas",
                "help": say(
                    en="How slowly AdamW's running means of the gradients move.",
                    ko="AdamW가 기울기의 평균을 옮기는 느린 정도입니다.",
                ),
                "default": {"beta1": 0.9, "beta2": 0.99},
                "nullable": False,
                "fields": form_fields(_Betas),
            }
        names = [field["name"] for field in fields]
        fields.insert(names.index("weight_decay"), betas)
        return fields


def _config_error(error: ValidationError) -> ConfigError:
    """All of pydantic's errors as sentences of ours; the first one's field is the error's own."""
    explained = [explain(detail, TrainConfig) for detail in error.errors()]
    return ConfigError("\n".join(sentence for _, sentence in explained), field=explained[0][0])
