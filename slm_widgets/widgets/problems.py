"""Everything that stands in the way of a training, one sentence for each cause."""

from __future__ import annotations

from slm_widgets.errors import ConfigError, SLMError
from slm_widgets.widgets.style import Words


class Problems(Words):
    """Shows what is wrong until it is right: one cause that is gone takes no other sentence with it."""

    def __init__(self) -> None:
        self._told: dict[str, tuple[BaseException, str]] = {}
        super().__init__()

    def tell(self, cause: str, error: BaseException, words: str) -> None:
        """Shows a sentence about a cause, in place of an earlier one about it."""
        self._told[cause] = (error, words)
        self._draw()

    def forget(self, *causes: str) -> None:
        """Takes away what was told about some causes."""
        for cause in causes:
            self._told.pop(cause, None)
        self._draw()

    def stands(self, cause: str) -> bool:
        """Whether something is told about a cause."""
        return cause in self._told

    def fields(self, *causes: str) -> list[str]:
        """The settings that the errors of some causes are about."""
        errors = [self._told[cause][0] for cause in causes if cause in self._told]
        reasons = [error.reasons if isinstance(error, ConfigError) else [(_field(error), "")] for error in errors]
        return [field for each in reasons for field, _ in each if field is not None]

    def _draw(self) -> None:
        # Two causes may be one and the same error: of the press, and of the run.
        self.show("\n".join(dict.fromkeys(words for _, words in self._told.values())), "slm-problem")


def _field(error: BaseException) -> str | None:
    return error.field if isinstance(error, SLMError) else None
