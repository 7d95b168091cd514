from __future__ import annotations

import copy

import pytest

import slm_widgets as slm
from slm_widgets.errors import ConfigError, LayerStackError
from slm_widgets.stack import check_stack, parse_stack, preset
from slm_widgets.stack.layer_fields import set_everywhere, with_fields
from tests.small_runs import DESIGN


def heads(stack) -> list[int]:
    return [node.layer.to_data()["numHeads"] for node in stack.walk() if "numHeads" in node.layer.to_data()]


def test_a_field_of_one_layer_or_of_every_layer_that_has_it_is_set():
    design = parse_stack(DESIGN)
    changed = with_fields(design, {"attention.numHeads": 8, "*.dropoutRate": 0.5})
    assert heads(changed) == [8]
    told = {
        change.field: (change.before, change.after)
        for layer in slm.difference(design, changed).differing
        for change in layer.changes
    }
    assert told == {"numHeads": (4, 8), "dropoutRate": (0.1, 0.5)}
    assert heads(design) == [4]
    assert changed.config == design.config


def test_a_field_may_be_spelled_as_older_files_do_and_be_left_open():
    design = parse_stack(DESIGN)
    assert heads(with_fields(design, {"attention.num_heads": 2})) == [2]
    opened = with_fields(with_fields(design, {"head.bias": True}), {"head.bias": None})
    assert "bias" not in next(node.layer.to_data() for node in opened.walk() if node.layer.id == "head")


def test_a_field_inside_a_group_and_an_id_with_dots_are_found():
    layers = copy.deepcopy(preset("llama-nano").layers)
    nodes = [node for layer in layers for node in [layer, *layer.get("children", [])]]
    attention = next(node for node in nodes if "numHeads" in node["data"])
    attention["data"]["id"] = "block.1.attention"
    design = parse_stack(layers)
    before = heads(design)
    assert heads(with_fields(design, {"block.1.attention.numHeads": 2})) == [2] != before
    grouped = [
        (node["data"]["id"], key) for node in nodes for key, value in node["data"].items() if isinstance(value, dict)
    ]
    for id, key in grouped:
        inner, value = next(iter(design_value(design, id)[key].items()))
        set_again = with_fields(design, {f"{id}.{key}.{inner}": value})
        assert design_value(set_again, id)[key] == design_value(design, id)[key]


def design_value(design, id):
    return next(node.layer.to_data() for node in design.walk() if node.layer.id == id)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("attenton.numHeads", r"no layer of this name. Its layers are tokens, positions, block, norm1"),
        ("attention.numHead", r"attention \(mhAttention\) has no field numHead. Did you mean numHeads\?"),
        ("*.numHead", r"no layer of the design has field numHead. Did you mean numHeads\?"),
        ("attention.id", r"has no field id"),
    ],
)
def test_a_layer_or_field_that_is_not_there_is_told_with_what_is(key, words):
    with pytest.raises(ConfigError, match=words) as caught:
        with_fields(parse_stack(DESIGN), {key: 2})
    assert caught.value.field == key


def test_a_value_that_cannot_be_is_the_designs_own_error():
    with pytest.raises(LayerStackError) as caught:
        with_fields(parse_stack(DESIGN), {"attention.numHeads": 5})
    wrong = copy.deepcopy(DESIGN)
    wrong["layer_stack"][2]["children"][1]["data"]["numHeads"] = 5
    assert caught.value.problems == [problem for problem in check_stack(wrong) if problem.severity == "error"]


def test_a_field_is_set_in_every_layer_that_has_it_and_a_design_without_one_stays():
    design = preset("gpt2-nano")
    changed = set_everywhere(design, "dropoutRate", 0.25)
    before, after = ([node.layer.to_data() for node in each.walk()] for each in (design, changed))
    assert [{**data, "dropoutRate": 0.25} if "dropoutRate" in data else data for data in before] == after
    assert after != before
    plain = parse_stack(
        [{"type": "tokenEmbedding", "data": {"vocabSize": 8, "embDim": 4}}, {"type": "linear", "data": {}}]
    )
    assert set_everywhere(plain, "dropoutRate", 0.25).to_json() == plain.to_json()
    assert changed.config == design.config
    with pytest.raises(LayerStackError):
        set_everywhere(preset("gpt2-nano"), "dropoutRate", 2.0)
