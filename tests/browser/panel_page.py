"""The training panel in a notebook, and what a person does with it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from slm_widgets.widgets.style import TRAIN
from tests.browser.lab import Lab, run_all, set_theme, wait_until_all_ran

ROUND_THE_CELL = 180  # what JupyterLab has beside an output, in pixels
# Whether compiling pays is measured first, and Stop waits for the compiler.
QUICK = (
    "{'max_steps': 40, 'eval_every': 20, 'eval_batches': 2, 'sample_every': 20, 'sample_tokens': 40, 'device': 'cpu', "
    "'compile': 'off'}"
)


def opened(lab: Lab, page: Page, name: str, *cells: str, dark: bool = False, width: int = 1100) -> Locator:
    """A notebook with a panel in its last cell, all cells run."""
    page.set_viewport_size({"width": width + ROUND_THE_CELL, "height": 1700})
    lab.open(page, lab.write(f"{name}.ipynb", *cells, "panel"))
    set_theme(page, dark)
    run_all(page)
    wait_until_all_ran(page)
    panel = page.locator(".slm-panel").last
    panel.wait_for()
    return panel


def made(config: str = QUICK, **options: object) -> str:
    """The cell that makes a panel."""
    further = "".join(f", {name}={value!r}" for name, value in options.items())
    return f"import slm_widgets as slm\npanel = slm.TrainingPanel('gpt2-nano', config={config}, track=False{further})"


def named(panel: Locator, name: str) -> Locator:
    """A button of the panel."""
    return panel.get_by_role("button", name=name, exact=True)


def press(panel: Locator, name: str) -> None:
    named(panel, name).click()


def fill(panel: Locator, label: str, value: str) -> None:
    """Types into an input and leaves it, as a person does with Tab."""
    box = panel.get_by_label(label, exact=True)
    box.fill(value)
    box.press("Tab")


def see_it_go_on(panel: Locator) -> None:
    """Waits until the steps are counted and the training curve is drawn, and then until both have grown."""
    red, green, blue = (int(TRAIN[n : n + 2], 16) for n in (1, 3, 5))
    curve = panel.locator(f".bqplot path.line[style*='rgb({red}, {green}, {blue})']").first
    step = panel.locator(".slm-fact b").first
    expect(step).to_have_text(re.compile(r"^[1-9]"), timeout=90_000)
    expect(curve).to_have_attribute("d", re.compile(r"^M.*L.*L"), timeout=60_000)
    counted, drawn = step.inner_text(), curve.get_attribute("d") or ""
    expect(step).not_to_have_text(counted)
    expect(curve).not_to_have_attribute("d", drawn)


def no_wider_than_its_cell(panel: Locator) -> bool:
    return panel.evaluate("panel => panel.scrollWidth <= panel.clientWidth + 1")
