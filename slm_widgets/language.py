"""The chosen language, and texts that exist in every language.

A text stands where it is used, in both languages side by side, so that a reader of the code sees what a user will see and
nobody forgets the second one:

    raise CorpusError(say(en=f"{path} is empty.", ko=f"{path} 파일이 비어 있습니다."))
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from slm_widgets.errors import ConfigError

LANGUAGES = {"en": "English", "ko": "한국어"}

_chosen = "ko" if os.environ.get("SLM_LANGUAGE", "").startswith("ko") else "en"
# One widget may speak another language than the rest of the notebook, so a block of code can override the choice.
_override: ContextVar[str | None] = ContextVar("slm_language", default=None)


def language() -> str:
    """The language that messages are written in now: ``"en"`` or ``"ko"``."""
    return _override.get() or _chosen


def set_language(code: str) -> None:
    """Chooses the language of messages, help and widgets made from now on.

    Args:
        code: ``"en"`` or ``"ko"``.

    Raises:
        ConfigError: for any other code.
    """
    global _chosen
    _chosen = _known(code)


@contextmanager
def use_language(code: str | None) -> Iterator[None]:
    """Speaks ``code`` inside a ``with`` block; ``None`` changes nothing."""
    token = _override.set(_known(code) if code is not None else _override.get())
    try:
        yield
    finally:
        _override.reset(token)


class Text(NamedTuple):
    """One text in every language; ``str(text)`` is the chosen one, or the English where there is no Korean."""

    en: str
    ko: str = ""

    def __str__(self) -> str:
        return self.ko if self.ko and language() == "ko" else self.en


def say(*, en: str, ko: str) -> str:
    """Picks one of two texts by the chosen language."""
    return str(Text(en, ko))


def _known(code: str) -> str:
    if code not in LANGUAGES:
        raise ConfigError(
            say(
                en=f"There is no language {code!r}. Choose one of {', '.join(LANGUAGES)}.",
                ko=f"{code!r} 언어는 없습니다. {', '.join(LANGUAGES)} 중에서 고르세요.",
            ),
            field="language",
        )
    return code
