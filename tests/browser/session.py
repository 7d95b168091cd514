"""The course's notebooks, and what a student sees move in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from slm_widgets.widgets.style import TRAIN, VALIDATION
from tests.browser.lab import screenshot

COURSE = Path(__file__).parents[2] / "notebooks" / "course"

# Where a widget is, by the source of its cell.
EDITOR, PANEL, WRITER, GRAPH = (
    "slm.GraphEditor(",
    'slm.TrainingPanel(editor, corpus="tiny',
    "slm.TextGenerator(",
    "slm.ModelGraph(",
)


@dataclass(frozen=True)
class Words:
    """What the page says in one language."""

    steps: str
    train: str
    stop: str
    write: str
    length: str
    stopped: str
    mistake: str
    prompt: str


ENGLISH = Words(
    "Steps", "Train", "Stop", "Generate", "Length (tokens)", "model is kept", "divides 64", "Once upon a time"
)
KOREAN = Words("스텝 수", "학습", "멈춤", "쓰기", "길이 (토큰)", "멈췄습니다", "64의 약수", "어느 날")


def panel_with(page: Page, button: str) -> Locator:
    """The widget that has this button."""
    return page.locator(".slm-panel").filter(has=page.get_by_role("button", name=button, exact=True))


def train_and_stop(page: Page, words: Words, picture: str) -> Locator:
    """Begins a training that takes a minute, sees it go on, stops it; returns the widget."""
    panel = panel_with(page, words.train)
    panel.get_by_label(words.steps, exact=True).fill("3000")
    panel.get_by_role("button", name=words.train, exact=True).click()
    _see_training_go_on(panel)
    screenshot(page, picture)
    panel.get_by_role("button", name=words.stop, exact=True).click()
    expect(panel).to_contain_text(words.stopped, timeout=120_000)  # where it compiles, that is done first
    return panel


def _see_training_go_on(panel: Locator) -> None:
    """Waits until the curves, the bar and the samples have begun, and then until each has grown."""
    _see_curve_grow(panel, TRAIN, 20)
    _see_curve_grow(panel, VALIDATION, 1)

    bar = panel.locator(".slm-bar .progress-bar")
    expect(bar).to_be_visible()
    style = bar.get_attribute("style") or ""
    expect(bar).not_to_have_attribute("style", style)
    assert 0 < _percent(style) < _percent(bar.get_attribute("style") or "") <= 100

    samples = panel.locator(".slm-pages")
    expect(samples).to_contain_text(re.compile(r"\S{3,}"), timeout=90_000)
    first = samples.inner_text()
    expect(samples).not_to_have_text(first, use_inner_text=True, timeout=90_000)


def write_and_stop(page: Page, words: Words) -> Locator:
    """Asks for a text that takes a minute, sees it grow, stops it; returns the widget."""
    writer = panel_with(page, words.write)
    writer.locator("textarea").fill(words.prompt)
    writer.get_by_label(words.length).fill("2000")
    write, stop = (writer.get_by_role("button", name=name, exact=True) for name in (words.write, words.stop))
    write.click()
    text, tokens = writer.locator(".slm-pages"), writer.locator(".slm-buttons .slm-quiet")
    expect(text).to_have_text(re.compile(rf"^{words.prompt}.+", re.DOTALL))
    begun = text.inner_text()
    expect(text).not_to_have_text(begun, use_inner_text=True)
    assert len(text.inner_text()) > len(begun)
    expect(write).to_be_disabled()
    stop.click()
    expect(write).to_be_enabled()
    written = int(re.sub(r"\D", "", re.split(r" tokens|토큰", tokens.inner_text())[0]))
    assert 0 < written < 2000  # it was Stop that ended it
    return writer


def _see_curve_grow(panel: Locator, colour: str, by: int) -> None:
    """One of the curves, by its colour, gets more points; the entropy floor is a line too, but of another colour."""
    curve = panel.locator(f".bqplot path.line[style*='{_rgb(colour)}']").first
    expect(curve).to_have_attribute("d", re.compile(r"^M.*L"), timeout=120_000)
    points = (curve.get_attribute("d") or "").count("L")
    expect(curve).to_have_attribute("d", re.compile(f"^M[^L]*(L[^L]*){{{points + by},}}$"), timeout=120_000)


def _rgb(colour: str) -> str:
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"


def _percent(style: str) -> float:
    found = re.search(r"width: ([\d.]+)%", style)
    assert found is not None, style
    return float(found[1])
