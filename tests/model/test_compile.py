"""``torch.compile`` takes every preset in one piece. Its "eager" backend looks for graph breaks and needs no compiler.

Not so torch's own recurrent layers, which dynamo refuses, and a mixture of experts, whose routing depends on the numbers.
"""

import pytest
import torch

import slm_widgets as slm
from slm_widgets.model import build_model

SMALL = [info.name for info in slm.presets() if info.parameters < 1_000_000]


@pytest.fixture(autouse=True)
def forget():
    """Compiled code of one test is not found again by the next."""
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    yield
    torch._dynamo.reset()


def node(type_name, name, **data):
    return {"type": type_name, "data": {"id": name, **data}}


def around(*layers, positions="rotary"):
    """A tiny decoder with ``layers`` in a block."""
    block = {**node("transformerBlock", "block", numOfBlocks=1), "children": list(layers)}
    return [
        node("tokenEmbedding", "tokens", vocabSize=13, embDim=16),
        node("positionalEmbedding", "positions", posType=positions, ctxLength=32),
        block,
        node("linear", "head", bias=False),
    ]


def attention(positions="rotary", **data):
    return around(
        node("gqAttention", "a", numHeads=4, numKvGroups=2, **data),
        node("residual", "add", source="block:in"),
        positions=positions,
    )


def feed_forward(**data):
    return around(node("feedForward", "f", **data), node("residual", "add", source="block:in"))


DESIGNS = {
    **{f"{kind} positions": attention(kind) for kind in ("learned", "sinusoidal", "rotary", "relative", "alibi")},
    "not causal": attention(causal=False),
    "window": attention(windowSize=3),
    "soft cap": attention(softCap=5.0),
    "window, soft cap and ALiBi": attention("alibi", windowSize=3, softCap=5.0),
    "dropout": attention(dropoutRate=0.1),
    "QK-norm": attention(qkNorm=True),
    "interleaved rotation of a part": attention(ropeStyle="interleaved", rotaryDim=2),
    "multi-head": around(node("mhAttention", "a", numHeads=4, qkvBias=True)),
    **{f"{kind}": feed_forward(feedForwardType=kind, actFunc="SiLU") for kind in ("Standard", "Gated")},
    **{f"{kind}": around(node("normalization", "n", normType=kind)) for kind in ("LayerNorm", "RMSNorm", "DyT")},
}


def arguments(model, length):
    """Ids, and a source for an encoder-decoder."""
    random = torch.Generator().manual_seed(length)
    ids = torch.randint(0, model.vocab_size, (2, length), generator=random)
    return (ids, ids.flip(1)) if model.reads_source else (ids,)


def compiled(function, dynamic=None):
    return torch.compile(function, fullgraph=True, backend="eager", dynamic=dynamic)


@pytest.mark.parametrize("name", SMALL)
def test_a_preset_has_no_graph_break(name):
    model = build_model(slm.preset(name)).eval()
    inputs = arguments(model, 12)
    torch.testing.assert_close(compiled(model)(*inputs), model(*inputs))


@pytest.mark.parametrize("name", DESIGNS)
def test_a_design_has_no_graph_break(name):
    model = build_model(DESIGNS[name]).eval()
    inputs = arguments(model, 12)
    torch.testing.assert_close(compiled(model)(*inputs), model(*inputs))


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_the_body_of_a_preset_trains_compiled_as_it_does_uncompiled(name):
    model = build_model(slm.preset(name)).train()
    inputs = arguments(model, 12)
    gradients = []
    for hidden in (model.hidden, compiled(model.hidden)):
        model.zero_grad()
        hidden(*inputs).logsumexp(-1).sum().backward()
        gradients.append([p.grad for p in model.parameters() if p.grad is not None])
    for mine, other in zip(*gradients, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_one_compilation_serves_every_length(name):
    model = build_model(slm.preset(name)).eval()
    function = compiled(model, dynamic=True)
    for length in (18, 25):  # both longer than the windows of the nano presets; across a window there are two graphs
        inputs = arguments(model, length)
        torch.testing.assert_close(function(*inputs), model(*inputs))
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == 1


@pytest.mark.filterwarnings("error::UserWarning")
@pytest.mark.parametrize("vocabulary", [13, 50_257])
def test_compiling_the_loss_under_autocast_warns_of_nothing(vocabulary):
    document = attention()
    document[0]["data"].update(vocabSize=vocabulary)
    model = build_model(document)
    ids = torch.arange(96).view(8, 12) % 13
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        torch.testing.assert_close(torch.compile(model.loss, backend="eager")(ids, ids), model.loss(ids, ids))


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor:UserWarning")  # torch's own, where a graph goes on
@pytest.mark.parametrize("vocabulary", [13, 50_257])
def test_the_loss_compiles_with_a_small_head_in_the_graph_and_a_large_one_beside_it(vocabulary):
    document = attention()
    document[0]["data"].update(vocabSize=vocabulary)
    model = build_model(document)
    ids = torch.randint(0, vocabulary, (8, 12), generator=torch.Generator().manual_seed(0))
    gradients = []
    for loss in (model.loss, torch.compile(model.loss, backend="eager", fullgraph=vocabulary == 13)):
        model.zero_grad()
        loss(ids, ids).backward()
        gradients.append([p.grad for p in model.parameters()])
    for mine, other in zip(*gradients, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-6)
