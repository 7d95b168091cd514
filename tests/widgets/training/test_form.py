"""The form of the settings: nothing is lost in it, every setting has its place, and the curve follows."""

from __future__ import annotations

import html
import math
import re

import numpy as np
import pytest

from slm_widgets.language import use_language
from slm_widgets.training import TrainConfig
from slm_widgets.widgets.training.form import TrainingForm
from slm_widgets.widgets.training.rate_page import RatePage

SETTINGS = [description["name"] for description in TrainConfig.fields_for_form()]


@pytest.fixture
def form() -> TrainingForm:
    made = TrainingForm(lambda: None)
    made.fill(TrainConfig())
    return made


def shown(form: TrainingForm) -> set[str]:
    """The inputs on the page of the chosen section."""
    pages = form.rest.children[1].children[1:]
    page = next(page for page in pages if page.layout.display != "none")
    return {name for name, one in form._inputs.items() if one.widget in page.children[0].children}


def test_every_setting_is_in_the_first_row_or_on_the_page_of_its_section(form):
    found = {name for name, one in form._inputs.items() if one.widget in form.first.children}
    for section, _ in TrainConfig.sections():
        form.sections.value = section
        here = shown(form)
        assert not here & found
        described = {each["name"] for each in TrainConfig.fields_for_form() if each["section"] == section}
        assert {name.partition(".")[0] for name in here} <= described
        found |= here
    assert {name.partition(".")[0] for name in found} == set(SETTINGS)


def left_out(form: TrainingForm) -> set[str]:
    return {name for name, one in form._inputs.items() if one.widget.layout.display == "none"}


def test_what_does_nothing_beside_the_other_settings_is_not_shown(form):
    assert left_out(form) == {"rest_lr", "momentum", "decay_fraction"}
    form["schedule"].widget.value = "wsd"
    form["optimizer"].widget.value = "SGD"
    assert left_out(form) == {"rest_lr", "betas.beta1", "betas.beta2", "eps"}
    form["momentum"].widget.value = "0.9"
    form["optimizer"].widget.value = "Adam"
    assert left_out(form) == {"rest_lr", "weight_decay"}  # the momentum was given, and an error or a notice may name it
    form.fill(TrainConfig(optimizer="Muon", schedule="constant"))
    assert left_out(form) == {"min_lr", "decay_fraction"}
    form.mark(["min_lr"])
    assert left_out(form) == {"decay_fraction"}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_wrong_setting_is_brought_to_light_once_and_then_left_alone(form, name):
    form.mark([name])
    marked = [key for key, one in form._inputs.items() if "slm-wrong" in one.widget._dom_classes]
    assert {key.partition(".")[0] for key in marked} == {name}
    if all(form[key].widget in form.first.children for key in marked):
        assert not form.rest.is_open
        return
    assert form.rest.is_open
    assert set(marked) <= shown(form)
    form.rest.is_open = False  # a person closes it
    form.mark([name])
    assert not form.rest.is_open


def test_the_pages_keep_their_place_when_the_language_changes(form):
    form.sections.value = "schedule"
    with use_language("ko"):
        form.speak()
        titles = [title for title, _ in TrainConfig.sections("ko")]
    assert form.sections.value == "schedule"
    assert [name for _, name in form.sections.options] == [name for name, _ in TrainConfig.sections()]
    assert titles
    assert TrainConfig(**form.values()) == TrainConfig()


def test_what_an_empty_input_stands_for_is_said(form):
    said = {name: form[name].widget.placeholder for name in ("epochs", "max_minutes", "patience", "dropout", "min_lr")}
    assert said == {
        "epochs": "no limit",
        "max_minutes": "no limit",
        "patience": "never",
        "dropout": "as in the design",
        "min_lr": "automatic",
    }


@pytest.mark.parametrize(("typed", "number"), [("10,000", 10_000), ("1,234,567", 1_234_567), ("999", 999)])
def test_commas_between_thousands_are_read(form, typed, number):
    form["max_steps"].widget.value = typed
    assert TrainConfig(**form.values()).max_steps == number


# -- the curve of the learning rate ------------------------------------------------------------------------------------


def places(page: RatePage) -> list[float]:
    """Where the points of the drawn curve are, from left to right, 0 to 600."""
    path = re.search(r'path d="M([\d.,L]+)"', page._picture.value)
    assert path is not None
    return [float(point.split(",")[0]) for point in path[1].split("L")]


def heights(page: RatePage) -> list[float]:
    """How high the drawn curve stands, as a share of its highest point, from left to right."""
    path = re.search(r'path d="M([\d.,L]+)"', page._picture.value)
    assert path is not None
    ys = [90 - float(point.split(",")[1]) for point in path[1].split("L")]
    return [y / max(ys) for y in ys]


def test_the_curve_is_the_cosine_of_the_settings():
    page = RatePage(lambda: pytest.fail("nobody searches"), lambda rate: None)
    page.show(TrainConfig(max_steps=400, lr=0.01, min_lr=0.0, warmup_steps=0, schedule="cosine"), None, 64)
    found = heights(page)
    expected = [0.5 * (1 + math.cos(math.pi * n / 400)) for n in range(400)]
    assert found == pytest.approx(np.interp(places(page), np.linspace(0, 600, 400), expected).tolist(), abs=0.01)
    assert "400" in page._picture.value


def test_a_constant_rate_is_a_level_line_and_a_warm_up_a_slope():
    page = RatePage(lambda: pytest.fail("nobody searches"), lambda rate: None)
    page.show(TrainConfig(max_steps=100, schedule="constant", warmup_steps=0), None, 64)
    assert set(heights(page)) == {1.0}
    page.show(TrainConfig(max_steps=100, schedule="constant", warmup_steps=50), None, 64)
    found = heights(page)
    assert found[:40] == sorted(found[:40])
    assert found[0] < 0.1
    assert set(found[60:]) == {1.0}


def test_epochs_are_estimated_from_the_text_and_said_to_be():
    page = RatePage(lambda: pytest.fail("nobody searches"), lambda rate: None)
    config = TrainConfig(max_steps=None, epochs=2, batch_size=10, validation_fraction=0.2, context_length=50)
    page.show(config, 100_000, 64)
    # 80,000 tokens in windows of 50 are 1,600, ten a step: 160 steps an epoch.
    assert "≈ 320" in page._picture.value
    page.show(config, None, 64)
    assert "the end" in page._picture.value


def test_settings_that_cannot_be_used_have_no_curve():
    page = RatePage(lambda: pytest.fail("nobody searches"), lambda rate: None)
    page.show(TrainConfig(), None, 64)
    page.show(None, None, 64)
    assert page._picture.value == ""


@pytest.mark.parametrize("code", ["en", "ko"])
def test_each_setting_is_explained_on_the_page_of_its_section(form, code):
    with use_language(code):
        form.speak()
        fields = TrainConfig.fields_for_form(code)
    for section, page in form._pages.items():
        told = html.unescape(page.children[1].value)
        for field in fields:
            assert (f"<dd>{field['help']}</dd>" in told) is (field["section"] == section)


def test_only_an_input_that_may_be_empty_says_what_it_is_then(form):
    for field in TrainConfig.fields_for_form("en"):
        if field["kind"] in ("integer", "number"):
            assert bool(form[field["name"]].widget.placeholder) is field["nullable"], field["name"]
