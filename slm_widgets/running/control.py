"""What other threads ask of a training: stop, pause, go on, a copy of the model. They ask; the training's thread does."""

from __future__ import annotations

import copy
import threading
import traceback
from typing import TYPE_CHECKING

from slm_widgets.errors import RunError
from slm_widgets.language import say

if TYPE_CHECKING:
    from slm_widgets.model import LanguageModel


class Control:
    """Requests to one training; every method may be called from any thread, any number of times."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.stopping = False
        self.pausing = False
        self.is_asked = False
        """Something may have to be done: a plain flag, because it is looked at after every step."""
        self._wanted: list[_Copy] = []
        self._closed = False

    # -- asked from any thread ------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Asks the training to stop."""
        self._ask(stopping=True)

    def pause(self) -> None:
        """Asks the training to pause."""
        self._ask(pausing=True)

    def unpause(self) -> None:
        """Asks the training to go on."""
        self._ask(pausing=False)

    def ask_copy(self) -> LanguageModel | None:
        """Waits for a copy of the model as it is between two steps; None where the training ends first.

        Raises:
            RunError: where no copy can be made.
        """
        wanted = _Copy()
        with self._changed:
            self._wanted.append(wanted)
            self.is_asked = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: wanted.is_made or self._closed)
        if wanted.error is not None:
            raise _not_copied(wanted.error) from wanted.error
        return wanted.model

    def _ask(self, *, stopping: bool | None = None, pausing: bool | None = None) -> None:
        with self._changed:
            self.stopping = self.stopping if stopping is None else stopping
            self.pausing = self.pausing if pausing is None else pausing
            self.is_asked = True
            self._changed.notify_all()

    # -- done by the training's thread ----------------------------------------------------------------------------------

    def serve_copies(self, model: LanguageModel) -> None:
        """Makes a copy of the model, in eval mode, for everyone who wants one; what goes wrong then is the asker's business."""
        with self._changed:
            wanted, self._wanted = self._wanted, []
        for one in wanted:  # outside: whoever presses Stop meanwhile need not wait for it
            one.make(model)
        with self._changed:
            self._changed.notify_all()

    def wait_while_pausing(self, model: LanguageModel) -> None:
        """Sleeps until the pause is over or a stop is asked for; still hands out copies."""
        while self.pausing and not self.stopping:
            self.serve_copies(model)
            with self._changed:
                self._changed.wait_for(lambda: self.stopping or not self.pausing or self._wanted)

    def settle(self) -> None:
        """Forgets that something was asked, once all of it is done; a pause or a stop stays asked."""
        with self._changed:
            self.is_asked = self.stopping or self.pausing or bool(self._wanted)

    def close(self) -> None:
        """Lets nobody wait any longer."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class _Copy:
    """A copy of the model that somebody waits for, and alone gets: whatever is done to it, the next asker does not see."""

    def __init__(self) -> None:
        self.model: LanguageModel | None = None
        self.error: Exception | None = None
        self.is_made = False

    def make(self, model: LanguageModel) -> None:
        """Copies the model, or keeps what went wrong."""
        try:
            self.model = copy.deepcopy(model).eval()
        except Exception as error:  # no memory for it, or a layer that cannot be copied
            traceback.clear_frames(error.__traceback__)  # its frames hold the copy as far as it came
            self.error = error
        self.is_made = True


def _not_copied(error: Exception) -> RunError:
    reason = f"{type(error).__name__}: {error}"
    return RunError(
        say(
            en=f"The model cannot be copied while it trains ({reason}). The training goes on; once it is over or was stopped, "
            "run.model is the model itself.",
            ko=f"학습 중인 모델을 복사할 수 없습니다({reason}). 학습은 계속됩니다. 학습이 끝나거나 멈추면 run.model이 모델 자체입니다.",
        )
    )
