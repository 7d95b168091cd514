"""With what a design's costs are counted: how many texts at once, how long each, in which precision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from slm_widgets.errors import ConfigError
from slm_widgets.language import say
from slm_widgets.stack.check import Examined
from slm_widgets.stack.describe import report
from slm_widgets.stack.dialects.values import shown
from slm_widgets.stack.meter import PRECISIONS
from slm_widgets.stack.trace import Trace

BATCH_SIZE = 16
"""The batch size where a design brings no recipe of its own: that of ``TrainConfig``."""


@dataclass(frozen=True)
class Workload:
    """A batch size, a context length and a precision, as ``describe`` takes them.

    Args:
        batch_size: B, how many texts are read at once.
        context_length: T in tokens; None for the longest that the design takes.
        precision: One of ``meter.PRECISIONS``.

    Raises:
        ConfigError: for what no design could be counted with.
    """

    batch_size: int = BATCH_SIZE
    context_length: int | None = None
    precision: str = PRECISIONS[0]

    def __post_init__(self) -> None:
        # A report without layers checks the settings and counts nothing.
        report(Examined([], {}, Trace(), []), self.batch_size, self.context_length, self.precision)

    def to_json(self) -> dict[str, Any]:
        """The value of the ``workload`` trait."""
        return asdict(self)


def read_workload(value: Any, now: Workload) -> Workload:
    """Reads what the page or a user sent; what it does not say stays as it is.

    Raises:
        ConfigError: for what is no workload.
    """
    known = asdict(now)
    if not isinstance(value, Mapping) or not set(value) <= set(known):
        raise ConfigError(
            say(
                en=f"workload is {shown(value)}, but it must be an object with {', '.join(known)}.",
                ko=f"workload 값이 {shown(value)}인데, {', '.join(known)}이(가) 든 객체여야 합니다.",
            ),
            field="workload",
        )
    return Workload(**{**known, **value})


def recipe_workload(config: Any) -> Workload:
    """What a design's own training recipe says, the defaults where it says nothing that can be; never raises."""
    recipe = config.get("training") if isinstance(config, Mapping) else None
    found = Workload()
    said = recipe if isinstance(recipe, Mapping) else {}
    for name in [name for name in asdict(found) if name in said]:
        try:
            found = read_workload({name: said[name]}, found)
        except ConfigError:
            continue  # the recipe's own check says what is wrong there; "auto" is no precision to count with
    return found
