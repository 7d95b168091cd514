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
    shape = ["B", "T", 64]
    assert answer["layers"]["norm"] == {"in": shape, "out": shape, "parameters": 64, "repeats": 1, "resolved": {}}
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


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"softCap": 1e308}, "softCap"),
        ({"scale": 1e308}, "scale"),
        ({"ropeConfig": {"factor": 1e-300}}, "ropeConfig.factor"),
        ({"ropeConfig": {"low_freq_factor": 4.0, "high_freq_factor": 1.0}}, "ropeConfig"),
    ],
)
def test_numbers_that_would_give_no_number_are_refused(fields, field):
    design = [
        {"type": "tokenEmbedding", "data": {"id": "tokens", "vocabSize": 7, "embDim": 8}},
        {"type": "gqAttention", "data": {"id": "attention", "numHeads": 2, "isRoPE": True, **fields}},
        {"type": "linear", "data": {"id": "head"}},
    ]
    assert [(p.layer_id, p.field) for p in check_stack(design)] == [("attention", field)]


NOT_UNDERSTOOD = {
    "a typo": {"type": "tokenEmbeding", "data": {"id": "tokens"}},
    "a text for a number": layer("tokenEmbedding", "tokens", embDim="64"),
    "far too wide": layer("tokenEmbedding", "tokens", embDim=10**12),
    "no width": layer("tokenEmbedding", "tokens"),
    "no such table": layer("tokenEmbedding", "tokens", embDim=64, tiedTo="nobody"),
    "no such input": layer("tokenEmbedding", "tokens", embDim=64, input="nobody"),
}


@pytest.mark.parametrize("wrong", NOT_UNDERSTOOD.values(), ids=NOT_UNDERSTOOD)
@pytest.mark.parametrize("name", ["gpt2-nano", "llama-nano", "transformer-nano"])
def test_layers_below_one_that_is_not_understood_are_not_blamed_for_it(name, wrong):
    layers = preset(name).layers
    first = next(number for number, node in enumerate(layers) if node["type"] == "tokenEmbedding")
    layers[first] = {**wrong, "data": {**wrong["data"], "id": layers[first]["data"]["id"]}}
    assert [p.layer_id for p in check_stack(layers)] == [layers[first]["data"]["id"]]


def test_what_is_wrong_below_by_itself_is_still_told():
    below = [
        layer("feedForward", "own", actFunc="SwiGLU"),
        layer("mhAttention", "shape", numHeads=6),
        layer("mhAttention", "value", numHeads=0),
        layer("residual", "reference", source="nobody"),
        layer("gqAttention", "groups", numHeads=4, numKvGroups=3),
        layer("linear", "wide", outDim=32),
        layer("mhAttention", "known", numHeads=6),
        layer("linear", "head", weightTying=True),
    ]
    found = [p.layer_id for p in check_stack([NOT_UNDERSTOOD["far too wide"], *below])]
    assert found == ["tokens", "own", "value", "reference", "groups", "known"]
    rightly = [p.layer_id for p in check_stack([TOKENS, *below])]
    assert rightly == ["own", "shape", "value", "reference", "groups", "known", "head"]


def test_a_layer_that_hands_on_what_comes_in_hides_nothing_when_it_is_wrong():
    design = [TOKENS, layer("mhAttention", "a", numHeads="six"), layer("mhAttention", "b", numHeads=6), HEAD]
    assert [p.layer_id for p in check_stack(design)] == ["a", "b"]


def test_layers_in_a_block_that_is_not_understood_are_looked_at_and_counted():
    inside = [layer("mhAttention", "a", numHeads=4), layer("residual", "b", source="nobody"), layer("feedForward", "c")]
    for broken in (block(*inside, repeats="two"), {**block(*inside), "type": "blok"}):
        answer = analyse([TOKENS, broken, HEAD])
        assert [p["layer_id"] for p in answer["problems"]] == ["block", "b"]
        assert answer["layers"]["a"]["parameters"] == 4 * 64 * 64
        assert answer["layers"]["c"]["parameters"] is not None


def test_a_width_of_which_nothing_is_known_is_shown_so():
    answer = analyse([layer("tokenEmbedding", "tokens", embDim="64"), layer("feedForward", "ffn"), HEAD])
    assert answer["layers"]["ffn"] == {"in": ["B", "T", "?"], "out": ["B", "T", "?"], "parameters": None, "repeats": 1}


def test_problems_come_in_the_order_of_the_layers():
    design = [
        TOKENS,
        layer("mhAttention", "a", numHeads=6),
        block(layer("dropout", "b", rate=1), layer("mhAttention", "c", numHeads=6)),
        layer("normalization", "d", normType="x"),
        HEAD,
    ]
    source = {"layer_stack": design, "mood": "good"}
    assert [p.layer_id for p in check_stack(source)] == [None, "a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("num_blocks", "Did you mean numOfBlocks?"),
        ("layers", "Did you mean children?"),
        ("numOfBlcks", "Did you mean numOfBlocks?"),
        ("colour", "There are: numOfBlocks, children, label, outDim, input."),
    ],
)
def test_a_misspelt_field_is_answered_with_the_right_one(key, words):
    node = {**block(HEAD, repeats=1)}
    node["data"] = {"id": "block", key: 2}
    (problem,) = [p for p in check_stack([TOKENS, node]) if p.field == key]
    assert problem.text.endswith(words)
    with use_language("ko"):
        (problem,) = [p for p in check_stack([TOKENS, node]) if p.field == key]
    assert ("혹시" in problem.text) == ("Did you" in words)


def test_a_misspelt_field_of_a_group_is_answered_too():
    (problem,) = check_stack([TOKENS, layer("gqAttention", numHeads=4, ropeConfig={"facter": 2.0}), HEAD])
    assert (problem.field, problem.text[-37:]) == (
        "ropeConfig.facter",
        "nothing. Did you mean ropeConfig.factor?"[-37:],
    )


@pytest.mark.parametrize(
    ("name", "meant"),
    {
        "norm": "normalization",
        "layer_norm": "normalization (normType LayerNorm)",
        "rms_norm": "normalization (normType RMSNorm)",
        "block": "transformerBlock",
        "blok": "transformerBlock",
        "mlp": "feedForward",
        "ffn": "feedForward",
        "embedding": "tokenEmbedding or positionalEmbedding",
        "head": "linear",
        "multi-head": "mhAttention",
        "선형": "linear",
        "드롭": "dropout",
        "Linaer": "linear",
    }.items(),
)
def test_another_name_of_a_type_is_answered_with_ours(name, meant):
    problem = check_stack([TOKENS, {"type": name}, HEAD])[0]
    assert problem.text == f"There is no layer type {name!r}. Did you mean {meant}?"


@pytest.mark.parametrize("source", [None, "nobody", "late"])
def test_the_choices_of_a_source_hold_what_comes_into_the_block(source):
    inner = [layer("normalization", "norm"), layer("residual", "add", source=source), layer("dropout", "late")]
    (problem,) = check_stack([TOKENS, block(*inner), HEAD])
    assert (problem.layer_id, problem.field) == ("add", "source")
    assert problem.text.endswith("Choose one of: tokens, norm, block:in.")
    inner[1]["data"]["source"] = "block:in"
    assert check_stack([TOKENS, block(*inner), HEAD]) == []


WITH_A_MEND = {
    "heads": (layer("mhAttention", numHeads=6), {"numHeads": 4}, "Use 4 heads"),
    "heads of an odd size": (layer("mhAttention", numHeads=63, isRoPE=True), {"numHeads": 32}, "Use 32 heads"),
    "heads in groups": (layer("gqAttention", numHeads=24, numKvGroups=8), {"numHeads": 16}, "Use 16 heads"),
    "heads with groups of their own": (
        layer("gqAttention", numHeads=6, numKvGroups=6),
        {"numHeads": 4, "numKvGroups": None},
        "Use 4 heads",
    ),
    "groups": (layer("gqAttention", numHeads=8, numKvGroups=3), {"numKvGroups": 2}, "Use 2 groups"),
    "more groups than heads": (layer("gqAttention", numHeads=1, numKvGroups=3), {"numKvGroups": 1}, "Use 1 group"),
    "input from nowhere": (layer("dropout", input="nobody"), {"input": None}, "Read from the layer before"),
    "input from below": (layer("dropout", input="head"), {"input": None}, "Read from the layer before"),
}


@pytest.mark.parametrize("name", WITH_A_MEND)
def test_a_mend_takes_its_problem_away(name):
    node, mend, title = WITH_A_MEND[name]
    (problem,) = check_stack([TOKENS, node, HEAD])
    assert (problem.mend, problem.mend_title) == (mend, title)
    with use_language("ko"):
        assert any("가" <= c <= "힣" for c in check_stack([TOKENS, node, HEAD])[0].mend_title)
    assert check_stack([TOKENS, {**node, "data": {**node["data"], **mend}}, HEAD]) == []


@pytest.mark.parametrize("source", [None, "nobody"])
def test_a_residual_without_a_source_is_offered_what_residuals_usually_read(source):
    """As in every pre-norm block: the first one what came into the block, the next one what the first one gave."""
    inner = [
        layer("normalization", "norm1"),
        layer("residual", "add1", source=source),
        layer("normalization", "norm2"),
        layer("residual", "add2", source=source),
    ]
    offered = {p.layer_id: p.mend for p in check_stack([TOKENS, block(*inner), HEAD])}
    assert offered == {"add1": {"source": "block:in"}, "add2": {"source": "add1"}}
    inner[1]["data"].update(offered["add1"])
    (problem,) = check_stack([TOKENS, block(*inner), HEAD])
    assert (problem.mend, problem.mend_title) == ({"source": "add1"}, "Read add1")
    inner[3]["data"].update(problem.mend)
    assert check_stack([TOKENS, block(*inner), HEAD]) == []


@pytest.mark.parametrize(
    ("nodes", "doubles"),
    [
        ([layer("normalization", "norm"), layer("residual", "add", source="norm")], True),
        ([layer("residual", "add", source="block:in")], True),
        ([layer("normalization", "norm"), layer("residual", "add", source="block:in")], False),
        ([layer("normalization", "norm"), layer("residual", "add", source="norm", input="block:in")], False),
        ([layer("normalization", "norm"), layer("residual", "add", source="block:in", input="block:in")], True),
    ],
)
def test_a_residual_that_adds_what_comes_in_to_itself_is_warned_of(nodes, doubles):
    found = [p for p in check_stack([TOKENS, block(*nodes), HEAD]) if p.layer_id == "add"]
    assert [(p.severity, p.field) for p in found] == ([("warning", "source")] if doubles else [])


def test_a_source_of_another_width_is_not_offered():
    inner = [layer("linear", "wide", outDim=32), layer("residual", "add"), layer("linear", "back", outDim=16)]
    problem = next(p for p in check_stack([TOKENS, block(*inner), HEAD]) if p.layer_id == "add")
    assert problem.mend is None


@pytest.mark.parametrize("tied", [False, True])
def test_a_head_of_another_width_is_mended_by_leaving_it_out(tied):
    design = [{"type": "tokenEmbedding", "data": {"vocabSize": 11, "embDim": 8}}]
    (problem,) = check_stack([*design, layer("linear", outDim=7, weightTying=tied)])
    assert (problem.mend, problem.mend_title) == ({"outDim": None}, "Leave the output width empty")
    assert check_stack([*design, layer("linear", weightTying=tied)]) == []


def test_where_no_number_of_heads_fits_none_is_offered():
    (problem,) = check_stack([TOKENS, layer("gqAttention", numHeads=9, numKvGroups=3), HEAD])
    assert (problem.field, problem.mend, problem.mend_title) == ("numHeads", None, "")


def test_a_rotary_size_of_one_is_told_in_a_whole_sentence():
    (problem,) = check_stack([TOKENS, layer("mhAttention", numHeads=64, isRoPE=True), HEAD])
    assert problem.text.startswith("The rotary size is 1, but it must be an even number of at most 1")
