import math
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.attention.flex_attention import flex_attention

from slm_widgets.errors import GenerationError, LayerStackError
from slm_widgets.model import build_model
from slm_widgets.model.build import module_name
from slm_widgets.stack import describe, preset

NANO = ("gpt2-nano", "llama-nano", "shakespeare-char-cpu")


def layer(type_name, name, **data):
    return {"type": type_name, "data": {"id": name, **data}}


def design(*middle, width=16, vocab=13):
    return [
        layer("tokenEmbedding", "tokens", vocabSize=vocab, embDim=width),
        *middle,
        layer("linear", "head", bias=False),
    ]


@pytest.fixture
def ids():
    return torch.randint(0, 13, (2, 10), generator=torch.Generator().manual_seed(0))


def test_a_token_never_sees_what_comes_after_it():
    model = build_model(preset("llama-nano")).eval()
    ids = torch.randint(0, 256, (1, 30))
    changed = ids.clone()
    changed[0, 20:] = (changed[0, 20:] + 1) % 256
    torch.testing.assert_close(model(ids)[:, :20], model(changed)[:, :20])
    assert not torch.allclose(model(ids)[:, 20:], model(changed)[:, 20:])


def test_attention_that_is_not_causal_sees_what_comes_after():
    model = build_model(design(layer("mhAttention", "a", numHeads=2, causal=False))).eval()
    assert not model.can_cache
    ids = torch.zeros(1, 5, dtype=torch.long)
    changed = ids.clone()
    changed[0, 4] = 1
    assert not torch.allclose(model(ids)[:, 0], model(changed)[:, 0])
    with pytest.raises(GenerationError, match="cannot keep a cache"):
        model.new_cache(1, 8)


def test_attention_is_torchs_multihead_attention(ids):
    model = build_model(design(layer("mhAttention", "a", numHeads=4, qkvBias=True), width=16)).eval()
    ours = model.a
    with torch.no_grad():
        for p in ours.parameters():
            p.normal_(std=0.3)
    theirs = nn.MultiheadAttention(16, 4, batch_first=True).eval()
    theirs.load_state_dict(
        {
            "in_proj_weight": ours.qkv.weight,
            "in_proj_bias": ours.qkv.bias,
            "out_proj.weight": ours.out.weight,
            "out_proj.bias": ours.out.bias,
        }
    )
    x = torch.randn(2, 10, 16)
    mask = nn.Transformer.generate_square_subsequent_mask(10)
    expected, _ = theirs(x, x, x, attn_mask=mask, need_weights=False)
    torch.testing.assert_close(ours(x), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("window", "cap"), [(3, None), (None, 5.0), (4, 5.0), (None, None)])
def test_window_and_soft_cap_are_those_of_flex_attention(window, cap):
    fields = {"windowSize": window, "softCap": cap}
    attention = build_model(design(layer("gqAttention", "a", numHeads=4, numKvGroups=2, **fields))).eval().a
    with torch.no_grad():
        attention.qkv.weight.normal_(std=0.5)
    x = torch.randn(2, 10, 16)
    q, k, v = (t.unflatten(-1, (-1, 4)).transpose(1, 2) for t in attention.qkv(x).detach().split((16, 8, 8), dim=-1))

    def score(s, b, h, i, j):
        s = cap * torch.tanh(s / cap) if cap else s
        seen = (j <= i) & (i - j < window) if window else j <= i
        return torch.where(seen, s, float("-inf"))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it advises to compile it
        expected = flex_attention(q, k, v, score_mod=score, enable_gqa=True)
    expected = attention.out(expected.transpose(1, 2).reshape(2, 10, 16))
    torch.testing.assert_close(attention(x), expected, rtol=1e-4, atol=1e-5)


def test_sinusoidal_positions_are_those_of_the_paper():
    waves = build_model(design(layer("positionalEmbedding", "p", posType="sinusoidal", ctxLength=50))).p.waves
    for t in (0, 1, 17, 49):
        for i in range(8):
            angle = t / 10_000 ** (2 * i / 16)
            assert waves[t, 2 * i].item() == pytest.approx(math.sin(angle), abs=1e-5)
            assert waves[t, 2 * i + 1].item() == pytest.approx(math.cos(angle), abs=1e-5)


def test_interleaved_rotation_is_a_product_of_complex_numbers():
    rotary = build_model(design(layer("mhAttention", "a", numHeads=2, isRoPE=True, ropeStyle="interleaved"))).a.rotary
    x = torch.randn(1, 2, 6, 8)
    rates = 1.0 / 10_000 ** (torch.arange(0, 8, 2) / 8)
    turns = torch.polar(torch.ones(6, 4), torch.arange(6)[:, None] * rates)
    expected = torch.view_as_real(torch.view_as_complex(x.unflatten(-1, (4, 2))) * turns).flatten(-2)
    torch.testing.assert_close(rotary(x), expected)


def test_part_of_a_head_can_be_turned_and_the_rest_passes():
    rotary = build_model(design(layer("mhAttention", "a", numHeads=2, isRoPE=True, rotaryDim=4))).a.rotary
    x = torch.randn(1, 2, 6, 8)
    assert torch.equal(rotary(x)[..., 4:], x[..., 4:])
    assert not torch.allclose(rotary(x)[..., 1:, :4], x[..., 1:, :4])


def test_rotary_tables_grow_when_a_longer_text_comes():
    attention = build_model(design(layer("mhAttention", "a", numHeads=2, isRoPE=True))).eval().a
    long = attention.rotary(torch.ones(1, 1, 5000, 8))
    assert torch.equal(long[:, :, 4990:], attention.rotary(torch.ones(1, 1, 10, 8), start=4990))


@pytest.mark.parametrize("gated", [False, True])
def test_feed_forward_is_its_formula(gated):
    fields = {"feedForwardType": "Gated", "actFunc": "SwiGLU"} if gated else {"actFunc": "ReLU"}
    ffn = build_model(design(layer("feedForward", "f", hiddenDim=24, **fields))).f
    x = torch.randn(2, 3, 16)
    if gated:
        expected = F.linear(F.silu(x @ ffn.gate.weight.T) * (x @ ffn.up.weight.T), ffn.down.weight)
    else:
        expected = F.linear(torch.clamp(x @ ffn.up.weight.T + ffn.up.bias, min=0), ffn.down.weight, ffn.down.bias)
    torch.testing.assert_close(ffn(x), expected)


def test_repeats_have_weights_of_their_own_and_residuals_stay_inside_their_repeat(ids):
    inside = [layer("linear", "f", bias=False), layer("residual", "add", source="block:in", scale=0.5)]
    block = {**layer("transformerBlock", "block", numOfBlocks=3), "children": inside}
    model = build_model(design(block)).eval()
    x = model.tokens(ids)
    for repeat in model.block:
        x = x @ repeat.f.weight.T + 0.5 * x
    torch.testing.assert_close(model(ids), x @ model.head.weight.T)
    assert len({repeat.f.weight.data_ptr() for repeat in model.block}) == 3


def test_a_reference_out_of_a_block_means_the_layer_outside(ids):
    inside = [layer("linear", "f", bias=False), layer("residual", "add", source="tokens")]
    block = {**layer("transformerBlock", "block", numOfBlocks=2), "children": inside}
    model = build_model(design(block)).eval()
    first = x = model.tokens(ids)
    for repeat in model.block:
        x = x @ repeat.f.weight.T + first
    torch.testing.assert_close(model(ids), x @ model.head.weight.T)


def test_input_names_another_layer_to_read_from(ids):
    branch = [
        layer("linear", "a", bias=False),
        layer("linear", "b", bias=False, input="tokens"),
        layer("residual", "add", source="a"),
    ]
    model = build_model(design(*branch)).eval()
    x = model.tokens(ids)
    expected = (x @ model.b.weight.T + x @ model.a.weight.T) @ model.head.weight.T
    torch.testing.assert_close(model(ids), expected)


def test_a_tied_head_is_the_embeddings_own_matrix():
    model = build_model(preset("gpt2-nano"))
    assert model.head.weight is model.tokens.weight
    assert sum(p.numel() for p in model.parameters()) == describe(preset("gpt2-nano")).parameters


@pytest.mark.parametrize("name", NANO)
def test_the_same_seed_gives_the_same_weights_and_leaves_the_callers_random_numbers_alone(name):
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    one, two, other = (build_model(preset(name), seed=s) for s in (3, 3, 4))
    assert torch.equal(torch.rand(1), expected)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))
    assert not torch.equal(one.tokens.weight, other.tokens.weight)


def test_models_built_at_the_same_time_do_not_disturb_each_other():
    expected = build_model(preset("gpt2-nano"), seed=0).state_dict()
    with ThreadPoolExecutor(4) as pool:
        models = list(pool.map(lambda _: build_model(preset("gpt2-nano"), seed=0), range(24)))
    for model in models:
        assert all(torch.equal(value, expected[name]) for name, value in model.state_dict().items())


def test_matrices_that_write_into_the_residual_stream_start_smaller():
    model = build_model(preset("shakespeare-char-cpu"))  # 4 blocks, 8 residuals
    for block in model.block:
        assert block.attention.qkv.weight.std().item() == pytest.approx(0.02, rel=0.05)
        for projection in (block.attention.out, block.ffn.down):
            assert projection.weight.std().item() == pytest.approx(0.02 / math.sqrt(8), rel=0.05)


@pytest.mark.parametrize("name", NANO)
def test_a_fresh_model_gives_every_token_about_the_same_chance(name):
    model = build_model(preset(name)).eval()
    ids = torch.randint(0, 256, (8, 64))
    loss = F.cross_entropy(model(ids).flatten(0, 1), torch.randint(0, 256, (8 * 64,)))
    assert loss.item() == pytest.approx(math.log(256), rel=0.02)


def test_a_text_longer_than_the_context_is_refused():
    model = build_model(preset("gpt2-nano"))
    with pytest.raises(GenerationError, match="65 tokens, but this model reads at most 64"):
        model(torch.zeros(1, 65, dtype=torch.long))


def test_a_design_with_problems_is_not_built():
    with pytest.raises(LayerStackError, match="empty"):
        build_model([])


def test_any_id_becomes_a_module_name_of_its_own():
    taken: set[str] = set()
    for odd in ("forward", "1st", "a.b", "a-b", "", "class", "<script>", "어텐션", "links"):
        name = module_name(odd, taken)
        assert name.isidentifier()
        assert name not in taken
        taken.add(name)
    model = build_model([layer("tokenEmbedding", "forward", vocabSize=5, embDim=4), layer("linear", "a.b\n<b>")])
    assert model(torch.zeros(1, 3, dtype=torch.long)).shape == (1, 3, 5)


def test_the_input_of_a_block_can_be_read_after_it(ids):
    block = {**layer("transformerBlock", "b", numOfBlocks=2), "children": [layer("normalization", "n")]}
    model = build_model(design(block, layer("residual", "r", source="b:in"))).eval()
    x = model.tokens(ids)
    torch.testing.assert_close(model(ids), model.head(model.b[1].n(model.b[0].n(x)) + x))


@pytest.mark.parametrize(
    "name", ["_modules", "_buffers", "training", "links", "stack", "forward", "class", "2nd", "a.b"]
)
def test_a_layer_may_have_any_id(name, ids):
    model = build_model(design(layer("normalization", name)))
    assert model(ids).shape == (2, 10, 13)
    assert sum(p.numel() for p in model.parameters()) == describe(model.stack).parameters
