"""What an editor offers of its picture: the text of an SVG file, the file, and a small one that stays in the notebook."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from slm_widgets.files import write_text
from slm_widgets.widgets.picture.design_picture import MOST_CARDS, design_svg, small_design_svg
from slm_widgets.widgets.picture.fallback import WithPicture


class PicturedDesign(WithPicture):
    """Gives an editor (what has ``layer_stack``, ``config``, ``analysis`` and ``language``) its picture."""

    layer_stack: Any
    config: Any
    analysis: Any
    language: Any

    def to_svg(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        theme: str = "light",
        language: str | None = None,
        most_cards: int = MOST_CARDS,
    ) -> str:
        """Draws the design, half-finished ones too, as an SVG picture for a report, a slide or a page.

        Args:
            path: A file to write it to, whole or not at all; None writes nothing.
            theme: ``light``, ``dark``, or ``auto``: as the reader's system is set.
            language: ``"en"`` or ``"ko"``; None for the editor's.
            most_cards: Of a larger design, blocks are closed or layers in the middle left out.

        Returns:
            The text of the SVG file.

        Raises:
            ConfigError: for an unknown theme or language.
            OSError: where the file cannot be written.
        """
        spoken = language or self.language
        known = self.analysis if spoken == self.language else None
        svg = design_svg(
            self.layer_stack,
            self.config,
            theme=theme,
            language=spoken,
            analysis=known,
            most_cards=most_cards,
        )
        if path is not None:
            write_text(path, svg)
        return svg

    def answer_picture(self, request: Mapping[str, Any]) -> str:
        """Answers the page, which asks for a ``theme``, and for fewer ``cards`` where it paints them as a PNG."""
        cards = request.get("cards")
        most = min(cards, MOST_CARDS) if isinstance(cards, int) else MOST_CARDS
        return self.to_svg(theme=request.get("theme", "light"), most_cards=most)

    def _small_svg(self) -> str:
        # The sentences of the last answer are in the editor's language.
        return small_design_svg(self.layer_stack, self.config, language=self.language, analysis=self.analysis)
