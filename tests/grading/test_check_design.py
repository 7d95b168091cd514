"""What check_design lets through, and what it tells a student."""

from __future__ import annotations

import pytest

from slm_widgets.errors import ConfigError, GradingError
from slm_widgets.grading import check_design
from slm_widgets.language import use_language
from slm_widgets.stack import describe, parse_stack, preset


def layer(type_name, name, **data):
    return {"type": type_name, "data": {"id": name, **data}}


def block(*children, name="block", repeats=1):
    return {"type": "transformerBlock", "data": {"id": name, "numOfBlocks": repeats}, "children": list(children)}


NORM = layer("normalization", "norm", normType="LayerNorm")


def design(*middle):
    return [layer("tokenEmbedding", "tokens", embDim=32), *middle, layer("linear", "head")]


def test_a_design_within_the_rules_gives_its_report():
    report = check_design(
        preset("gpt2-nano"),
        blocks=2,
        min_parameters=1000,
        max_parameters=200_000,
        required=["residual", ("gqAttention", "mhAttention")],
        forbidden=["dropout"],
        causal=True,
        vocab_size=58,
    )
    assert report.parameters == describe(preset("gpt2-nano"), vocab_size=58).parameters


def test_what_each_block_must_hold_is_not_found_outside_of_it():
    attention = layer("mhAttention", "attention", numHeads=4)
    needs = ["normalization", ("mhAttention", "gqAttention")]
    check_design(design(block(NORM, attention)), in_each_block=needs)
    with pytest.raises(GradingError, match=r"Inside the block block there is no Multi-head attention \(mhAttention\)"):
        check_design(design(attention, block(NORM)), in_each_block=needs)
    with pytest.raises(ConfigError, match="names the layer type 'attn'"):
        check_design(design(NORM), in_each_block=["attn"])


@pytest.mark.parametrize(
    ("middle", "count"),
    [
        ([], 0),
        ([NORM], 0),
        ([block(NORM)], 1),
        ([block(NORM, repeats=3)], 3),
        ([block(NORM), block({**NORM, "data": {**NORM["data"], "id": "n2"}}, name="second")], 2),
        ([block(block(NORM, name="inner", repeats=2), repeats=3)], 6),
        ([block(repeats=5)], 0),
    ],
)
def test_blocks_are_counted_with_their_repeats_and_empty_ones_not_at_all(middle, count):
    check_design(design(*middle), blocks=count)
    with pytest.raises(GradingError, match=f"has {count} transformer block.*must have {count + 1}"):
        check_design(design(*middle), blocks=count + 1)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"max_parameters": 1000}, "at most 1,000 are allowed.* try a smaller width"),
        ({"min_parameters": 10_000_000}, "at least 10,000,000 are asked for"),
        ({"required": ["dropout"]}, r"has no Dropout \(dropout\). Drag one from the palette"),
        ({"required": [("dropout", "gqAttention")]}, r"no Dropout \(dropout\) and no Grouped.*\(gqAttention\)"),
        ({"forbidden": ["residual"]}, r"\(residual\) is not allowed in this exercise. Take it out: add1, add2"),
    ],
)
def test_a_broken_rule_says_what_is_allowed_and_what_to_do(rules, words):
    with pytest.raises(GradingError, match=words):
        check_design(preset("gpt2-nano"), **rules)


def test_all_broken_rules_are_told_at_once():
    with pytest.raises(GradingError) as caught:
        check_design(preset("gpt2-nano"), blocks=3, max_parameters=10, required=["dropout"])
    assert len(caught.value.message.splitlines()) == 3


def test_the_limit_itself_is_allowed():
    count = describe(preset("gpt2-nano")).parameters
    check_design(preset("gpt2-nano"), min_parameters=count, max_parameters=count)


def test_attention_that_looks_ahead_is_named():
    watching = design(layer("mhAttention", "eyes", numHeads=4, causal=False))
    check_design(watching)
    with pytest.raises(GradingError, match=r"eyes \(mhAttention\) is not causal.*Switch Causal on"):
        check_design(watching, causal=True)


def test_a_drawing_that_was_never_saved_names_the_cell_that_saves_it(tmp_path):
    with pytest.raises(GradingError, match=r'never saved. Run the cell with GraphEditor\(path="ps1.slm.json"\)'):
        check_design(tmp_path / "ps1.slm.json")


def test_a_saved_drawing_is_read_from_its_file(tmp_path):
    path = tmp_path / "drawing.slm.json"
    preset("llama-nano").save(path)
    assert check_design(str(path)).parameters == check_design(parse_stack(path)).parameters


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "This file is empty"),
        ("[]", "The design is empty"),
        ('{"layer_stack": []}', "The design is empty"),
        ("3", "list of layers"),
    ],
)
def test_an_unfinished_drawing_is_told_what_is_missing(tmp_path, content, words):
    path = tmp_path / "ps1.slm.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(GradingError, match=rf"(?s)ps1.slm.json cannot be built yet.*{words}.*Open it in the editor"):
        check_design(path)


def test_the_place_of_a_mistake_comes_as_data_too():
    with pytest.raises(GradingError, match="divides 32: 1, 2, 4, 8, 16, 32") as caught:
        check_design(design(layer("mhAttention", "attention", numHeads=6)))
    assert (caught.value.layer_id, caught.value.field) == ("attention", "numHeads")
    assert isinstance(caught.value, AssertionError)  # so that a test cell fails on it


def test_a_vocabulary_that_the_head_does_not_fit_is_a_check_not_passed():
    stack = [layer("tokenEmbedding", "tokens", embDim=32), layer("linear", "head", outDim=256)]
    check_design(stack)
    with pytest.raises(GradingError, match="cannot be built"):
        check_design(stack, vocab_size=58)


@pytest.mark.parametrize("rule", ["required", "forbidden"])
def test_a_rule_about_a_layer_that_does_not_exist_is_the_teachers_mistake(rule):
    with pytest.raises(ConfigError, match="names the layer type 'mhAttenton', which does not exist"):
        check_design(preset("gpt2-nano"), **{rule: ["mhAttenton"]})


def test_students_are_told_in_korean_too(tmp_path):
    with use_language("ko"):
        with pytest.raises(GradingError, match="한 번도 저장되지 않았습니다"):
            check_design(tmp_path / "ps1.slm.json")
        with pytest.raises(GradingError, match="3개여야 합니다"):
            check_design(preset("gpt2-nano"), blocks=3)
