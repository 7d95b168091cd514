"""Parameter counts of published models (LAYER_STACK.md's oracles), and of what is built from small designs."""

import time

import pytest

from slm_widgets.stack import describe, preset, presets

PUBLISHED = {
    "gpt2": 124_439_808,
    "gpt2-untied-128": 162_349_056,
    "llama2-7b": 6_738_415_616,
    "llama-3.2-1b": 1_235_814_400,
    "qwen3-0.6b": 596_049_920,
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_design_has_the_published_number_of_parameters(name):
    start = time.perf_counter()
    assert describe(preset(name)).parameters == PUBLISHED[name]
    print(f"{name}: counted in {time.perf_counter() - start:.3f} s")


def test_nano_presets_have_less_than_a_million_parameters_and_leave_the_vocabulary_open():
    for name in ("gpt2-nano", "llama-nano", "shakespeare-char-cpu"):
        report = describe(preset(name))
        assert report.parameters < 1_000_000
        assert report.vocab_assumed


def test_the_vocabulary_given_is_the_one_counted_with():
    small, large = (describe(preset("gpt2-nano"), vocab_size=v).parameters for v in (100, 101))
    assert large - small == 64  # one more row of the tied table


def test_every_preset_says_its_size_and_purpose():
    for info in presets():
        assert info.parameters == describe(preset(info.name)).parameters
        assert info.purpose
