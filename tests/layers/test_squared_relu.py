"""The quick squared ReLU is the plain one, wherever it is used."""

import pytest
import torch
from transformers.activations import ACT2FN

from slm_widgets.export.code import export_code
from slm_widgets.layers.squared_relu import quick_squared_relu, squared_relu
from slm_widgets.stack import preset


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_output_and_gradient_are_those_of_transformers(dtype):
    x = torch.randn(3, 50, generator=torch.Generator().manual_seed(0)).to(dtype)
    pull = torch.linspace(-1, 1, 50, dtype=dtype)
    results = []
    for act in (quick_squared_relu, ACT2FN["relu2"]):
        given = x.clone().requires_grad_()
        out = act(given)
        out.backward(pull.expand_as(out))
        results += [out.detach(), given.grad]
    assert results[0].dtype == results[2].dtype
    torch.testing.assert_close(results[0], results[2])
    torch.testing.assert_close(results[1], results[3])


def test_the_gradient_at_zero_is_zero():
    x = torch.zeros(3, requires_grad=True)
    quick_squared_relu(x).sum().backward()
    assert x.grad.tolist() == [0, 0, 0]


def test_it_computes_in_autocasts_format_as_the_plain_one_does():
    linear = torch.nn.Linear(8, 8)
    x = torch.randn(4, 8)
    with torch.autocast("cpu", torch.bfloat16):
        quick, plain = quick_squared_relu(linear(x)), squared_relu(linear(x))
    assert quick.dtype == plain.dtype
    torch.testing.assert_close(quick, plain)


@pytest.mark.slow  # torch loads its compiler
def test_it_can_be_compiled_and_knows_shapes_alone():
    x = torch.randn(4, 8, requires_grad=True)
    compiled = torch.compile(quick_squared_relu, backend="aot_eager", fullgraph=True)
    (grad,) = torch.autograd.grad(compiled(x).sum(), x)
    (plain,) = torch.autograd.grad(squared_relu(x).sum(), x)
    torch.testing.assert_close(grad, plain)
    assert quick_squared_relu(torch.empty(2, 3, device="meta")).shape == (2, 3)


def test_readers_of_the_exported_code_see_the_plain_one():
    code = export_code(preset("shakespeare-fast"))
    assert "return F.relu(x).square()" in code
    assert "autograd" not in code
