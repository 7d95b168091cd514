"""The editor's state in a real page: a busy kernel, a new one, a reload, two views, a teacher's rules, and Hangul."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.editing import EDITOR, NANO, PATIENCE_MS, ask_kernel, expect_python, open_editor
from tests.browser.lab import NOTEBOOK, Lab, execute, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

KERNEL = f"{NOTEBOOK}.sessionContext.session.kernel"
BLOCK = "block(norm1 attention add1 norm2 ffn add2)"


def run_cell(page: Page, number: int) -> None:
    page.evaluate("n => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = n }", number)
    execute(page, "notebook:run-cell")


def delete(editor: Locator, name: str) -> None:
    editor.get_by_test_id(f"node-{name}").click(position={"x": 10, "y": 10})
    editor.page.keyboard.press("Delete")
    expect(editor.get_by_test_id(f"node-{name}")).to_have_count(0)


def test_a_restarted_kernel_says_so_and_the_cell_offers_the_drawing(lab: Lab, page: Page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    editor = open_editor(lab, page, "restart", EDITOR)
    delete(editor, "norm")
    expect(page.get_by_test_id("session-lost")).to_have_count(0)
    page.evaluate(f"() => {KERNEL}.restart()")
    expect(page.get_by_test_id("session-lost")).to_be_visible()
    delete(editor, "head")  # drawing goes on
    screenshot(page, "editor-lost-kernel")
    page.get_by_test_id("lost-copy").click()
    expect(page.get_by_test_id("lost-copy")).to_have_text("Copied")
    copied = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert [node["data"]["id"] for node in copied["layer_stack"]] == ["tokens", "positions", "block"]
    assert copied["config"]["name"] == "gpt2-nano"

    page.wait_for_function(f"{KERNEL}.status === 'idle'")
    run_cell(page, 0)
    expect(page.get_by_test_id("session-offer")).to_be_visible(timeout=PATIENCE_MS)
    screenshot(page, "editor-offer")
    expect(editor.get_by_test_id("node-head")).to_be_visible()
    page.get_by_test_id("offer-restore").click()
    expect(editor.get_by_test_id("node-head")).to_have_count(0)
    expect(page.get_by_test_id("session-offer")).to_have_count(0)
    expect(editor.get_by_test_id("problems")).to_be_enabled()  # Python knows it
    expect_python(page, f"tokens positions {BLOCK}")
    editor.get_by_test_id("undo").click()
    expect(editor.get_by_test_id("node-head")).to_be_visible()
    expect(editor.get_by_test_id("undo")).to_be_disabled()


def test_a_kernel_that_died_and_came_back_is_noticed_after_the_next_change(lab: Lab, page: Page):
    editor = open_editor(lab, page, "died", EDITOR)
    page.evaluate(f"() => {{ {KERNEL}.requestExecute({{ code: 'import os; os._exit(1)' }}) }}")
    page.locator(".jp-Dialog").wait_for()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    page.wait_for_function(f"{KERNEL}.status === 'idle'", timeout=PATIENCE_MS)
    delete(editor, "norm")
    expect(page.locator("[data-testid=session-lost], [data-testid=session-silent]")).to_be_visible(timeout=60_000)


def test_changes_made_while_the_kernel_is_busy_are_kept_and_checked_when_it_is_free(lab: Lab, page: Page):
    work = "def work():\n    import time\n    time.sleep(8)"
    editor = open_editor(lab, page, "busy", EDITOR, work, subshells=False)
    page.evaluate(f"() => {{ {KERNEL}.requestExecute({{ code: 'work()' }}) }}")
    delete(editor, "norm")
    delete(editor, "head")
    expect(editor.get_by_test_id("checking")).to_contain_text("kernel is busy")
    screenshot(page, "editor-busy-kernel", editor)
    delete(editor, "positions")
    expect(editor.get_by_test_id("checking")).to_have_count(0)
    expect(page.get_by_test_id("session-lost")).to_have_count(0)
    expect_python(page, f"tokens {BLOCK}")


def test_a_reloaded_page_shows_the_drawing_of_the_living_kernel(lab: Lab, page: Page):
    editor = open_editor(lab, page, "reload", EDITOR)
    delete(editor, "norm")
    expect_python(page, f"tokens positions {BLOCK} head")
    page.evaluate(f"() => {NOTEBOOK}.context.save()")
    page.reload()
    expect(editor.get_by_test_id("node-head")).to_be_visible(timeout=PATIENCE_MS)
    expect(editor.get_by_test_id("node-norm")).to_have_count(0)
    expect(page.get_by_test_id("session-offer")).to_have_count(0)
    expect(page.get_by_test_id("session-lost")).to_have_count(0)
    delete(editor, "head")
    expect(editor.get_by_test_id("checking")).to_have_count(0)
    page.wait_for_function(f"{KERNEL} != null")
    expect_python(page, f"tokens positions {BLOCK}")


def test_two_views_and_a_second_editor_keep_apart_what_is_theirs(lab: Lab, page: Page):
    open_editor(lab, page, "views", EDITOR, "editor", "other = slm.GraphEditor('gpt2-nano')\nother")
    editors = page.get_by_test_id("graph-editor")
    expect(editors).to_have_count(3, timeout=PATIENCE_MS)
    first, view, other = (editors.nth(n) for n in range(3))
    delete(first, "norm")
    expect(view.get_by_test_id("node-norm")).to_have_count(0)
    expect(other.get_by_test_id("node-norm")).to_be_visible()
    view.get_by_test_id("undo").click()
    expect(first.get_by_test_id("node-norm")).to_be_visible()
    delete(other, "head")
    expect(first.get_by_test_id("node-head")).to_be_visible()
    expect(page.get_by_test_id("session-offer")).to_have_count(0)
    expect_python(page, NANO)


def test_what_is_locked_stays_and_the_page_goes_back_to_what_is(lab: Lab, page: Page):
    """Python refuses by itself: the page is told nothing of this rule."""
    editor = open_editor(lab, page, "locked", EDITOR)
    ask_kernel(
        page, "editor.keys = [key for key in editor.keys if key not in ('locked', 'given')]; editor.locked = ['head']"
    )
    delete(editor, "norm")  # what is not locked may go
    editor.get_by_test_id("node-head").click(position={"x": 10, "y": 10})
    page.keyboard.press("Delete")
    expect(editor.get_by_test_id("node-head")).to_be_visible()
    expect(editor).to_contain_text("head is locked")
    page.evaluate(f"() => {NOTEBOOK}.context.save()")
    expect_python(page, f"tokens positions {BLOCK} head")
    page.keyboard.press("Control+z")
    expect(editor.get_by_test_id("node-norm")).to_be_visible()


LISTEN = """() => {
    window.escaped = []
    const types = ['keydown', 'keypress', 'keyup', 'copy', 'cut', 'paste', 'dragover', 'drop', 'contextmenu']
    for (const type of types) document.addEventListener(type, event => window.escaped.push(type + ' ' + (event.key ?? '')))
}"""


def test_no_key_and_nothing_copied_pasted_or_dropped_escapes(lab: Lab, page: Page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    editor = open_editor(lab, page, "shield", EDITOR, "1 + 1", "2 + 2")
    cells = "window.jupyterapp.shell.currentWidget.content.widgets.length"
    before = page.evaluate(cells)
    page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 2 }")
    page.evaluate(LISTEN)
    editor.get_by_test_id("node-tokens").click(position={"x": 10, "y": 10})
    for key in ["d", "d", "b", "x", "y", "z", "Control+c", "Control+x", "Control+v", "Control+a", "Control+z"]:
        page.keyboard.press(key)
    editor.get_by_test_id("node-head").click(position={"x": 10, "y": 10}, modifiers=["Shift"])
    for key in ["d", "d", "Shift+m"]:
        page.keyboard.press(key)
    field = editor.get_by_test_id("filter")
    field.fill("drop")
    for key in ["Control+a", "Control+c", "Control+v", "a", "Escape"]:
        page.keyboard.press(key)
    field.click(button="right")
    page.evaluate(
        """() => {
            const target = document.querySelector('[data-testid=palette]')
            for (const type of ['dragover', 'drop'])
                target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: new DataTransfer() }))
        }"""
    )
    assert page.evaluate("window.escaped") == []
    assert page.evaluate(cells) == before
    assert page.locator(".jp-Cell.jp-mod-selected").count() <= 1


def test_saving_goes_through_to_the_notebook(lab: Lab, page: Page):
    editor = open_editor(lab, page, "saving", EDITOR, "1 + 1")
    page.evaluate(f"() => {{ {NOTEBOOK}.content.widgets[1].model.sharedModel.setSource('2 + 2') }}")
    assert page.evaluate(f"{NOTEBOOK}.context.model.dirty")
    editor.get_by_test_id("node-tokens").click(position={"x": 10, "y": 10})
    page.keyboard.press("Control+s")
    page.wait_for_function(f"!{NOTEBOOK}.context.model.dirty")


def compose(page: Page, *steps: str) -> None:
    """Types as an input method does: each step replaces the syllable before, the last one stays."""
    client: Any = page.context.new_cdp_session(page)
    for step in steps:
        client.send("Input.imeSetComposition", {"text": step, "selectionStart": len(step), "selectionEnd": len(step)})
    client.send("Input.insertText", {"text": steps[-1]})


def expect_label(page: Page, words: str) -> None:
    """Waits until Python knows the block by this label; asking takes as long as a pause."""
    deadline = time.monotonic() + 30
    code = "print(editor.layer_stack[2]['data'].get('label'))"
    while (found := ask_kernel(page, code)) != words and time.monotonic() < deadline:
        pass
    assert found == words


def test_hangul_is_composed_without_losing_or_doubling_a_jamo(lab: Lab, page: Page):
    editor = open_editor(lab, page, "hangul", EDITOR.replace("'gpt2-nano'", "'gpt2-nano', language='ko'"))
    field = editor.get_by_test_id("filter")
    field.click()
    compose(page, "ㄷ", "드", "들")
    compose(page, "ㅇ", "오", "올")
    expect(field).to_have_value("들올")
    field.fill("")
    editor.get_by_test_id("node-block").click(position={"x": 10, "y": 10})
    label = editor.get_by_test_id("field-label")
    label.click()
    typed = ""
    for steps in (["ㅌ", "토"], ["ㅋ", "크", "큰"], ["ㅇ", "이", "임"]):
        compose(page, *steps)
        typed += steps[-1]
        expect_label(page, typed)  # typing pauses, and Python answers in the middle of a word
    expect(label).to_have_value("토큰임")
    compose(page, "ㅂ", "베", "벡")
    expect(label).to_have_value("토큰임벡")
