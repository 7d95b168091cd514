"""TrainingPanel: choose a text, press Train, watch the loss fall."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets
import traitlets

from slm_widgets.errors import RunError
from slm_widgets.language import LANGUAGES, say, use_language
from slm_widgets.running import Run, RunState, train
from slm_widgets.stack import LayerStack
from slm_widgets.training import Event, TrainConfig
from slm_widgets.widgets.border import call_on_main, sentence, shown
from slm_widgets.widgets.design_choice import DesignChoice
from slm_widgets.widgets.live_figure import LiveFigure
from slm_widgets.widgets.problems import Problems
from slm_widgets.widgets.sample_pages import SamplePages
from slm_widgets.widgets.style import Words, style_sheet
from slm_widgets.widgets.text_choice import TextChoice
from slm_widgets.widgets.training_form import TrainingForm
from slm_widgets.widgets.training_status import TrainingStatus, whereabouts


class TrainingPanel(ipywidgets.VBox):
    """Trains a design and shows how it goes. It owns everything that it shows; a page that is closed and opened again, or a
    second view of it, changes nothing.

    Each press of Train begins a new run with the design as it is at that moment; earlier runs stay on disk.

    Args:
        editor: A GraphEditor, or a design: a LayerStack, the name of a preset, a document as JSON. None for ``stack``, and
            without that for the preset gpt2-nano.
        corpus: The text chosen at first: a built-in name, a path, or a Corpus.
        tokenizer: The tokenizer chosen at first: a name, a folder, or a Tokenizer.
        config: The settings shown at first. None: those that the design carries, else the defaults.
        stack: The design, where there is no editor.
        language: ``"en"`` or ``"ko"``; None for the editor's, which is then followed.
        track: Whether runs are written to MLflow.

    Attributes:
        run: The latest Run, None before the first.
        error: What kept the latest press of Train from beginning a run, else None.

    Raises:
        LayerStackError: for an unknown preset, or a document that is no design at all.
        ConfigError: for settings outside what is allowed.
    """

    language = traitlets.Enum(list(LANGUAGES))

    def __init__(
        self,
        editor: Any = None,
        corpus: Any = "tiny-tales-en",
        tokenizer: Any = "char",
        config: TrainConfig | Mapping[str, Any] | None = None,
        *,
        stack: LayerStack | str | None = None,
        language: str | None = None,
        track: bool = True,
    ) -> None:
        self.run: Run | None = None
        self.error: Exception | None = None
        self._track = track
        # The main loop, the thread that prepares a run and a subshell may all have something to show.
        self._lock = threading.RLock()
        self._is_preparing = self._is_unwanted = False
        self._prepared = threading.Event()
        self._design = DesignChoice(editor if editor is not None else stack if stack is not None else "gpt2-nano")
        with use_language(language or self._design.language):
            self._make(corpus, tokenizer, config)
        super().__init__(self._parts, language=language or self._design.language)
        self.add_class("slm")
        self.add_class("slm-panel")
        self.observe(lambda change: self._speak(), "language")
        self._design.follow(self._on_design, None if language else lambda chosen: self.set_trait("language", chosen))
        self._speak()
        self._look_at_text()

    def _make(self, corpus: Any, tokenizer: Any, config: TrainConfig | Mapping[str, Any] | None) -> None:
        settings = config if isinstance(config, TrainConfig) else TrainConfig(**(config or self._design.recipe))
        self._texts = TextChoice(corpus, tokenizer, self._look_at_text)
        self._form = TrainingForm(self._check_settings)
        self._form.fill(settings)
        self._train_button, self._pause_button, self._stop_button = (ipywidgets.Button() for _ in range(3))
        for button, action in (
            (self._train_button, self.train),
            (self._pause_button, self.pause_or_continue),
            (self._stop_button, self.stop),
        ):
            button.add_class("slm-button")
            button.on_click(lambda _, action=action: action())
        self._train_button.add_class("slm-go")
        self._problem, self._notice, self._where = Problems(), Words(), Words()
        self._status = TrainingStatus()
        self.figure = LiveFigure()
        self.samples = SamplePages()
        choices = ipywidgets.HBox([*self._texts.menus])
        buttons = ipywidgets.HBox([self._train_button, self._pause_button, self._stop_button, self._status.line])
        for row in (choices, buttons):
            row.add_class("slm-row")
        buttons.add_class("slm-buttons")
        self._parts = [
            *(style_sheet(), choices, self._form.first, self._form.rest, buttons, self._problem),
            *(self._status.bar, self._status.facts),
        ]

    # -- what a person can do -----------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """Whether a run is being prepared, waits, trains or is paused."""
        return self._is_preparing or (self.run is not None and self.run.state.is_active)

    def train(self) -> None:
        """Begins a new run, as the button does; returns at once. Does nothing while one is going on."""
        with self._lock, use_language(self.language):
            if self.is_busy:
                return
            self.error = design = config = None
            self._forget("design", "settings", "together", "run", "showing")
            with shown(self._refuse("design")):
                design = self._design.stack
            with shown(self._refuse("settings")):
                config = TrainConfig(**self._form.values())
            if design is not None and config is not None:
                self._forget("text")  # it is read again
                self._is_preparing, self._is_unwanted = True, False
                self._prepared.clear()
                # Reading a text and a vocabulary takes seconds: not on the thread that answers the page.
                threading.Thread(target=self._prepare, args=(design, config), name="slm-prepare", daemon=True).start()
            self._show()

    def pause_or_continue(self) -> None:
        """Pauses the run, or lets it go on, as the button does."""
        if self.run is not None:
            (self.run.unpause if self.run.state is RunState.PAUSED else self.run.pause)()

    def stop(self) -> None:
        """Stops the run after its current step, as the button does; the model is kept. Returns at once."""
        self._is_unwanted = True
        if self.run is not None:
            self.run.stop()

    def wait(self, timeout_s: float | None = None) -> Run | None:
        """Waits for the run that ``train`` began, and shows its progress meanwhile; for a cell that must not go on before.

        An interrupt (Ctrl-C, the notebook's stop button) stops the run and keeps its model; one that comes while the text is
        still being read lets no run begin, and goes on as a KeyboardInterrupt: there is no model for what follows.

        Returns:
            The run; with a time-out that passed while a run was still being prepared, the run before it, if any.

        Raises:
            SLMError: what kept the run from beginning, or why it failed.
        """
        try:
            if self._is_preparing and not self._prepared.wait(timeout_s):
                return self.run
        except KeyboardInterrupt:
            self.stop()
            raise
        if self.error is not None:
            raise self.error
        if self.run is None:
            raise _nothing_to_wait_for()
        return self.run.wait(timeout_s)

    # -- from a press of Train to a run, in a thread ------------------------------------------------------------------

    def _prepare(self, design: LayerStack, config: TrainConfig) -> None:
        with use_language(self.language):
            with shown(self._refuse("text")):
                corpus, tokenizer = self._texts.load()
                with shown(self._refuse("together")):
                    if not self._is_unwanted:
                        self._follow(train(design, corpus, tokenizer, config, track=self._track))
            with self._lock:
                self._is_preparing = False
                self._prepared.set()
                self._show()

    def _follow(self, run: Run) -> None:
        with self._lock:
            self.run = run
            self.figure.start(run.entropy_floor, run.max_steps)
            self._status.start(run.max_steps)
            self.samples.start()
            # Whatever happened before the first of these calls is in the history; what is in both is drawn once.
            run.subscribe(lambda events: self._hear(run, events))
            self.figure.show_history(run.history)
        if self._is_unwanted:
            run.stop()

    def _hear(self, run: Run, events: list[Event]) -> None:
        with self._lock, use_language(self.language), shown(self._tell("showing")):
            if run is not self.run:
                return
            self.figure.show_events(events)
            self._status.hear(events)
            self.samples.hear(events)
            self._show()
            if run.state.is_over:
                threading.Thread(target=self._await_tracking, args=(run,), name="slm-tracked", daemon=True).start()

    def _await_tracking(self, run: Run) -> None:
        """MLflow may be minutes behind, and says where it wrote only then."""
        run.drain(600)
        if run is self.run:
            self._show()

    # -- looking ahead: a wrong setting or text is told before anyone presses Train -------------------------------------

    def _check_settings(self) -> None:
        with self._lock, use_language(self.language):
            self._forget("settings", "together")
            with shown(self._tell("settings")):
                TrainConfig(**self._form.values())

    def _look_at_text(self) -> None:
        self._forget("text", "together")
        threading.Thread(target=self._find_vocabulary, name="slm-vocabulary", daemon=True).start()

    def _find_vocabulary(self) -> None:
        chosen = self._texts.chosen

        def tell(error: Exception, words: str) -> None:
            if chosen == self._texts.chosen:  # else another thread looks at what is chosen now
                self._tell("text")(error, words)

        with use_language(self.language), shown(tell):
            vocab_size = self._texts.load()[1].vocab_size
            if chosen == self._texts.chosen:
                call_on_main(lambda: self._design.tell_vocabulary(vocab_size))

    def _on_design(self) -> None:
        # Called from within an assignment to the editor, in whatever language the notebook speaks: nothing may escape.
        with self._lock, use_language(self.language), shown(self._tell("design")):
            self._form.expect_context(self._design.analyse()["total"].get("context_length"))
            if self._problem.stands("design"):
                # Raises while it is still refused. One that no press has refused is left to be drawn in peace.
                _ = self._design.stack
            self._forget("design")

    # -- showing ------------------------------------------------------------------------------------------------------

    def _tell(self, cause: str) -> Callable[[Exception, str], None]:
        """Tells what goes wrong for a cause: design, settings, text, all of them together, showing, run."""

        def tell(error: Exception, words: str) -> None:
            with self._lock:
                self._problem.tell(cause, error, words)
                self._form.mark(self._problem.field("settings", "together", "run"))

        return tell

    def _refuse(self, cause: str) -> Callable[[Exception, str], None]:
        """Tells it, and that it kept a press of Train from beginning a run."""

        def refuse(error: Exception, words: str) -> None:
            with self._lock:
                self.error = self.error or error
                self._tell(cause)(error, words)

        return refuse

    def _forget(self, *causes: str) -> None:
        with self._lock:
            self._problem.forget(*causes)
            self._form.mark(self._problem.field("settings", "together", "run"))

    def _speak(self) -> None:
        with self._lock, use_language(self.language):
            self._texts.speak()
            self._form.speak()
            self._on_design()
            self.samples.speak()
            self.figure.language = self.language
            self._stop_button.description = say(en="Stop", ko="멈춤")
            self._train_button.description = say(en="Train", ko="학습")
            self._show()

    def _show(self) -> None:
        with self._lock, use_language(self.language):
            state = self.run.state if self.run is not None else None
            is_paused = state is RunState.PAUSED
            is_running = state is not None and state.is_active
            self._train_button.disabled = self.is_busy
            self._pause_button.disabled = not is_running
            self._stop_button.disabled = not self.is_busy
            self._pause_button.description = (
                say(en="Continue", ko="계속") if is_paused else say(en="Pause", ko="일시 정지")
            )
            self._status.show(state, self._is_preparing)
            if self.run is not None and len(self.children) == len(self._parts):
                # Not hidden but left out until now: bqplot cannot draw what has no size.
                self.children = [*self._parts, self.figure, self.samples, self._notice, self._where]
            self._show_run()

    def _show_run(self) -> None:
        run = self.run
        if run is None or self._is_preparing:
            for words in (self._notice, self._where):
                words.show("")
            return
        if run.error is not None:
            self._problem.tell("run", run.error, sentence(run.error))
        self._notice.show("\n".join(run.notices), "slm-problem slm-mild")
        self._where.show(whereabouts(run))


def _nothing_to_wait_for() -> RunError:
    return RunError(
        say(
            en="Nothing is being trained. Press Train, or call train(), first.",
            ko="학습 중인 실행이 없습니다. 먼저 학습을 누르거나 train()을 부르세요.",
        )
    )
