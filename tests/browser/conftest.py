from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.lab import CHROMIUM_FLAGS, Lab, find_chromium

# What the page may raise: each a pattern, and why nobody can mend it here.
NOT_OURS: dict[str, str] = {}

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
