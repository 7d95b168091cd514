"""Everything that is done with the mouse and the keyboard in the drawing, in a real JupyterLab; Python holds what comes of it."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.editing import (
    EDITOR,
    NANO,
    ask_kernel,
    card,
    expect_python,
    layers_in_python,
    open_editor,
    pick,
    undo_all,
)
from tests.browser.lab import Lab, count_cells, drag, hold, screenshot, scroll_to

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def selected(editor: Locator) -> Locator:
    return editor.locator("[data-testid=drawing] [data-selected]")


def test_layers_are_dragged_moved_wrapped_folded_and_everything_is_undone(lab: Lab, page: Page):
    editor = open_editor(lab, page, "dragging", EDITOR, "1 + 1")
    start = layers_in_python(page)
    dropout = editor.get_by_test_id("palette-dropout")

    # From the palette into a gap, and into a block.
    hold(page, dropout, editor.get_by_test_id("gap-2"))
    expect(editor.locator(".slm-gap[data-active]")).to_contain_text("Dropout")
    screenshot(page, "gesture-drag-from-palette", editor)
    page.mouse.up()
    expect_python(page, NANO.replace("block", "dropout block"))
    press(page, "0")
    drag(page, dropout, editor.get_by_test_id("gap-3.2"))
    here = "tokens positions dropout block(norm1 attention dropout-2 add1 norm2 ffn add2) norm head"
    expect_python(page, here)
    press(page, "0")

    # Several at once: from one to another with Shift, then all of them by the hand on one.
    pick(editor, "tokens")
    card(editor, "dropout").click(modifiers=["Shift"])
    expect(selected(editor)).to_have_count(3)
    pick(editor, "positions")  # alone again
    expect(selected(editor)).to_have_count(1)
    card(editor, "dropout").click(modifiers=["Shift"])
    hold(page, card(editor, "dropout"), editor.get_by_test_id("gap-5"))
    screenshot(page, "gesture-drag-several", editor)
    page.mouse.up()
    moved = "tokens block(norm1 attention dropout-2 add1 norm2 ffn add2) norm positions dropout head"
    expect_python(page, moved)
    expect(selected(editor)).to_have_count(2)
    press(page, "Alt+ArrowDown")
    expect_python(page, moved.replace("positions dropout head", "head positions dropout"))
    press(page, "Alt+ArrowUp", "Alt+ArrowUp")
    expect_python(page, moved.replace("norm positions dropout", "positions dropout norm"))
    press(page, "Control+z", "Control+z", "Control+z", "Control+z")
    expect_python(page, here)

    # A box drawn with Shift on the ground takes what it touches.
    press(page, "0")  # what was undone last is in sight, not the first layers
    upper, lower = (
        editor.get_by_test_id("node-tokens").bounding_box(),
        editor.get_by_test_id("node-positions").bounding_box(),
    )
    assert upper
    assert lower
    page.keyboard.down("Shift")
    page.mouse.move(upper["x"] - 40, upper["y"] + 4)
    page.mouse.down()
    page.mouse.move(lower["x"] + 60, lower["y"] + 4, steps=8)
    screenshot(page, "gesture-box", editor)
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(selected(editor)).to_have_count(2)
    for name in ("tokens", "positions"):
        expect(editor.get_by_test_id(f"node-{name}")).to_have_attribute("data-selected", "true")

    # Wrapped, and unwrapped again: what is read from elsewhere is read as before.
    before = layers_in_python(page)
    pick(editor, "norm2")
    card(editor, "add2").click(modifiers=["Shift"])
    press(page, "Control+g")
    wrapped = here.replace("norm2 ffn add2", "transformerBlock(norm2 ffn add2)")
    expect_python(page, wrapped)
    expect(editor.get_by_test_id("problems")).to_have_attribute("data-state", "fine")
    screenshot(page, "gesture-wrapped", editor)
    press(page, "Control+Shift+g")
    expect_python(page, here)
    assert layers_in_python(page) == before
    pick(editor, "ffn")
    press(page, "Control+d")
    expect_python(page, here.replace("ffn", "ffn feedForward"))

    # Folding is no change of the design.
    pick(editor, "block")
    inside = editor.get_by_test_id("node-attention")
    editor.get_by_test_id("fold-block").click()
    expect(inside).to_have_count(0)
    editor.get_by_test_id("fold-block").click()
    expect(inside).to_have_count(1)
    editor.get_by_test_id("drawing").focus()
    press(page, "ArrowLeft")
    expect(inside).to_have_count(0)
    screenshot(page, "gesture-folded", editor)
    press(page, "ArrowRight")
    expect(inside).to_have_count(1)

    # Back to the start, and on to the end.
    end = layers_in_python(page)
    steps = undo_all(page, editor)
    expect_python(page, NANO)
    assert layers_in_python(page) == start
    for _ in range(steps):
        press(page, "Control+Shift+z")
    expect(editor.get_by_test_id("redo")).to_be_disabled()
    expect_python(page, here.replace("ffn", "ffn feedForward"))
    assert layers_in_python(page) == end


TWO = (
    "import slm_widgets as slm\neditor = slm.GraphEditor('gpt2-nano', height_px=560)\neditor",
    "other = slm.GraphEditor('gpt2-nano', height_px=560)\nother",
)


def test_layers_travel_between_two_editors_as_text_and_menus_do_the_same(lab: Lab, page: Page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.set_viewport_size({"width": 1280, "height": 1500})
    open_editor(lab, page, "clipboard", *TWO)
    editor, other = (page.get_by_test_id("graph-editor").nth(n) for n in range(2))
    expect(other.get_by_test_id("problems")).to_be_visible()

    pick(editor, "norm2")
    card(editor, "ffn").click(modifiers=["Shift"])
    press(page, "Control+c")
    expect(editor.get_by_test_id("said")).to_contain_text("Copied 2 layers")
    pick(other, "head")
    press(page, "Control+v")
    pasted = NANO + " normalization feedForward"
    expect_python(page, pasted, "other")
    expect_python(page, NANO)
    press(page, "Control+z")
    expect_python(page, NANO, "other")

    # The whole design is text that Python reads, and so would a friend.
    pick(editor, "tokens")
    press(page, "Control+a", "Control+c")
    expect(editor.get_by_test_id("said")).to_contain_text(re.compile(r"Copied \d+ layer"))
    text = page.evaluate("navigator.clipboard.readText()")
    assert json.loads(text)["layer_stack"] == layers_in_python(page)
    parsed = f"import json; print(json.dumps(slm.parse_stack({text!r}).layers) == json.dumps(editor.layer_stack))"
    assert ask_kernel(page, parsed) == "True"

    # Cut here, pasted there, after what is selected.
    press(page, "0")  # all of it is seen again
    pick(editor, "positions")
    press(page, "Control+x")
    expect_python(page, NANO.replace("positions ", ""))
    other.get_by_test_id("fit").click()
    pick(other, "tokens")
    press(page, "Control+v")
    expect_python(page, NANO.replace("positions", "positionalEmbedding positions"), "other")
    press(page, "Delete")
    expect_python(page, NANO, "other")

    # A label belongs to the field of its own editor, though both show the same layer.
    pick(editor, "ffn")
    pick(other, "ffn")
    other.get_by_test_id("inspector").locator("label").filter(has_text="Hidden width").click()
    expect(other.get_by_test_id("field-hiddenDim")).to_be_focused()
    twice = "() => [...document.querySelectorAll('[id^=slm-]')].filter((e, n, all) => all.some(o => o !== e && o.id === e.id)).length"
    assert page.evaluate(twice) == 0
    pick(other, "tokens")

    # A right click offers what can be done with the layer under the pointer.
    card(other, "ffn").click(button="right")
    menu = other.get_by_role("menu")
    expect(menu).to_be_visible()
    screenshot(page, "gesture-context-menu", other)
    expect(other.get_by_test_id("node-ffn")).to_have_attribute("data-selected", "true")
    menu.get_by_test_id("menu-duplicate").click()
    expect_python(page, NANO.replace("ffn", "ffn feedForward"), "other")
    expect(menu).to_have_count(0)

    # The menus by keyboard.
    other.get_by_test_id("edit-menu").focus()
    press(page, "ArrowDown")
    expect(other.get_by_test_id("menu-undo")).to_be_focused()
    screenshot(page, "gesture-edit-menu", other)
    press(page, "ArrowDown")
    expect(other.get_by_test_id("menu-redo")).to_be_focused()
    press(page, "ArrowUp", "Enter")
    expect_python(page, NANO, "other")
    other.get_by_test_id("view-menu").focus()
    press(page, "ArrowDown")
    for _ in range(4):
        press(page, "ArrowDown")
    screenshot(page, "gesture-view-menu", other)
    press(page, "Escape")
    expect(menu).to_have_count(0)
    expect(other.get_by_test_id("view-menu")).to_be_focused()
    press(page, "ArrowDown", "f", "f")  # the second line that begins with it
    expect(other.get_by_test_id("menu-foldAll")).to_be_focused()
    press(page, "Enter")
    expect(other.get_by_test_id("node-ffn")).to_have_count(0)
    expect(editor.get_by_test_id("node-ffn")).to_be_visible()
    other.get_by_test_id("file-menu").focus()
    press(page, "ArrowDown")
    expect(other.get_by_test_id("file-new")).to_be_focused()
    screenshot(page, "gesture-file-menu", other)
    press(page, "Escape")

    # The list of keys, and the search.
    other.get_by_test_id("drawing").focus()
    press(page, "?")
    keys = other.get_by_test_id("keys")
    expect(keys).to_contain_text("Ctrl+Shift+G")
    screenshot(page, "gesture-keys", other)
    press(page, "Escape")
    expect(keys).to_have_count(0)
    press(page, "/")
    expect(other.get_by_test_id("filter")).to_be_focused()
    page.keyboard.type("dropo")
    press(page, "Enter")
    expect(other.get_by_test_id("node-dropout")).to_be_visible()


SPELLED = """
import slm_widgets as slm
layers = slm.preset("gpt2-nano").layers
layers[1]["data"]["embDim"] = layers[2]["children"][4]["data"]["outDim"] = 64
editor = slm.GraphEditor(layers)
editor
"""


def test_wires_problems_widths_and_names_are_put_right_in_the_page(lab: Lab, page: Page):
    editor = open_editor(lab, page, "wires", SPELLED, "1 + 1")
    start = layers_in_python(page)

    # What pointed to a deleted layer is healed, and said.
    pick(editor, "add1")
    press(page, "Delete")
    expect_python(page, NANO.replace("add1 ", ""))
    expect(editor.get_by_test_id("said")).to_contain_text("add2 now reads ")
    expect(editor.get_by_test_id("problems")).to_have_attribute("data-state", "fine")
    screenshot(page, "gesture-healed", editor)
    assert layers_in_python(page)[2]["children"][4]["data"]["source"] != "add1"
    press(page, "Control+z")
    expect_python(page, NANO)

    # A wire can be drawn to what stands below; the others are dimmed, and say why.
    hold(page, editor.get_by_test_id("fork-ffn"), card(editor, "add1"))
    expect(editor.get_by_test_id("node-add1")).to_have_attribute("data-dimmed", "true")
    expect(editor.get_by_test_id("node-add2")).not_to_have_attribute("data-dimmed", "true")
    expect(editor.locator(".slm-ghost")).to_contain_text("It stands above what it would read.")
    screenshot(page, "gesture-impossible-wire", editor)
    page.mouse.up()
    assert layers_in_python(page) == start
    hold(page, editor.get_by_test_id("fork-block:in"), card(editor, "add2"))
    expect(editor.get_by_test_id("node-add2")).to_have_attribute("data-target", "true")
    screenshot(page, "gesture-wire", editor)
    press(page, "Escape")  # thought better of it
    page.mouse.up()
    assert layers_in_python(page) == start
    drag(page, editor.get_by_test_id("fork-block:in"), card(editor, "add2"))
    expect(editor.get_by_test_id("node-add2")).to_contain_text("block:in")

    # A new width, carried through where it was said.
    pick(editor, "tokens")
    width = editor.get_by_test_id("field-embDim")
    width.fill("128")
    offer = editor.get_by_test_id("offer").first
    expect(offer).to_be_visible()
    screenshot(page, "gesture-offer", editor)
    offer.click()
    expect(editor.get_by_test_id("problems")).to_have_attribute("data-state", "fine")
    # tables; for each of the two blocks two norms, four square matrices and the feed-forward's two; the last norm
    count = 256 * 128 + 64 * 128 + 2 * (2 * 128 + 4 * 128 * 128 + 2 * 128 * 256) + 128
    expect(editor.get_by_test_id("total-parameters")).to_have_text(f"{count:,}")

    # A new name: what reads it reads it on.
    pick(editor, "attention")
    editor.get_by_test_id("rename-id").click()
    field = editor.get_by_test_id("id")
    expect(field).to_be_focused()
    field.fill("tokens")
    expect(editor.get_by_test_id("inspector")).to_contain_text("Another layer has the id tokens")
    field.fill("look")
    press(page, "Enter")
    expect_python(page, NANO.replace("attention", "look"))
    pick(editor, "add1")
    editor.get_by_test_id("rename-id").click()
    editor.get_by_test_id("id").fill("sum")
    press(page, "Enter")
    expect_python(page, NANO.replace("attention", "look").replace("add1", "sum"))
    pick(editor, "add2")
    editor.get_by_test_id("field-source").select_option(label="Residual (sum)")

    # F8 goes to the next problem, its field ready to type in.
    pick(editor, "look")
    editor.get_by_test_id("field-numHeads").fill("6")
    pick(editor, "ffn")
    editor.get_by_test_id("field-actFunc").select_option("SwiGLU")
    expect(editor.get_by_test_id("problem-ffn")).to_be_visible()
    expect(editor.get_by_test_id("problem-look")).to_be_visible()
    pick(editor, "tokens")
    press(page, "F8")
    expect(editor.get_by_test_id("field-numHeads")).to_be_focused()
    screenshot(page, "gesture-next-problem", editor)
    press(page, "4")  # the field's text was chosen, so that typing replaces it
    expect(editor.get_by_test_id("problem-look")).to_have_count(0)
    press(page, "F8")
    expect(editor.get_by_test_id("node-ffn")).to_have_attribute("data-selected", "true")
    editor.get_by_test_id("mend").first.click()
    expect(editor.get_by_test_id("problems")).to_have_attribute("data-state", "fine")
    undo_all(page, editor)
    expect_python(page, NANO)
    assert layers_in_python(page) == start


def test_the_editor_and_the_notebook_keep_out_of_each_others_way(lab: Lab, page: Page):
    """Sixty cells, of which the page holds only those near what is seen."""
    cells = (
        "import slm_widgets as slm\neditor = slm.GraphEditor('gpt2-nano')\neditor",
        *(f"{n} + {n}" for n in range(59)),
    )
    editor = open_editor(lab, page, "long", *cells)
    assert count_cells(page) == 60
    scroll_to(page, "slm.GraphEditor")

    # A drag over the edge of the drawing marks no text of the notebook and moves no cell.
    source, below = card(editor, "norm"), page.locator(".jp-InputArea-editor").nth(1)
    hold(page, source, below)
    page.mouse.move(300, 300, steps=5)
    assert page.evaluate("getSelection().type") != "Range"
    page.mouse.up()
    expect_python(page, NANO)
    assert count_cells(page) == 60

    # Keys typed into a cell do not reach the editor.
    pick(editor, "attention")
    below.click()
    press(page, "Control+a", "Delete")
    page.keyboard.type("editor.height_px")
    press(page, "Control+z", "Control+Shift+z", "Escape", "ArrowDown", "ArrowUp")
    expect_python(page, NANO)
    expect(editor.get_by_test_id("node-attention")).to_have_attribute("data-selected", "true")

    # Far away and back.
    pick(editor, "norm")
    press(page, "Delete")
    expect_python(page, NANO.replace("norm head", "head"))
    scroll_to(page, "58 + 58")
    expect(page.get_by_text("58 + 58")).to_be_in_viewport()
    expect(editor).not_to_be_in_viewport()
    scroll_to(page, "slm.GraphEditor")
    expect(editor.get_by_test_id("node-head")).to_be_in_viewport()
    expect(editor.get_by_test_id("node-norm")).to_have_count(0)
    editor.get_by_test_id("undo").click()
    expect_python(page, NANO)

    # The output in a window of its own is another view of the same editor.
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0 }")
    editor.get_by_test_id("palette").click(button="right")
    page.get_by_text("Create New View for Cell Output").click()
    view = page.locator(".jp-LinkedOutputView").get_by_test_id("graph-editor")
    expect(view.get_by_test_id("node-head")).to_be_visible()
    screenshot(page, "gesture-new-view")
    pick(view, "norm")
    press(page, "Delete")
    expect(view.get_by_test_id("node-norm")).to_have_count(0)
    expect(page.locator(".jp-Notebook").get_by_test_id("node-norm")).to_have_count(0)
    press(page, "Control+z")
    expect(page.locator(".jp-Notebook").get_by_test_id("node-norm")).to_have_count(1)
