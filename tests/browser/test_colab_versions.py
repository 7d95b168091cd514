"""The same notebook renders and trains with the versions that Colab has: ipywidgets 7.7.1, ipykernel 6.17, no MLflow."""

from __future__ import annotations

import subprocess

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import Lab, drag, run_all, screenshot, scroll_to, wait_until_all_ran
from tests.browser.session import (
    COURSE,
    EDITOR,
    ENGLISH,
    GRAPH,
    PANEL,
    WRITER,
    train_and_stop,
    write_and_stop,
)

pytestmark = [pytest.mark.browser, pytest.mark.environments, pytest.mark.slow, pytest.mark.timeout(900)]


def test_the_course_notebook_runs_and_its_widgets_draw_train_and_write(colab: Lab, page: Page):
    versions = "import importlib.util, ipywidgets; print(ipywidgets.__version__, importlib.util.find_spec('mlflow'))"
    assert subprocess.check_output([colab.python, "-c", versions], text=True).split() == ["7.7.1", "None"]
    colab.open(page, colab.bring(COURSE / "01_first_model.ipynb"))
    run_all(page)
    wait_until_all_ran(page)  # the training in its last cells too, which finds no MLflow

    scroll_to(page, EDITOR)
    editor = page.get_by_test_id("graph-editor")
    drag(page, editor.get_by_test_id("palette-dropout"), editor.get_by_test_id("gap-2.2"))
    expect(editor.get_by_test_id("node-dropout")).to_contain_text("B × T × 64")  # Python has answered

    scroll_to(page, PANEL)
    panel = train_and_stop(page, ENGLISH, "colab-training")
    panel.get_by_role("button", name="marker ▸", exact=True).click()
    expect(panel.locator(".slm-details")).to_contain_text("Evaluation")
    menu = panel.locator(".slm-list select")
    expect(menu).to_be_hidden()
    panel.get_by_text("Earlier runs", exact=True).click()
    expect(menu).to_be_visible()
    expect(menu.locator("option").first).to_contain_text("/ 3,000")
    screenshot(page, "colab-earlier-runs", panel)

    scroll_to(page, WRITER)
    write_and_stop(page, ENGLISH)

    scroll_to(page, GRAPH)
    graph = page.locator(".slm-panel", has=page.locator(".slm-picture"))
    expect(graph.locator("svg").first).to_be_visible()  # drawn without ipycytoscape
    expect(graph).to_contain_text("Dropout")
    screenshot(page, "colab-graph")
