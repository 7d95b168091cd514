"""The parallel block is GPT-J's, as transformers computes it: logits and the gradients of all parameters."""

import pytest
import torch
from transformers import GPTJConfig, GPTJForCausalLM

from slm_widgets.model import build_model
from slm_widgets.stack import preset


def small(width, heads, rotary_size, blocks=3, context=64):
    """The published design at another size."""
    document = preset("gpt-j-6b").to_json()
    tokens, positions, block, *_ = document["layer_stack"]
    _, attention, _, feed_forward, _ = block["children"]
    tokens["data"].update(vocabSize=101, embDim=width)
    positions["data"].update(ctxLength=context)
    block["data"].update(numOfBlocks=blocks)
    attention["data"].update(numHeads=heads, rotaryDim=rotary_size)
    feed_forward["data"].update(hiddenDim=4 * width)
    return document


def pairs(ours, theirs):
    """Each of our parameters beside those of theirs that it is made of, one below the other."""
    body = theirs.transformer
    yield ours.tokens.weight, [body.wte.weight]
    for mine, other in zip(ours.block, body.h, strict=True):
        yield mine.attention.qkv.weight, [other.attn.q_proj.weight, other.attn.k_proj.weight, other.attn.v_proj.weight]
        yield mine.attention.out.weight, [other.attn.out_proj.weight]
        for a, b in ((mine.norm1, other.ln_1), (mine.ffn.up, other.mlp.fc_in), (mine.ffn.down, other.mlp.fc_out)):
            yield from ((a.weight, [b.weight]), (a.bias, [b.bias]))
    yield from ((ours.norm.weight, [body.ln_f.weight]), (ours.norm.bias, [body.ln_f.bias]))
    yield from ((ours.head.weight, [theirs.lm_head.weight]), (ours.head.bias, [theirs.lm_head.bias]))


def apart(ours, theirs):
    """The largest difference, relative to the largest value."""
    return ((ours - theirs).abs().max() / theirs.abs().max()).item()


@pytest.mark.parametrize(("width", "heads", "rotary_size", "T"), [(48, 4, 4, 29), (40, 5, 8, 64), (36, 1, 10, 7)])
def test_gpt_j_gives_the_same_logits_and_gradients(width, heads, rotary_size, T):
    torch.manual_seed(0)
    config = GPTJConfig(
        vocab_size=101, n_positions=64, n_embd=width, n_layer=3, n_head=heads, rotary_dim=rotary_size
    )  # fmt: skip
    theirs = GPTJForCausalLM(config).eval()
    ours = build_model(small(width, heads, rotary_size)).eval()
    with torch.no_grad():
        for parameter in theirs.parameters():  # far from the start, so that a swapped bias or norm shows
            parameter.add_(torch.randn_like(parameter) * 0.1)
        for mine, others in pairs(ours, theirs):
            mine.copy_(torch.cat(others))
    ids, direction = torch.randint(101, (3, T)), torch.randn(3, T, 101)
    logits, expected = ours(ids), theirs(ids).logits
    assert apart(logits, expected) < 1e-5
    (logits * direction).sum().backward()
    (expected * direction).sum().backward()
    compared = list(pairs(ours, theirs))
    assert len(compared) == len(list(ours.parameters()))
    for mine, others in compared:
        assert apart(mine.grad, torch.cat([other.grad for other in others])) < 1e-5
