"""Earlier runs: a list to choose one from, and what can be done with it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import ipywidgets

from slm_widgets.language import language, say, use_language
from slm_widgets.library import SavedRun, load_run
from slm_widgets.main_loop import unasked
from slm_widgets.running import Run
from slm_widgets.running.active_runs import list_active
from slm_widgets.widgets.border import set_tooltip, shown
from slm_widgets.widgets.style import Words
from slm_widgets.widgets.training.buttons import button
from slm_widgets.widgets.training.earlier_runs import RunLine, headings, list_runs
from slm_widgets.widgets.training.fold import Fold

_ROWS = 7


class RunChooser(Fold):
    """A fold that lists the runs on disk when it is opened. What is done with the chosen one is given.

    Args:
        choose: Called with the run that a person chose, as it goes on in this program or as its folder tells it; on a thread
            of its own, as the next two are.
        take_settings: Writes its settings into the form.
        compare: Draws its curves over those of the latest run, or takes them away again.
        tell: Called with whatever went wrong, and the sentence about it.
        is_shown: Tells whether the run of a folder is the one that is shown.
    """

    def __init__(
        self,
        choose: Callable[[Run | SavedRun], object],
        take_settings: Callable[[Run | SavedRun], object],
        compare: Callable[[Run | SavedRun], object],
        tell: Callable[[Exception, str], object],
        is_shown: Callable[[Path], bool],
    ) -> None:
        self._choose, self._change, self._tell, self._is_shown = choose, compare, tell, is_shown
        self._compared: set[Path] = set()
        self._lines: dict[str, RunLine] = {}
        self._is_filling = False
        self._spoken = language()
        self._lock = threading.RLock()
        self._readings = self._newest_reading = 0
        self._columns, self._empty = ipywidgets.HTML(), Words()
        self.menu = ipywidgets.Select(options=[], rows=_ROWS, value=None)
        self.menu.add_class("slm-list")
        self.menu.observe(self._chosen, "value")
        self._settings_button = button(lambda: self._do(take_settings), "slm-small")
        self._compare_button = button(lambda: self._do(self._change_comparison), "slm-small")
        self._again_button = button(self.refresh, "slm-small")
        row = ipywidgets.HBox([self._settings_button, self._compare_button, self._again_button])
        row.add_class("slm-row")
        row.add_class("slm-buttons")
        row.add_class("slm-below")
        super().__init__(ipywidgets.VBox([self._columns, self.menu, self._empty, row]))
        self.observe(lambda change: self.refresh() if change["new"] else None, "is_open")
        self._show()

    @property
    def folder(self) -> Path | None:
        """The folder of the chosen run, None where none is chosen."""
        return Path(self.menu.value) if self.menu.value else None

    def refresh(self) -> None:
        """Reads the list anew, in the background; what is chosen stays."""
        threading.Thread(target=unasked(self._read), args=(self._spoken,), name="slm-earlier-runs", daemon=True).start()

    def forget(self) -> None:
        """Chooses none."""
        with self._lock, use_language(self._spoken):
            self._is_filling = True
            try:
                self.menu.value = None
            finally:
                self._is_filling = False
            self._show()

    def speak(self) -> None:
        """Says everything anew in the current language."""
        self._spoken = language()
        self.name(say(en="Earlier runs", ko="이전 실행"))
        self._columns.value = f'<div class="slm-columns">{headings()}</div>'
        self._settings_button.description = say(en="Use its settings", ko="설정 가져오기")
        self._again_button.description = say(en="Read again", ko="새로 고침")
        set_tooltip(
            self._settings_button,
            say(
                en="Writes the settings of the chosen run into the form above.",
                ko="고른 실행의 설정을 위의 입력란에 적습니다.",
            ),
        )
        set_tooltip(
            self._compare_button,
            say(
                en="Draws the chosen run's curves over those of the latest run; once more takes them away.",
                ko="최근 실행의 곡선 위에 고른 실행의 곡선을 겹쳐 그립니다. 한 번 더 누르면 지웁니다.",
            ),
        )
        set_tooltip(
            self.menu,
            say(
                en="Choose a run to see it; nothing is lost by that.",
                ko="실행을 고르면 그 실행을 보여 줍니다. 지워지는 것은 없습니다.",
            ),
        )
        self._fill(list(self._lines.values()))

    def _read(self, spoken: str) -> None:
        with use_language(spoken), shown(self._tell):
            with self._lock:
                self._readings += 1
                mine = self._readings
            lines = list_runs()
            with self._lock:
                if mine < self._newest_reading:  # a reading that began later was quicker
                    return
                self._newest_reading = mine
                self._fill(lines)

    def _fill(self, lines: list[RunLine]) -> None:
        with self._lock:
            chosen = self.menu.value
            self._lines = {str(line.folder): line for line in lines}
            self._is_filling = True
            try:
                with self.menu.hold_sync():  # new options choose none; the page need not see that
                    self.menu.options = [(str(line), folder) for folder, line in self._lines.items()]
                    self.menu.value = chosen if chosen in self._lines else None
            finally:
                self._is_filling = False
            self._show()

    def _show(self) -> None:
        line = self._lines.get(self.menu.value or "")
        for one in (self._settings_button, self._compare_button):
            one.disabled = line is None
        is_compared = line is not None and line.folder in self._compared
        self._compare_button.description = (
            say(en="Compare no more", ko="비교 그만") if is_compared else say(en="Compare", ko="비교")
        )
        is_empty = not self._lines
        hint = say(
            en="Its curves are laid over those of the run that you choose next.",
            ko="다음에 고르는 실행의 곡선 위에 겹쳐 그립니다.",
        )
        # A run is not laid over itself, which would show nothing.
        waits = is_compared and line is not None and self._is_shown(line.folder)
        self._empty.show(say(en="There is none yet.", ko="아직 없습니다.") if is_empty else hint if waits else "")
        self.menu.layout.display = self._columns.layout.display = "none" if is_empty else None

    def _chosen(self, change: dict[str, object]) -> None:
        with self._lock, use_language(self._spoken):
            if self._is_filling:
                return
            self._show()
        self._do(self._choose)

    def _change_comparison(self, run: Run | SavedRun) -> None:
        self._change(run)
        with self._lock:
            self._compared ^= {run.folder}
            self._show()

    def _do(self, action: Callable[[Run | SavedRun], object]) -> None:
        folder = self.folder
        if folder is not None:  # its numbers may be many
            threading.Thread(
                target=unasked(self._load), args=(folder, action), name="slm-earlier-run", daemon=True
            ).start()

    def _load(self, folder: Path, action: Callable[[Run | SavedRun], object]) -> None:
        with use_language(self._spoken), shown(self._tell):
            run = next((run for run in list_active() if run.folder == folder), None) or load_run(folder)
            _ = run.history
            if folder == self.folder:  # else another one was chosen meanwhile
                action(run)
