"""Our RMSNorm's own gradient is that of torch's."""

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
