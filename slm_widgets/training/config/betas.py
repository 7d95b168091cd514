"""The pair ``betas``: two numbers to Python, a group of two fields to a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from slm_widgets.errors import ConfigError
from slm_widgets.fields import OnlyWith, described, form_fields
from slm_widgets.language import Text, say

DEFAULT_BETAS = (0.9, 0.99)
WITH_MEANS = OnlyWith("optimizer", ("AdamW", "Adam", "Muon"))  # those that remember means of the gradients


class _Betas(BaseModel):
    """How the pair looks in a form."""

    model_config = ConfigDict(alias_generator=lambda name: name)

    beta1: float = described(
        DEFAULT_BETAS[0],
        title=Text(en="beta 1", ko="베타 1"),
        help=Text(
            en="How slowly the mean of the gradients moves (AdamW, Adam, and the AdamW beside Muon).",
            ko="기울기의 평균을 얼마나 천천히 바꿀지 정합니다(AdamW, Adam, Muon과 함께 쓰는 AdamW).",
        ),
        ge=0,
        lt=1,
    )
    beta2: float = described(
        DEFAULT_BETAS[1],
        title=Text(en="beta 2", ko="베타 2"),
        help=Text(
            en="How slowly the mean of the squared gradients moves; lower it for short trainings.",
            ko="기울기 제곱의 평균을 얼마나 천천히 바꿀지 정합니다. 짧은 학습에서는 낮추세요.",
        ),
        ge=0,
        lt=1,
    )


def read_betas(value: Any) -> tuple[float, float]:
    """Reads a pair, or the group that a form sends."""
    first, second = DEFAULT_BETAS
    pair = [value.get("beta1", first), value.get("beta2", second)] if isinstance(value, Mapping) else value
    if isinstance(pair, list | tuple) and len(pair) == 2 and all(_is_beta(beta) for beta in pair):
        return float(pair[0]), float(pair[1])
    raise ConfigError(
        say(
            en=f"betas is {value!r}, but it must be two numbers from 0 to below 1, for example (0.9, 0.99).",
            ko=f"betas 값이 {value!r}인데, 0 이상 1 미만인 수 두 개여야 합니다. 예: (0.9, 0.99).",
        ),
        field="betas",
    )


def betas_group() -> dict[str, Any]:
    """The pair as a form needs it, in the current language."""
    return {
        "name": "betas",
        "kind": "group",
        "title": say(en="Adam betas", ko="Adam 베타"),
        "help": say(
            en="How slowly the running means of the gradients move. Source: Kingma and Ba 2015, algorithm 1.",
            ko="기울기의 이동 평균을 얼마나 천천히 바꿀지 정합니다. 출처: Kingma, Ba 2015, 알고리즘 1.",
        ),
        "default": dict(zip(("beta1", "beta2"), DEFAULT_BETAS, strict=True)),
        "nullable": False,
        "only_with": WITH_MEANS._asdict(),
        "fields": form_fields(_Betas),
    }


def _is_beta(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1
