"""What gives way where a recipe and a wish do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from slm_widgets.errors import ConfigError
from slm_widgets.stack import preset
from slm_widgets.training import TrainConfig
from slm_widgets.training.overlay import overlaid

FAST = {
    **{"max_steps": 480, "batch_size": 24, "eval_every": 60, "optimizer": "Muon", "lr": 0.02, "rest_lr": 0.003},
    **{"betas": (0.9, 0.95), "weight_decay": 0.0, "schedule": "wsd", "warmup_steps": 0, "decay_fraction": 0.5},
}
STOPPING = {"max_steps": 1000, "patience": 5, "eval_every": 100, "min_improvement": 0.01}


def settled(recipe: dict[str, Any], wanted: dict[str, Any]) -> TrainConfig:
    """The settings that come of it; all that is wanted is among them."""
    config = TrainConfig(**overlaid(recipe, wanted))
    assert {name: getattr(config, name) for name in wanted} == wanted
    return config


def test_recipe_stays_as_it_is_where_nothing_speaks_against_it():
    assert overlaid(FAST, {}) == FAST
    assert overlaid(FAST, {"lr": 0.01, "seed": 3}) == {**FAST, "lr": 0.01, "seed": 3}


@pytest.mark.parametrize("wanted", [{"epochs": 2}, {"max_minutes": 5}, {"epochs": 2, "max_minutes": 5}])
def test_epochs_or_minutes_that_are_wanted_take_the_place_of_the_recipes_steps(wanted):
    assert settled(FAST, wanted).max_steps is None


def test_steps_that_are_wanted_too_stay_beside_epochs_and_minutes():
    config = settled(FAST, {"epochs": 2, "max_minutes": 5, "max_steps": 40})
    assert (config.max_steps, config.epochs, config.max_minutes) == (40, 2, 5)


@pytest.mark.parametrize("wanted", [{"max_steps": 40}, {"max_minutes": 5}])
def test_epochs_of_a_recipe_make_room_for_another_length(wanted):
    assert settled({"epochs": 3}, wanted).epochs is None


@pytest.mark.parametrize("wanted", [{"max_steps": 40}, {"epochs": 3}])
def test_minutes_of_a_recipe_stay_a_limit_beside_another_length(wanted):
    assert settled({"max_minutes": 2}, wanted).max_minutes == 2


@pytest.mark.parametrize("wanted", [{"epochs": None}, {"max_minutes": None}, {"lr": 0.1}])
def test_no_wish_for_a_length_leaves_the_recipes(wanted):
    assert settled(FAST, wanted).max_steps == FAST["max_steps"]


def test_what_is_tuned_to_the_recipes_optimizer_goes_with_it():
    config = settled(FAST, {"optimizer": "AdamW", "weight_decay": 0.3})
    plain = TrainConfig()
    assert (config.lr, config.rest_lr, config.betas) == (plain.lr, None, plain.betas)
    assert config.batch_size == FAST["batch_size"]


@pytest.mark.parametrize("recipe", [{"lr": 0.006}, {"lr": 0.006, "optimizer": "AdamW"}])
def test_naming_the_optimizer_that_the_recipe_has_anyway_changes_nothing(recipe):
    assert settled(recipe, {"optimizer": "AdamW"}).lr == 0.006
    assert settled(recipe, {"optimizer": "Adam"}).lr == TrainConfig().lr


def test_recipes_warmup_gives_way_to_fewer_steps():
    recipe = {"max_steps": 2000, "warmup_steps": 100}
    assert settled(recipe, {"max_steps": 100}).warmup_steps is None
    assert settled(recipe, {"max_steps": np.int64(50)}).warmup_steps is None
    assert settled(recipe, {"max_steps": 101}).warmup_steps == 100


def test_recipes_last_learning_rate_gives_way_to_a_lower_one():
    recipe = {"lr": 1e-2, "min_lr": 1e-3}
    assert settled(recipe, {"lr": 1e-4}).min_lr is None
    assert settled(recipe, {"lr": 5e-3}).min_lr == 1e-3


def test_recipes_decay_gives_way_to_the_warmup_that_is_wanted():
    config = settled(FAST, {"max_steps": 100, "warmup_steps": 60})
    assert (config.schedule, config.decay_fraction) == ("wsd", TrainConfig().decay_fraction)
    assert settled(FAST, {"max_steps": 100, "warmup_steps": 50}).decay_fraction == FAST["decay_fraction"]


def test_short_training_of_the_fast_preset_can_have_a_warmup():
    settled(preset("shakespeare-fast").config["training"], {"max_steps": 100, "warmup_steps": 60})


@pytest.mark.parametrize("wanted", [{"decay_fraction": 0.9}, {"schedule": "wsd"}, {"schedule": "wsd", "max_steps": 99}])
def test_recipes_warmup_gives_way_to_the_decay_that_is_wanted(wanted):
    recipe = {"max_steps": 100, "warmup_steps": 90, "schedule": "wsd" if "decay_fraction" in wanted else "cosine"}
    assert settled(recipe, wanted).warmup_steps is None


def test_recipes_early_stopping_gives_way_to_fewer_steps():
    config = settled(STOPPING, {"max_steps": 500})
    assert (config.patience, config.min_improvement, config.eval_every) == (None, 0.0, 100)
    kept = settled(STOPPING, {"max_steps": 501})
    assert (kept.patience, kept.min_improvement) == (5, 0.01)


def test_recipes_rare_evaluations_give_way_to_the_patience_that_is_wanted():
    assert settled(STOPPING, {"max_steps": 500, "patience": 6}).eval_every == TrainConfig().eval_every
    assert settled(STOPPING, {"patience": 6}).eval_every == 100


def test_recipes_least_improvement_goes_where_no_patience_is_wanted():
    assert settled(STOPPING, {"patience": None}).min_improvement == 0


def test_recipes_ways_to_compute_give_way_to_the_device_that_is_wanted():
    recipe = {"precision": "fp16", "compile": "on", "device": "cuda"}
    assert settled(recipe, {"device": "cpu"}).precision == "auto"
    assert settled(recipe, {"device": "mps"}).compile == "auto"
    assert settled(recipe, {"device": "cuda"}).precision == "fp16"


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"max_steps": 100, "warmup_steps": 100}, "warmup_steps"),
        ({"max_steps": 100, "warmup_steps": 60, "decay_fraction": 0.5}, "warmup_steps"),
        ({"max_steps": 100, "warmup_steps": 90}, "warmup_steps"),  # the default's fall of a fifth does not fit either
        ({"lr": 1e-4, "min_lr": 1e-3}, "min_lr"),
        ({"max_steps": 200, "patience": 4}, "patience"),
        ({"min_improvement": 0.1}, "min_improvement"),
        ({"precision": "fp16", "device": "cpu"}, "precision"),
        ({"max_steps": None}, "max_steps"),
    ],
)
def test_wishes_that_contradict_each_other_stay_and_are_refused(wanted, field):
    settings = overlaid(FAST, wanted)
    assert {name: settings[name] for name in wanted} == wanted
    with pytest.raises(ConfigError) as caught:
        TrainConfig(**settings)
    assert caught.value.field == field


@pytest.mark.parametrize(
    "wanted",
    [
        {"max_steps": "many"},
        {"max_steps": float("nan")},
        {"max_steps": 10**400},
        {"warmup_steps": [1]},
        {"decay_fraction": float("-inf")},
        {"lr": None},
        {"patience": {}},
        {"learning_rate": 1},
        {"cls": 1},
        {"epochs": "two"},
    ],
)
def test_wish_that_is_no_value_is_left_to_the_settings_to_refuse(wanted):
    with pytest.raises(ConfigError) as caught:
        TrainConfig(**overlaid(FAST, wanted))
    assert caught.value.field == next(iter(wanted))
