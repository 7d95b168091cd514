"""What comes before a run: reading a text and a vocabulary takes seconds, and not on the thread that answers the page."""

from __future__ import annotations

import threading
from collections.abc import Callable

from slm_widgets.language import language, use_language
from slm_widgets.main_loop import unasked


class Preparation:
    """Does one thing at a time in a thread of its own, and can be waited for.

    Attributes:
        is_going_on: Whether something is being prepared.
        is_unwanted: Whether somebody has asked for it to come to nothing.
        doing: What is being done, as a sentence.
        ended: Set while nothing is being prepared.
    """

    def __init__(self) -> None:
        self.is_going_on = self.is_unwanted = False
        self.doing = ""
        self.ended = threading.Event()
        self.ended.set()

    def begin(self, work: Callable[[], object], after: Callable[[], object], doing: str) -> None:
        """Begins; returns at once.

        Args:
            work: What to do; it shows itself whatever goes wrong, and looks at ``is_unwanted`` before what cannot be undone.
            after: Called when it is done, on the same thread.
            doing: What it is, as a sentence.
        """
        self.is_going_on, self.is_unwanted, self.doing = True, False, doing
        self.ended.clear()
        threading.Thread(
            target=unasked(self._work), args=(work, after, language()), name="slm-prepare", daemon=True
        ).start()

    def _work(self, work: Callable[[], object], after: Callable[[], object], spoken: str) -> None:
        with use_language(spoken):
            try:
                work()
            finally:
                self.is_going_on = False
                try:
                    after()
                finally:
                    self.ended.set()
