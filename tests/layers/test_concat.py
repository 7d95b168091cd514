import pytest
import torch

from slm_widgets.layers.place import WIDEST
from slm_widgets.model import build_model
from slm_widgets.stack import check_stack, describe

TOKENS = {"type": "tokenEmbedding", "data": {"id": "tokens", "vocabSize": 11, "embDim": 16}}
HEAD = {"type": "linear", "data": {"id": "head"}}


def layer(type_name, name, **data):
    return {"type": type_name, "data": {"id": name, **data}}


def test_it_is_torchs_cat_with_what_comes_in_first():
    narrow = layer("linear", "narrow", outDim=6)
    model = build_model([TOKENS, narrow, layer("concat", "both", source="tokens"), HEAD])
    ids = torch.randint(0, 11, (2, 5))
    tokens = model.tokens(ids)
    torch.testing.assert_close(model.hidden(ids), torch.cat((model.narrow(tokens), tokens), dim=-1))
    assert model.head.weight.shape == (11, 22)


def test_with_a_linear_layer_it_stands_in_a_block_that_repeats():
    inside = [
        layer("feedForward", "ffn", hiddenDim=8),
        layer("concat", "both", source="block:in"),
        layer("linear", "back", outDim=16),
    ]
    block = {**layer("transformerBlock", "block", numOfBlocks=2), "children": inside}
    model = build_model([TOKENS, block, HEAD]).eval()
    ids = torch.randint(0, 11, (2, 5))
    x = model.tokens(ids)
    for repeat in model.block:
        x = repeat.back(torch.cat((repeat.ffn(x), x), dim=-1))
    torch.testing.assert_close(model(ids), model.head(x))
    assert describe([TOKENS, block, HEAD]).parameters == sum(p.numel() for p in model.parameters())


def test_without_it_the_next_repeat_would_read_another_width():
    inside = [layer("concat", "both", source="block:in")]
    block = {**layer("transformerBlock", "block", numOfBlocks=2), "children": inside}
    (problem,) = check_stack([TOKENS, block, HEAD])
    assert (problem.layer_id, problem.field) == ("block", "numOfBlocks")


@pytest.mark.parametrize(
    ("source", "words"), [("tokens:in", "token ids"), ("there", "B × S × 16"), ("source", "token ids")]
)
def test_token_ids_and_texts_of_another_length_are_refused(source, words):
    design = [
        layer("sourceText", "source"),
        layer("tokenEmbedding", "there", vocabSize=11, embDim=16),
        {**TOKENS, "data": {**TOKENS["data"], "input": "source:in"}},
        layer("concat", "both", source=source),
        HEAD,
    ]
    problem = check_stack(design)[0]
    assert (problem.layer_id, problem.field, problem.severity) == ("both", "source", "error")
    assert words in problem.message


def test_widths_that_double_and_double_again_end_with_a_problem():
    doubling = [layer("concat", f"c{i}", source=f"c{i - 1}" if i else "tokens") for i in range(40)]
    problems = check_stack([TOKENS, *doubling, HEAD])
    assert {problem.field for problem in problems} == {"source"}
    assert str(WIDEST) in problems[0].message
