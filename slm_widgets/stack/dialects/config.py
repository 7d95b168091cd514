"""The config: its spelling, and what it says where nodes leave something out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from slm_widgets.language import say
from slm_widgets.layers import Problem
from slm_widgets.layers.place import LARGEST_VOCABULARY, LONGEST
from slm_widgets.stack.dialects.aliases import MODELS, plain
from slm_widgets.stack.dialects.values import same, shown

# The fields of a config that have a meaning; found in camelCase too.
FIELDS = [
    "model",
    "epochs",
    "batch_size",
    "vocab_size",
    "context_length",
    "stride",
    "emb_dim",
    "n_heads",
    "n_blocks",
    "n_kv_groups",
    "head_dim",
    "hidden_dim",
    "dtype",
    "drop_rate",
    "qkv_bias",
    "qk_norm",
    "rope_base",
    "rope_freq",
    "rope_config",
]
_BY_PLAIN_NAME = {plain(name): name for name in FIELDS}

# Sizes that the walk through a design takes from the config itself.
_SIZES = {"vocab_size": LARGEST_VOCABULARY, "context_length": LONGEST}

# Field of a layer -> the config fields that say it. The first that does counts.
_SAID_BY: dict[str, tuple[str, ...]] = {
    "vocabSize": ("vocab_size",),
    "embDim": ("emb_dim",),
    "ctxLength": ("context_length",),
    "numHeads": ("n_heads",),
    "numKvGroups": ("n_kv_groups",),
    "headDim": ("head_dim",),
    "hiddenDim": ("hidden_dim",),
    "dropoutRate": ("drop_rate",),
    "qkvBias": ("qkv_bias",),
    "qkNorm": ("qk_norm",),
    "ropeBase": ("rope_base", "rope_freq"),
    "ropeConfig": ("rope_config", "rope_freq"),
}

# What only one type of layer takes from the config; the others have it from what flows in.
_ONLY_IN = {"vocabSize": "tokenEmbedding", "embDim": "tokenEmbedding", "ctxLength": "positionalEmbedding"}


def read_config(parts: list[dict[str, Any]], problems: list[Problem]) -> dict[str, Any]:
    """Puts the parts of a config together, in canonical spelling.

    Args:
        parts: The objects that say something; null is absent.
        problems: Where contradictions and sizes that cannot be meant are reported.
    """
    config: dict[str, Any] = {}
    for key, value in ((k, v) for part in parts for k, v in part.items() if v is not None):
        name = _BY_PLAIN_NAME.get(plain(key), key)
        value = _value(name, value)
        if name in config and not same(config[name], value):
            problems.append(
                _problem(
                    name,
                    en=f"The config says {name} twice: {shown(config[name])} and {shown(value)}. Keep one of them.",
                    ko=f"config에 {name} 값이 두 번 나옵니다: {shown(config[name])}, {shown(value)}. 하나만 남기세요.",
                )
            )
        config.setdefault(name, value)
    problems.extend(_wrong_sizes(config))
    return config


def _value(name: str, value: Any) -> Any:
    if name == "model" and isinstance(value, str):
        return MODELS.get(plain(value), value)
    if name in _SIZES and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _wrong_sizes(config: dict[str, Any]) -> Iterator[Problem]:
    for name, largest in _SIZES.items():
        value = config.get(name, 1)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= largest:
            yield _problem(
                name,
                en=f"{name} in the config is {shown(value)}, but it must be a whole number from 1 to {largest:,}.",
                ko=f"config의 {name} 값이 {shown(value)}입니다. 1에서 {largest:,}까지의 정수여야 합니다.",
            )


def said(field: str, type_name: str, config: dict[str, Any]) -> Any:
    """What the config says about a field of a layer, or None.

    ``rope_freq`` is the base where it is a number, and Llama 3's stretching where it is an object.
    """
    if _ONLY_IN.get(field, type_name) != type_name:
        return None
    for key in _SAID_BY.get(field, ()):
        value = config.get(key)
        if value is not None and (key != "rope_freq" or isinstance(value, dict) == (field == "ropeConfig")):
            return value
    return None


def _problem(name: str, *, en: str, ko: str) -> Problem:
    return Problem(None, name, "error", say(en=en, ko=ko))
