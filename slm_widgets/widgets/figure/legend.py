"""What the colours mean; a click on an entry hides or shows its curve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ipywidgets

from slm_widgets.language import say
from slm_widgets.widgets.border import set_tooltip


@dataclass(frozen=True)
class Entry:
    """One curve, or one kind of marker.

    Args:
        key: What it is known by, for as long as the figure lives.
        look: A class of the style sheet that draws its line or its shape.
        words: Its name. It may come from a person, and is shown as the characters that it is.
    """

    key: str
    look: str
    words: str


class Legend(ipywidgets.HBox):
    """A row of buttons that stay down while what they name is shown.

    Args:
        on_change: Called after a person has switched an entry on or off.
        hidden: The keys of those that begin switched off.
    """

    def __init__(self, on_change: Callable[[], object], hidden: Sequence[str] = ()) -> None:
        self._on_change = on_change
        self._is_on: dict[str, bool] = dict.fromkeys(hidden, False)
        self._buttons: dict[str, ipywidgets.ToggleButton] = {}
        super().__init__()
        self.add_class("slm-legend")

    @property
    def value(self) -> str:
        """What it says, as plain text."""
        return "\n".join(button.description for button in self.children)

    def is_on(self, key: str) -> bool:
        """Whether what an entry names is to be shown."""
        return self._is_on.get(key, True)

    def forget(self, key: str) -> None:
        """Forgets an entry that will not come back, and whether it was switched off."""
        self._is_on.pop(key, None)
        self._buttons.pop(key, None)

    def show(self, entries: Sequence[Entry]) -> None:
        """Shows these entries, in this order."""
        children = tuple(self._button(entry) for entry in entries)
        if children != self.children:
            self.children = children

    def _button(self, entry: Entry) -> ipywidgets.ToggleButton:
        button = self._buttons.get(entry.key)
        if button is None:
            button = self._buttons[entry.key] = ipywidgets.ToggleButton(value=self.is_on(entry.key))
            button.add_class("slm-key")
            button.add_class(entry.look)
            button.observe(lambda change: self._switch(entry.key, change["new"]), "value")
        if button.description != entry.words:
            button.description = entry.words
        help_text = say(en=f"{entry.words}: show or hide", ko=f"{entry.words}: 보이기/숨기기")
        set_tooltip(button, help_text)
        return button

    def _switch(self, key: str, is_on: bool) -> None:
        self._is_on[key] = is_on
        self._on_change()
