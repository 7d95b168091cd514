"""The design that a widget shows or trains: an editor's, as it is drawn at that moment, or one that does not change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import traitlets

from slm_widgets.language import language
from slm_widgets.stack import LayerStack, analyse, parse_stack
from slm_widgets.stack.document import envelope
from slm_widgets.widgets.design_source import Design, read_design

_OF_DESIGN = ("layer_stack", "config", "vocab_size")


class DesignChoice:
    """Reads a design where it is, half-finished ones too, and tells the editor, if it is one, what the notebook knows.

    Args:
        source: A GraphEditor (anything with its traits), a LayerStack, the name of a preset, a document as JSON, or a file.

    Raises:
        LayerStackError: for an unknown preset, or a source that is no design at all.
    """

    def __init__(self, source: Any) -> None:
        self.editor: Any = None
        if isinstance(source, traitlets.HasTraits) and source.has_trait("layer_stack"):
            self.editor = source
        else:
            self._fixed = _read(source)

    @property
    def layers(self) -> list[Any]:
        """The raw nodes as they are now."""
        return self._fixed[0] if self.editor is None else self.editor.layer_stack

    @property
    def config(self) -> dict[str, Any]:
        """The config as it is now."""
        return self._fixed[1] if self.editor is None else self.editor.config

    @property
    def stack(self) -> LayerStack:
        """The design as it is now.

        Raises:
            LayerStackError: while it cannot be built.
        """
        return parse_stack(envelope(self.layers, self.config))

    @property
    def recipe(self) -> Mapping[str, Any]:
        """The settings that the design carries; empty where it carries none."""
        recipe = self.config.get("training")
        return recipe if isinstance(recipe, Mapping) else {}

    @property
    def language(self) -> str:
        """The editor's language, or the chosen one."""
        return getattr(self.editor, "language", None) or language()

    def analyse(self) -> dict[str, Any]:
        """What is known about the design; never raises."""
        return analyse(self.layers, self.config, getattr(self.editor, "vocab_size", None))

    def tell_vocabulary(self, vocab_size: int) -> None:
        """Lets an editor count with the tokenizer's vocabulary."""
        if self.editor is not None and self.editor.has_trait("vocab_size"):
            self.editor.vocab_size = vocab_size

    def follow(self, on_design: Callable[[], object], on_language: Callable[[str], object] | None) -> None:
        """Calls back when the editor changes the design, and, where that is wanted, when it changes its language."""
        if self.editor is None:
            return
        self.editor.observe(lambda change: on_design(), [n for n in _OF_DESIGN if self.editor.has_trait(n)])
        if on_language is not None and self.editor.has_trait("language"):
            self.editor.observe(lambda change: on_language(change["new"]), "language")


def _read(source: Any) -> Design:
    if isinstance(source, Path) or (isinstance(source, str) and source.endswith(".json")):
        return read_design(None, Path(source))
    return read_design(source, None)
