"""The training panel as a person uses it, in every state that it can be in, wide and narrow, light and dark."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

import slm_widgets as slm
from tests.browser.lab import Lab, screenshot
from tests.browser.panel_page import fill, made, named, no_wider_than_its_cell, opened, press, see_it_go_on

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize(("language", "dark", "width"), [("en", False, 1280), ("ko", True, 640)])
def test_a_person_sets_trains_pauses_stops_and_resumes(lab: Lab, page: Page, language: str, dark: bool, width: int):
    word = dict(zip(("en", "ko"), zip(*WORDS, strict=True), strict=True))[language]
    advanced, schedule, shape, constant, steps, train, pause, go_on, stop, resume, stopped, finished, earlier = word[
        :13
    ]
    compare, no_more = word[13:]
    name = f"panel-{language}-{width}"
    panel = opened(lab, page, name, made(language=language), dark=dark, width=width)
    screenshot(page, f"{name}-0-idle", panel)
    curve = panel.locator(".slm-plot path")
    before = curve.get_attribute("d")

    # The curve of the learning rate follows the settings before anything runs.
    panel.get_by_text(advanced, exact=True).click()
    press(panel, schedule)
    panel.get_by_label(shape, exact=True).select_option(label=constant)
    expect(curve).not_to_have_attribute("d", before or "")
    screenshot(page, f"{name}-1-schedule", panel)
    assert no_wider_than_its_cell(panel)
    panel.get_by_text(advanced, exact=True).click()

    # Train, pause, go on, stop, go on from the checkpoint to the end.
    fill(panel, steps, "3000")
    press(panel, train)
    see_it_go_on(panel)
    screenshot(page, f"{name}-2-running", panel)
    press(panel, pause)
    expect(named(panel, go_on)).to_be_visible()
    screenshot(page, f"{name}-3-paused", panel)
    press(panel, go_on)
    press(panel, stop)
    expect(panel).to_contain_text(stopped)
    screenshot(page, f"{name}-4-stopped", panel)
    assert no_wider_than_its_cell(panel)
    press(panel, resume)
    expect(named(panel, stop)).to_be_enabled()
    expect(panel.locator(".slm-state")).not_to_contain_text(stopped)
    press(panel, stop)
    expect(panel).to_contain_text(stopped)

    # A short one to its end, and the one before it again.
    fill(panel, steps, "30")
    press(panel, train)
    expect(panel.locator(".slm-state b")).to_have_text(finished, timeout=90_000)
    screenshot(page, f"{name}-5-finished", panel)
    panel.get_by_text(earlier, exact=True).click()
    listed = panel.locator(".slm-list option")  # those of other tests in this folder come after these two
    expect(listed.first).to_contain_text("30 / 30")
    panel.locator(".slm-list select").select_option(index=1)
    expect(panel.locator(".slm-state")).to_contain_text(stopped)
    screenshot(page, f"{name}-6-earlier", panel)

    # Both over each other: the stopped one is laid over the latest.
    press(panel, compare)
    expect(panel.locator(".slm-state b")).to_have_text(finished)
    expect(panel.locator(".bqplot path.line[style*='rgb(135, 87, 224)']")).to_have_count(2)
    expect(named(panel, no_more)).to_be_visible()
    screenshot(page, f"{name}-7-overlay", panel)
    assert no_wider_than_its_cell(panel)


WORDS = [
    ("Advanced settings", "자세한 설정"),
    ("Schedule", "학습률 스케줄"),
    ("Schedule", "학습률 스케줄"),
    ("constant", "일정하게"),
    ("Steps", "스텝 수"),
    ("Train", "학습"),
    ("Pause", "일시 정지"),
    ("Continue", "계속"),
    ("Stop", "멈춤"),
    ("Resume", "이어서 학습"),
    ("model is kept", "모델은 남아 있습니다"),
    ("finished", "완료"),
    ("Earlier runs", "이전 실행"),
    ("Compare", "비교"),
    ("Compare no more", "비교 그만"),
]


def test_a_mistake_is_marked_where_it_is_and_a_divergence_says_what_to_try(lab: Lab, page: Page):
    wild = "{'max_steps': 400, 'lr': 900.0, 'warmup_steps': 0, 'grad_clip': 0.0, 'sample_every': 0, 'eval_every': 400, 'device': 'cpu'}"
    panel = opened(lab, page, "panel-mistake", made(wild))
    fill(panel, "Learning rate", "fast")
    expect(panel).to_contain_text("lr is 'fast', but it must be a number")
    expect(panel.locator(".slm-wrong input")).to_have_value("fast")
    fill(panel, "Steps", "many")
    expect(panel.locator(".slm-wrong input")).to_have_count(2)
    screenshot(page, "panel-mistake-0-typed", panel)
    fill(panel, "Steps", "400")
    fill(panel, "Learning rate", "900")
    press(panel, "Train")
    expect(panel.locator(".slm-state b")).to_have_text("failed", timeout=90_000)
    expect(panel.locator(".slm-problem").first).to_contain_text("diverged")
    cut = """panel => [...panel.querySelectorAll('.bqplot .axis .tick text')].filter(text => {
        const [own, all] = [text, text.closest('.bqplot')].map(each => each.getBoundingClientRect())
        return own.width && (own.left < all.left || own.right > all.right)
    }).map(text => text.textContent)"""
    # Losses in the millions have room too, once the page has drawn them.
    page.wait_for_function(f"panel => ({cut})(panel).length === 0", arg=panel.element_handle())
    screenshot(page, "panel-mistake-1-diverged", panel)


# The controls that are seen and can be used, each with its name, and whether Tab stops at it.
CONTROLS = """panel => [...panel.querySelectorAll('button, input, select, textarea, summary, a[href]')]
    .filter(each => each.offsetParent && !each.disabled)
    .map(each => [(each.getAttribute('aria-label') || each.labels?.[0]?.textContent || each.textContent).trim(), each.tabIndex])"""


def test_everything_is_reached_and_named_without_a_mouse(lab: Lab, page: Page):
    panel = opened(lab, page, "panel-keys", made())
    panel.get_by_label("Text", exact=True).focus()
    for name in ("Advanced settings", "Learning rate curve", "Earlier runs"):
        while page.evaluate("document.activeElement.textContent") != name:
            assert page.evaluate("document.activeElement.closest('.slm-panel') !== null"), name
            page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(named(panel, "Read again")).to_be_visible()
    named(panel, "Train").focus()
    page.keyboard.press("Enter")
    expect(panel.locator(".slm-state b")).to_have_text("finished", timeout=90_000)
    for name, stop in panel.evaluate(CONTROLS):
        assert name
        assert stop == 0, name
    named(panel, "marker ▸").focus()
    page.keyboard.press("Enter")
    expect(panel.locator(".slm-details")).to_contain_text("Evaluation")


def test_a_run_waits_its_turn_and_can_be_moved_and_cancelled(lab: Lab, page: Page):
    first = "first = slm.train('gpt2-nano', config={'max_steps': 100_000, 'device': 'cpu'}, name='first', track=False)"
    more = "second, third = (slm.train('gpt2-nano', config={'device': 'cpu'}, name=n, track=False) for n in ('second', 'third'))"
    panel = opened(lab, page, "panel-queue", made(), f"{first}\n{more}")
    press(panel, "Train")
    expect(panel).to_contain_text("Number 3 in the queue")
    screenshot(page, "panel-queue-0-last", panel)
    press(panel, "Earlier")
    expect(panel).to_contain_text("Number 2 in the queue")
    expect(panel).to_contain_text("Before it: first, second")
    press(panel, "Later")
    expect(panel).to_contain_text("Number 3 in the queue")
    press(panel, "Cancel")
    expect(panel.locator(".slm-state b")).to_have_text("stopped")
    screenshot(page, "panel-queue-1-cancelled", panel)


def test_a_panel_made_again_finds_the_run_that_goes_on_and_a_second_view_is_the_same(lab: Lab, page: Page):
    endless = "{'max_steps': 100_000, 'eval_every': 50, 'sample_every': 0, 'device': 'cpu', 'compile': 'off'}"
    begun = f"import slm_widgets as slm\nrun = slm.train('gpt2-nano', config={endless}, track=False)"
    panel = opened(lab, page, "panel-again", begun, f"{made()}\npanel", made())
    expect(panel.locator(".slm-state")).to_contain_text("training")
    see_it_go_on(panel)
    screenshot(page, "panel-again-0-found", panel)
    other = page.locator(".slm-panel").first
    press(panel, "Stop")
    for each in (panel, other):
        expect(each).to_contain_text("model is kept")
    numbers = [re.sub(r"\s+", " ", each.locator(".slm-facts").inner_text()) for each in (panel, other)]
    assert numbers[0] == numbers[1]


def test_a_learning_rate_is_searched_for_and_taken_over(lab: Lab, page: Page):
    panel = opened(lab, page, "panel-search", made())
    rate = panel.get_by_label("Learning rate", exact=True)
    before = rate.input_value()
    press(panel, "Find a learning rate")
    use = panel.get_by_role("button", name=re.compile("^Use "))
    expect(use).to_be_visible(timeout=120_000)
    screenshot(page, "panel-search-0-found", panel)
    found = use.inner_text().removeprefix("Use ")
    use.click()
    expect(rate).to_have_value(found)
    assert found != before
    expect(panel.locator(".slm-plot").first).to_contain_text(found)
    assert no_wider_than_its_cell(panel)


def test_mlflow_is_opened_on_demand_and_draws_the_curves_of_the_run(lab: Lab, page: Page):
    where = f"import os\nos.environ['SLM_RUNS'] = '{lab.folder}/in-mlflow'"
    panel = opened(lab, page, "panel-mlflow", where, made().replace("track=False", "track=True"))
    press(panel, "Train")
    expect(panel.locator(".slm-state b")).to_have_text("finished", timeout=120_000)
    press(panel, "Open MLflow")
    link = panel.get_by_role("link", name="this run in MLflow")
    expect(link).to_be_visible(timeout=120_000)
    screenshot(page, "panel-mlflow-0-link", panel)
    page_of_run = r"http://127\.0\.0\.1:\d+/#/experiments/\w+/runs/\w+/model-metrics\?workflowType=machine_learning"
    assert re.fullmatch(page_of_run, link.get_attribute("href") or "")

    with page.context.expect_page() as opening:
        link.click()
    mlflow = opening.value
    mlflow.set_viewport_size({"width": 1500, "height": 1000})
    mlflow.get_by_placeholder("Search metric charts").fill("loss")
    for name in ("loss", "val_loss"):
        mlflow.get_by_text(f"({name})").wait_for(timeout=120_000)
    screenshot(mlflow, "panel-mlflow-1-curves")
    (run,) = slm.runs(lab.folder / "in-mlflow")
    drawn, history = drawn_curves(mlflow), run.history
    assert drawn["val_loss"] == [list(pair) for pair in zip(history["val_step"], history["val_loss"], strict=True)]
    losses = dict(zip(history["step"], history["loss"], strict=True))
    assert drawn["loss"][0] == [1, losses[1]]
    assert drawn["loss"][-1] == [40, losses[40]]  # of quick steps only a part is sent
    assert all(losses[step] == loss for step, loss in drawn["loss"])


def drawn_curves(mlflow: Page) -> dict[str, list[list[float]]]:
    """The points of each plot on MLflow's page of a run, by the number that it shows: (step, value)."""
    plots = mlflow.evaluate(
        """() => [...document.querySelectorAll('.js-plotly-plot')].map(plot => [
            plot.parentElement.parentElement.parentElement.parentElement.innerText,
            Array.from(plot.data[0].x, (step, at) => [step, plot.data[0].y[at]])])"""
    )
    return {re.search(r"\((\w+)\)", words)[1]: points for words, points in plots}  # pyright: ignore[reportOptionalSubscript]
