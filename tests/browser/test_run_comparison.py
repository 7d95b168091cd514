"""Runs compared in a real page: curves over each other and one table, while they train and after."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from slm_widgets.widgets.style import OVERLAYS
from tests.browser.lab import Lab, execute, screenshot, set_theme, wait_until_all_ran
from tests.small_runs import DESIGN, SETTINGS, TEXT

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]

ROUND_THE_CELL = (
    180  # what JupyterLab has beside an output, in pixels; a narrower page hides whether the kernel is busy
)

# They wait for their turn behind another run until the page has drawn them.
CELL = """
import json
import slm_widgets as slm
from slm_widgets.data import Corpus

slm.set_language(LANGUAGE)
corpus = Corpus(name="small", text=json.loads(TEXT), language="en", entropy_floor=None, separator=None)
settings = json.loads(SETTINGS)
before = slm.train("gpt2-nano", corpus, "char", {**settings, "max_steps": 1_000_000}, track=False)
found = slm.sweep(json.loads(STACKS), corpus, "char", settings, json.loads(GRID), share=True, track=False)
found
"""
GO = "before.stop()\nfound.wait();"

GRIDS: dict[int, dict[str, list[float]] | None] = {
    2: None,
    8: {"lr": [1e-4, 1e-2], "attention.numHeads": [2, 4], "*.dropoutRate": [0.0, 0.3]},
}
TWO = {"<b>mine</b>": DESIGN, "llama-nano": "llama-nano"}
WORDS = {"en": ("training", "finished", "run"), "ko": ("학습 중", "완료", "실행")}


def _line(shown: Locator, colour: str) -> Locator:
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return shown.locator(f".bqplot path.line[style*='rgb({red}, {green}, {blue})']")


@pytest.mark.parametrize(("count", "language", "width", "dark"), [(2, "en", 1280, False), (8, "ko", 640, True)])
def test_a_person_watches_runs_and_hides_one(lab: Lab, page: Page, count: int, language: str, width: int, dark: bool):
    training, finished, head = WORDS[language]
    told = {
        "LANGUAGE": repr(language),
        "TEXT": repr(json.dumps(TEXT)),
        "STACKS": repr(json.dumps(DESIGN if count > 2 else TWO)),
        "SETTINGS": repr(
            json.dumps({**SETTINGS, "max_steps": 120 if count > 2 else 240, "eval_every": 20, "compile": "off"})
        ),
        "GRID": repr(json.dumps(GRIDS[count])),
    }
    cell = re.sub("|".join(told), lambda name: told[name[0]], CELL)
    lab.open(page, lab.write(f"comparison-{count}-{language}.ipynb", cell, GO))
    set_theme(page, dark)
    page.set_viewport_size({"width": width + ROUND_THE_CELL, "height": 1100})
    execute(page, "notebook:run-cell-and-select-next")
    shown = page.locator(".slm", has=page.locator(".slm-runs")).first
    rows = shown.locator(".slm-runs tbody tr")
    expect(rows).to_have_count(count, timeout=120_000)
    expect(rows.filter(has_text=training)).to_have_count(0)

    # The table's numbers change while it trains, and the curves with them.
    execute(page, "notebook:run-cell")  # which adds none after the last one
    going_on = rows.filter(has_text=training).first
    expect(going_on).to_be_visible(timeout=60_000)
    numbers = shown.locator(".slm-runs tbody").inner_text()
    expect(shown.locator(".slm-runs tbody")).not_to_have_text(numbers, use_inner_text=True, timeout=60_000)
    expect(_line(shown, OVERLAYS[0]).first).to_have_attribute("d", re.compile(r"^M.*L"), timeout=60_000)
    screenshot(page, f"comparison-{count}-{language}-live", shown)

    wait_until_all_ran(page, 300)
    expect(rows.filter(has_text=finished)).to_have_count(count)
    expect(rows.first).to_have_class("slm-best")
    names = shown.locator(".slm-runs tbody td:first-child").all_inner_texts()
    assert len(set(names)) == count
    assert ("<b>mine</b>" in names) == (count == 2)
    expect(shown.locator(".slm-runs th").first).to_have_text(head)
    screenshot(page, f"comparison-{count}-{language}-finished", shown)

    # A name in the legend hides its two curves, and shows them again.
    name, lines, others = (
        shown.locator(".slm-legend button").nth(0),
        _line(shown, OVERLAYS[0]),
        _line(shown, OVERLAYS[1]),
    )
    in_this_colour = 2 * len(range(0, count, len(OVERLAYS)))
    expect(lines).to_have_count(in_this_colour)
    name.click()
    expect(lines).to_have_count(in_this_colour - 2)
    expect(others).to_have_count(2 * len(range(1, count, len(OVERLAYS))))
    screenshot(page, f"comparison-{count}-{language}-hidden", shown)
    name.click()
    expect(lines).to_have_count(in_this_colour)
    assert shown.locator(".slm-runs b").count() == 0  # a name is shown as the characters that it is
