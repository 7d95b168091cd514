"""Presets, files and code: what is opened, dropped, downloaded and read in the editor, in a real JupyterLab."""

from __future__ import annotations

import json
import re
import struct
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, Page, expect

from slm_widgets import parse_stack, preset
from tests.browser.editing import EDITOR, NANO, card, expect_python, layers_in_python, open_editor, pick, written
from tests.browser.lab import Lab, screenshot
from tests.environments import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

STACKS = ROOT / "tests" / "fixtures" / "stacks"

DROP = """([node, name, text]) => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([text], name, { type: 'application/json' }))
    for (const type of ['dragenter', 'dragover', 'drop'])
        node.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }))
}"""


def choose(editor: Locator, entry: str) -> None:
    editor.get_by_test_id("file-menu").click()
    editor.get_by_test_id(f"file-{entry}").click()


def saved(page: Page, editor: Locator, entry: str) -> tuple[str, bytes]:
    """The name and the content of the file that an entry of the menu gives."""
    with page.expect_download() as download:
        choose(editor, entry)
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_designs_come_from_presets_and_old_files_and_leave_in_every_form(lab: Lab, page: Page):
    editor = open_editor(lab, page, "files", EDITOR, "1 + 1")

    # From the gallery.
    choose(editor, "gallery")
    gallery = editor.get_by_test_id("gallery")
    expect(gallery.get_by_test_id("preset-llama-nano")).to_be_visible()
    screenshot(page, "files-gallery", editor)
    gallery.get_by_test_id("gallery-search").fill("llama-nano")
    expect(gallery.get_by_test_id("preset")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(gallery).to_have_count(0)
    expect_python(page, written(preset("llama-nano").layers))

    # A file of an old dialect, dropped on the drawing.
    old = (STACKS / "gpt_oldest_canvas.json").read_text(encoding="utf-8")
    editor.get_by_test_id("drawing").evaluate(
        f"(node, [name, text]) => ({DROP})([node, name, text])", ["old.json", old]
    )
    layers = parse_stack(old).layers
    expect_python(page, written(layers))
    assert layers_in_python(page) == layers
    screenshot(page, "files-dropped", editor)
    editor.get_by_test_id("undo").click()
    expect_python(page, written(preset("llama-nano").layers))
    editor.get_by_test_id("undo").click()
    expect_python(page, NANO)

    # Out again: as a design, as code, as pictures.
    name, text = saved(page, editor, "json")
    assert name.endswith(".json")
    assert json.loads(text)["layer_stack"] == layers_in_python(page)
    assert parse_stack(text.decode()).layers == layers_in_python(page)
    name, code = saved(page, editor, "code")
    assert name.endswith(".py")
    names: dict[str, object] = {}
    exec(compile(code, name, "exec"), names)  # our own code
    assert "torch" in names
    name, svg = saved(page, editor, "svg")
    assert name.endswith(".svg")
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "Multi-head attention" in "".join(root.itertext())
    name, png = saved(page, editor, "png")
    assert name.endswith(".png")
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    size = struct.unpack(">II", png[16:24])
    assert size == (2 * float(root.get("width", 0)), 2 * float(root.get("height", 0)))
    assert len(png) > 10_000  # something is drawn on it


def test_a_line_of_code_selects_its_layer_and_a_layer_its_lines(lab: Lab, page: Page):
    editor = open_editor(lab, page, "code", EDITOR, "1 + 1")
    editor.get_by_test_id("code").click()
    code = editor.get_by_test_id("code-text")
    expect(code).to_contain_text("import torch")
    pick(editor, "attention")
    marked = code.locator(".slm-code-line[data-mark=own]")
    expect(marked.first).to_be_in_viewport()
    screenshot(page, "files-code-layer", editor)
    expect(code.locator(".slm-code-line[data-mark=own]", has_text="ttention").first).to_be_attached()

    line = code.locator(".slm-code-line[data-layers]", has_text="nn.Embedding").first
    number = line.locator("button.slm-code-number")
    number.click()
    belongs = re.search(r"\((\w+)\)$", number.get_attribute("aria-label") or "")
    assert belongs is not None
    assert belongs[1] in ("tokens", "positions")
    expect(editor.get_by_test_id(f"node-{belongs[1]}")).to_have_attribute("data-selected", "true")
    expect(editor.get_by_test_id("node-attention")).not_to_have_attribute("data-selected", "true")
    mark = re.compile("own|related")  # what a layer itself says, and what it calls
    expect(line).to_have_attribute("data-mark", mark)
    screenshot(page, "files-code-line", editor)
    card(editor, "ffn").click()
    expect(line).not_to_have_attribute("data-mark", mark)
