"""A student's first session with the course's first notebook, with the mouse and the keyboard, in a real JupyterLab."""

from __future__ import annotations

import contextlib
import re

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from tests.browser.lab import (
    Lab,
    count_cells,
    drag,
    run_all,
    screenshot,
    scroll_to,
    set_theme,
    wait_until_all_ran,
)
from tests.browser.session import (
    COURSE,
    EDITOR,
    ENGLISH,
    GRAPH,
    KOREAN,
    PANEL,
    WRITER,
    Words,
    train_and_stop,
    write_and_stop,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

# Cytoscape draws on a canvas and keeps itself at its element: what is drawn, and where.
BOXES = "() => document.querySelector('.slm-panel .custom-widget')?._cyreg?.cy.nodes()"


def count(page: Page) -> int:
    return int(re.sub(r"\D", "", page.get_by_test_id("total-parameters").inner_text()))


@pytest.mark.parametrize(
    ("notebook", "words", "dark"), [("01_first_model", ENGLISH, False), ("01_first_model_ko", KOREAN, True)]
)
def test_a_student_draws_trains_watches_stops_and_reads(lab: Lab, page: Page, notebook: str, words: Words, dark: bool):
    saved = lab.folder / f"{notebook.replace('01', 'my')}.slm.json"
    lab.open(page, lab.bring(COURSE / f"{notebook}.ipynb"))
    set_theme(page, dark)
    run_all(page)
    wait_until_all_ran(page)
    screenshot(page, f"{notebook}-0-all-ran")
    cells = count_cells(page)

    scroll_to(page, EDITOR)
    editor = page.get_by_test_id("graph-editor")
    editor.wait_for()
    expect(page.get_by_test_id("total-vocabulary")).not_to_contain_text("256")  # the tokenizer's own by now
    screenshot(page, f"{notebook}-1-editor")

    # Drag a layer from the palette into the block, below attention.
    before = count(page)
    drag(page, page.get_by_test_id("palette-feedForward"), page.get_by_test_id("gap-2.2"))
    dropped = page.get_by_test_id("node-feedForward")
    dropped.wait_for()
    expect(page.get_by_test_id("total-parameters")).not_to_contain_text(f"{before:,}")
    screenshot(page, f"{notebook}-2-dropped", editor)

    # Change a field; shapes and counts follow.
    after_drop = count(page)
    dropped.click()
    page.get_by_test_id("field-hiddenDim").fill("32")
    expect(page.get_by_test_id("total-parameters")).not_to_contain_text(f"{after_drop:,}")
    assert before < count(page) < after_drop

    # Make a mistake, read on the node what is wrong, undo it with the keyboard.
    page.get_by_test_id("node-attention").click()
    page.get_by_test_id("field-numHeads").fill("6")
    problem = page.get_by_test_id("problem-attention")
    expect(problem).to_contain_text(words.mistake)
    screenshot(page, f"{notebook}-3-mistake", editor)
    page.get_by_test_id("node-attention").click()
    page.keyboard.press("Control+z")
    expect(problem).to_have_count(0)
    assert count_cells(page) == cells  # no key reached the notebook

    # Train, watch, stop.
    scroll_to(page, PANEL)
    panel = train_and_stop(page, words, f"{notebook}-4-training")
    screenshot(page, f"{notebook}-5-stopped", panel)

    # The model is kept: type a prompt, see text come token by token.
    scroll_to(page, WRITER)
    screenshot(page, f"{notebook}-6-written", write_and_stop(page, words))

    # Open the block in the picture: its layers come, with what was changed above; close it again.
    scroll_to(page, GRAPH)
    page.wait_for_function(f"({BOXES})()?.filter('.block').length === 1")
    _click_box(page, ".block", f"({BOXES})()?.some(box => box.data('id') === 'feedForward')")
    graph = page.locator(".slm-panel", has=page.locator(".custom-widget"))
    screenshot(page, f"{notebook}-7-opened", graph)
    _click_box(page, ".frame", f"({BOXES})()?.filter('.frame').length === 0")

    # What was drawn lies beside the notebook.
    document = saved.read_text(encoding="utf-8")
    assert '"id": "feedForward"' in document
    assert '"hiddenDim": 32' in document


def _click_box(page: Page, kind: str, until: str) -> None:
    """Clicks on the title of the first box of this kind; again where the drawing was still moving and the click missed."""
    canvas = page.locator(".slm-panel .custom-widget")
    for _ in range(5):
        canvas.scroll_into_view_if_needed()
        area = canvas.bounding_box()
        place = f"kind => ({BOXES})().filter(kind).first().renderedBoundingBox({{includeLabels: false}})"
        box = page.evaluate(place, kind)
        assert area is not None
        page.mouse.click(area["x"] + box["x1"] + 24, area["y"] + box["y1"] + 16)
        with contextlib.suppress(TimeoutError):
            page.wait_for_function(until, timeout=5_000)
            return
    raise AssertionError(f"Five clicks on the box {kind} did not do it: {until}")
