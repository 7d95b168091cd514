"""The editor in a real page: moving, nesting, undoing, and keys and labels that must stay where they belong."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.editing import expect_python
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
    editor.get_by_test_id("palette-transformerBlock").scroll_into_view_if_needed()
    drag(page, editor.get_by_test_id("palette-transformerBlock"), editor.get_by_test_id("gap-3"))
    expect(editor.get_by_test_id("node-transformerBlock")).to_be_visible()
    editor.get_by_test_id("palette-linear").scroll_into_view_if_needed()
    drag(page, editor.get_by_test_id("palette-linear"), editor.get_by_test_id("gap-3.0"))
    expect(editor.get_by_test_id("node-linear")).to_be_visible()
    editor.get_by_test_id("fit").click()
    expect(editor.get_by_test_id("node-norm")).to_be_in_viewport()
    drag(page, editor.get_by_test_id("node-norm"), editor.get_by_test_id("gap-3.1"))
    expect_python(
        page, "tokens positions block(norm1 attention add1 norm2 ffn add2) transformerBlock(linear norm) head"
    )
    screenshot(page, "editor-nested", editor)
    for _ in range(3):
        page.keyboard.press("Control+z")
    expect(editor.get_by_test_id("node-transformerBlock")).to_have_count(0)
    expect(editor.get_by_test_id("undo")).to_be_disabled()
    page.keyboard.press("Control+Shift+z")
    expect(editor.get_by_test_id("node-transformerBlock")).to_be_visible()


def test_no_key_escapes_into_the_notebook_and_a_lost_source_is_healed(page: Page, editor: Locator):
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
    expect(editor.get_by_test_id("said")).to_contain_text("add2 now reads")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(editor.get_by_test_id("node-add1")).to_be_visible()
    expect(editor.get_by_test_id("problems")).to_have_attribute("data-state", "fine")
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


def test_the_code_stands_beside_the_drawing_and_follows_it(page: Page, editor: Locator):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    editor.get_by_test_id("code").click()
    code = editor.get_by_test_id("code-text")
    expect(code).to_contain_text("import torch")
    first = code.inner_text()
    screenshot(page, "editor-code", editor)
    editor.get_by_test_id("code-copy").click()
    expect(editor.get_by_test_id("code-copy")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    with page.expect_download() as download:
        editor.get_by_test_id("code-download").click()
    assert download.value.suggested_filename == "model.py"
    assert download.value.path().read_text(encoding="utf-8") == copied
    assert "class " in copied

    # It follows the drawing, also through a mistake.
    editor.get_by_test_id("node-ffn").click()
    editor.get_by_test_id("field-hiddenDim").fill("40")
    expect(code).not_to_have_text(first, use_inner_text=True)
    editor.get_by_test_id("node-attention").click()
    editor.get_by_test_id("field-numHeads").fill("6")
    expect(editor.get_by_test_id("code-trouble")).to_contain_text("divides 64")
    expect(editor.get_by_test_id("code-copy")).to_be_disabled()
    editor.get_by_test_id("field-numHeads").fill("4")
    expect(code).to_contain_text("import torch")

    # A wider pane, keys that belong to the text, and out again.
    splitter = editor.get_by_test_id("splitter")
    width = editor.get_by_test_id("code-pane").bounding_box()
    splitter.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "width => document.querySelector('[data-testid=code-pane]').offsetWidth < width", arg=width and width["width"]
    )
    code.click()
    page.keyboard.press("Delete")
    expect(editor.get_by_test_id("node-attention")).to_be_visible()
    page.keyboard.press("Escape")
    expect(editor.get_by_test_id("code-pane")).to_have_count(0)


def test_a_parallel_block_is_wired_with_the_mouse(page: Page, editor: Locator):
    """Attention and feed-forward side by side: the second norm goes, the feed-forward reads the first one."""
    editor.get_by_test_id("node-norm2").click()
    page.keyboard.press("Delete")
    drag(page, editor.get_by_test_id("fork-norm1"), editor.get_by_test_id("node-ffn"))
    expect(editor.get_by_test_id("node-ffn")).to_contain_text("← norm1")
    expect(editor.get_by_test_id("field-input")).to_have_value(
        "4"
    )  # the nearest first: add1, attention, norm1, in and out
    screenshot(page, "editor-parallel", editor)
    editor.get_by_test_id("field-input").select_option(label="(the layer before)")
    expect(editor.get_by_test_id("node-ffn")).not_to_contain_text("←")
    page.keyboard.press("Control+z")
    expect(editor.get_by_test_id("node-ffn")).to_contain_text("← norm1")
    drag(page, editor.get_by_test_id("fork-add1"), editor.get_by_test_id("node-ffn"))  # straight again
    expect(editor.get_by_test_id("node-ffn")).not_to_contain_text("←")
    # A residual takes it as its source; what is above it cannot be read.
    drag(page, editor.get_by_test_id("fork-block:in"), editor.get_by_test_id("node-add2"))
    expect(editor.get_by_test_id("node-add2")).to_contain_text("block:in")
    drag(page, editor.get_by_test_id("fork-ffn"), editor.get_by_test_id("node-add1"))
    expect(editor.get_by_test_id("node-add1")).to_contain_text("block:in")


def test_one_click_mends_and_is_undone_like_any_change(page: Page, editor: Locator):
    editor.get_by_test_id("node-ffn").click()
    editor.get_by_test_id("field-actFunc").select_option("SwiGLU")
    expect(editor.get_by_test_id("problem-ffn")).to_be_visible()
    screenshot(page, "editor-mend", editor)
    editor.get_by_test_id("mend").first.click()
    expect(editor.get_by_test_id("problem-ffn")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(editor.get_by_test_id("problem-ffn")).to_be_visible()
    # The list of all problems has the same button.
    editor.get_by_test_id("problems").click()
    editor.get_by_test_id("mend").click()
    expect(editor.get_by_test_id("problems")).to_be_disabled()


def test_the_palette_is_filtered_and_what_is_found_can_be_dragged(page: Page, editor: Locator):
    field = editor.get_by_test_id("filter")
    field.fill("drop")
    expect(editor.get_by_test_id("palette-mhAttention")).to_have_count(0)
    drag(page, editor.get_by_test_id("palette-dropout"), editor.get_by_test_id("gap-2.2"))
    expect(editor.get_by_test_id("node-dropout")).to_be_visible()
    field.click()
    page.keyboard.press("Escape")
    expect(field).to_have_value("")
    expect(editor.get_by_test_id("palette-mhAttention")).to_be_visible()


def test_hostile_labels_and_broken_nodes_are_shown_and_run_nothing(lab: Lab, page: Page):
    lab.open(page, lab.write("hostile.ipynb", HOSTILE))
    run_all(page)
    editor = page.get_by_test_id("graph-editor")
    expect(editor.get_by_test_id("problems")).to_be_visible()
    expect(editor).to_contain_text("<img src=x")  # as text
    screenshot(page, "editor-hostile", editor)
    assert page.evaluate("window.pwned") is None
    assert page.get_by_test_id("broken").count() == 0
