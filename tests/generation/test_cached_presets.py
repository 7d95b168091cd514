"""Writing with a cache gives what reading the whole text anew gives: for every preset to train and every kind of attention."""

import pytest
import torch

from slm_widgets.generation import stream
from slm_widgets.model import LanguageModel, build_model
from slm_widgets.stack import preset, presets

SMALL = [info.name for info in presets() if info.sibling is None]
LENGTH = 40

STRETCH = {"factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_context_length": 8}

# What positions there are, and the fields of the attention: grouped where it names groups.
KINDS = {
    "without positions": (None, {}),
    "learned positions": ("learned", {}),
    "sinusoidal positions": ("sinusoidal", {}),
    "grouped": ("learned", {"numKvGroups": 2}),
    "multi-query": ("learned", {"numKvGroups": 1}),
    "wide heads": ("learned", {"numKvGroups": 2, "headDim": 12}),
    "window": ("learned", {"windowSize": 5}),
    "window of one token": ("learned", {"windowSize": 1}),
    "window as long as the text": ("learned", {"windowSize": LENGTH}),
    "grouped window": ("rotary", {"windowSize": 7, "numKvGroups": 2}),
    "soft cap": ("learned", {"softCap": 1.5}),
    "soft cap in a window, grouped": ("rotary", {"softCap": 1.5, "windowSize": 6, "numKvGroups": 1}),
    "scale": ("learned", {"scale": 1.0}),
    "QK-norm": ("learned", {"qkNorm": True, "numKvGroups": 4}),
    "QK-norm, rotary, grouped": ("rotary", {"qkNorm": True, "numKvGroups": 2}),
    "rotary": ("rotary", {}),
    "rotary, interleaved": ("rotary", {"ropeStyle": "interleaved"}),
    "rotary, part of the head": ("rotary", {"rotaryDim": 4}),
    "rotary, interleaved, part of the head": ("rotary", {"ropeStyle": "interleaved", "rotaryDim": 4}),
    "rotary, stretched": ("rotary", {"ropeConfig": STRETCH, "numKvGroups": 2}),
    "relative": ("relative", {}),
    "relative, grouped, soft cap": ("relative", {"numKvGroups": 2, "softCap": 1.5}),
    "relative in a window": ("relative", {"windowSize": 6}),
    "alibi": ("alibi", {}),
    "alibi, grouped, soft cap in a window": ("alibi", {"numKvGroups": 2, "softCap": 1.5, "windowSize": 6}),
    "rotary and alibi": ("rotary", {"positionBias": "alibi"}),
    "cross": ("sinusoidal", {"source": "encoder"}),
}


def node(type_name, name, **data):
    return {"type": type_name, "data": {"id": name, **data}}


def block(name, attention):
    inside = [node("normalization", f"{name}_norm"), attention, node("residual", f"{name}_add", source=f"{name}:in")]
    return {**node("transformerBlock", name, numOfBlocks=2), "children": inside}


def design(positions, fields):
    """Two layers of this attention; for cross-attention an encoder and a causal layer above."""
    kind = "gqAttention" if "numKvGroups" in fields else "crossAttention" if "source" in fields else "mhAttention"
    embedding = {"vocabSize": 23, "embDim": 32}
    encoder, begin = [], {}
    if kind == "crossAttention":
        encoder = [
            node("sourceText", "source"),
            node("tokenEmbedding", "source_tokens", **embedding),
            block("encoder", node("mhAttention", "encoder_attention", numHeads=2, causal=False)),
        ]
        begin = {"input": "source:in"}
    above = [block("self", node("mhAttention", "self_attention", numHeads=2))] if encoder else []
    return [
        *encoder,
        node("tokenEmbedding", "tokens", **embedding, **begin),
        *([node("positionalEmbedding", "positions", posType=positions, ctxLength=LENGTH)] if positions else []),
        *above,
        block("block", node(kind, "attention", numHeads=4, **fields)),
        node("linear", "head"),
    ]


def decided(stack):
    """A model with weights so large that what it looks at matters: fresh ones give all tokens about the same chance."""
    model = build_model(stack, seed=1).eval()
    torch.manual_seed(2)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * (0.2 if parameter.dim() > 1 else 0.1))
    return model


def in_parts(model, ids, source, sizes):
    """The logits of a text that is shown to a cache in pieces; the source comes with the first."""
    cache = model.new_cache(ids.size(0), ids.size(1))
    return torch.cat([model(part, source if not i else None, cache) for i, part in enumerate(ids.split(sizes, 1))], 1)


def compared(model):
    """Compares the logits of two texts, shown token by token and in pieces of several, and tells whether it looked back."""
    T = model.context_length or LENGTH
    torch.manual_seed(3)
    ids = torch.randint(model.vocab_size, (2, T))
    source = torch.randint(model.vocab_size, (2, 9)) if model.reads_source else None
    with torch.no_grad():
        expected = model(ids, source)
        tolerance = {"rtol": 1e-5, "atol": 1e-5 * expected.abs().max().item()}
        for sizes in ([1] * T, [3, 1, 11, 1, T - 16]):
            torch.testing.assert_close(in_parts(model, ids, source, sizes), expected, **tolerance)
        # A model that looks back nowhere would give the same with any cache.
        ids[:, -2] = (ids[:, -2] + 1) % model.vocab_size
        return (model(ids, source)[:, -1] - expected[:, -1]).abs().max().item() > tolerance["atol"]


class Numbers:
    """The smallest tokenizer: token 0 is the character 0, token 1 the character 1, and so on."""

    end_of_text_id = None

    def encode(self, text):
        return torch.tensor([ord(c) - ord("0") for c in text])

    def decode(self, ids):
        return "".join(chr(int(i) + ord("0")) for i in ids)


def written(model):
    return [(t.id, t.probability) for t in stream(model, Numbers(), "0123456789", 60, temperature=1.0, seed=3)]


@pytest.mark.parametrize("name", SMALL)
def test_every_preset_gives_the_same_logits_with_a_cache(name):
    assert compared(decided(preset(name)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_attention_gives_the_same_logits_with_a_cache(kind):
    looked_back = compared(decided(design(*KINDS[kind])))
    assert looked_back == (kind != "window of one token")


@pytest.mark.parametrize("name", [*SMALL, *KINDS])
def test_every_design_writes_the_same_tokens_with_a_cache(name, monkeypatch):
    """Beyond the context length too, where the last tokens are read anew."""
    model = decided(preset(name) if name in SMALL else design(*KINDS[name]))
    caches = []
    new_cache = LanguageModel.new_cache
    monkeypatch.setattr(LanguageModel, "new_cache", lambda *args: caches.append(1) or new_cache(*args))
    cached = written(model)
    assert caches
    monkeypatch.setattr(LanguageModel, "can_cache", False)
    anew = written(model)
    assert len(caches) == 1
    assert [token for token, _ in cached] == [token for token, _ in anew]
    assert [p for _, p in cached] == pytest.approx([p for _, p in anew], rel=1e-3)
    assert len({token for token, _ in cached}) > 1
