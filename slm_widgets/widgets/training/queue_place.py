"""Where a run stands among those that wait for their device, and the buttons that change it."""

from __future__ import annotations

from contextlib import suppress

import ipywidgets

from slm_widgets.errors import RunError
from slm_widgets.language import language, say, use_language
from slm_widgets.running import Run, RunState
from slm_widgets.running.queue import queue
from slm_widgets.widgets.border import set_tooltip
from slm_widgets.widgets.style import Words
from slm_widgets.widgets.training.buttons import button


class QueuePlace(ipywidgets.HBox):
    """A line that is there only while a run waits: what goes on before it, earlier, later, cancel."""

    def __init__(self) -> None:
        self._run: Run | None = None
        self._spoken = language()
        self._words = Words()
        self._up = button(lambda: self._move(-1), "slm-small")
        self._down = button(lambda: self._move(1), "slm-small")
        self._cancel = button(self._leave, "slm-small")
        super().__init__([self._words, self._up, self._down, self._cancel])
        self.add_class("slm-row")
        self.add_class("slm-buttons")
        self.show(None)

    def show(self, run: Run | None) -> None:
        """Shows the place of a run in the current language; nothing for one that does not wait, or for none."""
        self._spoken = language()
        self._run = run if run is not None and run.state is RunState.PENDING else None
        entries = queue() if self._run is not None else []
        mine = next((entry for entry in entries if entry.run is self._run), None)
        self.layout.display = None if mine is not None and mine.position > 0 else "none"
        if mine is None:
            return
        same = [entry for entry in entries if entry.device == mine.device]
        before = [entry.name for entry in same if entry.position < mine.position]
        if not before:  # what holds the device and is no run
            before = [say(en="a search for a learning rate", ko="학습률 찾기")]
        named = ", ".join(before[:3]) + (" …" if len(before) > 3 else "")
        self._words.show(
            say(
                en=f"Number {mine.position} in the queue of {mine.device}. Before it: {named}.",
                ko=f"{mine.device} 대기열에서 {mine.position}번째입니다. 앞선 실행: {named}.",
            )
        )
        self._up.disabled = mine.position <= 1
        self._down.disabled = mine.position >= max(entry.position for entry in same)
        self._up.description = say(en="Earlier", ko="앞으로")
        self._down.description = say(en="Later", ko="뒤로")
        self._cancel.description = say(en="Cancel", ko="취소")
        set_tooltip(self._cancel, say(en="Leaves the queue; nothing was trained yet.", ko="대기열에서 빠집니다."))

    def _move(self, places: int) -> None:
        run = self._run
        if run is not None:
            with use_language(self._spoken):
                with suppress(RunError):  # its turn came at that very moment
                    (run.move_up if places < 0 else run.move_down)()
                self.show(run)

    def _leave(self) -> None:
        if self._run is not None:
            self._run.stop()
