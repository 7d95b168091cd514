"""The first transformer's preset is torch's own ``nn.Transformer``: outputs and the gradients of all parameters."""

import math

import pytest
import torch
from torch import nn

from slm_widgets.model import build_model
from slm_widgets.stack import preset

VOCABULARY, BLOCKS, HIDDEN = 37, 2, 56


def small(width, heads):
    """The published design at another size."""
    document = preset("transformer-base").to_json()
    for node in document["layer_stack"]:
        for part in (node, *node.get("children", [])):
            resized = {"vocabSize": VOCABULARY, "embDim": width, "numOfBlocks": BLOCKS, "numHeads": heads}
            resized |= {"hiddenDim": HIDDEN, "scale": math.sqrt(width)}
            part["data"].update({key: value for key, value in resized.items() if key in part["data"]})
    return document


class Theirs(nn.Module):
    """nn.Transformer between a table and the same table again, as Vaswani et al. 2017 say (sections 3.4 and 3.5)."""

    def __init__(self, width, heads):
        super().__init__()
        self.table = nn.Parameter(torch.randn(VOCABULARY, width) * 0.2)
        # Its halves are given, because torch would add a norm at the end of each, and the paper has none.
        layer = {"d_model": width, "nhead": heads, "dim_feedforward": HIDDEN, "dropout": 0.0, "batch_first": True}
        encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(**layer), BLOCKS, enable_nested_tensor=False)
        decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(**layer), BLOCKS)
        self.body = nn.Transformer(width, heads, custom_encoder=encoder, custom_decoder=decoder, batch_first=True)

    def embed(self, ids):
        T = ids.size(1)
        width = self.table.size(1)
        waves = torch.tensor(
            [
                [(math.cos if i % 2 else math.sin)(t / 10_000 ** ((i - i % 2) / width)) for i in range(width)]
                for t in range(T)
            ]
        )
        return self.table[ids] * math.sqrt(width) + waves

    def forward(self, ids, source):
        mask = nn.Transformer.generate_square_subsequent_mask(ids.size(1))
        return self.body(self.embed(source), self.embed(ids), tgt_mask=mask, tgt_is_causal=True) @ self.table.T


def pairs(ours, theirs):
    """Each of our parameters beside theirs and the rows of it that it holds."""

    def same(mine, other):
        for name, parameter in mine.named_parameters():
            yield parameter, getattr(other, name), slice(None)

    def attention(mine, other):
        yield mine.qkv.weight, other.in_proj_weight, slice(None)
        yield mine.qkv.bias, other.in_proj_bias, slice(None)
        yield from same(mine.out, other.out_proj)

    def cross(mine, other):
        width = mine.q.in_features  # torch keeps queries, keys and values of one layer in one matrix
        for part, rows in ((mine.q, slice(0, width)), (mine.kv, slice(width, None))):
            yield part.weight, other.in_proj_weight, rows
            yield part.bias, other.in_proj_bias, rows
        yield from same(mine.out, other.out_proj)

    yield ours.tokens.weight, theirs.table, slice(None)
    for mine, other in zip(ours.encoder, theirs.body.encoder.layers, strict=True):
        yield from attention(mine.encoder_attention, other.self_attn)
        yield from same(mine.encoder_ffn.up, other.linear1)
        yield from same(mine.encoder_ffn.down, other.linear2)
        yield from same(mine.encoder_norm1, other.norm1)
        yield from same(mine.encoder_norm2, other.norm2)
    for mine, other in zip(ours.decoder, theirs.body.decoder.layers, strict=True):
        yield from attention(mine.attention, other.self_attn)
        yield from cross(mine.cross_attention, other.multihead_attn)
        yield from same(mine.ffn.up, other.linear1)
        yield from same(mine.ffn.down, other.linear2)
        for name in ("norm1", "norm2", "norm3"):
            yield from same(getattr(mine, name), getattr(other, name))


def apart(ours, theirs):
    """The largest difference, relative to the largest value."""
    return ((ours - theirs).abs().max() / theirs.abs().max()).item()


@pytest.mark.parametrize(("width", "heads", "T", "S"), [(24, 3, 11, 17), (32, 4, 20, 6), (16, 1, 9, 2)])
def test_it_gives_the_outputs_and_gradients_of_torchs_transformer(width, heads, T, S):
    torch.manual_seed(0)
    theirs = Theirs(width, heads).eval()
    ours = build_model(small(width, heads)).eval()
    with torch.no_grad():
        for parameter in theirs.parameters():  # far from the start, so that a swapped bias or norm shows
            parameter.add_(torch.randn_like(parameter) * 0.1)
        for mine, other, rows in pairs(ours, theirs):
            mine.copy_(other[rows])
    ids, source = torch.randint(VOCABULARY, (3, T)), torch.randint(VOCABULARY, (3, S))
    direction = torch.randn(3, T, VOCABULARY)
    logits, expected = ours(ids, source), theirs(ids, source)
    assert apart(logits, expected) < 1e-5
    (logits * direction).sum().backward()
    (expected * direction).sum().backward()
    compared = list(pairs(ours, theirs))
    assert len(compared) == len(list(ours.parameters()))
    for mine, other, rows in compared:
        assert apart(mine.grad, other.grad[rows]) < 1e-5


def test_the_three_tables_are_one():
    model = build_model(preset("transformer-nano"))
    assert model.tokens.weight is model.source_tokens.weight is model.head.weight
