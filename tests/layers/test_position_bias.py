"""Distance biases against transformers' T5 and Bloom."""

import pytest
import torch
from transformers import T5Config
from transformers.models.bloom.modeling_bloom import build_alibi_tensor
from transformers.models.t5.modeling_t5 import T5Attention

from slm_widgets.layers.position_bias import AlibiBias, RelativeBias
from slm_widgets.model import build_model
from slm_widgets.stack import check_stack


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("T", [5, 150, 400])  # within the buckets of one token each, and beyond the farthest
def test_relative_bias_is_that_of_t5(causal, T):
    theirs = T5Attention(T5Config(num_heads=3, is_decoder=causal), has_relative_attention_bias=True, layer_idx=0)
    ours = RelativeBias(3, causal)
    ours.table.weight.data.copy_(theirs.relative_attention_bias.weight)
    expected = theirs.compute_bias(T, T, device=torch.device("cpu"))[0]  # (H, T, T)
    if causal:  # what lies ahead is masked, whatever stands there
        ahead = torch.ones(T, T, dtype=torch.bool).triu(1)
        torch.testing.assert_close(ours(T, T, "cpu").masked_fill(ahead, 0), expected.masked_fill(ahead, 0))
    else:
        torch.testing.assert_close(ours(T, T, "cpu"), expected)
    torch.testing.assert_close(ours(2, T, "cpu"), ours(T, T, "cpu")[:, -2:])  # the newest tokens of a longer text


@pytest.mark.parametrize("heads", [1, 2, 6, 8, 12])
def test_alibi_gives_the_probabilities_of_bloom(heads):
    T = 20
    theirs = build_alibi_tensor(torch.ones(1, T), heads, torch.float32).view(heads, 1, T)  # the last query's row
    ours = AlibiBias(heads)(1, T, "cpu")
    # Bloom counts from the first token, we from the newest: softmax does not see the difference.
    torch.testing.assert_close(ours.softmax(-1), theirs.softmax(-1))


def design(**attention):
    return [
        {"type": "tokenEmbedding", "data": {"id": "tokens", "vocabSize": 13, "embDim": 16}},
        {"type": "positionalEmbedding", "data": {"id": "positions", "posType": "relative", "ctxLength": 64}},
        {"type": "mhAttention", "data": {"id": "a", "numHeads": 4, **attention}},
        {"type": "linear", "data": {"id": "head"}},
    ]


def test_relative_positions_turn_the_bias_on_below_unless_attention_says_otherwise():
    assert isinstance(build_model(design()).a.position_bias, RelativeBias)
    assert build_model(design(positionBias="none")).a.position_bias is None
    assert isinstance(build_model(design(positionBias="alibi")).a.position_bias, AlibiBias)
    assert check_stack(design(positionBias="far"))[0].field == "positionBias"


@pytest.mark.parametrize("bias", ["relative", "alibi"])
@pytest.mark.parametrize("fields", [{}, {"windowSize": 3}, {"softCap": 2.0}, {"causal": False}])
def test_attention_adds_the_bias_to_its_scores(bias, fields):
    model = build_model(design(positionBias=bias, **fields), seed=2).eval()
    attention, x = model.a, torch.randn(2, 9, 16)
    q, k, v = (t.view(2, 9, 4, 4).transpose(1, 2) for t in attention.qkv(x).chunk(3, dim=-1))
    scores = q @ k.transpose(-2, -1) / 2
    if "softCap" in fields:
        scores = 2 * torch.tanh(scores / 2)
    scores = (scores + attention.position_bias(9, 9, "cpu")).masked_fill(~attention.mask(9, 9, "cpu"), float("-inf"))
    expected = attention.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(2, 9, 16))
    torch.testing.assert_close(attention(x), expected, rtol=1e-5, atol=1e-6)
