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
        ({"schedule": "linear"}, "schedule", ["'linear'", "cosine", "constant"]),
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
        ({"max_steps": None}, "max_steps", ["max_steps", "epochs"]),
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
    config = TrainConfig(lr=0.01, betas=(0.8, 0.9), epochs=0.5, max_steps=None)
    assert TrainConfig(**json.loads(json.dumps(config.model_dump(mode="json")))) == config


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


def test_values_of_a_form_make_a_config():
    values = {field["name"]: field["default"] for field in TrainConfig.fields_for_form()}
    assert TrainConfig(**values) == TrainConfig()
