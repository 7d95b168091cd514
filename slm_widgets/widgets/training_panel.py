"""TrainingPanel: choose a text, press Train, watch the loss fall."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ipywidgets
import traitlets

from slm_widgets.data import default_corpus
from slm_widgets.errors import DivergedError, RunError
from slm_widgets.language import LANGUAGES, say, use_language
from slm_widgets.library import SavedRun
from slm_widgets.running import Run, RunState
from slm_widgets.stack import LayerStack
from slm_widgets.training import TrainConfig
from slm_widgets.widgets.border import sentence
from slm_widgets.widgets.design_choice import DesignChoice
from slm_widgets.widgets.style import Words, style_sheet
from slm_widgets.widgets.training.beginning import Beginning
from slm_widgets.widgets.training.buttons import TrainingButtons, button
from slm_widgets.widgets.training.look import panel_sheet
from slm_widgets.widgets.training.prospect import Prospect
from slm_widgets.widgets.training.run_chooser import RunChooser
from slm_widgets.widgets.training.run_view import RunView
from slm_widgets.widgets.training.unfinished import Unfinished
from slm_widgets.widgets.training.watching import Watching


class TrainingPanel(ipywidgets.VBox):
    """Trains a design and shows how it goes. It owns everything that it shows; a page that is closed and opened again, or a
    second view of it, changes nothing.

    Each press of Train begins a new run with the design as it is at that moment; earlier runs stay on disk and can be looked
    at, resumed and compared. A panel made while a run of this program goes on (its cell was run again) shows that run.

    Args:
        editor: A GraphEditor, or a design: a LayerStack, the name of a preset, a document as JSON. None for ``stack``, and
            without that for the preset gpt2-nano.
        corpus: The text chosen at first: a built-in name, a path, or a Corpus. None for the stories in the panel's language.
        tokenizer: The tokenizer chosen at first: a name, a folder, or a Tokenizer.
        config: The settings shown at first. None: those that the design carries, else the defaults.
        stack: The design, where there is no editor.
        language: ``"en"`` or ``"ko"``; None for the editor's, which is then followed.
        track: Whether runs are written to MLflow.

    Raises:
        LayerStackError: for an unknown preset, or a document that is no design at all.
        ConfigError: for settings outside what is allowed.
    """

    language = traitlets.Enum(list(LANGUAGES))

    def __init__(
        self,
        editor: Any = None,
        corpus: Any = None,
        tokenizer: Any = "char",
        config: TrainConfig | Mapping[str, Any] | None = None,
        *,
        stack: LayerStack | str | None = None,
        language: str | None = None,
        track: bool = True,
    ) -> None:
        # The main loop, the thread that prepares a run and a subshell may all have something to show.
        self._lock = threading.RLock()
        self._for_the_next = Words()
        self._design = DesignChoice(editor if editor is not None else stack if stack is not None else "gpt2-nano")
        with use_language(language or self._design.language):
            corpus = default_corpus() if corpus is None else corpus
            self._prospect = Prospect(self._design, corpus, tokenizer, config, self._lock, self._tell_settings)
            self._complaints = self._prospect.complaints
            self._view = RunView()
            self._watching = Watching(self._view, self._lock, self._show, self._news, self._complaints.tell("showing"))
            self._beginning = Beginning(self._design, self._prospect, track, self._follow, self._show)
            self._preparation = self._beginning.preparation
            self._make_switches()
        self.figure, self.samples = self._view.figure, self._view.samples
        super().__init__(self._parts(), language=language or self._design.language)
        self.add_class("slm")
        self.add_class("slm-panel")
        self.observe(lambda change: self._speak(), "language")
        follow = None if language else lambda chosen: self.set_trait("language", chosen)
        self._design.follow(self._prospect.look_at_design, follow)
        self._watching.find()
        self._speak()
        with use_language(self.language):
            self._unfinished.look()
        self._prospect.look_at_text()

    def _make_switches(self) -> None:
        self._buttons = TrainingButtons(self.train, self.pause_or_continue, self.stop, self.resume)
        self._back = button(self._show_latest, "slm-small")
        self._unfinished = Unfinished(self._show_earlier, self._complaints.tell("earlier"))
        self._chooser = RunChooser(
            self._show_earlier,
            lambda run: self._prospect.take_settings(run.config),
            self._compare_with,
            self._complaints.tell("earlier"),
            lambda folder: self._view.run is not None and self._view.run.folder == folder,
        )

    def _parts(self) -> list[Any]:
        prospect = self._prospect
        texts = ipywidgets.HBox([*prospect.texts.menus])
        buttons = ipywidgets.HBox([*self._buttons.all, self._view.status.line, self._back])
        for row in (texts, buttons):
            row.add_class("slm-row")
        buttons.add_class("slm-buttons")
        folds = (prospect.form.rest, prospect.rate.fold, self._chooser)
        above = [
            texts,
            prospect.form.first,
            *folds,
            buttons,
            self._unfinished,
            self._for_the_next,
            self._complaints.lines,
            *self._view.above,
        ]
        return [style_sheet(), panel_sheet(), *above]

    def close(self) -> None:
        """Closes it; the runs go on."""
        self._watching.close()
        super().close()

    # -- what a person can do -----------------------------------------------------------------------------------------

    @property
    def run(self) -> Run | None:
        """The run that was begun last, None before the first."""
        return self._watching.latest

    @property
    def error(self) -> BaseException | None:
        """What kept the latest press of Train or Resume from beginning a run, else None."""
        return self._complaints.error

    @property
    def is_busy(self) -> bool:
        """Whether a run of this panel is being prepared, waits, trains or is paused."""
        return self._preparation.is_going_on or self._watching.is_busy

    def train(self) -> None:
        """Begins a new run, as the button does; returns at once. Does nothing while one of this panel's is going on."""
        with self._lock, use_language(self.language):
            if self.is_busy:
                return
            self._beginning.train(self.run)
            self._show()

    def resume(self, folder: str | Path | None = None) -> None:
        """Goes on with a run that was stopped, failed or killed, where its last checkpoint is; returns at once.

        Does nothing while a run of this panel is going on.

        Args:
            folder: The run's folder; None for the run that is shown, as the button does.
        """
        with self._lock, use_language(self.language):
            target = folder if folder is not None else self._view.run.folder if self._view.run is not None else None
            if self.is_busy or target is None:
                return
            self._beginning.resume(target)
            self._show()

    def pause_or_continue(self) -> None:
        """Pauses the run, or lets it go on, as the button does."""
        run = self._watching.meant
        if run is not None:
            (run.unpause if run.state is RunState.PAUSED else run.pause)()
            self._show()  # a step may be long, and nothing is heard of a run within it

    def stop(self) -> None:
        """Stops the run after its current step, as the button does; the model is kept. Returns at once."""
        self._preparation.is_unwanted = True
        run = self._watching.meant
        # While a run is prepared that one is meant, and not the one that is still shown.
        if run is not None and not self._preparation.is_going_on:
            run.stop()
        self._show()

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
            if not self._preparation.ended.wait(timeout_s):
                return self.run
        except KeyboardInterrupt:
            self.stop()
            raise
        if self.error is not None:
            raise self.error
        if self.run is None:
            raise _nothing_to_wait_for()
        return self.run.wait(timeout_s)

    # -- which run is shown ---------------------------------------------------------------------------------------------

    def _follow(self, run: Run) -> None:
        with self._lock:
            self._prospect.rate.fold.is_open = False
            self._chooser.forget()
            self._watching.adopt(run, is_own=True)

    def _news(self) -> None:
        """A run is in another state: an open list of the earlier ones says so."""
        if self._chooser.is_open:
            self._chooser.refresh()

    def _show_earlier(self, run: Run | SavedRun) -> None:
        with self._lock, use_language(self.language):
            self._watching.look_at(run)
            self._show()

    def _show_latest(self) -> None:
        if self.run is not None:
            self._chooser.forget()
            self._show_earlier(self.run)

    def _compare_with(self, run: Run | SavedRun) -> None:
        with self._lock, use_language(self.language):
            latest, seen = self._watching.latest, self._view.run
            # To choose a run shows it: it is compared with the latest and not with itself.
            if latest is not None and seen is not None and seen.folder == run.folder != latest.folder:
                self._watching.look_at(latest)
            self._view.compare(run)
            self._show()

    # -- showing ------------------------------------------------------------------------------------------------------

    def _speak(self) -> None:
        with self._lock, use_language(self.language):
            self._prospect.speak()
            self._watching.speak()
            self._chooser.speak()
            self._view.speak(self.language)
            self._back.description = say(en="Back to the latest run", ko="최근 실행으로")
            self._show()

    def _show(self) -> None:
        with self._lock, use_language(self.language):
            run, target = self._view.run, self._watching.meant
            state = target.state if target is not None else None
            self._buttons.show(
                is_busy=self.is_busy,
                is_running=state is not None and state.is_active,
                is_paused=state is RunState.PAUSED,
                may_resume=run is not None
                and run.state in (RunState.STOPPED, RunState.FAILED)
                and not isinstance(run.error, DivergedError),  # which would do so again
            )
            self._unfinished.show(run is None and not self.is_busy)
            self._back.layout.display = None if self.run is not None and run is not self.run else "none"
            if self._preparation.is_going_on:
                self._view.prepare(self._preparation.doing)
            else:
                self._view.draw(is_own=run is self.run and self._watching.is_own)
                self._tell_end(run)
            self._tell_settings()
            if run is not None and self._view.figure not in self.children:
                self.children = [*self.children, *self._view.below]

    def _tell_settings(self) -> None:
        """What is typed while a run goes on changes nothing in it."""
        run = self._watching.meant
        is_other = run is not None and run.state.is_active and not self._prospect.form.is_as(run.config)
        words = say(
            en="This run keeps its settings; those above are for the next one.",
            ko="이 실행은 처음 설정대로 학습합니다. 위의 설정은 다음 실행부터 쓰입니다.",
        )
        self._for_the_next.show(words if is_other else "", "slm-quiet")

    def _tell_end(self, run: Run | SavedRun | None) -> None:
        """Why the run that is shown failed."""
        cause, other = ("run", "earlier") if run is self.run else ("earlier", "run")
        if self._complaints.lines.stands(other):
            self._complaints.forget(other)
        if run is not None and run.error is not None:
            if cause == "run":
                self._complaints.failed = run.config
            self._complaints.tell(cause)(run.error, sentence(run.error))
        elif self._complaints.lines.stands(cause):
            self._complaints.forget(cause)


def _nothing_to_wait_for() -> RunError:
    return RunError(
        say(
            en="Nothing is being trained. Press Train, or call train(), first.",
            ko="학습 중인 실행이 없습니다. 먼저 학습을 누르거나 train()을 부르세요.",
        )
    )
