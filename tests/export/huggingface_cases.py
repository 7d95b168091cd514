"""Small models of transformers' in odd shapes, one or more for each family that folders are read of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import (
    AutoModelForCausalLM,
    GPT2Config,
    GPTNeoConfig,
    LlamaConfig,
    MistralConfig,
    PreTrainedConfig,
    Qwen3Config,
)

VOCABULARY = 101
_ENDS: dict[str, Any] = {"bos_token_id": None, "eos_token_id": None, "pad_token_id": None}
_LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 5000.0,
    "factor": 4.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 16,
}


def _gpt2(**changes: Any) -> GPT2Config:
    return GPT2Config(
        **{**_ENDS, "vocab_size": VOCABULARY, "n_positions": 64, "n_embd": 48, "n_layer": 3, "n_head": 4, **changes}
    )


def _neo(**changes: Any) -> GPTNeoConfig:
    sizes = {"hidden_size": 48, "num_layers": 4, "num_heads": 3, "max_position_embeddings": 64, "window_size": 7}
    pattern = {"attention_types": [[["global", "local"], 2]]}
    return GPTNeoConfig(**{**_ENDS, "vocab_size": VOCABULARY, **sizes, **pattern, **changes})


def _rotary(kind: type[PreTrainedConfig], theta: float = 10_000.0, **changes: Any) -> PreTrainedConfig:
    sizes = {"hidden_size": 48, "intermediate_size": 80, "num_hidden_layers": 2, "max_position_embeddings": 64}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2}
    rope = {"rope_parameters": {"rope_type": "default", "rope_theta": theta}}
    return kind(**{**_ENDS, "vocab_size": VOCABULARY, **sizes, **heads, **rope, **changes})


CONFIGS: dict[str, PreTrainedConfig] = {
    "gpt2": _gpt2(),
    "gpt2, head of its own, 6 heads, narrow ReLU, another epsilon": _gpt2(
        n_head=6, n_inner=70, tie_word_embeddings=False, activation_function="relu", layer_norm_epsilon=1e-3
    ),
    "gpt2, scores not scaled, exact GELU": _gpt2(scale_attn_weights=False, activation_function="gelu"),
    "gpt2, scores scaled by depth too": _gpt2(scale_attn_by_inverse_layer_idx=True, reorder_and_upcast_attn=True),
    "gpt-neo": _neo(),
    "gpt-neo, two global then one local, 50 hidden, untied": _neo(
        num_layers=3, attention_types=[[["global"], 2], [["local"], 1]], intermediate_size=50, tie_word_embeddings=False
    ),
    "llama 2": _rotary(LlamaConfig, num_key_value_heads=4, tie_word_embeddings=False, rms_norm_eps=1e-5),
    "llama 3, far beyond the original context, tied": _rotary(
        LlamaConfig, rope_parameters=_LLAMA3, num_attention_heads=6, num_key_value_heads=1, tie_word_embeddings=True
    ),
    "llama, biases everywhere, heads of 10, GELU": _rotary(
        LlamaConfig, attention_bias=True, mlp_bias=True, head_dim=10, hidden_act="gelu_pytorch_tanh"
    ),
    "smollm, 9 heads in 3 groups": _rotary(
        LlamaConfig, 100_000.0, hidden_size=54, num_attention_heads=9, num_key_value_heads=3, tie_word_embeddings=True
    ),
    "mistral, window of 7, heads of 16": _rotary(MistralConfig, sliding_window=7, head_dim=16),
    "mistral, no window, width that 3 heads do not divide": _rotary(
        MistralConfig, sliding_window=None, hidden_size=50, num_attention_heads=3, num_key_value_heads=3, head_dim=14
    ),
    "qwen3, heads of 20, tied": _rotary(Qwen3Config, 1_000_000.0, head_dim=20, tie_word_embeddings=True),
    "qwen3, biases, a window of 6 from the second layer on": _rotary(
        Qwen3Config,
        num_hidden_layers=3,
        head_dim=12,
        attention_bias=True,
        use_sliding_window=True,
        sliding_window=6,
        max_window_layers=1,
    ),
}


def shaken(model: nn.Module) -> nn.Module:
    """Weights far from their starting values, so that a swapped bias or norm shows."""
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.05)
    return model.eval()


def their_model(config: PreTrainedConfig) -> Any:
    """Random weights, made by transformers."""
    torch.manual_seed(0)
    return shaken(AutoModelForCausalLM.from_config(config, attn_implementation="eager"))


def token_ids(batch: int = 3, length: int = 61) -> Tensor:
    """(B, T), longer than every window, and than what Llama 3's positions were first made for."""
    return torch.randint(0, VOCABULARY, (batch, length), generator=torch.Generator().manual_seed(1))


def difference(ours: Tensor, theirs: Tensor) -> float:
    """The largest difference, as a share of the largest number."""
    return ((ours - theirs).abs().max() / theirs.abs().max()).item()


def rewrite_config(folder: Path, **changes: Any) -> dict[str, Any]:
    """Changes keys of a folder's ``config.json``; a key set to ``...`` is taken out."""
    path = folder / "config.json"
    values = {**json.loads(path.read_text(encoding="utf-8")), **changes}
    values = {key: value for key, value in values.items() if value is not ...}
    path.write_text(json.dumps(values), encoding="utf-8")
    return values


@dataclass
class Journey:
    """Their model, read in, and written out again."""

    theirs: Any
    saved: Path
    stack: Any
    ours: Any
    exported: Path
