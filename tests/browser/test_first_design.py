"""A first session without code: from an empty canvas to a two-block GPT, with the mouse alone.

The same with the keyboard alone is in test_editor_keyboard.py.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab, drag, run_all, screenshot, set_theme

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

MOST_ACTIONS = 40
ROUND_THE_CELL = 180  # what JupyterLab has beside an output, in pixels

DESIGN = ["tokenEmbedding", "positionalEmbedding", "transformerBlock", "normalization", "linear"]
BLOCK = ["normalization", "mhAttention", "residual", "normalization", "feedForward", "residual"]


class Hands:
    """A person at the editor, who counts what they do: a click, a drag, a key, a word typed."""

    def __init__(self, page: Page, editor: Locator) -> None:
        self.page, self.editor, self.actions = page, editor, 0

    def add(self, layer_type: str) -> None:
        """A double click on a layer in the palette."""
        self.actions += 1
        entry = self.editor.get_by_test_id(f"palette-{layer_type}")
        entry.scroll_into_view_if_needed()
        entry.dblclick()

    def click(self, test_id: str) -> None:
        self.actions += 1
        self.editor.get_by_test_id(test_id).click()

    def drag(self, source: str, target: str) -> None:
        self.actions += 1
        drag(self.page, self.editor.get_by_test_id(source), self.editor.get_by_test_id(target))


def opened(lab: Lab, page: Page, language: str, dark: bool, width: int) -> Locator:
    page.set_viewport_size({"width": width + ROUND_THE_CELL, "height": 900})
    cell = f"import slm_widgets as slm\neditor = slm.GraphEditor(language={language!r})\neditor"
    lab.open(page, lab.write("first-design.ipynb", cell, "1 + 1"))
    set_theme(page, dark)
    run_all(page)
    editor = page.get_by_test_id("graph-editor")
    editor.wait_for()
    box = editor.bounding_box()
    assert box is not None
    assert abs(box["width"] - width) < 12
    return editor


def is_finished(editor: Locator) -> None:
    expect(editor.get_by_test_id("problems")).to_have_attribute("data-state", "fine")
    kinds = editor.locator("[data-testid^=node-]")
    expect(kinds).to_have_count(len(DESIGN) + len(BLOCK))


@pytest.mark.parametrize(
    ("language", "dark", "width"),
    [("en", False, 1280), ("ko", True, 1280), ("ko", False, 640), ("en", True, 640)],
    ids=["english-light-wide", "korean-dark-wide", "korean-light-narrow", "english-dark-narrow"],
)
def test_a_two_block_gpt_is_drawn_with_the_mouse(lab: Lab, page: Page, language: str, dark: bool, width: int, request):
    name = request.node.callspec.id
    editor = opened(lab, page, language, dark, width)
    screenshot(page, f"first-{name}-0-empty", editor)
    hands = Hands(page, editor)
    hands.add("tokenEmbedding")
    hands.add("positionalEmbedding")
    hands.add("transformerBlock")
    for layer_type in BLOCK:
        hands.add(layer_type)
    screenshot(page, f"first-{name}-1-block", editor)
    hands.click("fit")
    hands.drag("fork-transformerBlock:in", "node-residual")
    hands.drag("fork-residual", "node-residual-2")
    hands.click("fold-transformerBlock")
    hands.click("node-transformerBlock")
    hands.add("normalization")
    hands.add("linear")
    hands.click("fold-transformerBlock")
    hands.click("fit")
    screenshot(page, f"first-{name}-2-done", editor)
    is_finished(editor)
    assert hands.actions < MOST_ACTIONS
