"""The built models compute what transformers' own classes compute, given the same weights: logits and gradients."""

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, Qwen3Config, Qwen3ForCausalLM

from slm_widgets.model import build_model
from slm_widgets.stack import parse_stack, preset


def same(ours, theirs, ids):
    torch.testing.assert_close(ours(ids), theirs(ids).logits, rtol=1e-5, atol=1e-5)


def copy(pairs):
    with torch.no_grad():
        for mine, other in pairs:
            assert mine.shape == other.shape
            mine.copy_(other)


def gpt2_weights(ours, theirs):
    """transformers keeps GPT-2's matrices transposed (Conv1D)."""
    body, other = ours, theirs.transformer
    yield body.tokens.weight, other.wte.weight
    yield body.positions.weight, other.wpe.weight
    for mine, block in zip(body.block, other.h, strict=True):
        for a, b in ((mine.norm1, block.ln_1), (mine.norm2, block.ln_2)):
            yield from ((a.weight, b.weight), (a.bias, b.bias))
        for a, b in (
            (mine.attention.qkv, block.attn.c_attn),
            (mine.attention.out, block.attn.c_proj),
            (mine.ffn.up, block.mlp.c_fc),
            (mine.ffn.down, block.mlp.c_proj),
        ):
            yield from ((a.weight, b.weight.T), (a.bias, b.bias))
    yield from ((body.norm.weight, other.ln_f.weight), (body.norm.bias, other.ln_f.bias))


def llama_weights(ours, theirs, qk_norm=False):
    body, other = ours, theirs.model
    yield body.tokens.weight, other.embed_tokens.weight
    for mine, block in zip(body.block, other.layers, strict=True):
        attention = block.self_attn
        stacked = torch.cat([p.weight for p in (attention.q_proj, attention.k_proj, attention.v_proj)])
        yield mine.attention.qkv.weight, stacked
        yield mine.attention.out.weight, attention.o_proj.weight
        if qk_norm:
            yield mine.attention.q_norm.weight, attention.q_norm.weight
            yield mine.attention.k_norm.weight, attention.k_norm.weight
        for name in ("gate", "up", "down"):
            yield getattr(mine.ffn, name).weight, getattr(block.mlp, f"{name}_proj").weight
        yield mine.norm1.weight, block.input_layernorm.weight
        yield mine.norm2.weight, block.post_attention_layernorm.weight
    yield body.norm.weight, other.norm.weight
    yield body.head.weight, theirs.lm_head.weight


@pytest.fixture
def ids():
    return torch.randint(0, 101, (3, 29), generator=torch.Generator().manual_seed(1))


def shaken(model):
    """Weights far from their starting values, so that a swapped bias or norm shows."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
    return model.eval()


def test_gpt2_gives_the_same_logits_and_gradients(ids):
    config = GPT2Config(vocab_size=101, n_positions=32, n_embd=48, n_layer=3, n_head=4)
    theirs = shaken(GPT2LMHeadModel(config))
    document = preset("gpt2").to_json()
    tokens, positions, block, *_ = document["layer_stack"]
    tokens["data"].update(vocabSize=101, embDim=48)
    positions["data"].update(ctxLength=32)
    block["data"].update(numOfBlocks=3)
    block["children"][1]["data"].update(numHeads=4)
    block["children"][4]["data"].update(hiddenDim=192)
    ours = build_model(document).eval()
    copy(gpt2_weights(ours, theirs))
    same(ours, theirs, ids)
    for model in (ours, theirs):
        out = model(ids)
        (out if isinstance(out, torch.Tensor) else out.logits).logsumexp(-1).sum().backward()
    torch.testing.assert_close(ours.tokens.weight.grad, theirs.transformer.wte.weight.grad, rtol=1e-4, atol=1e-4)
    ours_grad, theirs_grad = ours.block[1].ffn.up.weight.grad, theirs.transformer.h[1].mlp.c_fc.weight.grad.T
    torch.testing.assert_close(ours_grad, theirs_grad, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("heads", "groups"), [(4, 4), (4, 2), (6, 1)])
@pytest.mark.parametrize("stretched", [False, True])
def test_llama_gives_the_same_logits(ids, heads, groups, stretched):
    rope = {"rope_type": "default", "rope_theta": 10000.0}
    stretch = {"factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_context_length": 16}
    if stretched:
        renamed = {k.replace("_context_length", "_max_position_embeddings"): v for k, v in stretch.items()}
        rope = {"rope_type": "llama3", "rope_theta": 10000.0, **renamed}
    config = LlamaConfig(
        vocab_size=101, hidden_size=48, intermediate_size=80, num_hidden_layers=2, num_attention_heads=heads,
        num_key_value_heads=groups, max_position_embeddings=64, rope_parameters=rope, rms_norm_eps=1e-5,
        attention_bias=False, tie_word_embeddings=False,
    )  # fmt: skip
    theirs = shaken(LlamaForCausalLM(config))
    document = preset("llama2-7b").to_json()
    tokens, positions, block, *_ = document["layer_stack"]
    tokens["data"].update(vocabSize=101, embDim=48)
    positions["data"].update(ctxLength=64)
    block["data"].update(numOfBlocks=2)
    block["children"][1]["data"].update(numHeads=heads, numKvGroups=groups)
    if stretched:
        block["children"][1]["data"]["ropeConfig"] = stretch
    block["children"][4]["data"].update(hiddenDim=80)
    ours = build_model(document).eval()
    copy(llama_weights(ours, theirs))
    same(ours, theirs, ids)


def test_qwen3_with_qk_norm_and_wide_heads_gives_the_same_logits(ids):
    config = Qwen3Config(
        vocab_size=101, hidden_size=48, intermediate_size=80, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=20, max_position_embeddings=64, rms_norm_eps=1e-6, tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": 1000000.0}, attention_bias=False,
    )  # fmt: skip
    theirs = shaken(Qwen3ForCausalLM(config))
    document = preset("qwen3-0.6b").to_json()
    tokens, positions, block, *_ = document["layer_stack"]
    tokens["data"].update(vocabSize=101, embDim=48)
    positions["data"].update(ctxLength=64)
    block["data"].update(numOfBlocks=2)
    block["children"][1]["data"].update(numHeads=4, numKvGroups=2, headDim=20)
    block["children"][4]["data"].update(hiddenDim=80)
    ours = build_model(document).eval()
    copy(llama_weights(ours, theirs, qk_norm=True))
    same(ours, theirs, ids)
    assert parse_stack(document) == ours.stack
