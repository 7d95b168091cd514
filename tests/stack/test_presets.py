"""The presets as a whole: small ones to train, published ones beside them to read and count."""

import pytest

from slm_widgets.language import use_language
from slm_widgets.model import build_model
from slm_widgets.stack import check_stack, describe, fill_vocabulary, parse_stack, preset, presets
from slm_widgets.training import TrainConfig

ALL = [info.name for info in presets()]
SMALL = [info.name for info in presets() if info.sibling is None]
PUBLISHED = [info for info in presets() if info.sibling is not None]


def shape(name):
    """The layers and the names of what they say, without what is only there at full size: a vocabulary and dropout."""
    layers = [node.layer for node in preset(name).walk()]
    return [(layer.type, set(layer.to_data()) - {"vocabSize"}) for layer in layers if layer.type != "dropout"]


def test_those_to_train_come_first():
    assert ALL[0] == "gpt2-nano"
    assert [*SMALL, *(info.name for info in PUBLISHED)] == ALL


@pytest.mark.parametrize("name", SMALL)
def test_a_small_one_has_less_than_a_million_parameters_and_leaves_the_vocabulary_open(name):
    report = describe(preset(name))
    assert report.parameters < 1_000_000
    assert report.vocab_assumed


@pytest.mark.parametrize("name", SMALL)
def test_a_small_one_says_how_it_is_trained(name):
    recipe = TrainConfig.model_validate(preset(name).config["training"])
    assert recipe.max_steps is not None
    assert recipe.warmup_steps is not None
    assert recipe.warmup_steps <= recipe.max_steps / 10


@pytest.mark.parametrize("name", SMALL)
def test_a_small_one_is_built_for_the_vocabulary_of_any_tokenizer(name):
    model = build_model(fill_vocabulary(preset(name), 37))
    assert model.vocab_size == 37
    counted = describe(preset(name), vocab_size=37).parameters
    assert sum(parameter.numel() for parameter in model.parameters()) == counted


@pytest.mark.parametrize("info", PUBLISHED, ids=lambda info: info.name)
def test_a_published_one_has_a_small_sibling_of_the_same_shape(info):
    assert info.sibling in SMALL
    assert shape(info.sibling) == shape(info.name)


@pytest.mark.parametrize("name", ALL)
def test_it_is_read_as_it_was_written_and_without_warnings(name):
    stack = preset(name)
    assert check_stack(stack.to_json()) == []
    assert parse_stack(stack.to_json()) == stack
    assert stack.config["name"] == name


def test_each_says_its_size_and_its_purpose_in_both_languages():
    for info in presets():
        assert info.parameters == describe(preset(info.name)).parameters
    with use_language("en"):
        english = [info.purpose for info in presets()]
    with use_language("ko"):
        korean = [info.purpose for info in presets()]
    assert len(set(english)) == len(set(korean)) == len(ALL)
    assert all(any("가" <= c <= "힣" for c in purpose) for purpose in korean)


def test_a_preset_is_a_fresh_copy():
    stack = preset("gpt2-nano")
    stack.layers[0]["data"]["embDim"] = 8
    stack.config["training"]["max_steps"] = 1
    assert preset("gpt2-nano").layers[0]["data"]["embDim"] == 64
    assert preset("gpt2-nano").config["training"]["max_steps"] != 1
