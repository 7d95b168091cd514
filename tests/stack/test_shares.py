"""The figures on the cards and in the status line: against torch's own counter on the built model, and against ``describe``."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from slm_widgets.errors import ConfigError
from slm_widgets.language import use_language
from slm_widgets.model import build_model
from slm_widgets.stack import describe, parse_stack, preset
from slm_widgets.stack.shares import MOST_LAYERS, StaleError, count_shares
from slm_widgets.stack.workload import Workload, read_workload, recipe_workload
from slm_widgets.training import TrainConfig
from tests.stack.odd_designs import ODD_DESIGNS

SMALL = Workload(batch_size=3, context_length=12)
NANOS = ["gpt2-nano", "qwen3-nano", "mistral-nano", "transformer-nano"]


def counted(stack: Any, workload: Workload = SMALL) -> dict[str, Any]:
    return count_shares(stack.layers, stack.config, None, workload)


@pytest.mark.parametrize("name", ["gpt2-nano", "qwen3-nano"])
def test_each_layers_share_is_that_of_torchs_counter_on_the_built_model(name: str) -> None:
    built = build_model(preset(name))
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        built(torch.randint(built.vocab_size, (3, 12)))
    forward, found = counter.get_total_flops(), counted(preset(name))
    for node in next(node["children"] for node in preset(name).layers if "children" in node):
        layer = node["data"]["id"]
        # The counter knows modules by their place, such as GPT.block.0.attention.
        own = [sum(each.values()) for place, each in counter.get_flop_counts().items() if place.split(".")[-1] == layer]
        assert found["layers"][layer]["flops"] == 3 * sum(own)  # each product once forward and twice backward
        assert found["layers"][layer]["flops_share"] == pytest.approx(sum(own) / forward)
    assert found["layers"]["ffn"]["flops"] > 0


@pytest.mark.parametrize("name", NANOS)
def test_parameter_shares_are_those_of_the_built_model(name: str) -> None:
    built, found = build_model(preset(name)), counted(preset(name))
    whole = sum(p.numel() for p in built.parameters())
    top = [node["data"]["id"] for node in preset(name).layers]
    for layer in top:
        module = getattr(built, layer)
        own = sum(p.numel() for n, p in built.named_parameters() if n.startswith(f"{layer}."))
        assert found["layers"][layer]["parameters_share"] == pytest.approx(own / whole), (layer, module)


@pytest.mark.parametrize("name", [*NANOS, *ODD_DESIGNS])
def test_the_shares_of_a_list_of_layers_make_up_the_block_around_them(name: str) -> None:
    stack = parse_stack(ODD_DESIGNS[name]) if name in ODD_DESIGNS else preset(name)
    found = counted(stack)["layers"]

    def check(nodes: list[dict[str, Any]], share: float, kind: str) -> None:
        assert sum(found[node["data"]["id"]][kind] for node in nodes) == pytest.approx(share)
        for node in nodes:
            if node.get("children"):
                check(node["children"], found[node["data"]["id"]][kind], kind)

    check(stack.layers, 1.0, "flops_share")
    check(stack.layers, 1.0, "parameters_share")


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.filterwarnings("ignore:Mismatch dtype between input and weight")
def test_the_total_is_what_describe_says(precision: str) -> None:
    stack = preset("qwen3-nano")
    report = describe(stack, 5, 20, precision=precision)
    found = counted(stack, Workload(5, 20, precision))
    total = found["total"]
    assert (total["flops"], total["training_bytes"]) == (report.training_flops, report.training_bytes)
    assert total["flops_per_token"] == report.forward_flops / (5 * 20)
    assert total["inference_bytes"] == report.weight_bytes + report.buffer_bytes + report.cache_bytes
    assert sum(part["bytes"] for part in total["parts"]) == total["training_bytes"]
    assert (found["batch_size"], found["context_length"], found["precision"]) == (5, 20, precision)
    assert found["words"] is None
    json.dumps(found, allow_nan=False)


def test_gpt2_computes_what_the_known_formula_says() -> None:
    """Two operations a weight and token, and 4 T C for each layer's scores and sums (Kaplan et al. 2020)."""
    T, C = 128, 768
    found = counted(preset("gpt2"), Workload(1, T))
    assert found["total"]["flops_per_token"] == 2 * (12 * 12 * C * C + 50257 * C) + 12 * 4 * T * C
    ffn = 12 * 2 * 8 * C * C
    assert found["layers"]["ffn"]["flops_share"] == pytest.approx(ffn / found["total"]["flops_per_token"])


def test_an_empty_context_length_is_the_designs_own_and_is_told() -> None:
    assert counted(preset("gpt2-nano"), Workload(1))["context_length"] == 64


def test_more_text_than_the_design_reads_is_a_sentence() -> None:
    found = counted(preset("gpt2-nano"), Workload(1, 65))
    assert (found["layers"], found["total"]) == ({}, {})
    assert "65" in found["words"]
    assert "64" in found["words"]


@pytest.mark.parametrize("layers", [[], None, 7, "x", [None], [{"type": "nobody"}], {"a": 1}])
def test_what_cannot_be_built_is_a_sentence(layers: Any) -> None:
    for language in ("en", "ko"):
        with use_language(language):
            found = count_shares(layers, {}, None, SMALL)
        assert (found["layers"], found["total"]) == ({}, {})
        assert found["words"]
        assert any("가" <= letter <= "힣" for letter in found["words"]) == (language == "ko")


def test_a_drawing_too_large_to_count_says_what_to_do_instead() -> None:
    layers = preset("gpt2-nano").layers
    many = [{"type": "dropout", "data": {"id": f"d{n}"}} for n in range(MOST_LAYERS)]
    found = count_shares([*layers[:2], *many, *layers[2:]], {}, None, SMALL)
    assert "slm.describe" in found["words"]
    assert found["total"] == {}


def test_counting_stops_when_nobody_waits() -> None:
    asked = iter([True] * 10)
    stack = preset("gpt2-nano")
    with pytest.raises(StaleError):
        count_shares(stack.layers, stack.config, None, SMALL, lambda: next(asked, False))
    assert counted(stack)["words"] is None  # and leaves nothing behind that disturbs the next


# -- with what is counted -------------------------------------------------------------------------------------------------


def test_a_design_is_counted_as_its_recipe_trains_it() -> None:
    assert recipe_workload(preset("gpt2-nano").config) == Workload(32)
    assert recipe_workload(preset("shakespeare-char-cpu").config) == Workload(12, 64)


def test_a_design_without_a_recipe_is_counted_with_the_batch_size_that_training_takes() -> None:
    assert recipe_workload(preset("gpt2").config).batch_size == TrainConfig().batch_size


@pytest.mark.parametrize(
    "config",
    [
        None,
        5,
        {"training": None},
        {"training": [1]},
        {"training": {"batch_size": "x", "context_length": 0, "precision": "auto"}},
    ],
)
def test_a_recipe_of_rubbish_leaves_the_defaults(config: Any) -> None:
    assert recipe_workload(config) == Workload()


@pytest.mark.parametrize(
    "value",
    [
        *(
            None,
            3,
            "x",
            [],
            {"batch": 4},
            {"batch_size": 0},
            {"batch_size": True},
            {"batch_size": 1.5},
            {"batch_size": None},
        ),
        *({"batch_size": 10**9}, {"context_length": 0}, {"context_length": "64"}, {"context_length": 10**12}),
        *({"precision": "fp8"}, {"precision": None}, {"precision": ["fp32"]}, {"batch_size": "<b>" * 1000}),
    ],
)
def test_what_is_no_workload_is_refused_with_a_sentence(value: Any) -> None:
    with pytest.raises(ConfigError) as caught:
        read_workload(value, Workload())
    assert len(caught.value.message) < 300


def test_what_a_workload_does_not_say_stays() -> None:
    now = Workload(7, 11, "bf16")
    assert read_workload({"batch_size": 8}, now) == Workload(8, 11, "bf16")
    assert read_workload({"context_length": None}, now) == Workload(7, None, "bf16")


def test_counting_leaves_the_design_as_it_is() -> None:
    stack = preset("gpt2-nano")
    layers, config = stack.layers, copy.deepcopy(stack.config)
    count_shares(layers, config, None, SMALL)
    assert (layers, config) == (stack.layers, stack.config)
