"""Layer types made elsewhere, tried before a model is built of them."""

import re
import types
import warnings
from typing import Any

import pytest
import torch
from torch import nn

import slm_widgets as slm
from slm_widgets.errors import LayerStackError
from slm_widgets.language import use_language
from slm_widgets.layers import Layer, unregister, vectors
from slm_widgets.layers.memory import TokenCount
from slm_widgets.stack.analysis import analyse

WIDTHS = {"small, on numbers": (32, "cpu"), "on the meta device": (32, "meta"), "large, on shapes": (1100, "cpu")}


@pytest.fixture(autouse=True)
def forget():
    yield
    unregister("tried")


def design(width=32, **data):
    return [
        {"type": "tokenEmbedding", "data": {"id": "tokens", "vocabSize": 10, "embDim": width}},
        {"type": "transformerBlock", "data": {"id": "block"}, "children": [{"type": "tried", "data": {"id": "it", **data}}]},
        {"type": "linear", "data": {"id": "head"}},
    ]  # fmt: skip


class Does(nn.Module):
    """Gives what a function makes of what comes in; its matrix only makes it large."""

    def __init__(self, function, width):
        super().__init__()
        self.function, self.matrix = function, nn.Linear(width, width)

    def forward(self, *given):
        return self.function(*given)


def define(function=lambda x: x, make=None, **extra):
    """A layer type whose module does ``function``, or is what ``make(place)`` returns."""
    body = {
        "__module__": "__main__",
        "__qualname__": "Tried",
        "type": "tried",
        "group": "wiring",
        **dict.fromkeys(("title", "summary", "help"), "Tried"),
        "module": lambda self, place: make(place) if make else Does(function, place.width),
        **extra,
    }
    return types.new_class("Tried", (Layer,), exec_body=lambda namespace: namespace.update(body))


def refusal(width=32, device="cpu"):
    with pytest.raises(LayerStackError) as caught:
        slm.build_model(design(width), device=device)
    assert caught.value.layer_id == "it"
    assert caught.value.problems[0].message.startswith("Layer 3 (tried): ")
    return caught.value


@pytest.mark.parametrize(("width", "device"), WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize(
    ("function", "given"),
    [
        (lambda x: x[..., :16], r"\(2, 8, 16\)"),
        (lambda x: x[:, 1:], r"\(2, 7, {width}\)"),
        (lambda x: None, "None"),
        (lambda x: (x, x), "a tuple"),
    ],
    ids=["too narrow", "fewer tokens", "nothing", "a tuple"],
)
def test_another_shape_than_promised_is_refused_with_what_was_promised(function, given, width, device):
    define(function)
    text = refusal(width, device).message
    assert re.search(rf"its module gave {given.format(width=width)}, but \(B, T, {width}\) was promised\. Return", text)
    with use_language("ko"), pytest.raises(LayerStackError, match="약속한 것은"):
        slm.build_model(design(width), device=device)


@pytest.mark.parametrize(("width", "device"), WIDTHS.values(), ids=WIDTHS)
def test_another_kind_of_numbers_is_refused(width, device):
    define(lambda x: x.double())
    assert "gave float64 numbers, but float32" in refusal(width, device).message


@pytest.mark.parametrize(("width", "device"), WIDTHS.values(), ids=WIDTHS)
def test_what_forward_raises_is_told_with_the_layer_and_kept_as_the_cause(width, device):
    define(lambda x: x @ x)
    error = refusal(width, device)
    assert "its module raised RuntimeError: " in error.message
    assert f"x of the shape (B, T, {width})" in error.message
    assert "(line " in error.message
    assert isinstance(error.__cause__, RuntimeError)


def test_a_width_said_in_outgoing_is_what_is_promised():
    define(lambda x: x[..., :16], outgoing=lambda self, place: vectors(16))
    stack = design()
    assert slm.build_model(stack)(torch.zeros(3, 5, dtype=torch.int64)).shape == (3, 5, 10)


def test_sources_are_handed_in_beside_what_flows():
    define(lambda x, other: x + other[..., :1], sources=lambda self: ("tokens",))
    slm.build_model(design())
    define(lambda x: x, sources=lambda self: ("tokens",))
    assert "TypeError" in refusal().message


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda place: place.widht, r"Tried\.module\(place\) raised AttributeError: .*widht"),
        (lambda place: None, r"Tried\.module gave None, but it must return a torch module"),
        (lambda place: nn.Linear, r"Tried\.module gave the class Linear"),
    ],
)
def test_a_module_that_cannot_be_made_is_a_problem_in_the_check_and_everywhere(make, sentence):
    define(make=make)
    (problem,) = slm.check_stack(design())
    assert problem.layer_id == "it"
    assert re.match(rf"Layer 3 \(tried\): {sentence}", problem.message)
    for ask in (slm.build_model, slm.describe, slm.parse_stack):
        with pytest.raises(LayerStackError) as caught:
            ask(design())
        assert caught.value.message == problem.message


def test_the_editor_shows_a_module_that_cannot_be_made_and_counts_the_rest():
    define(make=lambda place: place.nothing)
    found = analyse(design())
    assert not found["ok"]
    assert "'Place' object has no attribute 'nothing' (line " in found["problems"][0]["message"]
    assert found["layers"]["head"]["parameters"] == 32 * 10 + 10


def test_a_module_that_can_only_not_be_made_for_real_is_refused_when_it_is_built():
    define(make=lambda place: nn.Identity() if torch.empty(1).is_meta else place.nothing)
    error = refusal()
    assert "module(place) raised AttributeError" in error.message
    assert isinstance(error.__cause__, AttributeError)


def test_a_small_module_that_goes_by_numbers_is_tried_on_numbers():
    define(lambda x: x if x.abs().sum().item() > 0 else x[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        slm.build_model(design())
    define(lambda x: x[0] if x.abs().sum().item() > 0 else x)
    assert "(8, 32)" in refusal().message


@pytest.mark.parametrize("function", [lambda x: x[: int(x.sum() > 0)], lambda x: torch.from_numpy(x.numpy()) * 2])
def test_a_large_module_that_cannot_run_without_numbers_is_let_through(function):
    define(function)
    slm.build_model(design(1100))


def test_the_weights_and_the_callers_random_numbers_are_as_without_a_try():
    define(make=lambda place: nn.Linear(place.width, place.width))
    before = torch.get_rng_state()
    built: Any = slm.build_model(design(), seed=3)
    assert torch.equal(torch.get_rng_state(), before)
    plain: Any = slm.build_model([design()[0], {"type": "linear", "data": {"outDim": 32}}, design()[2]], seed=3)
    assert torch.equal(built.tokens.weight, plain.tokens.weight)


class Zero(nn.Module):
    """Looks ahead through a gate that starts at zero."""

    def __init__(self):
        super().__init__()
        self.gate = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x + self.gate * x.flip(1)


def shift(x):
    return x + nn.functional.pad(x, (0, 0, 1, 0))[:, :-1]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda place: Does(lambda x: x + x.flip(1), place.width), "tokens after it"),
        (lambda place: Does(lambda x: x + x.mean(1, keepdim=True), place.width), "tokens after it"),
        (lambda place: Zero(), "tokens after it"),
        (lambda place: Does(shift, place.width), "keeps no memory"),
    ],
    ids=["turned round", "mean", "behind a gate at zero", "a shift without memory"],
)
def test_a_module_with_which_cached_generation_goes_wrong_is_warned_of(make, sentence):
    define(make=make)
    with pytest.warns(UserWarning, match=rf"^Layer 3 \(tried\): .*{sentence}"):
        model: Any = slm.build_model(design())
    ids = torch.arange(6).view(1, 6)
    if isinstance(model.block[0].it, Zero):
        nn.init.ones_(model.block[0].it.gate)
    cache = model.new_cache(1, 6)
    one_by_one = torch.cat([model(ids[:, t : t + 1], cache=cache) for t in range(6)], dim=1)
    assert not torch.allclose(one_by_one, model(ids), atol=1e-3)  # the warning is right


def ahead(place):
    module: Any = Does(lambda x: x + x.flip(1), place.width)
    module.looks_ahead = True
    return module


class Remembers(nn.Module):
    def new_memory(self, batch_size, max_tokens, like):
        return TokenCount()

    def forward(self, x, memory=None):
        return x.cumsum(1)


@pytest.mark.parametrize(
    "make",
    [
        ahead,
        lambda place: Remembers(),
        lambda place: nn.Linear(place.width, place.width),
        lambda place: nn.Dropout(0.5),
        lambda place: Does(lambda x: x + torch.rand_like(x[:, :1]), place.width),
        lambda place: Does(lambda x: x.add_(1), place.width),
    ],
    ids=["says so", "remembers", "linear", "dropout", "noise", "writes into its input"],
)
def test_a_module_that_is_right_is_not_warned_of(make):
    define(make=make)
    slm.build_model(design())  # a warning fails a test


def test_our_own_layers_are_not_tried(monkeypatch):
    monkeypatch.setattr("slm_widgets.model.probe._Trial", None)
    slm.build_model(slm.preset("gpt2-nano"))
    define()
    with pytest.raises(TypeError):
        slm.build_model(design())
