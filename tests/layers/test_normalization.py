import pytest
import torch
from torch import nn

from slm_widgets.model import build_model
from slm_widgets.stack import describe


def design(**fields):
    return [
        {"type": "tokenEmbedding", "data": {"id": "tokens", "vocabSize": 11, "embDim": 16}},
        {"type": "normalization", "data": {"id": "norm", **fields}},
        {"type": "linear", "data": {"id": "head"}},
    ]


def shaken(module):
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.3)
    return module


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("bias", [True, False])
def test_dynamic_tanh_is_the_papers_formula(affine, bias):
    norm = shaken(build_model(design(normType="DyT", affine=affine, bias=bias)).norm)
    x = torch.randn(2, 5, 16, requires_grad=True)
    expected = torch.tanh(norm.alpha * x)  # algorithm 1 of arXiv 2503.10622: gamma * tanh(alpha * x) + beta
    if affine:
        expected = norm.weight * expected
    if affine and bias:
        expected = expected + norm.bias
    torch.testing.assert_close(norm(x), expected)
    gradient = torch.randn(2, 5, 16)
    inputs = [x, *norm.parameters()]
    for ours, theirs in zip(
        torch.autograd.grad(norm(x), inputs, gradient), torch.autograd.grad(expected, inputs, gradient), strict=True
    ):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize(
    ("fields", "count"), [({}, 33), ({"bias": False}, 17), ({"affine": False}, 1), ({"alphaInit": 0.8}, 33)]
)
def test_dynamic_tanh_learns_one_steepness_beside_what_a_layer_norm_learns(fields, count):
    report = describe(design(normType="DyT", **fields))
    assert next(layer for layer in report.layers if layer.id == "norm").parameters == count
    norm = build_model(design(normType="DyT", **fields)).norm
    assert sum(parameter.numel() for parameter in norm.parameters()) == count
    assert norm.alpha.item() == pytest.approx(fields.get("alphaInit", 0.5))


@pytest.mark.parametrize("kind", ["LayerNorm", "RMSNorm"])
@pytest.mark.parametrize("affine", [True, False])
def test_the_other_kinds_are_torchs_own_formulas(kind, affine):
    norm = shaken(build_model(design(normType=kind, affine=affine, eps=1e-3)).norm)
    x = torch.randn(2, 5, 16)
    if kind == "LayerNorm":
        expected = (x - x.mean(-1, keepdim=True)) / (x.var(-1, unbiased=False, keepdim=True) + 1e-3).sqrt()
    else:
        expected = x / (x.square().mean(-1, keepdim=True) + 1e-3).sqrt()
    if affine:
        expected = expected * norm.weight + (norm.bias if isinstance(norm, nn.LayerNorm) else 0)
    torch.testing.assert_close(norm(x), expected)
