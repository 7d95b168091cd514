"""Parameter counts of published models (LAYER_STACK.md's oracles), and those of the classes that others built for them."""

import time

import pytest
import torch
from torch import nn
from transformers import (
    AutoModelForCausalLM,
    GPT2Config,
    GPTJConfig,
    GPTNeoConfig,
    LlamaConfig,
    MistralConfig,
    Qwen3Config,
)

from slm_widgets.stack import describe, preset, presets

PUBLISHED = {
    "gpt2": 124_439_808,
    "gpt2-medium": 354_823_168,
    "gpt2-large": 774_030_080,
    "gpt2-xl": 1_557_611_200,
    "gpt2-untied-128": 162_349_056,
    "llama2-7b": 6_738_415_616,
    "llama-3.2-1b": 1_235_814_400,
    "qwen3-0.6b": 596_049_920,
    "smollm2-135m": 134_515_008,
    "mistral-7b": 7_241_732_096,
    "gpt-neo-1.3b": 1_315_575_808,
    "gpt-j-6b": 6_050_882_784,
    "transformer-base": 63_082_496,
}

LLAMA_3_ROPE = {
    "rope_type": "llama3", "rope_theta": 500000.0, "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}  # fmt: skip

# The published configurations, as transformers spells them.
CONFIGS = {
    "gpt2": GPT2Config(),
    "gpt2-medium": GPT2Config(n_embd=1024, n_head=16, n_layer=24),
    "gpt2-large": GPT2Config(n_embd=1280, n_head=20, n_layer=36),
    "gpt2-xl": GPT2Config(n_embd=1600, n_head=25, n_layer=48),
    "gpt2-untied-128": GPT2Config(n_positions=128, tie_word_embeddings=False),
    "llama2-7b": LlamaConfig(),
    "llama-3.2-1b": LlamaConfig(
        vocab_size=128256, hidden_size=2048, intermediate_size=8192, num_hidden_layers=16, num_attention_heads=32,
        num_key_value_heads=8, max_position_embeddings=131072, rope_parameters=LLAMA_3_ROPE, tie_word_embeddings=True,
    ),
    "qwen3-0.6b": Qwen3Config(
        vocab_size=151936, hidden_size=1024, intermediate_size=3072, num_hidden_layers=28, num_attention_heads=16,
        num_key_value_heads=8, head_dim=128, max_position_embeddings=40960, tie_word_embeddings=True,
    ),
    "smollm2-135m": LlamaConfig(
        vocab_size=49152, hidden_size=576, intermediate_size=1536, num_hidden_layers=30, num_attention_heads=9,
        num_key_value_heads=3, max_position_embeddings=8192, tie_word_embeddings=True,
    ),
    "mistral-7b": MistralConfig(),
    "gpt-neo-1.3b": GPTNeoConfig(),
    "gpt-j-6b": GPTJConfig(),
}  # fmt: skip


def numel(module):
    """A tied matrix is one parameter."""
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_design_has_the_published_number_of_parameters(name):
    start = time.perf_counter()
    assert describe(preset(name)).parameters == PUBLISHED[name]
    print(f"{name}: counted in {time.perf_counter() - start:.3f} s")


@pytest.mark.parametrize("name", CONFIGS)
def test_its_parameters_are_as_many_as_those_of_transformers_own_class(name):
    with torch.device("meta"):
        theirs = AutoModelForCausalLM.from_config(CONFIGS[name])
    assert describe(preset(name)).parameters == numel(theirs)


def test_the_first_transformer_has_the_parameters_of_torchs_own_and_one_shared_table():
    theirs = nn.Transformer(512, 8, 6, 6, 2048, device="meta", batch_first=True)
    final_norms = numel(theirs.encoder.norm) + numel(theirs.decoder.norm)  # torch's addition; the paper has none
    assert describe(preset("transformer-base")).parameters == numel(theirs) - final_norms + 37000 * 512


def test_every_design_to_read_and_count_has_an_oracle():
    assert {info.name for info in presets() if info.sibling} == set(PUBLISHED)
    assert set(PUBLISHED) - set(CONFIGS) == {"transformer-base"}


def test_the_vocabulary_given_is_the_one_counted_with():
    small, large = (describe(preset("gpt2-nano"), vocab_size=v).parameters for v in (100, 101))
    assert large - small == 64  # one more row of the tied table
