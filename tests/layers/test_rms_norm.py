"""Our RMSNorm's own gradient is that of torch's."""

import warnings

import pytest
import torch
from torch import nn

from slm_widgets.layers.rms_norm import RMSNorm


@pytest.mark.parametrize("eps", [1e-5, None])
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
def test_output_and_gradients_are_torchs(eps, affine, dtype, tolerance):
    torch.manual_seed(0)
    ours, theirs = (kind(16, eps=eps, elementwise_affine=affine, dtype=dtype) for kind in (RMSNorm, nn.RMSNorm))
    if affine:
        with torch.no_grad():
            theirs.weight.copy_(ours.weight.normal_())
    x = torch.randn(3, 5, 16, dtype=dtype)
    results = []
    for norm in (ours, theirs):
        given = x.clone().requires_grad_()
        out = norm(given)
        out.square().sum().backward()
        results.append([out.detach(), given.grad, *(p.grad for p in norm.parameters())])
    for mine, other in zip(*results, strict=True):
        torch.testing.assert_close(mine, other, rtol=tolerance, atol=tolerance)
    with torch.no_grad():
        torch.testing.assert_close(ours(x), theirs(x))


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("given", [torch.float32, torch.bfloat16])
def test_autocast_costs_no_digits_and_ours_does_not_warn(given, affine):
    x = torch.randn(64, 128, generator=torch.Generator().manual_seed(0)).to(given)
    results = []
    for kind in (RMSNorm, nn.RMSNorm):
        leaf = x.clone().requires_grad_()
        with torch.autocast("cpu", torch.bfloat16), warnings.catch_warnings():
            if kind is nn.RMSNorm:
                warnings.filterwarnings("ignore", message="Mismatch dtype between input and weight")
            out = kind(128, eps=1e-5, elementwise_affine=affine)(leaf)
        out.float().square().sum().backward()
        results.append((out.detach(), leaf.grad))
    for mine, theirs in zip(*results, strict=True):
        torch.testing.assert_close(mine, theirs)


@pytest.mark.slow  # torch loads its compiler
def test_without_weights_it_can_be_compiled_and_knows_shapes_alone():
    norm = RMSNorm(16, eps=1e-5, elementwise_affine=False)
    x = torch.randn(3, 16, requires_grad=True)
    (grad,) = torch.autograd.grad(torch.compile(norm, backend="aot_eager", fullgraph=True)(x).pow(3).sum(), x)
    (theirs,) = torch.autograd.grad(nn.functional.rms_norm(x, (16,), eps=1e-5).pow(3).sum(), x)
    torch.testing.assert_close(grad, theirs)
    assert norm(torch.empty(2, 16, device="meta")).shape == (2, 16)
