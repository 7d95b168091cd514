import pytest
import torch
from torch import nn
from transformers.activations import ACT2FN

from slm_widgets.layers.feed_forward import ACTIVATIONS
from slm_widgets.model import build_model
from slm_widgets.stack import check_stack

TRANSFORMERS = {
    "ReLU": "relu",
    "GELU": "gelu",
    "GELU-tanh": "gelu_new",
    "SiLU": "silu",
    "SwiGLU": "swish",
    "Mish": "mish",
    "LeakyReLU": "leaky_relu",
    "SquaredReLU": "relu2",
}
TORCH = {
    "ReLU": nn.ReLU(),
    "GELU": nn.GELU(),
    "GELU-tanh": nn.GELU(approximate="tanh"),
    "SiLU": nn.SiLU(),
    "SwiGLU": nn.SiLU(),
    "Mish": nn.Mish(),
    "LeakyReLU": nn.LeakyReLU(),
}


def design(**fields):
    return [
        {"type": "tokenEmbedding", "data": {"id": "tokens", "vocabSize": 11, "embDim": 16}},
        {"type": "feedForward", "data": {"id": "ffn", "hiddenDim": 24, **fields}},
        {"type": "linear", "data": {"id": "head"}},
    ]


def test_every_activation_is_compared():
    assert TRANSFORMERS.keys() == ACTIVATIONS.keys()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_that_of_transformers_and_of_torch(name):
    x = torch.linspace(-6, 6, 1001, dtype=torch.float64, requires_grad=True)
    for peer in (ACT2FN[TRANSFORMERS[name]], TORCH.get(name)):
        if peer is None:
            continue
        torch.testing.assert_close(ACTIVATIONS[name](x), peer(x))
        ours, theirs = (torch.autograd.grad(f(x).sum(), x)[0] for f in (ACTIVATIONS[name], peer))
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("kind", ["Standard", "Gated"])
def test_the_layer_is_its_formula_with_the_activation_of_its_name(kind, name):
    if name == "SwiGLU" and kind == "Standard":
        assert check_stack(design(feedForwardType=kind, actFunc=name))[0].severity == "error"
        return
    ffn = build_model(design(feedForwardType=kind, actFunc=name, bias=True)).ffn
    with torch.no_grad():
        for parameter in ffn.parameters():
            parameter.normal_(std=0.5)
    act, x = ACT2FN[TRANSFORMERS[name]], torch.randn(2, 5, 16)
    middle = x @ ffn.up.weight.T + ffn.up.bias
    middle = act(x @ ffn.gate.weight.T + ffn.gate.bias) * middle if kind == "Gated" else act(middle)
    torch.testing.assert_close(ffn(x), middle @ ffn.down.weight.T + ffn.down.bias, rtol=1e-5, atol=1e-5)
