import pytest
import torch
import torch.nn.functional as F
from torch import nn

from slm_widgets.model import build_model
from slm_widgets.stack import check_stack, describe

SHAPES = [
    {"kernelSize": 1},
    {"kernelSize": 4},
    {"kernelSize": 3, "dilation": 4},
    {"kernelSize": 4, "depthwise": True},
    {"kernelSize": 5, "dilation": 2, "depthwise": True, "bias": False},
    {"kernelSize": 3, "outDim": 10, "bias": False},
    {"kernelSize": 2, "outDim": 24, "depthwise": True},
    {"kernelSize": 30, "dilation": 3},  # longer than the text
]


def design(*layers, **context):
    tokens = {"type": "tokenEmbedding", "data": {"id": "tokens", "vocabSize": 11, "embDim": 12}}
    positions = {"type": "positionalEmbedding", "data": {"id": "positions", **context}}
    return [
        tokens,
        *([positions] if context else []),
        *({"type": "causalConvolution", "data": {"id": f"conv{i}", **data}} for i, data in enumerate(layers)),
        {"type": "linear", "data": {"id": "head"}},
    ]


@pytest.mark.parametrize("fields", SHAPES)
@pytest.mark.parametrize("length", [1, 9])
def test_it_is_torchs_convolution_with_zeros_on_the_left(fields, length):
    ours = build_model(design(fields)).conv0
    step = fields.get("dilation", 1)
    theirs = nn.Conv1d(
        12,
        fields.get("outDim", 12),
        fields["kernelSize"],
        dilation=step,
        groups=12 if fields.get("depthwise") else 1,
        bias=fields.get("bias", True),
    )
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(2, length, 12, requires_grad=True)
    expected = theirs(F.pad(x.transpose(1, 2), ((fields["kernelSize"] - 1) * step, 0))).transpose(1, 2)
    torch.testing.assert_close(ours(x), expected, rtol=1e-5, atol=1e-6)
    gradient = torch.randn_like(expected)
    mine = torch.autograd.grad(ours(x), [x, *ours.parameters()], gradient)
    other = torch.autograd.grad(expected, [x, *theirs.parameters()], gradient)
    for a, b in zip(mine, other, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-5)


def test_a_token_never_sees_what_comes_after_it_nor_beyond_its_window():
    model = build_model(design({"kernelSize": 3, "dilation": 2})).eval()
    x = torch.randn(1, 12, 12)
    changed = x.clone()
    changed[:, 5] += 1
    difference = (model.conv0(x) - model.conv0(changed)).abs().amax(dim=(0, 2)) > 1e-6
    assert difference.nonzero().flatten().tolist() == [5, 7, 9]


@pytest.mark.parametrize("chunks", [[1] * 12, [5, 1, 1, 5], [12], [2, 10]])
def test_cached_generation_remembers_exactly_what_its_windows_still_see(chunks):
    layers = [{"kernelSize": 4}, {"kernelSize": 3, "dilation": 3, "depthwise": True}, {"kernelSize": 20}]
    model = build_model(design(*layers), seed=1).eval()
    ids = torch.randint(0, 11, (2, 12))
    cache = model.new_cache(2, 12)
    parts = [model(part, cache=cache) for part in ids.split(chunks, dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), model(ids), rtol=1e-5, atol=1e-5)
    assert [cache.memory[f"conv{i}"].inputs.size(2) for i in range(3)] == [3, 6, 12]


@pytest.mark.parametrize("fields", SHAPES)
def test_its_count_is_that_of_torchs_convolution(fields):
    report = describe(design(fields))
    theirs = nn.Conv1d(
        12,
        fields.get("outDim", 12),
        fields["kernelSize"],
        groups=12 if fields.get("depthwise") else 1,
        bias=fields.get("bias", True),
    )
    assert report.layers[1].parameters == sum(p.numel() for p in theirs.parameters())
    assert report.layers[1].out_shape == ("B", "T", fields.get("outDim", 12))


def test_a_window_far_beyond_the_text_costs_no_memory():
    model = build_model(design({"kernelSize": 5, "dilation": 100_000_000})).eval()
    x = torch.randn(1, 7, 12)
    torch.testing.assert_close(model.conv0(x), F.linear(x, model.conv0.weight[:, :, -1], model.conv0.bias))


def test_a_window_longer_than_the_context_is_a_warning():
    (problem,) = check_stack(design({"kernelSize": 5, "dilation": 4}, ctxLength=16))
    assert (problem.layer_id, problem.field, problem.severity) == ("conv0", "kernelSize", "warning")
    assert "17 tokens" in problem.message
    assert check_stack(design({"kernelSize": 4, "dilation": 5}, ctxLength=16)) == []


def test_a_window_for_each_channel_gives_a_multiple_of_the_channels():
    (problem,) = check_stack(design({"kernelSize": 3, "depthwise": True, "outDim": 20}))
    assert (problem.layer_id, problem.field, problem.severity) == ("conv0", "outDim", "error")
