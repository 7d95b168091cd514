"""The button that opens MLflow's pages: they are started on demand, and a link to the run appears."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import ipywidgets

from slm_widgets.language import language, say, use_language
from slm_widgets.main_loop import unasked
from slm_widgets.tracking import open_ui_soon
from slm_widgets.widgets.border import set_tooltip
from slm_widgets.widgets.training.buttons import button


class TrackingLink(ipywidgets.HBox):
    """A button and, once the pages answer, a link beside it; nothing for a run that MLflow does not have.

    Args:
        tell: Called with a sentence where the pages cannot be started, on another thread.
    """

    def __init__(self, tell: Callable[[str], object]) -> None:
        self._tell = tell
        self._ids: Mapping[str, str] | None = None
        self._address, self._is_starting = "", False
        self._spoken = language()
        self._open = button(self.open_pages, "slm-small")
        self._link = ipywidgets.HTML()
        super().__init__([self._open, self._link])
        self.add_class("slm-row")
        self.add_class("slm-buttons")
        self.show(None)

    def show(self, ids: Mapping[str, str] | None) -> None:
        """Offers the pages of a run in the current language.

        Args:
            ids: Where MLflow has it (``Tracker.ids``); None where it has it not, or not yet.
        """
        self._spoken = language()
        if ids != self._ids:
            self._ids, self._address = ids, ""
        self.layout.display = "none" if ids is None else None
        self._draw()

    def open_pages(self) -> None:
        """Starts the pages, as the button does; returns at once."""
        ids = self._ids
        if ids is None or self._is_starting:
            return

        def ready(address: str) -> None:
            self._is_starting = False
            if ids == self._ids:  # else another run is shown by now
                self._address = address
            self._draw()

        def failed(sentence: str) -> None:
            self._is_starting = False
            self._draw()
            self._tell(sentence)

        with use_language(self._spoken):
            self._is_starting = True
            self._draw()
            open_ui_soon(unasked(ready), unasked(failed), ids)

    def _draw(self) -> None:
        with use_language(self._spoken):
            self._open.disabled = self._is_starting
            self._open.description = (
                say(en="Opening MLflow …", ko="MLflow를 여는 중 …")
                if self._is_starting
                else say(en="Open MLflow", ko="MLflow 열기")
            )
            set_tooltip(
                self._open,
                say(
                    en="Starts MLflow's pages on the machine that computes, and shows a link to this run. In Colab, on a hub "
                    "or on another machine the browser may not reach them.",
                    ko="계산하는 컴퓨터에서 MLflow 화면을 시작하고 이 실행으로 가는 링크를 보여 줍니다. Colab이나 허브, 다른 "
                    "컴퓨터에서는 브라우저가 열지 못할 수 있습니다.",
                ),
            )
            words = say(en="this run in MLflow", ko="MLflow에서 이 실행 보기")
            self._link.value = link(self._address, words)


def link(address: str, words: str) -> str:
    """An anchor for an address of the web; for anything else the address as mere text."""
    parts = urlsplit(address)
    if not address:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return html.escape(address)
    return (
        f'<a class="slm-link" href="{html.escape(address)}" target="_blank" rel="noopener noreferrer">'
        f"{html.escape(words)}</a>"
    )
