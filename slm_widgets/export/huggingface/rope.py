"""Rotary positions in ``config.json``: ``rope_parameters`` since version 5 of transformers, ``rope_theta`` and ``rope_scaling`` before."""

from __future__ import annotations

from slm_widgets.export.huggingface.config_file import ConfigFile
from slm_widgets.language import say
from slm_widgets.layers.attention_fields import AttentionFields
from slm_widgets.layers.place import LONGEST
from slm_widgets.stack.presets.parts import Json

_BASE = 10_000.0  # where the settings do not say
_KINDS = ("default", "llama3")
_KEYS = {
    "rope_type",
    "type",
    "rope_theta",
    "partial_rotary_factor",
    "factor",
    "low_freq_factor",
    "high_freq_factor",
} | {"original_max_position_embeddings"}


def read_rope(config: ConfigFile, context_length: int) -> Json:
    """The fields of an attention that say what the settings say.

    Args:
        config: The settings.
        context_length: The longest text; Llama 3's stretching starts from it where the settings do not say from what.

    Raises:
        CheckpointError: for a stretching that our layers do not have (linear, dynamic, yarn, longrope).
    """
    # Files of the time between hold both; transformers lets the older key win.
    rope = config.group("rope_scaling") or config.group("rope_parameters") or ConfigFile({}, config.path)
    kind = rope.text("rope_type" if rope.has("rope_type") else "type", "default", _KINDS)
    for name in rope.values:
        if name not in _KEYS:  # another kind under a known name, or one for each type of layer
            raise rope.wrong(name, say(en="absent", ko="없음"))
    for group in (rope, config):
        if group.number("partial_rotary_factor", 1.0) != 1:
            raise group.wrong("partial_rotary_factor", "1.0")
    fields: Json = {"ropeBase": rope.number("rope_theta", config.number("rope_theta", _BASE))}
    if kind == "llama3":
        fields["ropeConfig"] = {
            "factor": rope.number("factor"),
            "low_freq_factor": rope.number("low_freq_factor"),
            "high_freq_factor": rope.number("high_freq_factor"),
            "original_context_length": rope.whole("original_max_position_embeddings", context_length, most=LONGEST),
        }
    return fields


def write_rope(attention: AttentionFields) -> Json:
    """The settings that say what the fields of an attention say, with the keys of versions 5 and 4."""
    stretch = attention.scaling()
    if stretch is None:
        parameters: Json = {"rope_type": "default"}
    else:
        parameters = {
            "rope_type": "llama3",
            "factor": stretch.factor,
            "low_freq_factor": stretch.low_freq_factor,
            "high_freq_factor": stretch.high_freq_factor,
            "original_max_position_embeddings": stretch.original_context_length,
        }
    return {
        "rope_parameters": {**parameters, "rope_theta": attention.rope_base},
        "rope_theta": attention.rope_base,
        "rope_scaling": parameters if stretch is not None else None,
    }
