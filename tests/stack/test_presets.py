"""The presets as a whole: small ones to train, published ones beside them to read and count."""

import pytest
import torch

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


def test_the_fast_one_for_shakespeare_is_as_large_as_the_plain_one_and_validates_on_the_same_windows():
    fast, plain = preset("shakespeare-fast"), preset("shakespeare-char-cpu")
    # Within 2%: it has no table of positions and no weights in its norms.
    assert describe(fast, vocab_size=65).parameters == pytest.approx(
        describe(plain, vocab_size=65).parameters, rel=0.02
    )
    assert describe(fast).context_length == describe(plain).context_length
    ours, theirs = (TrainConfig(**stack.config["training"]) for stack in (fast, plain))
    assert ours.batch_size * ours.eval_batches == theirs.batch_size * theirs.eval_batches
    assert (ours.stride, ours.validation_fraction) == (theirs.stride, theirs.validation_fraction)


def test_attention_and_feed_forward_of_the_fast_one_add_nothing_at_first():
    stack = fill_vocabulary(preset("shakespeare-fast"), 65)
    model = build_model(stack, seed=0).eval()
    ids = torch.randint(0, 65, (2, 16), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():  # the convolutions do add something
        for name, p in model.named_parameters():
            if "near" in name:
                p.zero_()
    table = next(p for name, p in model.named_parameters() if name.startswith("tokens"))
    vectors = table.detach()[
        ids
    ]  # (B, T, C): what is left of the model is its embedding, a norm and the same table again
    expected = torch.nn.functional.rms_norm(vectors, (128,), eps=1e-5) @ table.detach().T
    with torch.no_grad():
        torch.testing.assert_close(model(ids), expected)
