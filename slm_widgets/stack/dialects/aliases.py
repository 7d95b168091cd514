"""The tables: what else types, keys and values are called in files (LAYER_STACK.md), and how two spellings are compared."""

from __future__ import annotations

import re
from collections.abc import Iterable

TYPES = {
    "sdpAttention": "mhAttention",
    "attention": "mhAttention",  # unless its attn_type says otherwise, see ATTENTION_KINDS
    "gqaAttention": "gqAttention",
    "dynamicBlock": "transformerBlock",
}

ATTENTION_KINDS = {"gqa": "gqAttention", "mha": "mhAttention", "sdpa": "mhAttention", "sdp": "mhAttention"}
"""The values of ``attn_type`` that a node of type ``attention`` may have."""

WITH_OUTPUT_BIAS = ("attention", "sdpAttention")
"""The attention types whose output matrix had a bias when nobody said otherwise."""

# Field -> its other names. camelCase, snake_case and kebab-case of each name are one (see ``plain``), so every field is
# also found by its own name in snake_case. An alias counts only in layers that have the field.
KEYS: dict[str, tuple[str, ...]] = {
    "numHeads": ("n_heads",),
    "numKvGroups": ("n_kv_groups",),
    "numOfBlocks": ("n_blocks",),
    "dropoutRate": ("dropout", "drop_rate"),
    "ctxLength": ("context_length",),
    "posType": ("mode", "method"),
    "actFunc": ("activation",),
}

# Field -> other names of its values, in the form that ``plain`` gives. A choice is also found in any other case.
VALUES: dict[str, dict[str, str]] = {
    "posType": {"rope": "rotary"},
    "normType": {"layernormalization": "LayerNorm", "rmsnormalization": "RMSNorm", "dynamictanh": "DyT"},
}

# "Learned Positional Embedding" and its like
_POSITIONS = re.compile("(positional|position)?(embeddings?|encodings?)$")

DEFAULTS: dict[str, dict[str, object]] = {
    "normalization": {"normType": "LayerNorm"},
    "positionalEmbedding": {"posType": "learned"},
    "linear": {"bias": True},
}
"""What the older dialects mean where they say nothing; written out, so that no later change of a layer's default changes it."""

MODELS = {"gpt2": "gpt-2", "llama2": "llama2", "llama3": "llama3", "qwen3": "qwen3"}
"""The config's ``model``, in the form that ``plain`` gives -> as it is written back."""


def plain(name: str) -> str:
    """A name without case and separators, so that ``num_heads``, ``numHeads`` and ``num-heads`` are one."""
    return re.sub(r"[\W_]", "", name).lower()


def choice(field: str, value: str, choices: Iterable[str]) -> str:
    """The choice that a value spells, or the value itself where it spells none."""
    name = plain(value)
    if field == "posType":
        name = _POSITIONS.sub("", name)
    return VALUES.get(field, {}).get(name) or {plain(c): c for c in choices}.get(name, value)
