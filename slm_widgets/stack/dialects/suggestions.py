"""What an unknown type or field was probably meant to be; said to the person, never assumed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from slm_widgets.language import Text
from slm_widgets.layers import Layer
from slm_widgets.stack.dialects.aliases import KEYS, plain

# What people call them elsewhere, in the form that ``plain`` gives, where the spelling alone does not lead there.
_TYPES: dict[str, tuple[str, ...]] = {
    "layernorm": ("normalization (normType LayerNorm)",),
    "rmsnorm": ("normalization (normType RMSNorm)",),
    "norm": ("normalization",),
    "ln": ("normalization",),
    "mlp": ("feedForward",),
    "ffn": ("feedForward",),
    "moe": ("mixtureOfExperts",),
    "head": ("linear",),
    "lmhead": ("linear",),
    "dense": ("linear",),
    "embedding": ("tokenEmbedding", "positionalEmbedding"),
    "embeddings": ("tokenEmbedding", "positionalEmbedding"),
    "rope": ("positionalEmbedding (posType rotary)",),
    "attn": ("mhAttention", "gqAttention"),
    "selfattention": ("mhAttention", "gqAttention"),
    "block": ("transformerBlock",),
    "encoder": ("transformerBlock",),
    "decoder": ("transformerBlock",),
    "rnn": ("recurrent",),
    "lstm": ("recurrent",),
    "gru": ("recurrent",),
    "conv": ("causalConvolution",),
    "conv1d": ("causalConvolution",),
    "add": ("residual",),
    "skip": ("residual",),
}

_FIELDS = {
    "layers": "children",
    "blocks": "children",
    "numblocks": "numOfBlocks",
    "nlayers": "numOfBlocks",
    "numlayers": "numOfBlocks",
    "repeats": "numOfBlocks",
    "heads": "numHeads",
    "nhead": "numHeads",
    "numattentionheads": "numHeads",
    "numkeyvalueheads": "numKvGroups",
    "dmodel": "embDim",
    "hiddensize": "embDim",
    "nembd": "embDim",
    "dim": "embDim",
    "dff": "hiddenDim",
    "intermediatesize": "hiddenDim",
    "p": "dropoutRate",
    "act": "actFunc",
    "tied": "weightTying",
    "from": "source",
}

_MOST = 3
_UNSAID = ("id", "inDim")
_LAST = ("label", "outDim", "input")
"""Fields of every layer: what nobody looks for, and what matters least."""


def near_types(name: str, known: Mapping[str, type[Layer]]) -> list[str]:
    """The types that a name probably means, at most three: by other names, by their titles, by their spelling.

    Args:
        name: The type as the document spells it.
        known: The layer types there are.
    """
    said = plain(name)
    if meant := [text for text in _TYPES.get(said, ()) if text.split()[0] in known]:
        return meant
    names = {plain(key): key for key in known}
    if near := difflib.get_close_matches(said, names, n=1, cutoff=0.8):
        return [names[near[0]]]
    within = [key for key, layer in known.items() if _is_within(said, key, layer.title)]
    if within:
        return within[:_MOST]
    near = difflib.get_close_matches(said, [*names, *_TYPES], n=1)
    return [names[key] for key in near if key in names] or [text for key in near for text in _TYPES[key]]


def _is_within(said: str, key: str, title: Text) -> bool:
    """Whether a name is part of another or the other way round; two letters are too few, two Korean syllables are not."""
    others = [plain(other) for other in (key, title.en, title.ko) if other]
    return any(a in b for other in others for a, b in ((said, other), (other, said)) if len(a) > 1 + a.isascii())


def near_field(name: str, fields: Iterable[str]) -> str | None:
    """The field that an unknown key probably means, or None.

    Args:
        name: The key as the document spells it.
        fields: The fields of the layer, and ``children`` where it takes some.
    """
    said = plain(name)
    fields = list(fields)
    others = {plain(other): field for field, names in KEYS.items() for other in names} | _FIELDS
    if others.get(said) in fields:
        return others[said]
    names = {plain(field): field for field in fields}
    near = difflib.get_close_matches(said, names, n=1)
    return names[near[0]] if near else None


def listed(fields: Iterable[str]) -> str:
    """The fields of a layer for a sentence."""
    shown = [field for field in fields if field not in _UNSAID]
    return ", ".join(sorted(shown, key=_LAST.__contains__))
