from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.lab import CHROMIUM_FLAGS, Lab, Notebook7, find_chromium
from tests.environments import COLAB_IN_A_PAGE, WIDGETS, light_environment

# What the page may raise: each a pattern, and why nobody can mend it here.
NOT_OURS: dict[str, str] = {
    # While Notebook 7.6 loads, with nbgrader installed or without: its settings tell of a plugin that it does not have yet.
    r"reading 'schema'[\s\S]*/static/notebook/notebook_core\.": "Notebook 7",
}

expect.set_options(timeout=30_000)  # a busy machine may take its time; what never comes still fails


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        words = "There is no Chromium here. Install it: apt-get install chromium fonts-noto-cjk (or Chrome)."
        # In CI a skipped browser test is a failure.
        (pytest.fail if os.environ.get("CI") or os.environ.get("SLM_REQUIRE_BROWSER") else pytest.skip)(words)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="session")
def notebook7(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook7]:
    with Notebook7(tmp_path_factory.mktemp("notebook7")) as notebook:
        yield notebook


@pytest.fixture(scope="session")
def colab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A page with the versions that Colab has: ipywidgets 7.7.1 and ipykernel 6.17 in a JupyterLab 3."""
    python = light_environment("colab-page", COLAB_IN_A_PAGE, WIDGETS)
    with Lab(tmp_path_factory.mktemp("colab"), str(python)) as lab:
        yield lab


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, locale="en-US")
    page = context.new_page()
    page.set_default_timeout(30_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(f"{error.name}: {error.message}\n{error.stack}"))
    yield page
    context.close()
    assert [error for error in errors if not any(re.search(pattern, error) for pattern in NOT_OURS)] == []
