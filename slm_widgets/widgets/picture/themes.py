"""The colours of a picture of a design: the editor's, for a page that is light, dark, either of the two, or a notebook's."""

from __future__ import annotations

from slm_widgets.errors import ConfigError
from slm_widgets.language import say
from slm_widgets.widgets.picture.colours import QUIET, Colour, colour_of

THEMES = ("light", "dark", "auto", "page")
"""``auto``: what the reader's system prefers. ``page``: the notebook's own colours; only for a picture inside its page."""

# The first two as the editor's style sheet has them where no notebook tells its own.
_COLOURS = {
    "ground": ("#f4f4f5", "#191b1e", "none"),
    "card": ("#ffffff", "#2c2f33", "var(--jp-layout-color0, #fff)"),
    "ink": ("#1f2328", "#e6e8ea", "var(--jp-ui-font-color0, #1f2328)"),
    "muted": ("#66696d", "#a9acaf", "var(--jp-ui-font-color2, #66696d)"),
    "line": ("#d5d7d9", "#43474b", "var(--jp-border-color1, #c5c8cb)"),
    "wire": ("#95999d", "#7b7f84", QUIET),
    "arc": ("#6b7f92", "#9fb0c0", QUIET),
    "error": ("#c62f3b", "#ff8085", "#d64545"),
    "warning": ("#96650a", "#e3b34c", "#b87a14"),
    "fine": ("#2b7d4f", "#6cc493", "#2e9e57"),
}


class Paint:
    """Says what to write for a colour.

    Args:
        theme: One of ``THEMES``.

    Raises:
        ConfigError: for another theme.
    """

    def __init__(self, theme: str) -> None:
        if theme not in THEMES:
            raise ConfigError(
                say(
                    en=f"There is no theme {theme!r}. Choose one of {', '.join(THEMES)}.",
                    ko=f"{theme!r} 테마는 없습니다. {', '.join(THEMES)} 중에서 고르세요.",
                ),
                field="theme",
            )
        self.theme = theme
        self._used: dict[Colour, str] = {}

    def __getitem__(self, name: str) -> str:
        light, dark, page = _COLOURS[name]
        return page if self.theme == "page" else self._write(Colour(light, dark))

    def hue(self, group: str) -> str:
        """The colour of a group; grey for a layer of no known type."""
        # In a notebook's page the one for light pages is seen well enough on both.
        return self._write(colour_of(group)) if group else self["wire"]

    def rules(self) -> str:
        """The style sheet that the colours written so far need, if any."""
        if not self._used:
            return ""
        light, dark = ("".join(f"--{name}:{colour[which]};" for colour, name in self._used.items()) for which in (0, 1))
        scope = ".slm-design"  # in a page, the rules of a style sheet reach everything
        return f"<style>{scope}{{{light}}}@media(prefers-color-scheme:dark){{{scope}{{{dark}}}}}</style>"

    def _write(self, colour: Colour) -> str:
        if self.theme != "auto":
            return colour.dark if self.theme == "dark" else colour.light
        return f"var(--{self._used.setdefault(colour, f'slm{len(self._used)}')})"
