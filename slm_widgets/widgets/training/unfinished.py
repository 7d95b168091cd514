"""The run that an earlier program left unfinished: a new panel tells of it, so that nobody begins anew without need."""

from __future__ import annotations

import threading
from collections.abc import Callable

import ipywidgets

from slm_widgets.language import language, say, use_language
from slm_widgets.library import SavedRun, process_identity
from slm_widgets.main_loop import unasked
from slm_widgets.running import RunState
from slm_widgets.widgets.border import shown
from slm_widgets.widgets.style import Words
from slm_widgets.widgets.training.buttons import button
from slm_widgets.widgets.training.earlier_runs import newest_runs


class Unfinished(ipywidgets.HBox):
    """A line about the newest run on disk, there only where it can go on and the program that trained it is over, and a button
    that shows it.

    A kernel that is restarted stops its run in good order; one that is killed leaves it as it was.

    Args:
        choose: Called with the run when a person asks to see it.
        tell: Called with whatever went wrong, and the sentence about it.
    """

    def __init__(self, choose: Callable[[SavedRun], object], tell: Callable[[Exception, str], object]) -> None:
        self._run: SavedRun | None = None
        self._step = 0
        self._is_wanted = True
        self._tell = tell
        self._words = Words()
        self._button = button(lambda: self._run and choose(self._run), "slm-small")
        super().__init__([self._words, self._button])
        self.add_class("slm-row")
        self.add_class("slm-buttons")
        self._draw()

    def look(self) -> None:
        """Looks on disk, in the background."""
        threading.Thread(target=unasked(self._read), args=(language(),), name="slm-unfinished", daemon=True).start()

    def show(self, is_wanted: bool) -> None:
        """Says it in the current language, or is not there."""
        self._is_wanted = is_wanted
        self._draw()

    def _read(self, spoken: str) -> None:
        with use_language(spoken), shown(self._tell):
            run = next(newest_runs(), None)
            if run is not None and _is_left(run):
                self._run, self._step = run, run.checkpoints[0].step
                self._draw()

    def _draw(self) -> None:
        run = self._run
        self.layout.display = None if run is not None and self._is_wanted else "none"
        if run is None:
            return
        of_en, of_ko = ("", "") if not run.max_steps else (f" of {run.max_steps:,}", f"{run.max_steps:,}스텝 중 ")
        self._words.show(
            say(
                en=f"The latest run, {run.name}, is not finished. It can go on after step {self._step:,}{of_en}.",
                ko=f"최근 실행 {run.name}의 학습이 끝나지 않았습니다. {of_ko}{self._step:,}스텝부터 이어서 학습할 수 있습니다.",
            )
        )
        self._button.description = say(en="Show it", ko="보기")


def _is_left(run: SavedRun) -> bool:
    """Whether it stopped or was cut off, in a program that is over; one that failed by itself would do so again."""
    ended_so = run.state is RunState.STOPPED or run.was_cut_off
    return ended_so and run.can_resume and run.facts.get("process") != process_identity()
