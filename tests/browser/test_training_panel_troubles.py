"""The training panel while something goes wrong or takes long: a page that is closed, a full disk, no MLflow, a compiler."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.lab import NOTEBOOK, Lab, run_all, screenshot, wait_until_all_ran
from tests.browser.panel_page import fill, made, named, no_wider_than_its_cell, opened, press, see_it_go_on
from tests.browser.test_editor_state import KERNEL
from tests.running import disks
from tests.running.disks import small_disk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

ENDLESS = "{'max_steps': 100_000, 'eval_every': 50, 'sample_every': 0, 'device': 'cpu', 'compile': 'off', %s}"


def test_a_page_that_is_closed_and_opened_again_shows_the_run_that_went_on(lab: Lab, page: Page):
    panel = opened(lab, page, "panel-reload", made(ENDLESS % ""))
    press(panel, "Train")
    see_it_go_on(panel)
    page.evaluate(f"() => {NOTEBOOK}.context.save()")
    step = panel.locator(".slm-fact b").first
    before = int(re.sub(r"\D.*", "", step.inner_text().replace(",", "")))
    url = page.url
    page.goto("about:blank")
    page.wait_for_timeout(3000)
    page.goto(url)
    panel.wait_for(timeout=90_000)
    see_it_go_on(panel)
    assert int(re.sub(r"\D.*", "", step.inner_text().replace(",", ""))) > before
    screenshot(page, "panel-reload-0-back", panel)
    press(panel, "Stop")
    expect(panel).to_contain_text("model is kept")
    press(panel, "Train")
    see_it_go_on(panel)
    press(panel, "Stop")
    expect(panel).to_contain_text("model is kept")


def test_a_page_that_was_opened_again_during_a_run_trains_again_after_its_end(lab: Lab, page: Page):
    config = "{'max_steps': 400, 'eval_every': 100, 'sample_every': 100, 'device': 'cpu', 'compile': 'off'}"
    panel = opened(lab, page, "panel-reload-train", made(config))
    press(panel, "Train")
    see_it_go_on(panel)
    page.evaluate(f"() => {NOTEBOOK}.context.save()")
    page.wait_for_timeout(1000)
    page.reload()
    panel.wait_for(timeout=90_000)
    state, steps = panel.locator(".slm-state b"), panel.locator(".slm-fact b").first
    expect(state).to_have_text("finished", timeout=120_000)
    fill(panel, "Steps", "150")
    press(panel, "Train")
    expect(panel).to_contain_text("150 / 150", timeout=60_000)
    expect(state).to_have_text("finished", timeout=60_000)
    assert steps.inner_text().startswith("150")


@pytest.mark.parametrize(
    ("language", "dark", "width", "words"),
    [
        ("en", False, 1100, ("Train", "is not finished. It can go on after step", "Show it", "Resume")),
        ("ko", True, 640, ("학습", "학습이 끝나지 않았습니다", "보기", "이어서 학습")),
    ],
)
def test_a_kernel_that_was_restarted_in_the_middle_of_a_run_tells_of_it_and_goes_on(
    lab: Lab, page: Page, language: str, dark: bool, width: int, words: tuple[str, ...]
):
    train, told, show, resume = words
    config = ENDLESS % "'checkpoint_every': 20"
    panel = opened(lab, page, f"panel-restart-{language}", made(config, language=language), dark=dark, width=width)
    press(panel, train)
    see_it_go_on(panel)
    page.evaluate(f"() => {KERNEL}.restart()")
    run_all(page)
    wait_until_all_ran(page)
    panel = page.locator(".slm-panel").last
    expect(panel).to_contain_text(told, timeout=60_000)
    screenshot(page, f"panel-restart-{language}", panel)
    assert no_wider_than_its_cell(panel)
    press(panel, show)
    expect(named(panel, show)).to_be_hidden()
    press(panel, resume)
    see_it_go_on(panel)


@pytest.mark.parametrize(("language", "dark"), [("en", False), ("ko", True)])
def test_a_full_disk_is_told_and_so_is_room_again(lab: Lab, page: Page, tmp_path: Path, language: str, dark: bool):
    full, again, train, stop, kept = {
        "en": ("No space left", "can be written again", "Train", "Stop", "model is kept"),
        "ko": ("No space left", "다시 쓸 수 있습니다", "학습", "멈춤", "모델은 남아 있습니다"),
    }[language]
    with small_disk(tmp_path / "disk", 40_000) as disk:
        where = f"import os\nos.environ['SLM_RUNS'] = '{disk}/runs'"
        config = ENDLESS % "'checkpoint_every': 20"
        panel = opened(
            lab, page, f"panel-disk-{language}", where, made(config, language=language), dark=dark, width=900
        )
        press(panel, train)
        see_it_go_on(panel)
        hog = disks.fill(disk)
        expect(panel.locator(".slm-problem.slm-mild")).to_contain_text(full, timeout=60_000)
        see_it_go_on(panel)
        screenshot(page, f"panel-disk-{language}-0-full", panel)
        hog.unlink()
        expect(panel.locator(".slm-problem.slm-mild")).to_contain_text(again, timeout=90_000)
        screenshot(page, f"panel-disk-{language}-1-room", panel)
        press(panel, stop)
        expect(panel).to_contain_text(kept)
        page.evaluate(f"() => {NOTEBOOK}.context.sessionContext.shutdown()")


def test_a_server_of_mlflow_that_is_away_is_told_and_the_training_goes_on(lab: Lab, page: Page):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{probe.getsockname()[1]}"
    where = f"import os\nos.environ['MLFLOW_TRACKING_URI'] = '{nobody}'"
    panel = opened(lab, page, "panel-away", where, made(ENDLESS % "").replace("track=False", "track=True"))
    press(panel, "Train")
    expect(panel).to_contain_text("MLflow was not written", timeout=120_000)
    see_it_go_on(panel)
    screenshot(page, "panel-away-0-told", panel)
    press(panel, "Stop")
    expect(panel).to_contain_text("model is kept")


def test_compiling_is_told_while_it_takes_long(lab: Lab, page: Page):
    panel = opened(lab, page, "panel-compiling", made("{'max_steps': 30, 'device': 'cpu', 'compile': 'on'}"))
    press(panel, "Train")
    expect(panel.locator(".slm-state")).to_contain_text("compiling", timeout=90_000)
    screenshot(page, "panel-compiling-0", panel)
    press(panel, "Stop")
    expect(panel.locator(".slm-state")).to_contain_text("stopping once the model is compiled")
    screenshot(page, "panel-compiling-1-stopping", panel)
    expect(named(panel, "Resume")).to_be_visible(timeout=180_000)
