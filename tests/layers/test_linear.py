import math

import pytest
import torch
import torch.nn.functional as F

from slm_widgets.model import build_model
from slm_widgets.stack import check_stack


def design(*layers):
    tokens = {"type": "tokenEmbedding", "data": {"id": "tokens", "vocabSize": 11, "embDim": 16}}
    return [tokens, *({"type": "linear", "data": {"id": f"linear{i}", **data}} for i, data in enumerate(layers))]


@pytest.mark.parametrize("bias", [True, False])
def test_it_is_torchs_linear(bias):
    model = build_model(design({"outDim": 6, "bias": bias}, {}))
    x, first = torch.randn(2, 3, 16), model.linear0
    assert (first.bias is not None) == bias
    torch.testing.assert_close(first(x), F.linear(x, first.weight, first.bias))
    assert model.linear1.weight.shape == (11, 6)


def test_a_head_that_starts_at_zero_finds_every_token_equally_likely():
    model = build_model(design({"zeroInit": True, "bias": False}))
    ids = torch.randint(0, 11, (2, 5))
    assert model.loss(ids, ids).item() == pytest.approx(math.log(11))


def test_a_tied_head_where_the_tables_width_does_not_come_in_is_refused():
    problem, *others = check_stack(design({"outDim": 6}, {"weightTying": True}))
    assert (problem.layer_id, problem.field, problem.severity) == ("linear1", "weightTying", "error")
    assert "11 × 16" in problem.message
    assert "11 × 6" in problem.message
    assert others == []


def test_a_tied_matrix_cannot_start_at_zero():
    (problem,) = check_stack(design({"weightTying": True, "zeroInit": True}))
    assert (problem.field, problem.severity) == ("zeroInit", "error")
