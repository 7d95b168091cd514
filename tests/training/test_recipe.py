from __future__ import annotations

import pytest

from slm_widgets import parse_stack
from slm_widgets.training import TrainConfig, devices
from slm_widgets.training.recipe import read_recipe


@pytest.fixture(autouse=True)
def _no_graphics(monkeypatch):
    monkeypatch.setattr(devices.torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(devices.torch.backends.mps, "is_available", lambda: False)


OLD = {
    "model": "gpt-2",
    "epochs": 3,
    "batch_size": 8,
    "vocab_size": 50257,
    "context_length": 64,
    "stride": 32,
    "emb_dim": 128,
    "n_heads": 4,
    "dtype": "bf16",
    "drop_rate": 0.1,
}


def test_older_fields_become_settings_and_the_models_own_stay_in_the_design():
    assert read_recipe(OLD) == {
        "epochs": 3,
        "batch_size": 8,
        "context_length": 64,
        "stride": 32,
        "precision": "bf16",
    }
    config = TrainConfig(**read_recipe(OLD))
    assert (config.epochs, config.max_steps, config.dropout) == (3.0, None, None)


def test_settings_under_training_are_the_only_ones_where_there_are_any():
    training = {"max_steps": 7, "lr": 0.1}
    assert read_recipe({**OLD, "training": training}) == training
    assert read_recipe({**OLD, "training": "fast"}) == read_recipe(OLD)


@pytest.mark.parametrize(
    "field",
    [
        {"epochs": 0},
        {"epochs": "many"},
        {"epochs": None},
        {"batch_size": 2.5},
        {"batch_size": True},
        {"batch_size": {"deep": 1}},
        {"context_length": -1},
        {"stride": 0},
        {"stride": float("nan")},
        {"dtype": "int8"},
        {"dtype": 16},
        {"dtype": None},
    ],
)
def test_older_value_that_cannot_be_used_is_left_out(field):
    assert read_recipe(field) == {}


def test_half_precision_of_a_design_is_left_out_where_only_a_cpu_is_there(monkeypatch):
    assert read_recipe({"dtype": "fp16"}) == {}
    assert read_recipe({"dtype": "fp32"}) == {"precision": "fp32"}
    monkeypatch.setattr(devices.torch.cuda, "is_available", lambda: True)
    assert read_recipe({"dtype": "fp16"}) == {"precision": "fp16"}


def test_saved_structure_of_the_oldest_kind_brings_its_settings():
    layers = [
        {"type": "tokenEmbedding", "data": {"id": "emb", "vocabSize": 20, "embDim": 8}},
        {"type": "linear", "data": {"id": "head", "outDim": 20}},
    ]
    found = read_recipe(parse_stack([OLD, *layers]).config)
    assert found["epochs"] == 3
    assert found["batch_size"] == 8
