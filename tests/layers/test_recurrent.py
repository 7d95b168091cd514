import pytest
import torch
from torch import nn

from slm_widgets.model import build_model
from slm_widgets.stack import check_stack, describe

CELLS = {"RNN": nn.RNNCell, "GRU": nn.GRUCell, "LSTM": nn.LSTMCell}


def design(**fields):
    return [
        {"type": "tokenEmbedding", "data": {"id": "tokens", "vocabSize": 11, "embDim": 12}},
        {"type": "recurrent", "data": {"id": "memory", **fields}},
        {"type": "linear", "data": {"id": "head"}},
    ]


def cells_like(cells, cell_type):
    """One of torch's single-step cells for each layer, with the same weights."""
    for level in range(cells.num_layers):
        weight = getattr(cells, f"weight_ih_l{level}")
        cell = CELLS[cell_type](weight.size(1), cells.hidden_size, bias=cells.bias)
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh") if cells.bias else ("weight_ih", "weight_hh")
        cell.load_state_dict({name: getattr(cells, f"{name}_l{level}") for name in names})
        yield cell


def unrolled(cell, x, cell_type):
    """The states of a cell that reads (B, T, C) token by token."""
    state, states = None, []
    for t in range(x.size(1)):
        state = cell(x[:, t], state)
        states.append(state[0] if cell_type == "LSTM" else state)
    return torch.stack(states, dim=1)


@pytest.mark.parametrize("cell_type", CELLS)
@pytest.mark.parametrize(
    "fields", [{}, {"hiddenDim": 7, "numLayers": 3}, {"hiddenDim": 20, "bias": False, "numLayers": 2}]
)
def test_it_is_torchs_cell_read_token_by_token(cell_type, fields):
    ours = build_model(design(cellType=cell_type, **fields)).memory
    x = torch.randn(2, 9, 12, requires_grad=True)
    expected, peers = x, list(cells_like(ours.cells, cell_type))
    for cell in peers:
        expected = unrolled(cell, expected, cell_type)
    torch.testing.assert_close(ours(x), expected, rtol=1e-5, atol=1e-6)
    gradient = torch.randn_like(expected)
    mine = torch.autograd.grad(ours(x), [x, *ours.parameters()], gradient)
    other = torch.autograd.grad(expected, [x, *(p for cell in peers for p in cell.parameters())], gradient)
    for a, b in zip(mine, other, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("cell_type", CELLS)
def test_the_count_is_that_of_the_cells_and_the_width_that_of_the_state(cell_type):
    report = describe(design(cellType=cell_type, hiddenDim=7, numLayers=2))
    cells = (CELLS[cell_type](12, 7), CELLS[cell_type](7, 7))
    assert report.layers[1].parameters == sum(p.numel() for cell in cells for p in cell.parameters())
    assert report.layers[1].out_shape == ("B", "T", 7)
    assert describe(design(cellType=cell_type)).layers[1].out_shape == ("B", "T", 12)


@pytest.mark.parametrize("cell_type", CELLS)
@pytest.mark.parametrize("chunks", [[1] * 10, [4, 1, 1, 4]])
def test_cached_generation_carries_the_state(cell_type, chunks):
    model = build_model(design(cellType=cell_type, numLayers=2, dropoutRate=0.5), seed=1).eval()
    ids = torch.randint(0, 11, (2, 10))
    cache = model.new_cache(2, 10)
    parts = [model(part, cache=cache) for part in ids.split(chunks, dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), model(ids), rtol=1e-5, atol=1e-5)


def test_dropout_acts_between_the_layers_while_training():
    model = build_model(design(numLayers=2, dropoutRate=0.5))
    x = torch.randn(2, 9, 12)
    assert not torch.equal(model.memory.train()(x), model.memory(x))
    assert torch.equal(model.memory.eval()(x), model.memory(x))


def test_dropout_between_layers_of_which_there_is_one_is_a_warning_with_a_mend():
    nodes = design(dropoutRate=0.5)
    (problem,) = check_stack(nodes)
    assert (problem.field, problem.severity, problem.mend) == ("dropoutRate", "warning", {"dropoutRate": None})
    nodes[1]["data"].update(problem.mend)
    assert check_stack(nodes) == []
