"""Everything that is to be read stands out from what it stands on: at least 4.5 to 1 (WCAG 2.2, success criterion 1.4.3)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

THEME_FOLDER = Path(__file__).parents[2] / "js/src/graph/styles"
THEME = (THEME_FOLDER / "theme.css").read_text()

# What the notebooks say about their colours: JupyterLab 4, VS Code's default themes; nothing in Colab.
PAGES = {
    "JupyterLab light": (
        "light",
        {"jp-layout-color0": "#fff", "jp-layout-color1": "#fff", "jp-ui-font-color0": "#000"},
    ),
    "JupyterLab dark": (
        "dark",
        {"jp-layout-color0": "#111", "jp-layout-color1": "#212121", "jp-ui-font-color0": "#fff"},
    ),
    "VS Code light": ("light", {"vscode-editor-background": "#ffffff", "vscode-editor-foreground": "#3b3b3b"}),
    "VS Code dark": ("dark", {"vscode-editor-background": "#1f1f1f", "vscode-editor-foreground": "#cccccc"}),
    "VS Code light, high contrast": (
        "light",
        {"vscode-editor-background": "#ffffff", "vscode-editor-foreground": "#292929"},
    ),
    "VS Code dark, high contrast": (
        "dark",
        {"vscode-editor-background": "#000000", "vscode-editor-foreground": "#ffffff"},
    ),
    "Colab light": ("light", {}),
    "Colab dark": ("dark", {}),
}
TEXTS = ("ink", "muted", "error", "warning", "fine", "accent")
GROUNDS = ("ground", "card", "pane", "canvas")


def declared(theme: str) -> dict[str, str]:
    """The variables of a theme as they are written."""
    blocks = re.findall(r"([^{}]*)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", THEME, flags=re.DOTALL))
    blocks = [(" ".join(selector.split()), body) for selector, body in blocks]
    everywhere = next(body for selector, body in blocks if selector == ".slm-editor")
    dark = next(body for selector, body in blocks if "dark" in selector and selector.endswith(") .slm-editor"))
    bodies = [everywhere] if theme == "light" else [everywhere, dark]
    return {name: value.strip() for body in bodies for name, value in re.findall(r"--([\w-]+):([^;]+);", body)}


def colour(value: str, variables: dict[str, str]) -> tuple[float, ...]:
    """A colour of the style sheet as red, green and blue from 0 to 1."""
    if value.startswith("#"):
        digits = value[1:] if len(value) == 7 else "".join(2 * digit for digit in value[1:])
        return tuple(int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4))
    name, inside = re.fullmatch(r"([\w-]+)\((.*)\)", value, re.DOTALL).groups()
    parts = re.split(r",\s*(?![^(]*\))", inside, maxsplit=1 if name == "var" else 0)
    if name == "var":
        known = variables.get(parts[0].removeprefix("--"))
        return colour(known if known is not None else parts[1].strip(), variables)
    assert (name, parts[0]) == ("color-mix", "in srgb")
    first, share = re.fullmatch(r"(.*) ([\d.]+)%", parts[1]).groups()
    pairs = zip(colour(first, variables), colour(parts[2], variables), strict=True)
    return tuple(a * float(share) / 100 + b * (1 - float(share) / 100) for a, b in pairs)


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    def luminance(rgb):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_is_that_of_the_standard():
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)
    assert contrast(colour("#767676", {}), colour("#fff", {})) == pytest.approx(
        4.54, abs=0.01
    )  # the known limit on white
    assert colour("color-mix(in srgb, #000 25%, var(--x, #fff))", {}) == (0.75, 0.75, 0.75)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_texts_can_be_read_on_every_ground_in_every_notebook(page, text, ground):
    theme, told = PAGES[page]
    variables = declared(theme) | told
    found = contrast(colour(variables[f"slm-{text}"], variables), colour(variables[f"slm-{ground}"], variables))
    assert found >= 4.5, f"{text} on {ground}: {found:.2f}"


# What the code's words and the pill with the number of problems stand on: a tint of the theme's own colours.
TINTS = {
    **{
        f"{text} in a marked line": (text, "accent", 12, "card")
        for text in ("ink", "muted", "fine", "accent", "warning")
    },
    **{f"{text} in a related line": (text, "ink", 4, "card") for text in ("ink", "muted", "fine", "accent", "warning")},
    **{f"{state} problems": (state, state, 13, "ground") for state in ("fine", "error", "warning")},
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("tint", TINTS)
def test_texts_can_be_read_on_tinted_grounds(page, tint):
    text, tinting, percent, ground = TINTS[tint]
    theme, told = PAGES[page]
    variables = declared(theme) | told
    behind = colour(f"color-mix(in srgb, var(--slm-{tinting}) {percent}%, var(--slm-{ground}))", variables)
    found = contrast(colour(variables[f"slm-{text}"], variables), behind)
    assert found >= 4.5, f"{tint}: {found:.2f}"


def test_the_tints_are_those_of_the_style_sheets():
    styles = "".join((THEME_FOLDER / name).read_text() for name in ("code.css", "panes.css"))
    for mixed in ("accent) 12%, var(--slm-card", "ink) 4%, var(--slm-card", "state) 13%, transparent"):
        assert f"color-mix(in srgb, var(--slm-{mixed}))".replace("transparent))", "transparent)") in styles


def test_placeholders_have_the_colour_of_quiet_texts():
    forms = (THEME_FOLDER / "forms.css").read_text()
    placeholder = re.search(r"::placeholder \{([^}]*)\}", forms)
    assert placeholder is not None
    assert "color: var(--slm-muted)" in placeholder[1]
    assert "opacity: 1;" in placeholder[1]
