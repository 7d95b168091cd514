"""What stands in the way of a training: told in a sentence, marked in the form, and kept for whoever waits."""

from __future__ import annotations

import threading
from collections.abc import Callable

from slm_widgets.errors import ConfigError
from slm_widgets.training import TrainConfig
from slm_widgets.widgets.problems import Problems
from slm_widgets.widgets.training.form import TrainingForm

Tell = Callable[[BaseException, str], None]

# Whose errors point at an input of the form; those of the run do too.
_WRONG = ("settings", "together")
_OF_A_PRESS = ("design", "settings", "together", "run", "earlier", "showing")


class Complaints:
    """Tells errors by their cause: design, settings, text, all of them together, showing, the run, an earlier run.

    Attributes:
        lines: The widget with the sentences.
        error: What kept the latest press of a button from beginning a run, else None.
        failed: The settings of the run that is told of, where it failed.
    """

    def __init__(self, form: TrainingForm, lock: threading.RLock) -> None:
        self.lines = Problems()
        self.error: BaseException | None = None
        self.failed: TrainConfig | None = None
        self._form, self._lock = form, lock

    def begin(self) -> None:
        """A button was pressed: all that it looks at anew is forgotten; the text is not read yet."""
        self.error = None
        self.forget(*_OF_A_PRESS)

    def tell(self, cause: str) -> Tell:
        """Makes what tells an error of a cause."""

        def tell(error: BaseException, words: str) -> None:
            with self._lock:
                told = map(self._titled, error.reasons) if isinstance(error, ConfigError) else [words]
                self.lines.tell(cause, error, "\n".join(told))
                self._mark()

        return tell

    def refuse(self, cause: str) -> Tell:
        """Makes what tells it, and that it kept a press of a button from beginning a run."""

        def refuse(error: BaseException, words: str) -> None:
            with self._lock:
                self.error = self.error or error
                self.tell(cause)(error, words)

        return refuse

    def forget(self, *causes: str) -> None:
        """Takes back what was told of some causes."""
        with self._lock:
            self.lines.forget(*causes)
            self._mark()

    def _titled(self, reason: tuple[str | None, str]) -> str:
        """A sentence with the words that stand beside its input in the form."""
        field, sentence = reason
        title = self._form.title(field)
        return f"{title}: {sentence}" if title else sentence

    def _mark(self) -> None:
        fields = self.lines.fields(*_WRONG)
        if not fields:  # what failed is pointed at until it is changed
            fields = [field for field in self.lines.fields("run") if self._form.holds(field, self.failed)]
        self._form.mark(fields)
