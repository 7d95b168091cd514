"""The quick depthwise convolution is torch's, and so are its gradients."""

import pytest
import torch
import torch.nn.functional as F

from slm_widgets.export.code import export_code
from slm_widgets.layers.causal_convolution import CausalConv1d, QuickCausalConv1d
from slm_widgets.stack import preset


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    ("length", "kernel", "dilation"), [(9, 4, 1), (9, 3, 2), (3, 5, 1), (4, 3, 3), (1, 4, 1), (6, 1, 1)]
)
def test_output_and_gradients_are_those_of_torchs_convolution(length, kernel, dilation, bias):
    dice = torch.Generator().manual_seed(0)
    conv = QuickCausalConv1d(6, 6, kernel, dilation=dilation, groups=6, bias=bias, dtype=torch.float64)
    x = torch.randn(2, length, 6, dtype=torch.float64, generator=dice)
    pull = torch.randn(2, length, 6, dtype=torch.float64, generator=dice)
    mine, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    ours = conv(mine)
    padded = F.pad(theirs.transpose(1, 2), ((kernel - 1) * dilation, 0))
    torchs = F.conv1d(padded, conv.weight, conv.bias, dilation=dilation, groups=6).transpose(1, 2)
    torch.testing.assert_close(ours, torchs)
    wanted = [conv.weight, *([conv.bias] if bias else [])]
    for own, other in zip(
        torch.autograd.grad(ours, [mine, *wanted], pull),
        torch.autograd.grad(torchs, [theirs, *wanted], pull),
        strict=True,
    ):
        torch.testing.assert_close(own, other)


def test_autocast_gets_the_format_that_the_plain_one_has():
    quick, plain = (kind(6, 6, 4, groups=6) for kind in (QuickCausalConv1d, CausalConv1d))
    plain.load_state_dict(quick.state_dict())
    x = torch.randn(2, 9, 6)
    with torch.autocast("cpu", torch.bfloat16):
        ours, theirs = quick(x), plain(x)
    assert ours.dtype == theirs.dtype
    torch.testing.assert_close(ours, theirs)


def test_shapes_alone_are_enough():
    conv = QuickCausalConv1d(6, 6, 4, groups=6, device="meta")
    assert conv(torch.empty(2, 9, 6, device="meta")).shape == (2, 9, 6)


def test_readers_of_the_exported_code_see_the_plain_one():
    code = export_code(preset("shakespeare-fast"))
    assert "class CausalConv1d(nn.Conv1d)" in code
    assert "Quick" not in code
    assert "autograd" not in code
