"""The search for a learning rate: a button, the curve that it finds, and a button that takes the suggestion over."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Sequence

import ipywidgets

from slm_widgets.errors import TrainingError
from slm_widgets.language import language, say, use_language
from slm_widgets.main_loop import unasked
from slm_widgets.running.learning_rates import search_in_turn
from slm_widgets.running.plan import Plan
from slm_widgets.training.finder import Tried, suggest
from slm_widgets.widgets.border import set_tooltip, shown
from slm_widgets.widgets.style import Words
from slm_widgets.widgets.training.buttons import button
from slm_widgets.widgets.training.search_picture import SearchPicture

_STEPS = 100
_INTERVAL_S = 0.2


class LearningRateSearch(ipywidgets.VBox):
    """Trains a copy of the model for a moment, in the queue of its device, with a learning rate that rises until the loss
    explodes. What is being trained or drawn meanwhile does not notice.

    Args:
        prepare: Makes what would be trained now; called in a thread, may raise what ``train`` raises.
        take: Called with the suggestion when a person takes it over.
    """

    def __init__(self, prepare: Callable[[], Plan], take: Callable[[float], object]) -> None:
        self._plan_now, self._take = prepare, take
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._spoken = language()
        self._tried: Sequence[Tried] = ()
        self._suggestion: float | None = None
        self._doing = self._wrong = ""
        self._thread: threading.Thread | None = None
        self._button = button(self._press, "slm-small")
        self._use = button(self._take_over, "slm-small", "slm-go")
        self._words, self._picture = Words(), SearchPicture()
        row = ipywidgets.HBox([self._button, self._use, self._words])
        row.add_class("slm-row")
        row.add_class("slm-buttons")
        row.add_class("slm-below")
        super().__init__([row, self._picture])
        self._draw()

    @property
    def is_searching(self) -> bool:
        """Whether a search goes on, or waits for its turn."""
        with self._lock:  # whoever is told that it is over finds its outcome drawn
            return self._thread is not None

    def search(self) -> None:
        """Begins, as the button does; returns at once. Does nothing while a search goes on."""
        with self._lock:
            if self.is_searching:
                return
            self._stopping.clear()
            self._tried, self._suggestion, self._wrong, self._doing = (), None, "", "reading"
            self._thread = threading.Thread(target=unasked(self._work), name="slm-lr-search", daemon=True)
            self._thread.start()
            self._draw()

    def stop(self) -> None:
        """Ends the search after the step that it is at; what it found is shown."""
        self._stopping.set()

    def speak(self) -> None:
        """Says everything anew in the current language."""
        self._spoken = language()
        self._draw()

    def _press(self) -> None:
        (self.stop if self.is_searching else self.search)()

    def _take_over(self) -> None:
        if self._suggestion is not None:
            self._take(self._suggestion)

    def _work(self) -> None:
        with use_language(self._spoken):
            with shown(self._tell):
                plan = self._plan_now()
                self._now("waiting")
                with contextlib.closing(search_in_turn(plan, _STEPS, self._stopping.is_set)) as search:
                    self._follow(search)
            with self._lock:
                self._thread, self._doing = None, ""
                self._draw()

    def _follow(self, search: Iterable[Tried]) -> None:
        tried: list[Tried] = []
        drawn_s = 0.0
        for one in search:
            tried.append(one)
            if self._stopping.is_set():
                break
            if time.monotonic() - drawn_s >= _INTERVAL_S:
                drawn_s = time.monotonic()
                self._found(tried)
        if not tried:  # ended before it was its turn
            return
        self._found(tried)
        try:
            suggestion = suggest(tried)
        except TrainingError:
            if not self._stopping.is_set():  # whoever ends it early knows why it found nothing
                raise
            return
        with self._lock:
            self._suggestion = suggestion

    def _found(self, tried: Sequence[Tried]) -> None:
        with self._lock:
            self._doing, self._tried = "searching", tuple(tried)
            self._draw()

    def _now(self, doing: str) -> None:
        with self._lock:
            self._doing = doing
            self._draw()

    def _tell(self, error: Exception, words: str) -> None:
        with self._lock:
            self._wrong = words

    def _draw(self) -> None:
        with self._lock, use_language(self._spoken):
            self._button.description = (
                say(en="Stop searching", ko="찾기 멈춤")
                if self.is_searching
                else say(en="Find a learning rate", ko="학습률 찾기")
            )
            set_tooltip(
                self._button,
                say(
                    en="Trains a copy of the model for a hundred steps with a rate that rises until the loss explodes.",
                    ko="모델의 복사본을 백 스텝 동안, 손실이 폭발할 때까지 학습률을 올려 가며 학습해 봅니다.",
                ),
            )
            self._use.layout.display = None if self._suggestion is not None else "none"
            if self._suggestion is not None:
                self._use.description = say(en=f"Use {self._suggestion:g}", ko=f"{self._suggestion:g} 쓰기")
            self._words.show(self._wrong or self._said(), "slm-problem" if self._wrong else "slm-quiet")
            self._picture.show(self._tried, self._suggestion)

    def _said(self) -> str:
        if self._doing == "reading":
            return say(en="reading the text", ko="글을 읽고 있습니다")
        if self._doing == "waiting":
            return say(en="waiting for the device", ko="장치를 기다리고 있습니다")
        if self._doing == "searching":
            return say(en=f"{len(self._tried)} of {_STEPS} steps", ko=f"{_STEPS}스텝 중 {len(self._tried)}스텝")
        if self._suggestion is not None:
            return say(
                en="There the loss fell fastest, well before its lowest point.",
                ko="손실이 가장 빨리 내려간 곳이며, 가장 낮은 점보다 충분히 앞입니다.",
            )
        return ""
