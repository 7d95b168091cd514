"""How fast a text is shown."""

from __future__ import annotations

import threading
import time
from typing import Any

from slm_widgets.errors import ConfigError
from slm_widgets.language import say


class Pace:
    """Holds tokens back to a speed at which they are seen to come.

    Args:
        tokens_per_s: The speed; None holds nothing back.
    """

    def __init__(self, tokens_per_s: float | None) -> None:
        self._gap_s = 0.0 if tokens_per_s is None else 1 / tokens_per_s
        self._began_s = self._due_s = time.monotonic()
        self._waited_s = 0.0

    @property
    def busy_s(self) -> float:
        """Seconds since the beginning that were not spent holding back: those that the model needed."""
        return time.monotonic() - self._began_s - self._waited_s

    def wait(self, stopping: threading.Event) -> None:
        """Waits until the next token is due, or until it is to stop."""
        now = time.monotonic()
        if self._due_s > now:
            stopping.wait(self._due_s - now)
            self._waited_s += time.monotonic() - now
        # From now on, where the model was late: a slow moment is not made up for by a burst.
        self._due_s = max(self._due_s, now) + self._gap_s


def checked_pace(tokens_per_s: Any) -> float | None:
    """Hands a speed on.

    Raises:
        ConfigError: for one that is neither None nor a number above 0.
    """
    if tokens_per_s is None:
        return None
    if isinstance(tokens_per_s, int | float) and not isinstance(tokens_per_s, bool) and tokens_per_s > 0:
        return tokens_per_s
    raise ConfigError(
        say(
            en=f"tokens_per_s is {tokens_per_s!r}, but it must be a number above 0, or None for as fast as it goes.",
            ko=f"tokens_per_s 값이 {tokens_per_s!r}인데, 0보다 큰 수이거나 되도록 빠르게 쓰려면 None이어야 합니다.",
        ),
        field="tokens_per_s",
    )
