"""What no editor is made for: thousands of layers, malformed traits, markup in every word. In a page of its own, with no kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import slm_widgets as slm
from tests.browser.editor_page import connect, state_of, write_editor_page
from tests.browser.lab import CHROMIUM_FLAGS, find_chromium, screenshot

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

Open = Callable[..., Locator]
TRAP = "<img src=x onerror='window.pwned=1'><script>window.pwned=1</script>"
LONG = "long " * 20_000


@pytest.fixture(scope="module")
def files_browser(browser: Browser) -> Iterator[Browser]:
    """A browser whose pages may read the files beside them."""
    args = [*CHROMIUM_FLAGS, "--allow-file-access-from-files"]
    other = browser.browser_type.launch(executable_path=find_chromium(), args=args)
    yield other
    other.close()


@pytest.fixture
def open_editor(files_browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens an editor in a page; at the end, no page may have raised or run anything."""
    raised: list[str] = []
    pages: list[Page] = []

    def open_page(editor: slm.GraphEditor, *, with_python: bool = True) -> Locator:
        page = files_browser.new_page(viewport={"width": 1280, "height": 720})
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: raised.append(f"{error.message}\n{error.stack}"))
        if with_python:
            connect(page, editor)
        page.goto(write_editor_page(tmp_path, state_of(editor)).as_uri())
        pages.append(page)
        return page.get_by_test_id("graph-editor")

    yield open_page
    pwned = [page.evaluate("window.pwned") for page in pages]
    for page in pages:
        page.close()
    assert raised == []
    assert set(pwned) <= {None}


def linears(count: int) -> list[dict[str, Any]]:
    return [{"type": "linear", "data": {"id": f"layer{n}"}} for n in range(count)]


def nodes_in_page(editor: Locator) -> int:
    return editor.locator("[role=treeitem]").count()


def test_five_thousand_layers_are_drawn_moved_through_folded_and_undone(open_editor: Open):
    block = {"type": "transformerBlock", "data": {"id": "block", "numOfBlocks": 1}, "children": linears(4_997)}
    tokens = {"type": "tokenEmbedding", "data": {"id": "tokens", "embDim": 8, "vocabSize": 16}}
    editor = open_editor(
        slm.GraphEditor([tokens, block, {"type": "linear", "data": {"id": "head"}}]), with_python=False
    )
    page = editor.page
    expect(editor.get_by_test_id("node-tokens")).to_be_visible()
    assert nodes_in_page(editor) < 60  # only what is seen is drawn
    editor.get_by_test_id("drawing").focus()
    page.keyboard.press("Home")
    page.keyboard.press("End")
    expect(editor.get_by_test_id("node-head")).to_have_attribute("aria-selected", "true")
    assert nodes_in_page(editor) < 60
    screenshot(page, "editor-5000", editor)
    page.keyboard.press("Delete")
    expect(editor.get_by_test_id("node-head")).to_have_count(0)
    page.keyboard.press("Control+z")
    page.keyboard.press("Home")
    page.keyboard.press("End")
    expect(editor.get_by_test_id("node-head")).to_be_visible()
    page.keyboard.press("Home")
    editor.get_by_test_id("fold-block").click()
    expect(editor.get_by_test_id("node-head")).to_be_visible()
    expect(editor.get_by_test_id("node-layer0")).to_have_count(0)


def test_the_map_of_a_large_design_moves_the_view(open_editor: Open):
    editor = open_editor(slm.GraphEditor(linears(200)), with_python=False)
    expect(editor.get_by_test_id("node-layer0")).to_be_visible()
    box = editor.locator(".slm-map svg").bounding_box()
    assert box is not None
    editor.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] - 6)
    expect(editor.get_by_test_id("node-layer199")).to_be_visible()
    expect(editor.get_by_test_id("node-layer0")).to_have_count(0)


HOSTILE = [
    {"type": "linear", "data": {"id": TRAP, "label": TRAP}},
    {"type": "linear", "data": {"id": "__proto__", "label": "\u202eright to left\u202c \u05d0\u05d1"}},
    {"type": "linear", "data": {"id": "constructor", "label": "\u200b\u200d"}},
    {"type": "linear", "data": {"id": "a b'\"\\]#.:in", "label": LONG}},
    {"type": "transformerBlock", "data": {"id": "toString", "numOfBlocks": -7}, "children": []},
    {"type": "transformerBlock", "data": {"id": "huge", "numOfBlocks": 1e300}, "children": linears(1)},
    {
        "type": "mhAttention",
        "data": {"id": "heads", "numHeads": "NaN", "dropoutRate": [[]], "source": {"__proto__": 1}},
    },
    {"type": TRAP, "data": {"id": "unknown", "__proto__": {"polluted": True}}},
    {"type": "residual", "data": {"id": "cycle", "source": "cycle", "input": "cycle"}},
]


def test_hostile_words_and_numbers_stay_words_and_can_be_edited_away(open_editor: Open):
    editor = open_editor(slm.GraphEditor(HOSTILE))
    page = editor.page
    drawing = editor.get_by_test_id("drawing")
    expect(drawing).to_be_visible()
    drawing.focus()
    page.keyboard.press("Home")
    for _ in HOSTILE:  # each form is drawn
        expect(editor.get_by_test_id("layer-inspector")).to_be_visible()
        page.keyboard.press("ArrowDown")
    screenshot(page, "editor-hostile", editor)
    assert page.evaluate("document.querySelectorAll('#root img, #root script').length") == 0
    assert page.evaluate("({}).polluted") is None
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+g")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    expect(editor.locator("[role=treeitem]")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(editor.locator("[role=treeitem]").first).to_be_visible()


def test_a_design_nested_two_hundred_deep_is_drawn_as_far_as_it_goes(open_editor: Open):
    editor = open_editor(slm.GraphEditor("gpt2-nano"), with_python=False)
    editor.page.evaluate(  # what goes through the test's own channel must not be so deep
        """() => {
            let layer_stack = []
            for (let n = 0; n < 200; n++) layer_stack = [{ type: "transformerBlock", data: { id: "deep" + n }, children: layer_stack }]
            assign({ layer_stack })
        }"""
    )
    expect(editor.get_by_test_id("node-deep199")).to_be_visible()


ODD = [
    *[None, True, 0, -1, 1e300, "", "words", TRAP, [], {}, [None], [[]], [1, "a", {}], {"a": None}, {"__proto__": {}}],
    [{"type": 3, "data": 4, "children": 5, "id": [], "fields": {}, "name": {}, "layer_id": {}, "text": {}, "kind": []}],
    [{"type": "linear", "data": {"id": {}}, "fields": [{"kind": "choice", "choices": 7}, {"kind": "group", "fields": 1}, {"kind": "integer", "min": "a"}, 3]}],
    {"layers": [1], "total": 3, "problems": [{}, 3, {"layer_id": "head", "mend": {}, "mend_title": 1, "text": []}], "offers": [{}, 1]},
    {"layers": {"head": {"out": [{}, None, []], "parameters": "many", "resolved": 3, "flops_share": "a"}}, "total": {"parts": [{}, 1]}},
    {"layer_stack": [1], "analysis": 3, "difference": {"layers": [{"kind": "added"}, 1], "totals": [3]}, "name": []},
    {"path": [], "state": {}, "words": 3, "trouble": "x", "batch_size": {}, "precision": [], "context_length": "a"},
    {"batch_size": 1e300, "precision": TRAP, "context_length": -5, "place": {}, "session": 1},
]  # fmt: skip
TRAITS = [
    "layer_stack",
    "palette",
    "analysis",
    "costs",
    "texts",
    "comparison",
    "readonly",
    "locked",
    "allowed",
    "hints",
    "refusal",
    "folded",
    "file_state",
    "workload",
    "origin",
    "opened",
    "edition",
    "config",
    "language",
    "height_px",
]


@pytest.mark.parametrize("trait", TRAITS)
def test_malformed_values_of_a_trait_break_nothing_and_good_ones_are_shown_again(open_editor: Open, trait: str):
    source = slm.GraphEditor("gpt2-nano")
    editor = open_editor(source, with_python=False)
    page, good = editor.page, state_of(source)
    head = editor.get_by_test_id("node-head")
    expect(head).to_be_visible()
    for odd in ODD:
        page.evaluate("([name, value]) => assign({ [name]: value })", [trait, odd])
        assert editor.count() == 1
        broken = page.get_by_test_id("broken")
        assert broken.count() == 0, f"{trait} = {odd!r}: {broken.inner_text()}"
    page.evaluate("([name, value]) => assign({ [name]: value })", [trait, good[trait]])
    expect(head).to_be_visible()
    head.click(position={"x": 10, "y": 10})
    expect(page.get_by_test_id("layer-inspector")).to_be_visible()
    expect(page.get_by_test_id("field-label")).to_have_count(1)
