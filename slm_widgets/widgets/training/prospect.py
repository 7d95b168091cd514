"""What a press of Train would train: a wrong setting, text or design is told before anyone presses."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from slm_widgets.language import language, use_language
from slm_widgets.running.plan import Plan
from slm_widgets.running.train import make_plan
from slm_widgets.training import TrainConfig, overlaid
from slm_widgets.widgets.border import shown
from slm_widgets.widgets.design_choice import DesignChoice
from slm_widgets.widgets.text_choice import TextChoice
from slm_widgets.widgets.training.complaints import Complaints
from slm_widgets.widgets.training.form import TrainingForm
from slm_widgets.widgets.training.rate_page import RatePage
from slm_widgets.widgets.training.text_look import TextLook


class Prospect:
    """A design, a text and settings, looked at while a person chooses them.

    Args:
        design: What is drawn, or fixed.
        corpus: The text chosen at first.
        tokenizer: The tokenizer chosen at first.
        config: The settings shown at first; a dict changes the design's own.
        lock: Held by whoever shows something.
        on_settings: Called when other settings stand in the form.

    Attributes:
        texts: The menus of text and tokenizer.
        form: The inputs of the settings.
        complaints: What stands in the way.
        rate: The learning rate as a curve, and the search for one.
    """

    def __init__(
        self,
        design: DesignChoice,
        corpus: Any,
        tokenizer: Any,
        config: TrainConfig | Mapping[str, Any] | None,
        lock: threading.RLock,
        on_settings: Callable[[], object],
    ) -> None:
        settings = config if isinstance(config, TrainConfig) else TrainConfig(**overlaid(design.recipe, config or {}))
        self._design, self._lock, self._on_settings = design, lock, on_settings
        self._spoken = language()
        self._tokens: int | None = None  # of the text, about
        self._context_length: int | None = None  # of the design
        self.texts = TextChoice(corpus, tokenizer, self.look_at_text)
        self.form = TrainingForm(self._check_settings)
        self.form.fill(settings)
        self.complaints = Complaints(self.form, lock)
        self._text_look = TextLook(self.texts, self._know_text, self.complaints.tell("text"))
        self.rate = RatePage(self._plan, self._take_rate)

    @property
    def config(self) -> TrainConfig:
        """The settings as they stand in the form.

        Raises:
            ConfigError: for what is outside what is allowed.
        """
        return TrainConfig(**self.form.values())

    def take_settings(self, config: TrainConfig) -> None:
        """Writes settings into the form."""
        with self._lock, use_language(self._spoken):
            self.form.fill(config)
            self._check_settings()

    def look_at_text(self) -> None:
        """Reads the chosen text in the background; returns at once."""
        self.complaints.forget("text", "together")
        self._text_look.begin(self._spoken)

    def look_at_design(self) -> None:
        """Takes note of a design that has changed."""
        # Called from within an assignment to the editor, in whatever language the notebook speaks: nothing may escape.
        with self._lock, use_language(self._spoken), shown(self.complaints.tell("design")):
            self._context_length = self._design.analyse()["total"].get("context_length")
            self.form.expect_context(self._context_length)
            if self.complaints.lines.stands("design"):
                # Raises while it is still refused. One that no press has refused is left to be drawn in peace.
                _ = self._design.stack
            self.complaints.forget("design")

    def speak(self) -> None:
        """Says everything anew in the current language."""
        self._spoken = language()
        self.texts.speak()
        self.form.speak()
        self.look_at_design()
        self._check_settings()
        self.rate.speak()

    def _check_settings(self) -> None:
        with self._lock, use_language(self._spoken):
            self.complaints.forget("settings", "together")
            config = None
            with shown(self.complaints.tell("settings")):
                config = self.config
            self.rate.show(config, self._tokens, self._context_length)
            self._on_settings()

    def _know_text(self, vocab_size: int, tokens: int) -> None:
        self._tokens = tokens
        self._design.tell_vocabulary(vocab_size)
        self._check_settings()

    def _plan(self) -> Plan:
        """What would be trained, for the search in its thread."""
        design, config = self._design.stack, self.config
        corpus, tokenizer = self.texts.load()
        return make_plan(design, corpus, tokenizer, config)

    def _take_rate(self, rate: float) -> None:
        self.form["lr"].value = rate
