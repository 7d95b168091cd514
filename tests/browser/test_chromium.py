import pytest
from playwright.sync_api import Page


@pytest.mark.browser
def test_chromium_is_here_for_the_browser_tests(page: Page):
    """Among the everyday tests, so that a machine without a browser is told which package to install."""
    page.set_content("<p>한글 and English</p>")
    assert page.locator("p").inner_text() == "한글 and English"
