"""A part of the panel that opens and closes."""

from __future__ import annotations

from typing import Any

import ipywidgets
import traitlets


class Fold(ipywidgets.VBox):
    """A title that is a button, and what it opens below it. Not an Accordion: its titles cannot be reached with the keyboard.

    Args:
        inside: What is seen while it is open.
        is_open: Whether it is at first.

    Attributes:
        is_open: Whether it is now.
        title: The button.
    """

    is_open = traitlets.Bool()

    def __init__(self, inside: Any, is_open: bool = False) -> None:
        self.title = ipywidgets.ToggleButton(value=is_open)
        self.title.add_class("slm-fold")
        self._inside = inside
        super().__init__([self.title, inside], is_open=is_open)
        self.add_class("slm-more")
        self.title.observe(lambda change: self.set_trait("is_open", change["new"]), "value")
        self.observe(lambda change: self._turn(), "is_open")
        self._turn()

    def name(self, title: str) -> None:
        """Says what is inside."""
        self.title.description = title

    def _turn(self) -> None:
        self.title.value = self.is_open
        self._inside.layout.display = None if self.is_open else "none"
