"""The same checkpoint in every form in which it is found: versions, prefixes, shards, precisions, buffers; and the published ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from slm_widgets.errors import ExportError
from slm_widgets.export import export_huggingface, import_huggingface
from slm_widgets.export.huggingface.config_file import ConfigFile
from slm_widgets.export.huggingface.families import FAMILIES
from slm_widgets.layers.feed_forward import ACTIVATIONS
from slm_widgets.model import build_model
from slm_widgets.stack import describe, parse_stack, preset, presets
from slm_widgets.stack.check import examine
from slm_widgets.stack.trace import Step
from tests.export.huggingface_cases import CONFIGS, difference, rewrite_config, shaken, their_model, token_ids

Tensors = dict[str, torch.Tensor]


@pytest.fixture(params=["gpt2", "gpt-neo", "llama 3, far beyond the original context, tied"])
def saved(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    their_model(CONFIGS[request.param]).save_pretrained(tmp_path / "saved")
    return tmp_path / "saved"


def rewrite_weights(folder: Path, change: Callable[[Tensors], Tensors]) -> None:
    path = folder / "model.safetensors"
    tensors = {name: tensor.clone().contiguous() for name, tensor in change(load_file(path)).items()}
    save_file(tensors, path, metadata={"format": "pt"})


def without_prefix(tensors: Tensors) -> Tensors:
    return {name.removeprefix("transformer.").removeprefix("model."): tensor for name, tensor in tensors.items()}


def with_old_buffers(tensors: Tensors) -> Tensors:
    """The masks of GPT-2 and GPT-Neo as published, the angles of Llama as version 4.30 saved it."""
    mask = torch.ones(1, 1, 64, 64)
    if "transformer.h.0.attn.c_attn.weight" in tensors:
        return {**tensors, "transformer.h.0.attn.bias": mask, "transformer.h.2.attn.masked_bias": torch.tensor(-1e4)}
    if "transformer.h.0.attn.attention.q_proj.weight" in tensors:
        return {**tensors, "transformer.h.1.attn.attention.bias": mask}
    return {**tensors, "model.layers.1.self_attn.rotary_emb.inv_freq": torch.ones(4)}


def with_the_head_twice(tensors: Tensors) -> Tensors:
    table = next(t for name, t in tensors.items() if name.endswith(("wte.weight", "embed_tokens.weight")))
    return {**tensors, "lm_head.weight": table}


@pytest.mark.parametrize("form", [without_prefix, with_old_buffers, with_the_head_twice])
def test_a_file_in_another_form_is_the_same_model(saved: Path, form: Callable[[Tensors], Tensors]) -> None:
    stack, model = import_huggingface(saved)
    before = load_file(saved / "model.safetensors").keys()
    rewrite_weights(saved, form)
    assert load_file(saved / "model.safetensors").keys() != before
    again, other = import_huggingface(saved)
    assert again.layers == stack.layers
    for name, tensor in model.state_dict().items():
        assert torch.equal(other.state_dict()[name], tensor), name


def test_many_shards_are_the_same_model(saved: Path, tmp_path: Path) -> None:
    theirs = AutoModelForCausalLM.from_pretrained(saved)
    theirs.save_pretrained(tmp_path / "shards", max_shard_size="20KB")
    assert len(list((tmp_path / "shards").glob("model-*.safetensors"))) > 2
    (_, one), (_, many) = import_huggingface(saved), import_huggingface(tmp_path / "shards")
    for name, tensor in one.state_dict().items():
        assert torch.equal(many.state_dict()[name], tensor), name


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float64])
def test_other_precisions_become_single(saved: Path, dtype: torch.dtype) -> None:
    rewrite_weights(saved, lambda tensors: {name: tensor.to(dtype) for name, tensor in tensors.items()})
    theirs = AutoModelForCausalLM.from_pretrained(saved, dtype=dtype).float()
    _, ours = import_huggingface(saved)
    assert {parameter.dtype for parameter in ours.parameters()} == {torch.float32}
    ids = token_ids(1)
    assert difference(ours(ids), theirs(ids).logits) <= 1e-5


def test_a_half_precision_model_is_written_as_it_is(tmp_path: Path) -> None:
    model = shaken(build_model(preset("llama-nano"))).to(torch.bfloat16)
    theirs = AutoModelForCausalLM.from_pretrained(export_huggingface(model, tmp_path / "half"))
    assert theirs.dtype == torch.bfloat16
    assert torch.equal(theirs.model.norm.weight, model.norm.weight)


# ---------------------------------------------------------------- as version 4 wrote them

_V4_LLAMA = {
    "architectures": ["LlamaForCausalLM"],
    "attention_bias": False,
    "attention_dropout": 0.0,
    "bos_token_id": 1,
    "eos_token_id": [2, 3],
    "head_dim": 8,
    "hidden_act": "silu",
    "hidden_size": 48,
    "initializer_range": 0.02,
    "intermediate_size": 80,
    "max_position_embeddings": 64,
    "mlp_bias": False,
    "model_type": "llama",
    "num_attention_heads": 6,
    "num_hidden_layers": 2,
    "num_key_value_heads": 1,
    "pretraining_tp": 1,
    "rms_norm_eps": 1e-06,
    "rope_scaling": {
        "factor": 4.0,
        "high_freq_factor": 4.0,
        "low_freq_factor": 1.0,
        "original_max_position_embeddings": 16,
        "rope_type": "llama3",
    },
    "rope_theta": 5000.0,
    "tie_word_embeddings": True,
    "torch_dtype": "bfloat16",
    "transformers_version": "4.43.0",
    "use_cache": True,
    "vocab_size": 101,
}


@pytest.mark.parametrize("kind", ["rope_type", "type"])
def test_a_config_as_version_4_wrote_it_is_the_same_model(tmp_path: Path, kind: str) -> None:
    case = "llama 3, far beyond the original context, tied"
    theirs = their_model(CONFIGS[case])
    theirs.save_pretrained(tmp_path)
    rope = dict(_V4_LLAMA["rope_scaling"])  # pyright: ignore[reportArgumentType]
    rope[kind] = rope.pop("rope_type")
    (tmp_path / "config.json").write_text(json.dumps({**_V4_LLAMA, "rope_scaling": rope}))
    _, ours = import_huggingface(tmp_path)
    ids = token_ids()
    assert difference(ours(ids), theirs(ids).logits) <= 1e-5


def test_a_plain_llama_of_version_4_says_rope_scaling_null(tmp_path: Path) -> None:
    theirs = their_model(CONFIGS["smollm, 9 heads in 3 groups"])
    theirs.save_pretrained(tmp_path)
    values = rewrite_config(tmp_path, rope_parameters=..., dtype=..., rope_theta=100_000.0, rope_scaling=None)
    assert values["head_dim"] == 6
    rewrite_config(tmp_path, head_dim=...)  # older still
    _, ours = import_huggingface(tmp_path)
    ids = token_ids()
    assert difference(ours(ids), theirs(ids).logits) <= 1e-5


# The keys of versions 5 and 4 that say the same.
_NEW, _OLD = ("rope_parameters", "dtype"), ("rope_theta", "rope_scaling", "torch_dtype")


@pytest.mark.parametrize("dropped", [_NEW, _OLD])
@pytest.mark.parametrize("name", ["llama3-nano", "mistral-nano", "qwen3-nano"])
@torch.no_grad()
def test_what_we_write_says_it_all_with_the_keys_of_either_version(
    tmp_path: Path, name: str, dropped: tuple[str, ...]
) -> None:
    model = shaken(build_model(preset(name)))
    folder = export_huggingface(model, tmp_path / name)
    assert {*_NEW, *_OLD} <= json.loads((folder / "config.json").read_text(encoding="utf-8")).keys()
    rewrite_config(folder, **dict.fromkeys(dropped, ...))
    theirs, (_, ours) = AutoModelForCausalLM.from_pretrained(folder), import_huggingface(folder)
    ids = token_ids(1)
    for logits in (theirs(ids).logits, ours(ids)):
        assert difference(logits, model(ids)) <= 1e-5


# ---------------------------------------------------------------- the published models

_PUBLISHED: dict[str, dict[str, Any]] = {
    "gpt2": {
        "model_type": "gpt2", "vocab_size": 50257, "n_positions": 1024, "n_ctx": 1024, "n_embd": 768, "n_layer": 12, "n_head": 12,
        "activation_function": "gelu_new", "resid_pdrop": 0.1, "embd_pdrop": 0.1, "attn_pdrop": 0.1, "layer_norm_epsilon": 1e-5,
    },
    "gpt-neo-1.3b": {
        "model_type": "gpt_neo", "vocab_size": 50257, "max_position_embeddings": 2048, "hidden_size": 2048, "num_layers": 24,
        "num_heads": 16, "intermediate_size": None, "window_size": 256, "attention_types": [[["global", "local"], 12]],
        "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5,
    },
    "llama2-7b": {
        "model_type": "llama", "vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32,
        "num_attention_heads": 32, "num_key_value_heads": 32, "max_position_embeddings": 4096, "rms_norm_eps": 1e-5,
        "hidden_act": "silu", "pretraining_tp": 1, "rope_scaling": None, "tie_word_embeddings": False,
    },
    "llama-3.2-1b": {
        "model_type": "llama", "vocab_size": 128256, "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16,
        "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64, "max_position_embeddings": 131072,
        "rms_norm_eps": 1e-5, "rope_theta": 500000.0, "tie_word_embeddings": True, "rope_scaling": {
            "factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0, "original_max_position_embeddings": 8192,
            "rope_type": "llama3",
        },
    },
    "qwen3-0.6b": {
        "model_type": "qwen3", "vocab_size": 151936, "hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 28,
        "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128, "max_position_embeddings": 40960,
        "rms_norm_eps": 1e-6, "rope_theta": 1000000, "rope_scaling": None, "sliding_window": None, "use_sliding_window": False,
        "max_window_layers": 28, "attention_bias": False, "tie_word_embeddings": True,
    },
    "smollm2-135m": {
        "model_type": "llama", "vocab_size": 49152, "hidden_size": 576, "intermediate_size": 1536, "num_hidden_layers": 30,
        "num_attention_heads": 9, "num_key_value_heads": 3, "max_position_embeddings": 8192, "rms_norm_eps": 1e-5,
        "rope_theta": 100000, "rope_scaling": None, "rope_interleaved": False, "is_llama_config": True,
        "tie_word_embeddings": True,
    },
    "mistral-7b": {
        "model_type": "mistral", "vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
        "num_attention_heads": 32, "num_key_value_heads": 8, "max_position_embeddings": 32768, "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0, "sliding_window": 4096, "tie_word_embeddings": False,
    },
}  # fmt: skip

_COUNTS = {
    "gpt2": 124_439_808,
    "gpt-neo-1.3b": 1_315_575_808,
    "llama2-7b": 6_738_415_616,
    "llama-3.2-1b": 1_235_814_400,
    "qwen3-0.6b": 596_049_920,
    "smollm2-135m": 134_515_008,
    "mistral-7b": 7_241_732_096,
}


def resolved(stack: Any) -> list[Any]:
    """What every layer of a design computes, whatever its name; dropout aside, which the presets leave to their recipes."""

    def walk(steps: tuple[Step, ...]) -> Iterator[Any]:
        for step in steps:
            if step.layer.type != "dropout":
                yield step.layer.type, step.layer.model_dump(exclude={"id", "source", "dropout_rate"})
            yield from walk(step.children)

    return list(walk(examine(stack).trace.steps))


@pytest.mark.parametrize("name", _PUBLISHED)
def test_the_config_of_a_published_model_draws_the_preset_with_the_published_count(name: str) -> None:
    config = ConfigFile(_PUBLISHED[name], Path("config.json"))
    stack = parse_stack(FAMILIES[config.values["model_type"]].draw(config))
    assert resolved(stack) == resolved(preset(name))
    assert describe(stack).parameters == _COUNTS[name]


# ---------------------------------------------------------------- our presets

_FAMILY_OF = {
    "gpt2-nano": "gpt2",
    "shakespeare-char-cpu": "gpt2",
    "gpt-neo-nano": "gpt_neo",
    "llama-nano": "llama",
    "llama3-nano": "llama",
    "smollm2-nano": "llama",
    "mistral-nano": "mistral",
    "qwen3-nano": "qwen3",
}


@pytest.mark.parametrize("name", _FAMILY_OF)
@torch.no_grad()
def test_a_preset_is_written_as_the_plainest_family_and_gives_the_same_logits(name: str, tmp_path: Path) -> None:
    ours = shaken(build_model(preset(name)))
    theirs = AutoModelForCausalLM.from_pretrained(export_huggingface(ours, tmp_path / name))
    assert theirs.config.model_type == _FAMILY_OF[name]
    ids = torch.randint(0, 256, (2, 64), generator=torch.Generator().manual_seed(1))
    assert difference(theirs(ids).logits, ours(ids)) <= 1e-5
    # Read in again it is ours, whatever zeros were written for biases that it does not have.
    _, again = import_huggingface(tmp_path / name)
    assert difference(again(ids), ours(ids)) <= 1e-5


@pytest.mark.parametrize(
    ("name", "activation"),
    [("gpt2-nano", name) for name in ACTIVATIONS if name != "SwiGLU"] + [("llama-nano", name) for name in ACTIVATIONS],
)
@torch.no_grad()
def test_every_activation_is_the_same_in_transformers(name: str, activation: str, tmp_path: Path) -> None:
    document = preset(name).to_json()
    next(node for node in document["layer_stack"][2]["children"] if node["data"]["id"] == "ffn")["data"]["actFunc"] = (
        activation
    )
    ours = shaken(build_model(document))
    theirs = AutoModelForCausalLM.from_pretrained(export_huggingface(ours, tmp_path / name))
    ids = token_ids(1)
    assert difference(theirs(ids).logits, ours(ids)) <= 1e-5


def test_every_small_preset_is_written_or_refused_with_a_layer(tmp_path: Path) -> None:
    small = [info.name for info in presets() if info.parameters < 2_000_000]
    refused = {}
    for name in small:
        try:
            export_huggingface(build_model(preset(name)), tmp_path / name)
        except ExportError as error:
            refused[name] = error.layer_id
            assert not (tmp_path / name).exists()
    assert set(small) - set(refused) == set(_FAMILY_OF)
    assert all(refused.values())
