"""The editor in a real page: moving, nesting, undoing, and keys and labels that must stay where they belong."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab, drag, run_all, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

HOSTILE = """
import slm_widgets as slm
evil = "<img src=x onerror=window.pwned=1><script>window.pwned=1</script>"
editor = slm.GraphEditor([
    {"type": "linear", "data": {"id": evil, "label": evil + "x" * 300}},
    {"type": evil, "data": {"id": "__proto__", "outDim": 1e300}}, {"type": "linear"}, 5, None,
    {"type": "transformerBlock", "data": {"id": "b", "numOfBlocks": "many"},
     "children": [{"type": "residual", "data": {"id": "r", "source": "r"}}]},
])
editor
"""


@pytest.fixture
def editor(lab: Lab, page: Page) -> Locator:
    cells = ("import slm_widgets as slm\neditor = slm.GraphEditor('gpt2-nano')\neditor", "1 + 1")
    lab.open(page, lab.write("editor.ipynb", *cells))
    run_all(page)
    editor = page.get_by_test_id("graph-editor")
    expect(editor.get_by_test_id("total-parameters")).to_have_text("119,104")
    return editor


def test_layers_are_nested_moved_and_everything_is_undone(page: Page, editor: Locator):
    drag(page, editor.get_by_test_id("palette-transformerBlock"), editor.get_by_test_id("gap-3"))
    expect(editor.get_by_test_id("node-transformerBlock")).to_be_visible()
    drag(page, editor.get_by_test_id("palette-linear"), editor.get_by_test_id("gap-3.0"))
    expect(editor.get_by_test_id("node-linear")).to_be_visible()
    editor.get_by_test_id("fit").click()
    expect(editor.get_by_test_id("node-norm")).to_be_in_viewport()
    drag(page, editor.get_by_test_id("node-norm"), editor.get_by_test_id("gap-3.1"))
    expect(editor.get_by_test_id("gap-3.2")).to_be_attached()  # the block holds two layers now
    screenshot(page, "editor-nested", editor)
    for _ in range(3):
        page.keyboard.press("Control+z")
    expect(editor.get_by_test_id("node-transformerBlock")).to_have_count(0)
    expect(editor.get_by_test_id("undo")).to_be_disabled()
    page.keyboard.press("Control+Shift+z")
    expect(editor.get_by_test_id("node-transformerBlock")).to_be_visible()


def test_no_key_escapes_into_the_notebook_and_a_lost_source_is_reported(page: Page, editor: Locator):
    cells = page.locator(".jp-Notebook .jp-Cell")
    before = cells.count()
    editor.get_by_test_id("node-tokens").click()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    expect(editor.get_by_test_id("node-attention")).to_have_attribute("data-selected", "true")
    for key in "ddbxma":  # each of them edits a notebook's cells
        page.keyboard.press(key)
    page.keyboard.press("Delete")
    expect(editor.get_by_test_id("node-attention")).to_have_count(0)
    page.keyboard.press("Backspace")
    expect(editor.get_by_test_id("node-add1")).to_have_count(0)
    expect(editor.get_by_test_id("problem-add2")).to_contain_text("there is no such layer")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(editor.get_by_test_id("problem-add2")).to_have_count(0)
    expect(cells).to_have_count(before)


def test_the_keyboard_alone_adds_a_layer_and_the_badge_changes_the_repeats(page: Page, editor: Locator):
    editor.get_by_test_id("node-attention").click()
    editor.get_by_test_id("palette-dropout").focus()
    page.keyboard.press("Enter")
    expect(editor.get_by_test_id("node-dropout")).to_have_attribute("data-selected", "true")
    editor.get_by_test_id("repeats-block").fill("12")
    # 20,544 for the tables and the last norm, and 49,280 for each block
    expect(editor.get_by_test_id("total-parameters")).to_have_text(f"{20_544 + 12 * 49_280:,}")


def test_the_language_is_switched_in_the_page(page: Page, editor: Locator):
    editor.get_by_test_id("language").click()
    expect(editor.get_by_test_id("palette-mhAttention")).to_have_text("멀티헤드 어텐션")
    expect(editor.get_by_test_id("node-attention")).to_contain_text("멀티헤드 어텐션")


def test_hostile_labels_and_broken_nodes_are_shown_and_run_nothing(lab: Lab, page: Page):
    lab.open(page, lab.write("hostile.ipynb", HOSTILE))
    run_all(page)
    editor = page.get_by_test_id("graph-editor")
    expect(editor.get_by_test_id("problems")).to_be_visible()
    expect(editor).to_contain_text("<img src=x")  # as text
    screenshot(page, "editor-hostile", editor)
    assert page.evaluate("window.pwned") is None
    assert page.get_by_test_id("broken").count() == 0
