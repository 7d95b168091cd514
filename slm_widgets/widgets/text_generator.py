"""TextGenerator: type a beginning, watch a model go on, token by token."""

from __future__ import annotations

import html
import math
import threading
import time
from typing import Any

import ipywidgets
import traitlets

from slm_widgets.generation import stream
from slm_widgets.language import LANGUAGES, say, use_language
from slm_widgets.language import language as current_language
from slm_widgets.main_loop import unasked
from slm_widgets.widgets.border import shown
from slm_widgets.widgets.pace import Pace, checked_pace
from slm_widgets.widgets.style import Words, style_sheet
from slm_widgets.widgets.writer_source import find_writer
from slm_widgets.widgets.writing_form import WritingForm

_INTERVAL_S = 0.05


class TextGenerator(ipywidgets.VBox):
    """Writes with a trained model, or with one that is still training: it then takes a copy of the model as it is.

    Args:
        source: A Run or SavedRun, a TrainingPanel (whose latest run it follows, and whose language), the folder of a run, or a
            model together with ``tokenizer``; None for the newest run on disk that has a model. The trait may be assigned later.
        tokenizer: For a bare model.
        tokens_per_s: How many tokens to show in a second at most, so that a reader sees them come; None for as fast as it goes.
        language: ``"en"`` or ``"ko"``; None for the source's, else the chosen one.

    Attributes:
        text: The prompt and what was written after it, as a trait.
        error: What kept the latest press of Generate from writing, else None.

    Raises:
        ConfigError: for a ``tokens_per_s`` that is no number above 0.
    """

    language = traitlets.Enum(list(LANGUAGES))
    source = traitlets.Any(None, allow_none=True)
    text = traitlets.Unicode()

    def __init__(
        self,
        source: Any = None,
        *,
        tokenizer: Any = None,
        tokens_per_s: float | None = 40,
        language: str | None = None,
    ) -> None:
        self.error: Exception | None = None
        self._tokenizer = tokenizer
        self._tokens_per_s = checked_pace(tokens_per_s)
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._prompt = ""
        self._numbers: tuple[int, float, float] | None = None
        self._make()
        followed = isinstance(source, traitlets.HasTraits) and source.has_trait("language")
        with use_language(language or (getattr(source, "language", None) if followed else None)):
            spoken = current_language()
        super().__init__(self._parts, source=source, language=spoken)
        self.add_class("slm")
        self.add_class("slm-panel")
        self.observe(lambda change: self._speak(), "language")
        if followed and language is None:
            source.observe(lambda change: self.set_trait("language", change["new"]), "language")
        self._speak()

    def _make(self) -> None:
        self.prompt = ipywidgets.Textarea(rows=2, continuous_update=False)
        self.prompt.add_class("slm-prompt")
        self.form = WritingForm()
        self._generate_button, self._stop_button = ipywidgets.Button(), ipywidgets.Button(disabled=True)
        self._generate_button.on_click(lambda _: self.generate())
        self._stop_button.on_click(lambda _: self.stop())
        self._generate_button.add_class("slm-go")
        self._line = ipywidgets.HTML()
        for button in (self._generate_button, self._stop_button):
            button.add_class("slm-button")
        buttons = ipywidgets.HBox([self._generate_button, self._stop_button, self._line])
        buttons.add_class("slm-row")
        buttons.add_class("slm-buttons")
        self._problem = Words()
        self._output = ipywidgets.HTML()
        self._page = ipywidgets.VBox([self._output], layout=ipywidgets.Layout(max_height="340px", display="none"))
        self._page.add_class("slm-pages")
        self._parts = [style_sheet(), self.prompt, self.form.row, buttons, self._problem, self._page]

    # -- what a person can do -----------------------------------------------------------------------------------------

    @property
    def is_writing(self) -> bool:
        """Whether a text is being written."""
        return self._thread is not None

    def generate(self) -> None:
        """Begins to write, as the button does; returns at once. Does nothing while it is writing."""
        with self._lock, use_language(self.language):
            if self.is_writing:
                return
            self._refuse(None, "")
            with shown(self._refuse):
                settings = self.form.values()
                self._stopping.clear()
                self._numbers = None
                arguments = (self.source, self.prompt.value, settings)
                self._thread = threading.Thread(
                    target=unasked(self._write), args=arguments, name="slm-writer", daemon=True
                )
                self._thread.start()
            self._show()

    def stop(self) -> None:
        """Stops writing after the current token, as the button does; what was written stays."""
        self._stopping.set()

    def wait(self, timeout_s: float | None = None) -> str:
        """Waits until the text is written; for a cell that must not go on before.

        Returns:
            The prompt and its continuation.

        Raises:
            SLMError: what kept it from being written.
        """
        thread = self._thread
        if thread is not None:
            thread.join(timeout_s)
        if self.error is not None:
            raise self.error
        return self.text

    # -- writing, in a thread -----------------------------------------------------------------------------------------

    def _write(self, source: Any, prompt: str, settings: dict[str, Any]) -> None:
        with use_language(self.language):
            with shown(self._refuse):
                model, tokenizer = find_writer(source, self._tokenizer)
                self._follow(prompt, stream(model, tokenizer, prompt, **settings))
            with self._lock:
                self._thread = None
                self._show()

    def _follow(self, prompt: str, tokens: Any) -> None:
        pieces: list[str] = []
        count, probability = 0, 0.0
        pace = Pace(self._tokens_per_s)
        told = -math.inf  # the first token is shown at once, however slow the pace
        self._tell(prompt, "", None)
        for token in tokens:
            pace.wait(self._stopping)
            if self._stopping.is_set():
                break
            pieces.append(token.text)
            count += 1
            probability += token.probability
            now = time.monotonic()
            if now - told >= _INTERVAL_S:
                told = now
                self._tell(prompt, "".join(pieces), (count, pace.busy_s, probability))
        self._tell(prompt, "".join(pieces), (count, pace.busy_s, probability))

    def _tell(self, prompt: str, written: str, numbers: tuple[int, float, float] | None) -> None:
        with self._lock:
            self.text = prompt + written
            self._numbers = numbers
            # Whatever a model or a person writes is shown as the characters that it is.
            self._output.value = f'<div class="slm-page"><em>{html.escape(prompt)}</em>{html.escape(written)}</div>'
            self._page.layout.display = None
            self._show()

    # -- showing ------------------------------------------------------------------------------------------------------

    def _refuse(self, error: Exception | None, words: str) -> None:
        with self._lock:
            self.error = error
            self._problem.show(words, "slm-problem")

    def _speak(self) -> None:
        with self._lock, use_language(self.language):
            self.form.speak()
            self.prompt.description = say(en="Beginning", ko="첫머리")
            self.prompt.placeholder = say(
                en="Once upon a time (empty: the model begins by itself)",
                ko="옛날 옛적에 (비워 두면 모델이 스스로 시작합니다)",
            )
            self._generate_button.description = say(en="Generate", ko="쓰기")
            self._stop_button.description = say(en="Stop", ko="멈춤")
            self._show()

    def _show(self) -> None:
        with self._lock, use_language(self.language):
            self._generate_button.disabled, self._stop_button.disabled = self.is_writing, not self.is_writing
            words = ""
            if self._numbers is not None and self._numbers[0]:
                count, seconds, probability = self._numbers
                speed = count / max(seconds, 1e-9)
                words = say(
                    en=f"{count:,} tokens, the model's speed {speed:,.0f} per second, mean probability {probability / count:.2f}",
                    ko=f"{count:,}토큰, 모델의 속도 초당 {speed:,.0f}토큰, 평균 확률 {probability / count:.2f}",
                )
            self._line.value = f'<div class="slm-quiet">{html.escape(words)}</div>'
