"""What all parts of an editor share: the design that is drawn, what was found out about it, and one writer at a time."""

from __future__ import annotations

import threading
from typing import Any

import anywidget
import traitlets as t

from slm_widgets.language import LANGUAGES


class Drawn(anywidget.AnyWidget):
    """The traits that every part of an editor reads.

    Whoever assigns anything waits until the page's message, or the change of another thread, has been dealt with: neither
    traitlets nor ``hold_sync`` knows threads, and with subshells there are several.
    """

    layer_stack = t.List().tag(sync=True)
    config = t.Dict().tag(sync=True)
    opened = t.Int(0).tag(sync=True)
    vocab_size = t.Int(None, allow_none=True)
    analysis = t.Dict().tag(sync=True)
    language = t.Enum(list(LANGUAGES)).tag(sync=True)

    _lock = threading.RLock()  # while an editor is made; from then on each has its own

    def __setattr__(self, name: str, value: Any) -> None:
        with self._lock:
            super().__setattr__(name, value)

    def set_trait(self, name: str, value: Any) -> None:
        """Assigns a trait by its name."""
        with self._lock:
            super().set_trait(name, value)
