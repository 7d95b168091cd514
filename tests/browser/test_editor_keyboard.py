"""The editor without a mouse, and what a screen reader is told of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab, run_all, screenshot, set_theme

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

MOST_ACTIONS = 60
AXE = Path(__file__).parents[2] / "js/node_modules/axe-core/axe.min.js"
# A card's name says in full words, and in the order of a sentence, what is written on it in columns.
NOT_ASKED = ["label-content-name-mismatch"]

WHERE = """() => {
    const editor = document.querySelector('.slm-editor'), at = document.activeElement
    const name = at.dataset.testid ?? at.className
    return [editor.contains(at), at.matches(':focus-visible'), name || at.tagName]
}"""
NAMELESS = """editor => {
    const controls = [...editor.querySelectorAll('button, input, select, textarea, a[href], [tabindex="0"]')]
    const named = it => [it.ariaLabel, it.title, it.textContent, ...[...(it.labels ?? [])].map(label => label.textContent)]
    return controls.filter(it => !named(it).some(words => words?.trim())).map(it => it.outerHTML.slice(0, 200))
}"""


class Keyboard:
    """A person without a mouse, who counts each key, and a typed word as one, and always sees where the focus is."""

    def __init__(self, page: Page) -> None:
        self.page, self.actions = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.actions += 1
            self.page.keyboard.press(key)
            self._look(key)

    def write(self, text: str) -> None:
        self.actions += 1
        self.page.keyboard.type(text)

    def add(self, *words: str) -> None:
        """From the search of the palette: what it finds first; the words before are typed over."""
        for word in words:
            self.write(word)
            self.press("Enter")

    @property
    def place(self) -> str:
        """What has the focus."""
        return self.page.evaluate(WHERE)[2]

    def _look(self, key: str) -> None:
        # A button that is going away hands its focus on in a moment.
        self.page.wait_for_function(f"() => ({WHERE})()[0]", timeout=5_000)
        inside, is_seen, name = self.page.evaluate(WHERE)
        assert inside, f"{key}: the focus has left the editor"
        assert is_seen, f"{key}: nothing shows that the focus is on {name}"


def opened(lab: Lab, page: Page, cell: str) -> tuple[Locator, Keyboard]:
    """An editor, and the focus at its beginning, where Tab from the cell above leads."""
    cells = (f"import slm_widgets as slm\neditor = slm.GraphEditor({cell})\neditor", "1 + 1")
    lab.open(page, lab.write("keyboard.ipynb", *cells))
    run_all(page)
    editor = page.get_by_test_id("graph-editor")
    expect(editor.get_by_test_id("problems")).to_be_visible()
    expect(editor.get_by_test_id("checking")).to_have_count(0)
    stop = editor.get_by_test_id("file-menu")
    stop.evaluate("""it => {
        const before = document.createElement('button')
        before.textContent = 'before'
        it.closest('.slm-editor').before(before)
        before.focus()
    }""")
    keyboard = Keyboard(page)
    keyboard.press("Tab")
    expect(stop).to_be_focused()
    return editor, keyboard


def test_a_two_block_gpt_is_built_from_nothing_with_the_keyboard_alone(lab: Lab, page: Page):
    editor, keyboard = opened(lab, page, "")
    drawing, selected = editor.get_by_test_id("drawing"), editor.locator("[data-selected]")
    keyboard.press("Tab")  # the search
    keyboard.add("tokenEmbedding", "positionalEmbedding", "transformerBlock")
    keyboard.add("normalization", "mhAttention", "residual", "normalization", "feedForward", "residual")
    screenshot(page, "keyboard-1-block", editor)

    keyboard.press("Escape", "Escape")  # clears the search, then to the drawing
    expect(drawing).to_be_focused()
    for source in ("Residual (", "Input of Block ("):
        keyboard.press("Enter")
        expect(editor.get_by_test_id("field-source")).to_be_focused()
        keyboard.write(source)
        keyboard.press("Escape", "ArrowUp", "ArrowUp", "ArrowUp")
        expect(drawing).to_be_focused()
    expect(selected).to_have_attribute("data-testid", "node-transformerBlock")

    keyboard.press("Enter")
    keyboard.write("2")
    keyboard.press("Escape", "ArrowLeft", "/")  # folded, it is one layer: what is added stands behind it
    keyboard.add("normalization", "linear")
    keyboard.press("Escape", "Escape")
    expect(editor.get_by_test_id("problems")).to_have_attribute("data-state", "fine")
    expect(editor.locator("[data-testid^=node-]")).to_have_count(5)
    keyboard.press("ArrowUp", "ArrowUp", "ArrowRight", "0")  # unfolded, and all of it seen
    expect(editor.locator("[data-testid^=node-]")).to_have_count(11)
    expect(editor.get_by_test_id("repeats-transformerBlock")).to_have_value("2")
    screenshot(page, "keyboard-2-done", editor)
    assert keyboard.actions < MOST_ACTIONS


def test_tab_goes_through_the_editor_and_out_of_it_both_ways(lab: Lab, page: Page):
    _, keyboard = opened(lab, page, "'gpt2-nano'")
    stops = [keyboard.place]
    while stops[-1] != "problems":
        keyboard.press("Tab")
        stops.append(keyboard.place)
        assert len(stops) < 20, stops
    order = [stops.index(name) for name in ("file-menu", "filter", "drawing", "workload-batch", "problems")]
    assert order == sorted(order)
    page.keyboard.press("Tab")
    assert page.evaluate(WHERE)[0] is False
    for _ in stops:
        page.keyboard.press("Shift+Tab")
    assert keyboard.place == "file-menu"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(WHERE)[0] is False


def test_menus_panes_and_dialogs_are_opened_used_and_left_with_keys(lab: Lab, page: Page):
    editor, keyboard = opened(lab, page, "'gpt2-nano'")
    keyboard.press("ArrowDown", "p", "Enter")  # File, Presets
    expect(editor.get_by_test_id("gallery-search")).to_be_focused()
    keyboard.press("Escape")
    expect(editor.get_by_test_id("file-menu")).to_be_focused()
    keyboard.press("ArrowDown", "p", "Enter")
    expect(editor.get_by_test_id("preset-llama-nano")).to_be_visible()
    keyboard.write("llama-nano")
    keyboard.press("Enter")
    expect(editor.get_by_test_id("total-parameters")).to_have_text("108,864")
    expect(editor.get_by_test_id("file-menu")).to_be_focused()
    expect(editor.get_by_role("menu")).to_have_count(0)

    keyboard.press("ArrowRight", "ArrowRight", "Enter", "End", "Enter")  # View, Keys
    expect(editor.get_by_test_id("keys-close")).to_be_focused()
    keyboard.press("Tab", "Escape")
    expect(editor.get_by_test_id("view-menu")).to_be_focused()

    keyboard.press("End", "ArrowLeft", "ArrowLeft", "Enter")  # Code
    expect(editor.get_by_test_id("code-text")).to_be_focused()
    keyboard.press("Tab", "ArrowDown", "Enter")  # a line with a layer, and that layer
    expect(editor.locator("[data-selected]")).to_have_count(1)
    keyboard.press("Escape")
    expect(editor.get_by_test_id("code-pane")).to_have_count(0)
    expect(editor.get_by_test_id("drawing")).to_be_focused()
    expect(editor.locator("[data-selected]")).to_have_count(1)  # one thing at a time
    keyboard.press("Escape")
    expect(editor.locator("[data-selected]")).to_have_count(0)

    editor.get_by_test_id("compare").focus()
    keyboard.press("Enter")
    expect(editor.get_by_test_id("compare-preset").first).to_be_visible()
    keyboard.press(*5 * ["Tab"])
    expect(editor.get_by_test_id("compare-preset").first).to_be_focused()
    keyboard.press("Enter")
    expect(editor.get_by_test_id("difference").first).to_be_visible()
    keyboard.press("Tab")  # the focus is still in the editor, though the list of presets has gone


def test_a_problem_is_found_mended_and_undone_with_keys(lab: Lab, page: Page):
    editor, keyboard = opened(lab, page, "'gpt2-nano'")
    drawing, problems = editor.get_by_test_id("drawing"), editor.get_by_test_id("problems")
    keyboard.press(*3 * ["Tab"], "Home", *4 * ["ArrowDown"], "Enter")
    expect(editor.get_by_test_id("field-numHeads")).to_be_focused()
    keyboard.write("6")
    expect(problems).to_have_attribute("data-state", "error")
    keyboard.press("Escape", "Escape", "F8")
    expect(editor.get_by_test_id("field-numHeads")).to_be_focused()
    keyboard.press("Tab", "Enter")  # the mend; its button goes with the problem
    expect(problems).to_have_attribute("data-state", "fine")
    expect(drawing).to_be_focused()
    keyboard.press("Control+z")
    expect(problems).to_have_attribute("data-state", "error")
    keyboard.press("Control+z")
    expect(problems).to_have_attribute("data-state", "fine")


def test_layers_are_selected_moved_wrapped_copied_and_named_with_keys(lab: Lab, page: Page):
    editor, keyboard = opened(lab, page, "'gpt2-nano'")
    cards, selected = editor.locator("[data-testid^=node-]"), editor.locator("[data-selected]")
    keyboard.press(*3 * ["Tab"], "Home", "ArrowDown", "Shift+ArrowDown")
    expect(selected).to_have_count(2)
    keyboard.press("Control+g")
    expect(cards).to_have_count(12)
    keyboard.press("Control+Shift+g")
    expect(cards).to_have_count(11)
    keyboard.press("Home", "Alt+ArrowDown")
    expect(editor.get_by_test_id("problems")).to_have_attribute("data-state", "error")  # positions of nothing
    keyboard.press("Control+z", "Control+d")
    expect(cards).to_have_count(12)
    keyboard.press("Delete")
    expect(cards).to_have_count(11)
    keyboard.press("Home", "F2")
    keyboard.write("Words")
    keyboard.press("Escape")
    expect(editor.get_by_test_id("node-tokens")).to_contain_text("Words")
    keyboard.press("F2", "Shift+Tab")  # the id is a button above the fields
    while keyboard.place != "rename-id":
        keyboard.press("Shift+Tab")
    keyboard.press("Enter")
    keyboard.write("table")
    keyboard.press("Enter")
    expect(editor.get_by_test_id("node-table")).to_be_visible()


def test_the_language_the_costs_and_the_files_are_reached_with_keys(lab: Lab, page: Page):
    editor, keyboard = opened(lab, page, "'gpt2-nano'")
    keyboard.press("End", "Enter")
    expect(editor).to_have_attribute("lang", "ko")
    expect(editor.get_by_test_id("language")).to_be_focused()
    with page.expect_download() as download:
        keyboard.press("Home", "Enter", "j", "Enter")  # 파일, JSON으로 내려받기
    assert download.value.suggested_filename.endswith(".json")
    expect(editor.get_by_test_id("file-menu")).to_be_focused()
    memory = editor.get_by_test_id("total-memory")
    expect(memory).not_to_have_text("–")
    before = memory.inner_text()
    while keyboard.place != "workload-batch":
        keyboard.press("Tab")
    keyboard.press("Control+a")
    keyboard.write("4")
    expect(memory).not_to_have_text(before)
    expect(memory).not_to_have_text("–")


@pytest.mark.parametrize(("language", "dark"), [("en", False), ("ko", True)])
def test_a_screen_reader_finds_nothing_amiss(lab: Lab, page: Page, language: str, dark: bool):
    editor, keyboard = opened(lab, page, f"'llama3-nano', language={language!r}")
    set_theme(page, dark)
    expect(editor).to_have_attribute("lang", language)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    editor.get_by_test_id("drawing").focus()
    keyboard.press("Home", *3 * ["ArrowDown"])
    _is_accessible(page, editor)
    for opening in ("file-menu", "compare", "code"):
        editor.get_by_test_id(opening).click()
        _is_accessible(page, editor)
        page.keyboard.press("Escape")
    editor.get_by_test_id("drawing").focus()
    page.keyboard.press("?")
    expect(editor.get_by_test_id("keys")).to_be_visible()
    _is_accessible(page, editor)


def _is_accessible(page: Page, editor: Locator) -> None:
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run('.slm-editor', { rules: Object.fromEntries(rules.map(rule => [rule, { enabled: false }])) })",
        NOT_ASKED,
    )
    assert [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found["violations"]] == []
    assert editor.evaluate(NAMELESS) == []
