"""What was drawn after the kernel was restarted comes back with its config, whether or not a file keeps the drawing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.editing import NANO, PATIENCE_MS, ask_kernel, expect_python, open_editor
from tests.browser.lab import Lab
from tests.browser.test_editor_state import KERNEL, delete, run_cell

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

RENAME = "editor.config = {**editor.config, 'name': 'renamed'}"


@pytest.mark.parametrize("path", ["", ", path='kept.slm.json'"], ids=["without a file", "with a file"])
def test_a_drawing_of_a_lost_kernel_is_restored_with_its_config(lab: Lab, page: Page, path: str):
    code = f"import slm_widgets as slm\neditor = slm.GraphEditor('gpt2-nano'{path})\neditor"
    editor = open_editor(lab, page, "restored-file" if path else "restored", code)
    ask_kernel(page, RENAME)
    delete(editor, "norm")
    expect_python(page, NANO.replace(" norm ", " "))
    page.evaluate(f"() => {KERNEL}.restart()")
    expect(page.get_by_test_id("session-lost")).to_be_visible()
    delete(editor, "head")  # nobody but the page knows of this

    page.wait_for_function(f"{KERNEL}.status === 'idle'")
    run_cell(page, 0)
    expect(page.get_by_test_id("session-offer")).to_be_visible(timeout=PATIENCE_MS)
    expect(editor.get_by_test_id("node-head")).to_be_visible()
    page.get_by_test_id("offer-restore").click()
    expect(editor.get_by_test_id("node-head")).to_have_count(0)
    expect(page.get_by_test_id("session-offer")).to_have_count(0)
    expect_python(page, NANO.replace(" norm head", ""))
    assert ask_kernel(page, "print(editor.config['name'])") == "renamed"
    editor.get_by_test_id("undo").click()
    expect(editor.get_by_test_id("node-head")).to_be_visible()
    expect(editor.get_by_test_id("undo")).to_be_disabled()
