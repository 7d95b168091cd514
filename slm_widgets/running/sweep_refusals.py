"""Why a sweep is not begun: every reason once, and which runs it is that have it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from slm_widgets.errors import ConfigError, SLMError
from slm_widgets.language import say
from slm_widgets.stack.layer_fields import EVERY
from slm_widgets.training import TrainConfig

_MOST_REASONS = 10


def unknown_setting(key: str) -> ConfigError | None:
    """What to say about a key of the grid that is no setting; None for one that is."""
    if key in TrainConfig.model_fields:
        return None
    near = difflib.get_close_matches(key, TrainConfig.model_fields, n=1)
    hint_en, hint_ko = (f" Did you mean {near[0]}?", f" 혹시 {near[0]}?") if near else ("", "")
    return ConfigError(
        say(
            en=f"There is no setting {key}.{hint_en} A field of a layer is written with the layer's id, <id>.{key}, or "
            f"{EVERY}.{key} for every layer that has it.",
            ko=f"{key} 설정은 없습니다.{hint_ko} 레이어의 필드는 <id>.{key}처럼 레이어의 id와 함께 쓰고, 그 필드가 있는 모든 레이어는 "
            f"{EVERY}.{key}로 씁니다.",
        ),
        field=key,
    )


def refused(problems: Sequence[tuple[str, SLMError]], count: int) -> ConfigError:
    """One error for all that is wrong.

    Args:
        problems: The name of a run, and what is wrong with it.
        count: How many runs the sweep would have.
    """
    reasons: dict[str, list[str]] = {}
    for name, error in problems:
        reasons.setdefault(error.message, []).append(name)
    lines = [f"- {_whose(names, count)}: {reason}" for reason, names in reasons.items()]
    if len(lines) > _MOST_REASONS:
        more = len(lines) - _MOST_REASONS
        lines[_MOST_REASONS:] = [say(en=f"- and {more} more reasons", ko=f"- 그 밖의 이유 {more}가지")]
    head = say(
        en=f"{len(problems)} of {count} runs cannot be trained, so none was begun:",
        ko=f"실행 {count}개 중 {len(problems)}개를 학습할 수 없어 아무것도 시작하지 않았습니다:",
    )
    first = problems[0][1]
    return ConfigError("\n".join([head, *lines]), layer_id=first.layer_id, field=first.field)


def _whose(names: Sequence[str], count: int) -> str:
    if len(names) == count > 1:
        return say(en="all of them", ko="모두")
    more = len(names) - 3
    return "; ".join(names[:3]) + (say(en=f" and {more} more", ko=f" 외 {more}개") if more > 0 else "")
