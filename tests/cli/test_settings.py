"""Settings as they are typed."""

from __future__ import annotations

import typing

import pytest

from slm_widgets.cli.arguments import make_parser
from slm_widgets.cli.settings import OPTIONS, read_settings, with_file
from slm_widgets.errors import ConfigError
from slm_widgets.language import use_language
from slm_widgets.running.train import read_config
from slm_widgets.stack import preset
from slm_widgets.training import TrainConfig


def typed(*words):
    arguments = make_parser().parse_args(["train", *words])
    return with_file(arguments.config, read_settings(arguments))


def settled(*words, design="shakespeare-char-cpu"):
    return read_config(typed(*words), preset(design))


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_is_a_field_of_the_settings_and_lists_its_choices(name):
    option = OPTIONS[name]
    annotation = TrainConfig.model_fields[option.field].annotation
    kinds = {kind for kind in typing.get_args(annotation) or (annotation,) if kind is not type(None)}
    if option.type is not str:
        assert kinds == {option.type}
        return
    for language in ("en", "ko"):
        with use_language(language):
            words = str(option.help).replace(",", " ").split()
            assert kinds <= set(words), language


def test_any_field_can_be_set_as_json_or_as_a_word():
    words = ["--set", "betas=[0.9, 0.99]", "--set", "optimizer=Adam", "--set", "dropout=null", "--set", "eval-every=7"]
    assert typed(*words) == {"betas": [0.9, 0.99], "optimizer": "Adam", "dropout": None, "eval_every": 7}
    assert settled(*words).betas == (0.9, 0.99)


def test_an_option_with_a_name_wins_over_set_and_both_over_a_file(tmp_path):
    (tmp_path / "file.json").write_text('{"lr": 0.1, "seed": 5, "eval_every": 9}')
    words = ["--config", "file.json", "--lr", "0.3", "--set", "lr=0.2", "--set", "seed=6"]
    assert typed(*words) == {"lr": 0.3, "seed": 6, "eval_every": 9}


@pytest.mark.parametrize("pair", ["lr", "=3", ""])
def test_what_sets_nothing_is_refused_with_an_example(pair):
    with pytest.raises(ConfigError, match="--set warmup_steps=200"):
        typed("--set", pair)


def test_an_unknown_field_is_refused_by_name():
    with pytest.raises(ConfigError, match="max_step"):
        settled("--set", "max_step=3")


def test_a_recipe_gives_way_where_it_does_not_fit_what_was_typed():
    recipe = preset("shakespeare-char-cpu").config["training"]
    assert settled().warmup_steps == recipe["warmup_steps"]
    assert settled("--steps", "50").warmup_steps is None
    assert settled("--steps", "101").warmup_steps == recipe["warmup_steps"]
    assert settled("--lr", "1e-5").min_lr is None
    assert settled("--lr", "1e-5").lr == 1e-5


def test_a_length_that_is_typed_takes_the_place_of_the_recipes_steps():
    assert settled().max_steps == 2000
    assert (settled("--minutes", "3").max_steps, settled("--minutes", "3").max_minutes) == (None, 3)
    assert (settled("--epochs", "2").max_steps, settled("--set", "epochs=2").epochs) == (None, 2)
    both = settled("--minutes", "3", "--steps", "40")
    assert (both.max_steps, both.max_minutes) == (40, 3)


def test_what_a_file_has_for_another_optimizer_or_length_gives_way(tmp_path):
    (tmp_path / "file.json").write_text('{"optimizer": "Muon", "lr": 0.02, "rest_lr": 0.003, "epochs": 2, "seed": 5}')
    other = settled("--config", "file.json", "--optimizer", "AdamW", "--steps", "300")
    assert (other.optimizer, other.rest_lr, other.lr, other.seed) == ("AdamW", None, 1e-3, 5)
    assert (other.max_steps, other.epochs) == (300, None)
    same = settled("--config", "file.json", "--optimizer", "Muon", "--seed", "6")
    assert (same.lr, same.rest_lr, same.epochs, same.seed) == (0.02, 0.003, 2, 6)


def test_the_steps_of_a_file_stay_beside_minutes_that_are_typed(tmp_path):
    (tmp_path / "file.json").write_text('{"max_steps": 40}')
    assert typed("--config", "file.json", "--minutes", "3")["max_steps"] == 40
