"""What differs between two designs: found exactly, the same in both directions, and said in words."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import slm_widgets as slm
from slm_widgets.errors import LayerStackError
from slm_widgets.language import use_language
from slm_widgets.layers import layer_types
from slm_widgets.stack.check import examine
from slm_widgets.stack.difference import Difference, alignment
from slm_widgets.stack.difference.alignment import weight
from slm_widgets.stack.difference.members import read_members
from tests.stack.odd_designs import ODD_DESIGNS, block, model, node

FILES = sorted((Path(__file__).parents[1] / "fixtures" / "stacks").glob("*.json"))
NAMES = ["gpt2-nano", "llama3-nano", "qwen3-nano", "gpt-j-nano", "transformer-nano", "gpt2"]

calm = settings(
    max_examples=30, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)

GPT = [
    node("tokenEmbedding", "tokens", embDim=24, vocabSize=50),
    block(
        "block",
        2,
        node("normalization", "norm1"),
        node("mhAttention", "attention", numHeads=4),
        node("residual", "add1", source="block:in"),
        node("normalization", "norm2"),
        node("feedForward", "ffn", hiddenDim=96),
        node("residual", "add2", source="add1"),
    ),
    node("normalization", "norm"),
    node("linear", "head"),
]


def found(difference: Difference) -> dict[str, str]:
    """The kinds of what differs, by the id in the second design, else in the first."""
    return {layer.at.id: layer.kind for layer in difference.differing}


def changed_fields(difference: Difference) -> dict[str, set[str]]:
    return {layer.at.id: {change.field for change in layer.changes} for layer in difference.layers if layer.changes}


# -- nothing differs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", [*NAMES, *FILES, *ODD_DESIGNS.values()], ids=str)
def test_a_design_does_not_differ_from_itself(source):
    difference = slm.difference(source, source)
    assert not difference
    assert {layer.kind for layer in difference.layers} == {"same"}
    assert str(difference) == "The two designs are the same."


def test_what_is_said_as_the_default_is_no_difference():
    said = copy.deepcopy(GPT)
    said[2]["data"].update(normType="LayerNorm", eps=1e-5, bias=True, affine=True)
    said[3]["data"].update(inDim=24, outDim=50)  # what comes in, and the vocabulary
    assert not slm.difference(GPT, said)


def test_ids_make_no_difference():
    text = json.dumps(GPT)
    for name in ("tokens", "block", "norm1", "attention", "add1", "norm2", "ffn", "add2", "head"):
        text = text.replace(f'"{name}"', f'"our {name}"').replace(f'"{name}:in"', f'"our {name}:in"')
    assert not slm.difference(GPT, text)


def test_a_number_is_the_same_with_and_without_a_point_and_one_is_not_true():
    one, same, other = ([node("myLayer", "x", factor=value)] for value in (1, 1.0, True))
    assert not slm.difference(one, same)
    assert changed_fields(slm.difference(one, other)) == {"x": {"factor"}}


# -- one thing differs -------------------------------------------------------------------------------------------------


def test_a_changed_field_is_told_with_both_values():
    other = copy.deepcopy(GPT)
    other[2]["data"]["normType"] = "RMSNorm"
    difference = slm.difference(GPT, other)
    (layer,) = difference.differing
    (change,) = layer.changes
    assert (layer.kind, layer.at.id, layer.at.path) == ("changed", "norm", (2,))
    assert (change.field, change.before, change.after) == ("normType", "LayerNorm", "RMSNorm")
    assert "~ norm: Kind LayerNorm → RMSNorm" in str(difference)
    with use_language("ko"):
        assert "~ norm: 종류 LayerNorm → RMSNorm" in str(difference)


def test_changed_repeats_are_a_change_of_the_block_alone():
    other = copy.deepcopy(GPT)
    other[1]["data"]["numOfBlocks"] = 5
    assert changed_fields(slm.difference(GPT, other)) == {"block": {"numOfBlocks"}}


def test_a_wider_model_differs_where_the_width_is_said():
    other = copy.deepcopy(GPT)
    other[0]["data"]["embDim"] = 48
    difference = slm.difference(GPT, other)
    assert changed_fields(difference) == {"tokens": {"embDim"}}
    assert {total.field for total in difference.totals} == {"parameters"}


def test_a_field_inside_a_group_is_told_by_itself():
    rope = {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_context_length": 64}
    one, other = (
        model(node("gqAttention", "attention", numHeads=4, numKvGroups=2, ropeConfig=rope | change))
        for change in ({}, {"factor": 32.0})
    )
    assert changed_fields(slm.difference(one, other)) == {"attention": {"ropeConfig.factor"}}


def test_a_layer_of_another_kind_in_the_same_place_is_a_change_of_its_type():
    other = copy.deepcopy(GPT)
    other[1]["children"][1] = node("gqAttention", "attention", numHeads=4, numKvGroups=2)
    assert changed_fields(slm.difference(GPT, other)) == {"attention": {"type", "numKvGroups"}}


def test_what_has_nothing_in_common_is_removed_and_added():
    other = copy.deepcopy(GPT)
    other[1]["children"][1] = node("dropout", "attention", dropoutRate=0.5)
    kinds = [layer.kind for layer in slm.difference(GPT, other).differing]
    assert sorted(kinds) == ["added", "removed"]


def test_a_moved_layer_is_moved_and_nothing_else():
    other = copy.deepcopy(GPT)
    other.insert(1, other.pop(2))
    assert found(slm.difference(GPT, other)) == {"norm": "moved"}


def test_unwrapping_a_block_removes_the_block_and_moves_what_was_inside():
    bare = [GPT[0], *copy.deepcopy(GPT[1]["children"]), *GPT[2:]]
    inside = {child["data"]["id"]: "moved" for child in GPT[1]["children"]}
    # The first residual named the block's input, which is gone.
    assert found(slm.difference(GPT, bare)) == {"block": "removed", **inside}


def test_a_removed_block_is_one_line_with_all_its_layers_marked():
    difference = slm.difference(GPT, [GPT[0], *GPT[2:]])
    assert len(difference.of_kind("removed")) == 7
    assert [line for line in str(difference).splitlines() if "−" in line] == ["  − block: Block"]
    told = [row["a"] for row in difference.to_json()["layers"] if row["kind"] == "removed" and "part" not in row]
    assert told == ["block"]


def unnamed(kind: str, *children: Any, **data: Any) -> dict[str, Any]:
    """A layer that says no id, as in many a file."""
    return {"type": kind, "data": data, **({"children": list(children)} if children else {})}


def test_of_three_like_layers_the_one_whose_id_is_gone_is_removed():
    three = [node("normalization", name) for name in "abc"]
    assert found(slm.difference(three, three[1:])) == {"a": "removed"}
    assert found(slm.difference(three, [*three[1:], node("normalization", "d", normType="DyT")])) == {
        "a": "removed",
        "d": "added",
    }


@pytest.mark.parametrize("order", [1, -1])
def test_without_ids_a_layer_is_known_by_what_it_says(order):
    norms = [unnamed("normalization", normType="DyT"), unnamed("normalization", normType="RMSNorm")][::order]
    (layer,) = slm.difference(norms, norms[1:]).differing
    assert (layer.kind, layer.at.path) == ("removed", (0,))


@pytest.mark.parametrize("order", [1, -1])
def test_without_ids_a_block_is_known_by_what_is_in_it(order):
    inside = [unnamed("feedForward", hiddenDim=8), unnamed("mhAttention", numHeads=2)][::order]
    blocks = [unnamed("transformerBlock", layer) for layer in inside]
    differing = slm.difference(blocks, blocks[1:]).differing
    assert [(layer.kind, layer.at.path) for layer in differing] == [("removed", (0,)), ("removed", (0, 0))]


def test_without_ids_a_layer_that_changed_places_is_moved():
    layers = [unnamed("tokenEmbedding", embDim=8), unnamed("dropout", dropoutRate=0.1), unnamed("linear")]
    layers.insert(1, unnamed("normalization"))
    swapped = [layers[0], layers[2], layers[1], layers[3]]
    assert [layer.kind for layer in slm.difference(layers, swapped).differing] == ["moved"]


def test_a_reference_to_another_layer_is_a_change():
    other = copy.deepcopy(GPT)
    other[1]["children"][5]["data"]["source"] = "norm2"
    assert changed_fields(slm.difference(GPT, other)) == {"add2": {"source"}}


def test_totals_are_those_of_the_report():
    one, other = slm.describe(slm.preset("gpt2-nano")), slm.describe(slm.preset("llama3-nano"))
    totals = {total.field: (total.before, total.after) for total in slm.difference("gpt2-nano", "llama3-nano").totals}
    assert totals == {"parameters": (one.parameters, other.parameters)}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("label", "mine", "Label (none) → mine"),
        ("qkvBias", True, "QKV bias no → yes"),
        ("ropeBase", 500000.0, "RoPE base 10,000 → 500,000"),
        ("dropoutRate", 0.25, "Dropout 0 → 0.25"),
        ("windowSize", 8, "Window (automatic) → 8"),
        ("input", "tokens", "Reads from (the layer before) → tokens"),
        ("mystery", {"deep": [1, 2]}, 'mystery (automatic) → {"deep": [1, 2]}'),
        ("label", "x" * 99, "Label (none) → " + "x" * 40 + "…"),
    ],
)
def test_values_are_said_as_a_form_shows_them(field, value, words):
    other = copy.deepcopy(GPT)
    other[1]["children"][1]["data"][field] = value
    (layer,) = slm.difference(GPT, other).differing
    assert layer.words == (words,)


# -- presets, whose ids and numbers of layers are not alike ------------------------------------------------------------


def test_llama_differs_from_gpt2_as_its_paper_says():
    assert changed_fields(slm.difference("gpt2-nano", "llama3-nano")) == {
        "positions": {"posType"},
        "norm1": {"normType", "bias"},
        "attention": {"type", "numKvGroups", "ropeBase", "ropeConfig"},
        "norm2": {"normType", "bias"},
        "ffn": {"feedForwardType", "actFunc"},
        "norm": {"normType", "bias"},
    }


def test_two_sizes_of_gpt2_differ_in_their_sizes():
    assert changed_fields(slm.difference("gpt2", "gpt2-xl")) == {
        "tokens": {"embDim"},
        "block": {"numOfBlocks"},
        "attention": {"numHeads"},
        "ffn": {"hiddenDim"},
    }


@pytest.mark.parametrize(("one", "other"), list(itertools.permutations(NAMES, 2)))
def test_the_other_way_round_it_is_the_mirror_image(one, other):
    assert_mirrored(one, other)


# -- any few edits -----------------------------------------------------------------------------------------------------


def nodes_of(layers: list[Any]) -> Iterator[dict[str, Any]]:
    for layer in layers:
        yield layer
        yield from nodes_of(layer.get("children", []))


def lists_of(layers: list[Any]) -> Iterator[list[Any]]:
    yield layers
    for layer in layers:
        if "children" in layer:
            yield from lists_of(layer["children"])


SETTINGS: dict[str, dict[str, list[Any]]] = {
    "tokenEmbedding": {"embDim": [24, 48], "vocabSize": [50, 70]},
    "transformerBlock": {"numOfBlocks": [1, 2, 3]},
    "normalization": {"normType": ["LayerNorm", "RMSNorm", "DyT"], "eps": [1e-5, 1e-6], "label": ["a", "b"]},
    "mhAttention": {"numHeads": [2, 4, 5], "windowSize": [3, 7], "qkvBias": [True, False]},
    "feedForward": {"hiddenDim": [96, 12], "feedForwardType": ["Standard", "Gated"]},
    "residual": {"source": ["block:in", "norm1", "nowhere"], "label": ["a", "b"]},
    "linear": {"bias": [True, False], "weightTying": [True, False]},
    "dropout": {"dropoutRate": [0.1, 0.2]},
}


@st.composite
def edited(draw: st.DrawFn) -> list[Any]:
    """GPT after up to five edits, some of which leave it broken."""
    layers = copy.deepcopy(GPT)
    for number in range(draw(st.integers(0, 5))):
        siblings = draw(st.sampled_from(list(lists_of(layers))))
        match draw(st.sampled_from(["set", "remove", "insert", "move", "rename"])):
            case "set" if siblings:
                layer = draw(st.sampled_from(siblings))
                name = draw(st.sampled_from(sorted(SETTINGS[layer["type"]])))
                layer["data"][name] = draw(st.sampled_from(SETTINGS[layer["type"]][name]))
            case "rename" if siblings:
                draw(st.sampled_from(siblings))["data"]["id"] = f"renamed{number}"
            case "insert":
                kind = draw(st.sampled_from(sorted(set(SETTINGS) - {"transformerBlock"})))
                siblings.insert(draw(st.integers(0, len(siblings))), node(kind, f"new{number}"))
            case "remove" if siblings:
                siblings.pop(draw(st.integers(0, len(siblings) - 1)))
            case "move" if siblings:
                layer = siblings.pop(draw(st.integers(0, len(siblings) - 1)))
                target = draw(st.sampled_from(list(lists_of(layers))))
                target.insert(draw(st.integers(0, len(target))), layer)
    return layers


def assert_mirrored(one: Any, other: Any) -> None:
    there, back = slm.difference(one, other), slm.difference(other, one)
    assert sorted(map(repr, there.mirrored().layers)) == sorted(map(repr, back.layers))
    assert there.mirrored().totals == back.totals
    assert bool(there) == bool(back)


@calm
@given(edited(), edited())
def test_any_two_designs_have_mirrored_differences(one, other):
    assert_mirrored(one, other)


@calm
@given(edited(), edited())
def test_every_layer_of_both_designs_is_told_once(one, other):
    layers = slm.difference(one, other).layers
    for side, design in (("a", one), ("b", other)):
        told = [getattr(layer, side).path for layer in layers if getattr(layer, side) is not None]
        assert sorted(told) == sorted(paths_of(design))
    assert all((layer.kind == "added") == (layer.a is None) for layer in layers)
    assert all((layer.kind == "removed") == (layer.b is None) for layer in layers)


def paths_of(layers: list[Any], parent: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    for index, layer in enumerate(layers):
        yield (*parent, index)
        yield from paths_of(layer.get("children", []), (*parent, index))


@calm
@given(edited())
def test_no_design_differs_from_its_copy(design):
    assert not slm.difference(design, copy.deepcopy(design))


@calm
@given(st.data())
def test_a_single_changed_field_is_found_exactly(data):
    design = copy.deepcopy(data.draw(st.sampled_from([GPT, *(slm.preset(name).layers for name in NAMES[:4])])))
    layer = data.draw(st.sampled_from(list(nodes_of(design))))
    fields = {info.alias: info for info in layer_types()[layer["type"]].model_fields.values() if info.alias}
    name = data.draw(
        st.sampled_from(sorted(fields.keys() - {"id", "inDim", "outDim", "input", "source", "ropeConfig"}))
    )
    before, default = copy.deepcopy(design), fields[name].default
    layer["data"][name] = another(layer["data"].get(name, default))
    assert changed_fields(slm.difference(before, design)) == {layer["data"]["id"]: {name}}
    assert found(slm.difference(before, design)) == {layer["data"]["id"]: "changed"}


def another(value: Any) -> Any:
    """A value that is not the same; the type of layer need not take it."""
    if isinstance(value, bool):
        return not value
    return value + 8 if isinstance(value, int | float) else f"not {value}"


# -- the alignment -----------------------------------------------------------------------------------------------------


@calm
@given(st.lists(st.sampled_from("nmadr"), max_size=5), st.lists(st.sampled_from("nmadr"), max_size=5), st.data())
def test_no_other_alignment_weighs_more(first, second, data):
    kinds = {"n": "normalization", "m": "mhAttention", "a": "gqAttention", "d": "dropout", "r": "residual"}
    drawn = []
    for letters in (first, second):
        names = data.draw(st.permutations(range(len(letters))))
        nodes = [node(kinds[letter], f"id{name}") for letter, name in zip(letters, names, strict=True)]
        drawn.append(read_members(examine(nodes)))
    a, b = drawn
    best = 0.0
    for size in range(min(len(a), len(b)) + 1):
        for chosen in itertools.product(itertools.combinations(a, size), itertools.combinations(b, size)):
            weights = [weight(x, y) for x, y in zip(*chosen, strict=True)]
            best = max(best, sum(weights) if all(weights) else 0.0)
    pairs = list(alignment._heaviest(a, b))
    assert sum(weight(x, y) for x, y in pairs) == best
    assert [x for x, _ in pairs] == [x for x in a if x in {x for x, _ in pairs}]
    assert [y for _, y in pairs] == [y for y in b if y in {y for _, y in pairs}]


@pytest.mark.parametrize("rename", [False, True], ids=["ids", "types"])
def test_long_lists_are_aligned_without_weighing_every_pair(rename, monkeypatch):
    weighed = []
    monkeypatch.setattr(alignment, "weight", lambda x, y: weighed.append(1) or weight(x, y))
    kinds = list(itertools.islice(itertools.cycle(["normalization", "linear", "dropout"]), 900))
    long = [node(kind, f"n{number}") for number, kind in enumerate(kinds)]
    other = [node(kind, f"m{number}" if rename else f"n{number}") for number, kind in enumerate(kinds)]
    del other[800], other[500], other[7]
    other[300]["data"]["label"] = "changed"
    kinds_found = [layer.kind for layer in slm.difference(long, other).differing]
    assert len(weighed) < 900 * 10
    if rename:
        assert kinds_found.count("changed") >= 1
    else:
        assert sorted(kinds_found) == ["changed", "removed", "removed", "removed"]


# -- half-finished designs, and what is none ---------------------------------------------------------------------------


def test_designs_with_mistakes_are_compared_and_have_no_totals_to_tell():
    broken = copy.deepcopy(GPT)
    broken[1]["children"][1]["data"]["numHeads"] = 7  # 24 channels cannot be shared out
    broken.append(node("nobodyKnows", "mystery", size=3))
    difference = slm.difference(GPT, broken)
    assert found(difference) == {"attention": "changed", "mystery": "added"}
    (parameters,) = [total for total in difference.totals if total.field == "parameters"]
    assert parameters.after is None


@pytest.mark.parametrize("junk", [[], [5], ["x"], [{"type": "linear", "data": 5}], [{"type": 3}], [{}]], ids=str)
def test_nonsense_in_a_list_is_compared_too(junk):
    assert not slm.difference(junk, copy.deepcopy(junk))
    assert_mirrored(junk, GPT)


def test_an_id_used_twice_is_told_apart_by_its_place():
    twice = [*GPT[:2], node("normalization", "head"), *GPT[3:]]
    keys = [layer.b.key for layer in slm.difference(GPT, twice).layers if layer.b]
    assert len(keys) == len(set(keys))
    assert "@3" in keys


@pytest.mark.parametrize("source", [5, None, '{"a": 1}', "gtp2-nano", "nowhere.json"], ids=str)
def test_what_is_no_design_is_refused_with_a_sentence(source):
    with pytest.raises(LayerStackError):
        slm.difference("gpt2-nano", source)


# -- for the page ------------------------------------------------------------------------------------------------------


def test_the_page_gets_plain_json_with_its_words():
    other = copy.deepcopy(GPT)
    other[2]["data"]["normType"] = "RMSNorm"
    with use_language("ko"):
        sent = json.loads(json.dumps(slm.difference(GPT, other).to_json()))
    assert {"kind": "changed", "a": "norm", "b": "norm", "words": ["종류 LayerNorm → RMSNorm"]} in sent["layers"]
    assert {"kind": "same", "a": "head", "b": "head"} in sent["layers"]
    assert [total["field"] for total in sent["totals"]] == ["parameters"]
