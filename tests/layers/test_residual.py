import pytest
import torch

from slm_widgets.model import build_model
from slm_widgets.stack import check_stack

TOKENS = {"type": "tokenEmbedding", "data": {"id": "tokens", "vocabSize": 11, "embDim": 16}}
HEAD = {"type": "linear", "data": {"id": "head"}}


@pytest.mark.parametrize("scale", [1.0, 0.25, -2.0])
def test_it_adds_its_source_times_its_scale(scale):
    wide = {"type": "linear", "data": {"id": "wide"}}
    add = {"type": "residual", "data": {"id": "add", "source": "wide:in", "scale": scale}}
    model = build_model([TOKENS, wide, add, HEAD])
    x, source = torch.randn(2, 3, 16), torch.randn(2, 3, 16)
    torch.testing.assert_close(model.add(x, source), torch.add(x, source, alpha=scale))
    ids = torch.randint(0, 11, (2, 5))
    tokens = model.tokens(ids)
    torch.testing.assert_close(model.hidden(ids), torch.add(model.wide(tokens), tokens, alpha=scale))


def test_a_source_of_another_width_is_refused_with_both_shapes():
    narrow = {"type": "linear", "data": {"id": "narrow", "outDim": 8}}
    (problem,) = check_stack([TOKENS, narrow, {"type": "residual", "data": {"id": "add", "source": "tokens"}}, HEAD])
    assert (problem.layer_id, problem.field) == ("add", "source")
    assert "B × T × 16" in problem.message
    assert "B × T × 8" in problem.message


def test_a_source_of_another_text_is_refused():
    design = [
        {"type": "sourceText", "data": {"id": "source"}},
        {"type": "tokenEmbedding", "data": {"id": "there", "vocabSize": 11, "embDim": 16}},
        {**TOKENS, "data": {**TOKENS["data"], "input": "source:in"}},
        {"type": "residual", "data": {"id": "add", "source": "there"}},
        HEAD,
    ]
    (problem,) = check_stack(design)
    assert (problem.layer_id, problem.field) == ("add", "source")
    assert "B × S × 16" in problem.message
