import torch

from slm_widgets.model import build_model

DESIGN = [
    {"type": "tokenEmbedding", "data": {"id": "tokens", "vocabSize": 11, "embDim": 16}},
    {"type": "dropout", "data": {"id": "drop", "dropoutRate": 0.25}},
    {"type": "linear", "data": {"id": "head"}},
]


def test_while_training_numbers_are_zero_or_scaled_up_and_their_mean_stays():
    torch.manual_seed(0)
    y = build_model(DESIGN).train().drop(torch.ones(100, 100))
    kept = y != 0
    torch.testing.assert_close(y[kept], torch.full((int(kept.sum()),), 1 / 0.75))
    assert abs(y.mean() - 1) < 0.03


def test_while_generating_nothing_happens():
    x = torch.randn(3, 4)
    assert torch.equal(build_model(DESIGN).eval().drop(x), x)
