import pytest
import torch

from slm_widgets.layers import layer_types
from slm_widgets.model import build_model

TOKENS = {"type": "tokenEmbedding", "data": {"id": "tokens", "vocabSize": 11, "embDim": 64}}
HEAD = {"type": "linear", "data": {"id": "head"}}
FROM_ZERO = [name for name, layer in layer_types().items() if "zero_init" in layer.model_fields]


def branch(type_name, **data):
    """A layer between the token embedding and a residual round it."""
    layer = layer_types()[type_name]
    node = {"type": type_name, "data": {**layer.starts_with, "id": "it", **data}}
    add = {"type": "residual", "data": {"id": "add", "source": "it:in"}}
    if "source" not in layer.model_fields:
        return [TOKENS, node, add, HEAD]
    node["data"]["source"] = "there"
    there = {**TOKENS, "data": {**TOKENS["data"], "id": "there"}}
    after = {**TOKENS, "data": {**TOKENS["data"], "input": "source:in"}}
    return [{"type": "sourceText", "data": {"id": "source"}}, there, after, node, add, HEAD]


def test_the_layers_that_write_into_the_residual_stream_offer_to_start_at_zero():
    assert {"feedForward", "linear", "mixtureOfExperts", "mhAttention", "gqAttention"} <= set(FROM_ZERO)


@pytest.mark.parametrize("type_name", FROM_ZERO)
def test_a_layer_that_starts_at_zero_adds_nothing_at_first_and_learns(type_name):
    ids = torch.randint(0, 11, (2, 8))
    model = build_model(branch(type_name, zeroInit=True))
    source = ids if model.reads_source else None
    assert torch.equal(model.hidden(ids, source), model.tokens(ids))
    model.loss(ids, ids.roll(1), source).backward()
    assert any(p.grad is not None and p.grad.any() for p in model.it.parameters())
    usual = build_model(branch(type_name))
    assert not torch.equal(usual.hidden(ids, source), usual.tokens(ids))


def test_only_what_the_layer_writes_starts_at_zero():
    model = build_model(branch("mixtureOfExperts", zeroInit=True, numExperts=3))
    zero = {name for name, weight in model.named_parameters() if not weight.any() and not name.endswith("bias")}
    assert zero == {f"it.experts.{e}.down.weight" for e in range(3)}


def test_every_expert_that_writes_into_the_residual_stream_starts_smaller():
    block = {"type": "transformerBlock", "data": {"id": "block", "numOfBlocks": 4}}
    moe = {"type": "mixtureOfExperts", "data": {"id": "moe", "numExperts": 2, "hiddenDim": 256}}
    add = {"type": "residual", "data": {"id": "add", "source": "moe:in"}}
    model = build_model([TOKENS, {**block, "children": [moe, add]}, HEAD])
    for repeat in model.block:
        for expert in repeat.moe.experts:
            assert expert.up.weight.std().item() == pytest.approx(0.02, rel=0.05)
            assert expert.down.weight.std().item() == pytest.approx(0.02 / 4**0.5, rel=0.05)
