"""The same small journey through the editor in JupyterLab 4, in Notebook 7, and with the versions that Colab has."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.editing import card, expect_python, layers_in_python, open_editor, pick, undo_all
from tests.browser.lab import Lab, count_cells, drag, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

HOSTS = ["lab", "notebook7", pytest.param("colab", marks=pytest.mark.environments)]
EMPTY = "import slm_widgets as slm\neditor = slm.GraphEditor()\neditor"


@pytest.fixture(params=HOSTS)
def host(request: pytest.FixtureRequest) -> Lab:
    return request.getfixturevalue(request.param)


def add(editor: Locator, *layer_types: str) -> None:
    """A double click on each in the palette."""
    for layer_type in layer_types:
        entry = editor.get_by_test_id(f"palette-{layer_type}")
        entry.scroll_into_view_if_needed()
        entry.dblclick()
        expect(editor.locator("[data-selected]")).to_have_count(1)


def test_a_design_is_built_connected_copied_and_typed_into(host: Lab, page: Page, request: pytest.FixtureRequest):
    picture = f"host-{request.node.callspec.id}"
    editor = open_editor(host, page, "journey", EMPTY, "1 + 1")
    cells = count_cells(page)
    add(editor, "tokenEmbedding", "positionalEmbedding", "transformerBlock")
    add(editor, "normalization", "mhAttention", "residual")
    inside = "normalization mhAttention residual"
    expect_python(page, f"tokenEmbedding positionalEmbedding transformerBlock({inside})")

    # A wire, and back.
    editor.get_by_test_id("fit").click()
    expect(editor.get_by_test_id("problem-residual")).to_be_visible()
    drag(page, editor.get_by_test_id("fork-transformerBlock:in"), card(editor, "residual"))
    expect(editor.get_by_test_id("problem-residual")).to_have_count(0)
    assert layers_in_python(page)[2]["children"][2]["data"]["source"] == "transformerBlock:in"
    page.keyboard.press("ControlOrMeta+z")
    expect(editor.get_by_test_id("problem-residual")).to_be_visible()
    page.keyboard.press("ControlOrMeta+Shift+z")
    expect(editor.get_by_test_id("problem-residual")).to_have_count(0)

    # Folded, it is followed by what is added; then open again.
    editor.get_by_test_id("fold-transformerBlock").click()
    expect(editor.get_by_test_id("node-mhAttention")).to_have_count(0)
    card(editor, "transformerBlock").click()
    add(editor, "normalization", "linear")
    card(editor, "transformerBlock").click()
    page.keyboard.press("ArrowRight")
    expect(editor.get_by_test_id("node-mhAttention")).to_be_visible()
    done = f"tokenEmbedding positionalEmbedding transformerBlock({inside}) normalization-2 linear"
    expect_python(page, done)
    expect(editor.get_by_test_id("problems")).to_have_attribute("data-state", "fine")

    # Copied and pasted by keys; letters stay letters.
    pick(editor, "mhAttention")
    page.keyboard.press("ControlOrMeta+c")
    expect(editor.get_by_test_id("said")).to_contain_text("Copied 1 layer")
    page.keyboard.press("ControlOrMeta+v")
    expect_python(page, done.replace("mhAttention", "mhAttention mhAttention-2"))
    for key in "ddbxmay":  # each of them edits a notebook's cells
        page.keyboard.press(key)
    page.keyboard.press("Delete")
    expect_python(page, done)
    assert count_cells(page) == cells

    # A field, and the other language.
    pick(editor, "mhAttention")
    editor.get_by_test_id("field-numHeads").fill("2")
    expect(card(editor, "mhAttention").locator("xpath=ancestor::*[@role='treeitem'][1]")).to_contain_text("Heads 2")
    screenshot(page, f"{picture}-built")
    editor.get_by_test_id("language").click()
    expect(card(editor, "mhAttention")).to_have_text("멀티헤드 어텐션")
    screenshot(page, f"{picture}-korean", editor)
    assert layers_in_python(page)[2]["children"][1]["data"]["numHeads"] == 2
    assert undo_all(page, editor) >= 10
    expect_python(page, "")


def place(thing: Locator) -> dict[str, float]:
    """Where it is, once it has come to rest there."""
    box = thing.bounding_box()
    while (now := thing.bounding_box()) != box or thing.page.wait_for_timeout(150) or thing.bounding_box() != now:
        box = now
    assert now is not None
    return dict(now)


def test_the_wheel_scrolls_the_notebook_and_zooms_with_control(host: Lab, page: Page):
    page.set_viewport_size({"width": 1280, "height": 720})
    editor = open_editor(host, page, "wheel", EMPTY.replace("()", "('gpt2-nano')"), "print('\\n' * 60)")
    layer, drawing = editor.get_by_test_id("node-tokens"), editor.get_by_test_id("drawing")
    editor.get_by_test_id("palette-linear").scroll_into_view_if_needed()
    layer.hover()
    before, at = place(layer), place(editor)
    page.mouse.wheel(0, 60)
    page.wait_for_function("([node, y]) => node.getBoundingClientRect().y < y", arg=[editor.element_handle(), at["y"]])
    scrolled, now = place(layer), place(editor)
    assert scrolled["width"] == pytest.approx(before["width"], abs=0.5)
    assert scrolled["y"] - now["y"] == pytest.approx(before["y"] - at["y"], abs=1)  # the drawing itself stood still

    ground = place(drawing)
    page.mouse.move(ground["x"] + 60, ground["y"] + 200)
    for take_focus in ("node => node.focus({ preventScroll: true })", "node => node.blur()"):
        drawing.evaluate(take_focus)
        width = place(layer)["width"]
        page.keyboard.down("Control")
        page.mouse.wheel(0, 100)
        page.keyboard.up("Control")
        page.wait_for_function(
            "([node, width]) => node.getBoundingClientRect().width < width * 0.98", arg=[layer.element_handle(), width]
        )
        assert place(editor)["y"] == pytest.approx(now["y"], abs=1)  # the notebook stood still
