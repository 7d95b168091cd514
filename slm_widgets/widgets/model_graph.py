"""ModelGraph: a design as a drawing that can be opened and read."""

from __future__ import annotations

import importlib
from typing import Any

import ipywidgets
import traitlets

from slm_widgets.errors import ConfigError
from slm_widgets.language import LANGUAGES, say, use_language
from slm_widgets.language import language as current_language
from slm_widgets.widgets.border import call_on_main, shown
from slm_widgets.widgets.design_choice import DesignChoice
from slm_widgets.widgets.picture.design_picture import small_design_svg
from slm_widgets.widgets.picture.fallback import WithPicture
from slm_widgets.widgets.picture.model_drawing import Drawing, draw_model
from slm_widgets.widgets.picture.model_svg import model_svg
from slm_widgets.widgets.style import Words, style_sheet

_RENDERERS = ("cytoscape", "svg")


class ModelGraph(WithPicture, ipywidgets.VBox):
    """Draws a design from top to bottom: one box a layer, with its main numbers. A block is one box until it is clicked.

    Args:
        stack_or_editor: A LayerStack, the name of a preset, a document as JSON, or a GraphEditor, whose design and language
            are then followed. Half-finished designs are drawn as far as they are understood.
        language: ``"en"`` or ``"ko"``; None for the editor's, else the chosen one.
        renderer: ``"cytoscape"`` or ``"svg"``, a picture with all blocks open; None: cytoscape where it is installed.

    Raises:
        LayerStackError: for an unknown preset, or a source that is no design at all.
        ConfigError: for an unknown renderer.
    """

    language = traitlets.Enum(list(LANGUAGES))
    expanded = traitlets.Set(help="Keys of the blocks that are open.")

    def __init__(
        self, stack_or_editor: Any = "gpt2-nano", *, language: str | None = None, renderer: str | None = None
    ) -> None:
        self._design = DesignChoice(stack_or_editor)
        self._cytoscape = _find_cytoscape(renderer)
        self._heading, self._problem = Words(), Words()
        self._sheet, self._height = style_sheet(), style_sheet("")
        self._picture: Any = None
        with use_language(language or self._design.language):
            super().__init__(language=current_language())
        self.add_class("slm")
        self.add_class("slm-panel")
        self.add_class(f"slm-graph-{self.model_id}")
        follow = None if language else lambda chosen: self.set_trait("language", chosen)
        self._design.follow(self._redraw_soon, follow)
        self.observe(lambda change: self._redraw_soon(), ["language", "expanded"])
        self._redraw()

    def toggle(self, key: str) -> None:
        """Opens a closed block, closes an open one; anything else is left alone."""
        if key in self.expanded:
            self.expanded = self.expanded - {key}
        elif any(card.key == key and card.kind == "block" for card in self._draw(self.expanded).cards):
            self.expanded = self.expanded | {key}

    def to_svg(self) -> str:
        """The design as an SVG picture, all blocks open."""
        return model_svg(self._draw(None))

    def _draw(self, expanded: Any) -> Drawing:
        with use_language(self.language):
            return draw_model(self._design.layers, self._design.analyse(), expanded)

    def _redraw_soon(self) -> None:
        # New widgets are made on the main loop: a click may come from a subshell.
        call_on_main(self._redraw)

    def _redraw(self) -> None:
        with use_language(self.language), shown(lambda error, words: self._problem.show(words, "slm-problem")):
            self._problem.show("")
            old, self._picture = self._picture, self._make_picture()
            self._heading.show(self._headline(), "slm-heading")
            self.children = [self._sheet, self._height, self._heading, self._problem, self._picture]
            if old is not None:
                self._cytoscape.close_widget(old) if self._cytoscape else old.close()

    def _make_picture(self) -> Any:
        if self._cytoscape is None:
            return ipywidgets.HTML(f'<div class="slm-picture">{self.to_svg()}</div>')
        picture = self._cytoscape.cytoscape_widget(self._draw(self.expanded), self.toggle)
        # A widget's layout reaches the page after cytoscape has fitted the drawing into the box that it finds: the height
        # must be there before, as a rule.
        rule = f".slm-graph-{self.model_id} .custom-widget {{ height: {picture.layout.height}; }}"
        self._height.value = f"<style>{rule}</style>"
        return picture

    def _headline(self) -> str:
        total = self._design.analyse()["total"].get("parameters")
        words = [str(self._design.config.get("name") or "")]
        if total:
            words.append(say(en=f"{total:,} parameters", ko=f"파라미터 {total:,}개"))
        if self._cytoscape is not None:
            words.append(say(en="click a block to open or close it", ko="블록을 누르면 열리고 닫힙니다"))
        return " · ".join(filter(None, words))

    def _small_svg(self) -> str:
        found = self._design.analyse()
        return small_design_svg(self._design.layers, self._design.config, language=self.language, analysis=found)


def _find_cytoscape(renderer: str | None) -> Any:
    """The module that draws with ipycytoscape, or None where an SVG picture is wanted or all that can be had."""
    if renderer not in (None, *_RENDERERS):
        raise ConfigError(
            say(
                en=f"There is no renderer {renderer!r}. Choose one of {', '.join(_RENDERERS)}, or leave it out.",
                ko=f"{renderer!r} 렌더러는 없습니다. {', '.join(_RENDERERS)} 중에서 고르거나 비워 두세요.",
            ),
            field="renderer",
        )
    if renderer == "svg":
        return None
    try:
        return importlib.import_module("slm_widgets.widgets.picture.model_cytoscape")
    except ImportError:
        if renderer is not None:
            raise
        return None
