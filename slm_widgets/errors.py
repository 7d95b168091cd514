"""Every error a user can meet.

Each message says where and what value, what is allowed and what to do, in the chosen language. Catch ``SLMError`` for all of
them; ``layer_id`` and ``field`` carry the place as data, so that a widget can point at it.

    SLMError
    ├── LayerStackError     a design that cannot be built; ``problems`` lists every reason
    ├── LayerTypeError      a layer class that cannot be registered
    ├── ConfigError         a training setting outside what is allowed
    ├── DataError
    │   ├── CorpusError     a text that cannot be read, is empty or is too short
    │   └── TokenizerError  an unknown tokenizer, unknown characters, a vocabulary that is not on this machine
    ├── TrainingError
    │   └── DivergedError   the loss is no longer a finite number
    ├── GenerationError     a prompt or a sampling setting that cannot be used
    ├── ExportError         a design that another format cannot say, or a folder that must not be written over
    ├── CheckpointError     a folder of weights made elsewhere that cannot be read
    ├── RunError            a run folder that cannot be read, or a call that the run's state does not allow
    ├── GradingError        (also an AssertionError) a check of an exercise that was not passed
    └── InstallationError   something that should have been built or installed is missing
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class SLMError(Exception):
    """The root of every error of ours.

    Args:
        message: One or more whole sentences for the person at the screen.
        layer_id: The layer it is about, where there is one.
        field: The field or setting it is about, where there is one.
    """

    def __init__(self, message: str, *, layer_id: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.layer_id = layer_id
        self.field = field


def sentence_of(error: BaseException) -> str:
    """What any error says to a person: one of ours its sentence, another one its type and its words."""
    return error.message if isinstance(error, SLMError) else f"{type(error).__name__}: {error}"


class _ProblemLike(Protocol):
    @property
    def layer_id(self) -> str | None: ...
    @property
    def field(self) -> str | None: ...
    @property
    def message(self) -> str: ...


class LayerStackError(SLMError):
    """A design that cannot be built. ``problems`` holds every problem found, the first one's place is the error's own."""

    def __init__(self, problems: Sequence[_ProblemLike]) -> None:
        first = problems[0]
        super().__init__("\n".join(p.message for p in problems), layer_id=first.layer_id, field=first.field)
        self.problems = list(problems)


class LayerTypeError(SLMError):
    """A layer class that cannot be registered: no type name, or fields that the browser cannot show."""


class ConfigError(SLMError):
    """Training settings outside what is allowed. ``reasons`` holds every (field, sentence); ``field`` is the first one's."""

    def __init__(
        self,
        message: str,
        *,
        layer_id: str | None = None,
        field: str | None = None,
        reasons: Sequence[tuple[str | None, str]] | None = None,
    ) -> None:
        super().__init__(message, layer_id=layer_id, field=field)
        self.reasons = [(field, message)] if reasons is None else list(reasons)


class DataError(SLMError):
    """The root of errors about texts and tokens."""


class CorpusError(DataError):
    """A text that cannot be found or read, is empty, or is too short for one window."""


class TokenizerError(DataError):
    """An unknown tokenizer, characters outside a vocabulary, or a vocabulary that is not on this machine."""


class TrainingError(SLMError):
    """Training could not go on."""


class DivergedError(TrainingError):
    """The loss is no longer a finite number; the model from before that step is kept."""


class GenerationError(SLMError):
    """A prompt or a sampling setting that cannot be used."""


class ExportError(SLMError):
    """A design that another format cannot say, or a folder that must not be written over."""


class CheckpointError(SLMError):
    """A folder of weights made elsewhere that cannot be read; ``field`` names the setting or the tensor."""


class RunError(SLMError):
    """A run folder that cannot be read, or a call that the run's state does not allow."""


class GradingError(SLMError, AssertionError):
    """A check of an exercise that was not passed; an ``AssertionError`` too, so that a test cell fails on it."""


class InstallationError(SLMError):
    """Something that should have been built or installed is missing; the message says what to run."""
