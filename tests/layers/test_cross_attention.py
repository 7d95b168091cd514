"""Cross-attention against torch's own, and what an encoder-decoder asks of its callers."""

import pytest
import torch
from torch import nn

from slm_widgets.errors import GenerationError
from slm_widgets.layers.cross_attention import CrossAttention
from slm_widgets.model import build_model
from slm_widgets.stack import check_stack, describe


def node(type_name, name, **data):
    return {"type": type_name, "data": {"id": name, **data}}


def encoder_decoder(**cross):
    return [
        node("sourceText", "source"),
        node("tokenEmbedding", "source_tokens", vocabSize=13, embDim=24),
        node("positionalEmbedding", "source_positions", ctxLength=20),
        node("mhAttention", "encoder", numHeads=3, causal=False),
        node("tokenEmbedding", "tokens", vocabSize=13, embDim=16, input="source:in"),
        node("mhAttention", "self", numHeads=2),
        node("crossAttention", "cross", **{"numHeads": 4, "source": "encoder", **cross}),
        node("linear", "head"),
    ]


@pytest.mark.parametrize("bias", [True, False])
def test_it_is_torchs_multihead_attention(bias):
    torch.manual_seed(0)
    ours = CrossAttention(16, 24, 4, qkv_bias=bias, out_bias=bias)
    theirs = nn.MultiheadAttention(16, 4, bias=bias, kdim=24, vdim=24, batch_first=True)
    with torch.no_grad():
        for p in ours.parameters():
            p.normal_()
        theirs.q_proj_weight.copy_(ours.q.weight)
        for mine, other in zip(ours.kv.weight.chunk(2), (theirs.k_proj_weight, theirs.v_proj_weight), strict=True):
            other.copy_(mine)
        theirs.out_proj.weight.copy_(ours.out.weight)
        if bias:
            theirs.in_proj_bias.copy_(torch.cat([ours.q.bias, ours.kv.bias]))
            theirs.out_proj.bias.copy_(ours.out.bias)
    x, source = torch.randn(2, 5, 16), torch.randn(2, 7, 24)
    torch.testing.assert_close(ours(x, source), theirs(x, source, source)[0], rtol=1e-5, atol=1e-5)


def test_source_and_text_have_lengths_of_their_own():
    model = build_model(encoder_decoder())
    assert model(torch.zeros(2, 4, dtype=torch.long), torch.zeros(2, 9, dtype=torch.long)).shape == (2, 4, 13)
    rows = {row.id: row.out_shape for row in describe(encoder_decoder()).layers}
    assert rows["encoder"] == ("B", "S", 24)
    assert rows["cross"] == ("B", "T", 16)
    assert (model.context_length, model.source_length) == (None, 20)


def test_the_source_is_read_once_while_writing():
    model = build_model(encoder_decoder(), seed=3).eval()
    ids, source = torch.randint(13, (2, 6)), torch.randint(13, (2, 8))
    cache, calls = model.new_cache(2, 6), []
    model.encoder.register_forward_hook(lambda *_: calls.append(1))
    model.cross.kv.register_forward_hook(lambda *_: calls.append(1))
    parts = [model(ids[:, :3], source, cache), *(model(ids[:, t : t + 1], cache=cache) for t in range(3, 6))]
    assert len(calls) == 2
    torch.testing.assert_close(torch.cat(parts, dim=1), model(ids, source), rtol=1e-5, atol=1e-5)


def test_every_token_of_the_source_counts_and_later_ones_of_the_text_do_not():
    model = build_model(encoder_decoder(), seed=3).eval()
    ids, source = torch.zeros(1, 5, dtype=torch.long), torch.zeros(1, 5, dtype=torch.long)
    changed = source.clone()
    changed[0, 4] = 1
    assert not torch.allclose(model(ids, source)[:, 0], model(ids, changed)[:, 0])
    torch.testing.assert_close(model(ids, source)[:, :4], model(changed, source)[:, :4])


def test_a_missing_an_unwanted_and_a_long_source_are_named():
    ids = torch.zeros(1, 5, dtype=torch.long)
    with pytest.raises(GenerationError, match=r"model\(ids, source\)"):
        build_model(encoder_decoder())(ids)
    with pytest.raises(GenerationError, match="reads at most 20"):
        build_model(encoder_decoder())(ids, torch.zeros(1, 21, dtype=torch.long))
    plain = [node("tokenEmbedding", "tokens", vocabSize=13, embDim=16), node("linear", "head")]
    with pytest.raises(GenerationError, match="reads no source"):
        build_model(plain)(ids, ids)


@pytest.mark.parametrize(
    ("source", "said"), [("tokens", "the text itself"), ("source", "token ids"), ("nowhere", "no such layer")]
)
def test_a_source_that_is_no_encoder_is_refused(source, said):
    (problem,) = check_stack(encoder_decoder(source=source))
    assert (problem.layer_id, problem.field) == ("cross", "source")
    assert said in problem.message


def test_source_and_text_cannot_be_added():
    design = encoder_decoder()
    design[4]["data"]["embDim"] = 24
    design.insert(7, node("residual", "add", source="encoder"))
    assert any(p.layer_id == "add" and "B × S × 24" in p.message for p in check_stack(design))


def test_without_a_source_it_trains_to_go_on():
    model = build_model(encoder_decoder()).eval()
    ids, targets = torch.randint(13, (2, 10)), torch.randint(13, (2, 10))
    logits = model(ids[:, 4:], ids[:, :5])
    expected = nn.functional.cross_entropy(logits.flatten(0, 1), targets[:, 4:].flatten())
    torch.testing.assert_close(model.loss(ids, targets), expected)


def test_an_encoder_that_reads_little_is_shown_as_much_as_it_can_read():
    design = encoder_decoder()
    design[2]["data"]["ctxLength"] = 3
    model = build_model(design).eval()
    ids, targets = torch.randint(13, (2, 10)), torch.randint(13, (2, 10))
    logits = model(ids[:, 2:], ids[:, :3])
    expected = nn.functional.cross_entropy(logits.flatten(0, 1), targets[:, 2:].flatten())
    torch.testing.assert_close(model.loss(ids, targets), expected)
