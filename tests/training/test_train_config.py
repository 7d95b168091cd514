from __future__ import annotations

import json

import numpy as np
import pytest

from slm_widgets.errors import ConfigError
from slm_widgets.language import use_language
from slm_widgets.training import TrainConfig

KINDS = {"integer", "number", "boolean", "choice", "text", "reference", "group"}


def test_defaults_are_allowed_and_few_steps_need_no_other_change():
    assert TrainConfig().max_steps == 500
    assert TrainConfig(max_steps=1).max_steps == 1
    assert TrainConfig(lr=1e-6).lr == 1e-6


@pytest.mark.parametrize(
    ("settings", "field", "words"),
    [
        ({"max_steps": 0}, "max_steps", ["0", "whole number", "1"]),
        ({"max_steps": 2.5}, "max_steps", ["2.5", "whole number"]),
        ({"max_steps": "500"}, "max_steps", ["'500'", "whole number"]),
        ({"batch_size": True}, "batch_size", ["True", "whole number"]),
        ({"lr": float("nan")}, "lr", ["nan", "> 0"]),
        ({"lr": -1}, "lr", ["-1", "> 0"]),
        ({"lr": None}, "lr", ["None", "number"]),
        ({"lr": "0,001"}, "lr", ["'0,001'", "number", "0.001"]),
        ({"optimizer": "sgd"}, "optimizer", ["'sgd'", "SGD?"]),
        ({"device": "gpu"}, "device", ["'gpu'", "cuda, mps."]),
        ({"max_minutes": "1,000"}, "max_minutes", ["'1,000'", "left empty."]),
        ({"schedule": "triangle"}, "schedule", ["'triangle'", "cosine", "constant", "wsd"]),
        ({"device": "tpu"}, "device", ["'tpu'", "cpu", "cuda"]),
        ({"validation_fraction": 1}, "validation_fraction", ["1", "< 1"]),
        ({"betas": 0.9}, "betas", ["0.9", "two numbers"]),
        ({"betas": (0.9, 1.0)}, "betas", ["1.0", "two numbers"]),
        ({"betas": (0.9, "x")}, "betas", ["two numbers"]),
        ({"sample_prompt": ""}, "sample_prompt", ["''"]),
        ({"learning_rate": 1}, "learning_rate", ["learning_rate"]),
        ({"warmup": 1}, "warmup", ["warmup_steps"]),
        ({"min_lr": 0.1, "lr": 0.01}, "min_lr", ["0.1", "0.01", "leave it empty"]),
        ({"max_steps": 100, "warmup_steps": 100}, "warmup_steps", ["100", "less than 100"]),
        ({"max_steps": None}, "max_steps", ["max_steps", "epochs", "max_minutes"]),
        ({"max_minutes": 0}, "max_minutes", ["0", "> 0"]),
        ({"grad_accumulation": 0}, "grad_accumulation", ["0", "whole number", "1"]),
        ({"optimizer": "Adagrad"}, "optimizer", ["'Adagrad'", "AdamW", "Adam", "SGD", "Muon"]),
        ({"eps": 0}, "eps", ["0", "> 0"]),
        ({"momentum": 1}, "momentum", ["1", "< 1"]),
        ({"label_smoothing": 1.0}, "label_smoothing", ["1", "< 1"]),
        ({"dropout": 1}, "dropout", ["1", "< 1", "left empty"]),
        ({"decay_fraction": 0}, "decay_fraction", ["0", "> 0"]),
        ({"keep_best": 101}, "keep_best", ["101", "100"]),
        ({"gradient_checkpointing": 1}, "gradient_checkpointing", ["1", "true or false"]),
        ({"rest_lr": 0.1}, "rest_lr", ["0.1", "AdamW", "Muon"]),
        (
            {"schedule": "wsd", "max_steps": 100, "warmup_steps": 60, "decay_fraction": 0.5},
            "warmup_steps",
            ["60", "0.5", "50", "100"],
        ),
        ({"patience": 5, "eval_every": 100, "max_steps": 500}, "patience", ["5", "100", "500", "eval_every"]),
        ({"min_improvement": 0.01}, "min_improvement", ["0.01", "patience"]),
        ({"precision": "fp16", "device": "cpu"}, "precision", ["'fp16'", "CPU", "bf16"]),
        ({"compile": "on", "device": "mps"}, "compile", ["'on'", "mps", "auto"]),
    ],
)
@pytest.mark.parametrize("how", ["call", "validate"])
def test_bad_setting_names_its_field_value_and_what_is_allowed(settings, field, words, how):
    with pytest.raises(ConfigError) as caught:
        TrainConfig(**settings) if how == "call" else TrainConfig.model_validate(settings)
    assert caught.value.field == field
    for word in words:
        assert word in caught.value.message
    with use_language("ko"), pytest.raises(ConfigError) as korean:
        TrainConfig(**settings)
    assert korean.value.message != caught.value.message
    assert any("가" <= letter <= "힣" for letter in korean.value.message)


@pytest.mark.parametrize(
    "settings",
    [
        {"max_steps": None, "max_minutes": 0.5},
        {"optimizer": "Muon", "rest_lr": 0.001},
        {"schedule": "wsd", "max_steps": 100, "warmup_steps": 50, "decay_fraction": 0.5},
        {"schedule": "wsd", "decay_fraction": 1, "warmup_steps": 10},
        {"patience": 4, "eval_every": 100, "max_steps": 500, "min_improvement": 0.01},
        {"patience": 50, "max_steps": None, "epochs": 1},
        {"precision": "fp16", "device": "cuda"},
        {"precision": "bf16", "device": "cpu", "compile": "on"},
        {"checkpoint_every": 0, "keep_best": 0, "dropout": 0},
    ],
)
def test_settings_that_go_together_are_taken(settings):
    config = TrainConfig(**settings)
    assert {name: getattr(config, name) for name in settings} == settings


@pytest.mark.parametrize("length", [{"epochs": 2}, {"max_minutes": 5}, {"epochs": 2, "max_minutes": 5}])
@pytest.mark.parametrize("make", [lambda settings: TrainConfig(**settings), TrainConfig.model_validate])
def test_default_steps_do_not_cut_short_the_epochs_or_minutes_that_are_given(length, make):
    assert make(length).max_steps is None
    assert make({**length, "max_steps": 500}).max_steps == 500
    assert TrainConfig(**make(length).model_dump()) == make(length)


def test_length_that_is_left_empty_leaves_the_default_steps():
    assert TrainConfig(epochs=None, max_minutes=None).max_steps == 500


@pytest.mark.parametrize("code", ["en", "ko"])
def test_what_depends_on_text_or_machine_is_checked_when_that_is_known(code):
    by_epochs = TrainConfig(max_steps=None, epochs=1, warmup_steps=50, patience=3, eval_every=20)
    by_epochs.check_steps(61)
    by_device = TrainConfig(precision="fp16", compile="on")
    by_device.check_device("cuda")
    with use_language(code):
        with pytest.raises(ConfigError) as warmup:
            by_epochs.check_steps(50)
        with pytest.raises(ConfigError) as patience:
            by_epochs.check_steps(60)
        with pytest.raises(ConfigError) as precision:
            by_device.check_device("cpu")
    assert [error.value.field for error in (warmup, patience, precision)] == ["warmup_steps", "patience", "precision"]
    assert "60" in patience.value.message


def test_every_wrong_setting_is_told_at_once():
    with pytest.raises(ConfigError) as caught:
        TrainConfig(batch_size=0, grad_clip=-1)
    assert "batch_size" in caught.value.message
    assert "grad_clip" in caught.value.message


def test_numbers_of_numpy_and_whole_floats_are_what_they_mean():
    config = TrainConfig(max_steps=1e3, batch_size=np.int64(8), lr=np.float32(0.5), weight_decay=1)
    assert (config.max_steps, config.batch_size, config.lr, config.weight_decay) == (1000, 8, 0.5, 1.0)
    assert type(config.max_steps) is int


def test_settings_cannot_be_changed_afterwards():
    with pytest.raises(Exception, match="frozen"):
        TrainConfig().lr = 1.0  # pyright: ignore[reportAttributeAccessIssue]


def test_settings_survive_json():
    config = TrainConfig(
        lr=0.01, betas=(0.8, 0.9), epochs=0.5, max_steps=None, optimizer="Muon", rest_lr=1e-3, dropout=0.0
    )
    assert TrainConfig(**json.loads(json.dumps(config.model_dump(mode="json")))) == config


def test_config_of_a_run_from_before_accumulation_and_muon_is_still_read():
    """config.json as the version before wrote it."""
    before = json.loads(
        """{"max_steps": 20, "epochs": null, "batch_size": 4, "context_length": null, "stride": null,
        "optimizer": "AdamW", "lr": 0.002, "min_lr": null, "schedule": "cosine", "warmup_steps": null,
        "betas": [0.9, 0.99], "weight_decay": 0.1, "grad_clip": 1.0, "validation_fraction": 0.1, "eval_every": 10,
        "eval_batches": 2, "sample_every": 0, "sample_prompt": null, "sample_tokens": 120,
        "sample_temperature": 0.8, "seed": 0, "device": "cpu"}"""
    )
    config = TrainConfig(**before)
    assert config.betas == (0.9, 0.99)
    assert {name: value for name, value in config.model_dump(mode="json").items() if name in before} == before


@pytest.mark.parametrize("code", ["en", "ko"])
def test_every_setting_stands_in_one_section_and_sections_in_their_order(code):
    sections = TrainConfig.sections(code)
    names = [name for name, _ in sections]
    assert names == ["length", "data", "optimizer", "schedule", "watching", "keeping", "machine"]
    assert len({title for _, title in sections}) == len(sections)
    if code == "ko":
        assert all(any("가" <= letter <= "힣" for letter in title) for _, title in sections)
    fields = TrainConfig.fields_for_form(code)
    assert [field["name"] for field in fields] == list(TrainConfig.model_fields)
    assert [names.index(field["section"]) for field in fields] == sorted(names.index(f["section"]) for f in fields)
    assert {field["section"] for field in fields} == set(names)


@pytest.mark.parametrize("code", ["en", "ko"])
def test_form_has_a_title_a_help_and_a_known_kind_for_every_setting(code):
    fields = TrainConfig.fields_for_form(code)
    assert {field["name"] for field in fields} == set(TrainConfig.model_fields)
    json.dumps(fields)
    for field in fields:
        assert field["kind"] in KINDS
        assert field["title"]
        assert len(field["help"]) > 10
        if field["kind"] == "choice":
            assert field["default"] in [choice["value"] for choice in field["choices"]]
        if code == "ko":
            assert any("가" <= letter <= "힣" for letter in field["help"])


# Shares, factors and sizes of a step; the seed is a name.
PURE_NUMBERS = {
    "validation_fraction", "lr", "rest_lr", "eps", "momentum", "weight_decay", "grad_clip", "label_smoothing", "dropout",
    "min_lr", "decay_fraction", "sample_temperature", "seed",
}  # fmt: skip


@pytest.mark.parametrize("code", ["en", "ko"])
def test_every_number_that_counts_something_says_what(code):
    numbers = [field for field in TrainConfig.fields_for_form(code) if field["kind"] in ("integer", "number")]
    assert {field["name"] for field in numbers if not field.get("unit")} == PURE_NUMBERS


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, []),
        ({"optimizer": "Adam", "schedule": "constant"}, []),
        ({"momentum": 0.9}, ["momentum"]),
        ({"momentum": 0.9, "optimizer": "SGD"}, []),
        ({"decay_fraction": 0.5, "weight_decay": 0.01, "optimizer": "Adam"}, ["weight_decay", "decay_fraction"]),
        ({"min_lr": 1e-4, "schedule": "noam"}, ["min_lr"]),
    ],
)
def test_settings_that_do_nothing_beside_the_others_are_named(settings, named):
    sentences = TrainConfig(**settings).idle_settings()
    assert [sentence.split()[0] for sentence in sentences] == named


def test_values_of_a_form_make_a_config():
    values = {field["name"]: field["default"] for field in TrainConfig.fields_for_form()}
    assert TrainConfig(**values) == TrainConfig()
