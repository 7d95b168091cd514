"""The figure of a training in a real page: markers that open, zooming with the mouse, logarithmic axes, earlier runs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from slm_widgets.widgets.style import OVERLAYS, TRAIN, VALIDATION
from tests.browser.lab import Lab, run_all, screenshot, set_theme, wait_until_all_ran

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

CELL = """
import math
from slm_widgets.training import CheckpointSaved, Sample
from slm_widgets.widgets import LiveFigure

def history(steps, drop):
    loss = [1.5 - drop + 2.6 * math.exp(-n / 200) + 0.08 * math.sin(7 * n) for n in range(1, steps + 1)]
    at = range(0, steps + 1, 200)
    return {
        "step": list(range(1, steps + 1)), "loss": loss, "lr": [2e-3 * (1 - n / steps) for n in range(steps)],
        "grad_norm": [1 + math.sin(3 * n) ** 2 for n in range(steps)],
        "val_step": list(at), "val_loss": [1.6 - drop + 2.6 * math.exp(-n / 200) for n in at],
        "val_bits_per_byte": [1.25] * len(at),
    }

figure = LiveFigure(0.9, 4000, language=LANGUAGE)
figure.show_history(
    history(4000, 0), [Sample(1500, "어느 날", " <b>옛날</b> there was")], [CheckpointSaved(3100, "step-00003100", 1.6, True)]
)
figure
"""
# What the notebook does while the figure is there already.
LATER = 'figure.overlay("8 <i>heads</i>", history(3000, 0.1))'


def _steps(figure: Locator) -> list[float]:
    """The numbers at the axis of the steps."""
    ticks = figure.locator(".bqplot .axis").first.locator(".tick text").all_text_contents()
    return [float(tick.replace(",", "")) for tick in ticks]


def _line(figure: Locator, colour: str) -> Locator:
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return figure.locator(f".bqplot path.line[style*='rgb({red}, {green}, {blue})']")


def _in_the_middle(page: Page, figure: Locator) -> tuple[float, float]:
    figure.locator(".bqplot").scroll_into_view_if_needed()
    box = figure.locator(".bqplot .plotarea_background").first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize(("language", "width", "dark"), [("en", 1280, False), ("ko", 640, True)])
def test_a_person_opens_markers_zooms_changes_the_axes_and_compares(
    lab: Lab, page: Page, language: str, width: int, dark: bool
):
    words = {
        "en": {"drag": "Drag", "all": "All", "log_y": "log loss", "log_x": "log steps", "next": "marker ▸"},
        "ko": {"drag": "끌기", "all": "전체", "log_y": "손실 로그", "log_x": "스텝 로그", "next": "표시 ▸"},
    }[language]
    lab.open(page, lab.write(f"figure-{language}.ipynb", CELL.replace("LANGUAGE", repr(language)), LATER))
    set_theme(page, dark)
    run_all(page)
    wait_until_all_ran(page)
    page.set_viewport_size({"width": width, "height": 1000})
    page.evaluate("window.jupyterapp.shell.currentWidget.content.scrollToItem?.(0, 'start')")
    figure = page.locator(".slm", has=page.locator(".bqplot")).first

    def button(name: str) -> Locator:
        return figure.get_by_role("button", name=words[name], exact=True)

    expect(_line(figure, TRAIN).first).to_have_attribute("d", re.compile(r"^M[^L]*(L[^L]*){300}"))
    expect(_line(figure, OVERLAYS[0])).to_have_count(2)  # an earlier run, laid over it while it was on the page
    expect(figure).to_contain_text("8 <i>heads</i>")
    assert _steps(figure)[-1] == 4000
    screenshot(page, f"figure-{language}-1", figure)

    # A click on a marker shows what is behind it, as the characters that it is.
    marks = figure.locator(".bqplot path.dot")
    details = figure.locator(".slm-details")
    expect(details).to_be_hidden()
    _click(marks, 1500, page)
    expect(details).to_contain_text("어느 날 <b>옛날</b> there was")
    screenshot(page, f"figure-{language}-2-sample", figure)
    _click(marks, 3100, page)
    expect(details).to_contain_text("step-00003100")
    button("next").focus()
    page.keyboard.press("Enter")
    expect(details).to_contain_text("1.2500")  # the evaluation at 3,200: bits per byte
    screenshot(page, f"figure-{language}-3-evaluation", figure)

    # The wheel zooms around the mouse, and a drag moves; more of the curve appears, and a marker can still be opened.
    button("drag").click()
    page.mouse.move(*_in_the_middle(page, figure))
    for _ in range(8):
        page.mouse.wheel(0, -200)
        page.wait_for_timeout(60)  # as a hand does
    expect(button("all")).to_be_enabled()
    page.wait_for_function(
        "f => [...f.querySelectorAll('.bqplot .axis')][0].querySelectorAll('.tick').length > 2",
        arg=figure.element_handle(),
    )
    zoomed = _steps(figure)
    assert 0 < zoomed[0] < zoomed[-1] < 4000
    x, y = _in_the_middle(page, figure)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 80, y, steps=8)
    page.mouse.up()
    assert sum(_steps(figure)) / len(_steps(figure)) > sum(zoomed) / len(zoomed)  # later steps came into sight
    screenshot(page, f"figure-{language}-4-zoomed", figure)
    button("all").click()
    expect(button("all")).to_be_disabled()

    # Logarithmic axes.
    button("drag").click()
    button("log_y").click()
    button("log_x").click()
    expect(figure.locator(".bqplot .axis").first).to_contain_text("10")
    page.wait_for_function(
        "f => f.querySelector('.bqplot .axis .tick text')?.textContent === '1'", arg=figure.element_handle()
    )
    assert _steps(figure)[:3] in ([1, 10, 100], [1, 3, 10])
    expect(_line(figure, VALIDATION)).to_have_attribute("d", re.compile(r"^M[^N]*$"))  # no NaN where step 0 was
    screenshot(page, f"figure-{language}-5-log", figure)


def _click(marks: Locator, step: int, page: Page) -> None:
    """Clicks on the marker at this step; bqplot keeps its place at its element."""
    number = marks.evaluate_all("(all, step) => all.findIndex(e => Math.round(e.__data__?.x ?? -1) === step)", step)
    assert number >= 0
    marks.nth(number).click()
