"""Bad designs: each problem says where, what is allowed and what to do, and only once."""

import json
import re

import pytest

from slm_widgets.errors import LayerStackError
from slm_widgets.language import use_language
from slm_widgets.stack import analyse, check_stack, fill_vocabulary, parse_stack, preset

TOKENS = {"type": "tokenEmbedding", "data": {"id": "tokens", "embDim": 64}}
HEAD = {"type": "linear", "data": {"id": "head"}}


def layer(type_name, name="it", **data):
    return {"type": type_name, "data": {"id": name, **data}}


def block(*children, name="block", repeats=2):
    return {"type": "transformerBlock", "data": {"id": name, "numOfBlocks": repeats}, "children": list(children)}


BAD = {
    "far too large": (layer("feedForward", hiddenDim=10**12), "hiddenDim", "≤ 1000000"),
    "unknown type": (layer("mhAttenton"), None, "Did you mean mhAttention?"),
    "wrong type of value": (layer("mhAttention", numHeads="six"), "numHeads", "numHeads is 'six', but it must be a whole number"),
    "true is no number": (layer("mhAttention", numHeads=True), "numHeads", "numHeads is True"),
    "too small": (layer("mhAttention", numHeads=0), "numHeads", "must be a whole number ≥ 1"),
    "missing": (layer("mhAttention"), "numHeads", "numHeads is missing"),
    "no such choice": (layer("normalization", normType="BatchNorm"), "normType", "one of LayerNorm, RMSNorm"),
    "heads that do not divide": (layer("mhAttention", numHeads=6), "numHeads", "Choose a number of heads that divides 64: 1, 2, 4, 8"),
    "groups that do not divide": (layer("gqAttention", numHeads=4, numKvGroups=3), "numKvGroups", "divides 4: 1, 2, 4"),
    "odd head turned": (layer("mhAttention", numHeads=64, isRoPE=True), "numHeads", "even number"),
    "residual to nowhere": (layer("residual", source="nobody"), "source", "there is no such layer. Choose one of: tokens"),
    "residual to below": (layer("residual", source="head"), "source", "does not come before"),
    "residual to itself": (layer("residual", source="it"), "source", "does not come before"),
    "residual to token ids": (layer("residual", source="tokens:in"), "source", "only equal shapes can be added"),
    "ungated SwiGLU": (layer("feedForward", actFunc="SwiGLU"), "feedForwardType", "Choose Gated"),
    "wrong inDim": (layer("feedForward", inDim=32), "inDim", "64 channels come in"),
    "wrong outDim": (layer("feedForward", outDim=32), "outDim", "64 channels come out"),
    "second embedding": (layer("tokenEmbedding", embDim=64), None, "reads token ids"),
    "layers in no block": ({**layer("linear"), "children": [HEAD]}, None, "Only a block"),
    "children no list": ({**block(name="it"), "children": 3}, None, '"children" must be a list'),
    "data no object": ({"type": "linear", "data": [1]}, None, '"data" must be an object'),
    "no layer": (7, None, 'must be an object with a "type"'),
    "id used twice": (layer("dropout", "tokens"), "id", "used twice"),
    "repeat that does not fit": (block(layer("linear", "in", outDim=32), name="it"), "numOfBlocks", "the next repeat reads B × T × 64"),
    "unfinished group": (layer("gqAttention", numHeads=4, ropeConfig={"factor": -1.0}), "ropeConfig.factor", "factor is -1.0"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_is_reported_once_at_its_place(name):
    node, field, words = BAD[name]
    errors = [p for p in check_stack([TOKENS, node, HEAD]) if p.severity == "error"]
    assert len(errors) == 1, [p.message for p in errors]
    assert errors[0].field == field
    assert words in errors[0].message
    assert errors[0].message.startswith("Layer 2")


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_is_told_in_korean_too(name):
    with use_language("ko"):
        (problem,) = [p for p in check_stack([TOKENS, BAD[name][0], HEAD]) if p.severity == "error"]
    assert problem.message.startswith("2번 레이어")
    assert any("가" <= c <= "힣" for c in problem.text)


def test_a_design_without_a_head_is_told_what_is_missing():
    (problem,) = check_stack([TOKENS])
    assert problem.layer_id == "tokens"
    assert "End with a linear layer" in problem.message


def test_vectors_cannot_come_before_the_embedding():
    (problem,) = [p for p in check_stack([layer("dropout"), TOKENS, HEAD]) if p.severity == "error"]
    assert problem.layer_id == "it"
    assert "Put a token embedding before it" in problem.message


def test_tying_without_an_embedding_is_refused():
    design = [TOKENS, layer("linear", weightTying=True)]
    assert check_stack(design) == []
    problems = check_stack([layer("linear", weightTying=True)])
    assert any("token embedding" in p.message for p in problems)


def test_an_unknown_key_is_a_warning_kept_and_written_back():
    design = [TOKENS, layer("dropout", colour="blue"), HEAD]
    (problem,) = check_stack(design)
    assert (problem.severity, problem.field) == ("warning", "colour")
    assert parse_stack(design).layers[1]["data"]["colour"] == "blue"


def test_null_means_absent():
    design = [TOKENS, layer("feedForward", hiddenDim=None, bias=None), HEAD]
    assert check_stack(design) == []
    assert parse_stack(design).layers[1] == layer("feedForward")


def test_every_problem_of_a_design_is_found_at_once():
    with pytest.raises(LayerStackError) as caught:
        parse_stack([TOKENS, layer("mhAttention", "a", numHeads=6), layer("residual", "b", source="zz"), HEAD])
    assert [p.layer_id for p in caught.value.problems] == ["a", "b"]
    assert (caught.value.layer_id, caught.value.field) == ("a", "numHeads")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ([], "The design is empty"),
        ({}, "list of layers"),
        (3, "list of layers"),
        (None, "list of layers"),
        ("[1, 2", "not valid JSON: line 1"),
        ("nowhere.json", "There is no file"),
        ("[" * 100_000, "nested too deeply"),
        ({"layer_stack": [], "version": 99}, "version 99"),
        ({"layer_stack": [], "config": 3}, "config must be"),
    ],
)
def test_what_is_no_design_is_refused_with_a_sentence(source, words):
    assert words in check_stack(source)[0].message
    with pytest.raises(LayerStackError, match=re.escape(words)):
        parse_stack(source)


def test_a_file_that_is_not_utf8_or_a_folder_is_refused(tmp_path):
    (tmp_path / "design.json").write_bytes('["한글"]'.encode("cp949"))
    assert "not a text in UTF-8" in check_stack(tmp_path / "design.json")[0].message
    assert "cannot be read" in check_stack(tmp_path)[0].message


def test_blocks_nested_too_deep_are_refused_before_they_are_walked():
    for depth, words in {20: "nested more than 16 deep", 500: "nested too deeply"}.items():
        node = HEAD
        for number in range(depth):
            node = block(node, name=f"b{number}", repeats=1)
        assert any(words in p.message for p in check_stack([TOKENS, node]))


def test_a_design_survives_its_file(tmp_path):
    stack = preset("llama-nano")
    stack.save(tmp_path / "design.slm.json")
    assert parse_stack(tmp_path / "design.slm.json") == stack
    assert parse_stack(json.dumps(stack.to_json())) == stack
    assert parse_stack(str(tmp_path / "design.slm.json")).to_json()["format"] == "slm-widgets"
    assert [p.name for p in tmp_path.iterdir()] == ["design.slm.json"]  # no temporary file stays


def test_a_tokenizer_larger_than_the_vocabulary_is_refused_and_a_smaller_one_kept():
    stack = parse_stack([layer("tokenEmbedding", vocabSize=100, embDim=8), HEAD])
    with pytest.raises(LayerStackError, match="The vocabulary holds 100 tokens, but the tokenizer has 101") as caught:
        fill_vocabulary(stack, 101)
    assert (caught.value.layer_id, caught.value.field) == ("it", "vocabSize")
    assert fill_vocabulary(stack, 65).layers[0]["data"]["vocabSize"] == 100
    inside = parse_stack([block(layer("tokenEmbedding", "inner", embDim=8), repeats=1), HEAD])
    assert fill_vocabulary(inside, 400).layers[0]["children"][0]["data"]["vocabSize"] == 400
    filled = fill_vocabulary(preset("gpt2-nano"), 65).layers
    assert (filled[0]["data"]["vocabSize"], filled[-1]["data"]["outDim"]) == (65, 65)


def test_the_editor_still_gets_shapes_of_what_is_right_beside_a_mistake():
    layers = preset("gpt2-nano").layers
    layers[2]["children"][1]["data"]["numHeads"] = 6
    answer = analyse(layers, {})
    assert not answer["ok"]
    assert answer["total"]["parameters"] is None
    assert [p["layer_id"] for p in answer["problems"]] == ["attention"]
    assert answer["layers"]["norm"] == {"in": ["B", "T", 64], "out": ["B", "T", 64], "parameters": 64, "repeats": 1}
    assert answer["layers"]["attention"]["parameters"] is None
    assert answer["layers"]["ffn"]["parameters"] == 2 * 64 * 256


@pytest.mark.parametrize("junk", [None, 3, "x", {"a": 1}, [None], [[]], [{"type": 3}], [{"type": "linear", "data": 3}]])
def test_the_editor_gets_an_answer_to_anything(junk):
    answer = analyse(junk)
    assert not answer["ok"]
    assert answer["problems"]
    json.dumps(answer)


def test_a_layer_that_nobody_reads_is_a_warning():
    design = [
        {"type": "tokenEmbedding", "data": {"id": "tokens", "vocabSize": 7, "embDim": 8}},
        {"type": "mhAttention", "data": {"id": "attention", "numHeads": 2}},
        {"type": "feedForward", "data": {"id": "ffn", "input": "tokens"}},
        {"type": "linear", "data": {"id": "head"}},
    ]
    (problem,) = check_stack(design)
    assert (problem.layer_id, problem.severity) == ("attention", "warning")
    design.insert(3, {"type": "residual", "data": {"id": "add", "source": "attention"}})
    assert check_stack(design) == []
