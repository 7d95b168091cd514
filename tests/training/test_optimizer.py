from __future__ import annotations

import math

import pytest
import torch
from torch import nn

import slm_widgets as slm
from slm_widgets.errors import CheckpointError, ConfigError
from slm_widgets.language import use_language
from slm_widgets.training import TrainConfig, build_optimizers, check_available, muon
from slm_widgets.training.hidden_matrices import hidden_matrices
from slm_widgets.training.muon import orthogonal

NAMES = ["AdamW", "Adam", "SGD", "Muon"]
has_muon = pytest.mark.skipif(not hasattr(torch.optim, "Muon"), reason="Muon came with torch 2.9")
USUAL = (3.4445, -4.7750, 2.0315)  # Jordan's coefficients


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(5, 4)
        self.norm = nn.LayerNorm(4)
        self.head = nn.Linear(4, 5)
        self.head.weight = self.embedding.weight


class Small(nn.Module):
    """An embedding, a block of two matrices with a norm, and a head."""

    def __init__(self, dtype=torch.float32):
        super().__init__()
        torch.manual_seed(0)
        self.embedding = nn.Embedding(11, 8)
        self.norm = nn.LayerNorm(8)
        self.up = nn.Linear(8, 24)
        self.down = nn.Linear(24, 8)
        self.head = nn.Linear(8, 11, bias=False)
        self.to(dtype)

    def loss(self, ids):
        x = self.embedding(ids)
        return nn.functional.cross_entropy(self.head(x + self.down(self.up(self.norm(x)).relu())), ids.roll(1))


def take_steps(model, optimizers, count, start=0, lr=None):
    for step in range(start, start + count):
        ids = torch.randint(11, (32,), generator=torch.Generator().manual_seed(step))
        optimizers.zero_grad()
        model.loss(ids).backward()
        if lr is not None:
            optimizers.set_learning_rate(lr(step))
        optimizers.step()


def test_only_matrices_decay_and_a_tied_one_once():
    model = Tied()
    decayed, left_alone = build_optimizers(model, TrainConfig(weight_decay=0.3)).param_groups
    assert decayed["weight_decay"] == 0.3
    assert [id(p) for p in decayed["params"]] == [id(model.embedding.weight)]
    assert left_alone["weight_decay"] == 0
    assert {id(p) for p in left_alone["params"]} == {id(model.norm.weight), id(model.norm.bias), id(model.head.bias)}


@pytest.mark.parametrize("name", ["AdamW", "Adam", "SGD", pytest.param("Muon", marks=has_muon)])
def test_every_trained_weight_is_in_one_group_and_norms_and_biases_never_decay(name):
    model = Small()
    model.embedding.weight.requires_grad_(False)
    groups = build_optimizers(model, TrainConfig(optimizer=name)).param_groups
    held = [p for group in groups for p in group["params"]]
    assert len(held) == len(set(held))
    assert set(held) == set(model.parameters()) - {model.embedding.weight}
    assert all(p.dim() >= 2 for group in groups if group["weight_decay"] for p in group["params"])


def test_one_update_follows_the_formula_of_the_paper():
    """Loshchilov and Hutter 2019, algorithm 2, first step, written out."""
    lr, decay, (beta1, beta2), eps = 0.1, 0.5, (0.9, 0.99), 1e-3
    model = nn.Linear(3, 2, bias=False)
    before = model.weight.detach().clone()
    optimizers = build_optimizers(model, TrainConfig(lr=lr, weight_decay=decay, betas=(beta1, beta2), eps=eps))
    gradient = torch.tensor([[1.0, -2.0, 3.0], [0.5, 0.0, -1.0]])
    model.weight.grad = gradient.clone()
    optimizers.step()
    mean = (1 - beta1) * gradient / (1 - beta1)
    square = (1 - beta2) * gradient**2 / (1 - beta2)
    expected = before - lr * (mean / (square.sqrt() + eps) + decay * before)
    torch.testing.assert_close(model.weight.detach(), expected)


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("AdamW", lambda groups: torch.optim.AdamW(groups, lr=0.01, betas=(0.8, 0.9), eps=1e-6)),
        # Without weight decay, as it was published.
        ("Adam", lambda groups: torch.optim.Adam(without_decay(groups), lr=0.01, betas=(0.8, 0.9), eps=1e-6)),
        # Without momentum, torch's decay in the gradient pulls no other way than one beside it.
        ("SGD", lambda groups: torch.optim.SGD(groups, lr=0.01)),
    ],
)
def test_thirty_steps_are_those_of_torchs_plain_class(name, theirs):
    ours, plain = Small(), Small()
    config = TrainConfig(optimizer=name, lr=0.01, betas=(0.8, 0.9), eps=1e-6, momentum=0.0, weight_decay=0.2)
    rate = [0.01 * (1 + math.sin(step)) for step in range(30)]
    take_steps(ours, build_optimizers(ours, config), 30, lr=rate.__getitem__)
    matrices = [p for p in plain.parameters() if p.dim() == 2]
    optimizer = theirs(
        [
            {"params": matrices, "weight_decay": 0.2},
            {"params": [p for p in plain.parameters() if p.dim() == 1], "weight_decay": 0.0},
        ]
    )
    for step in range(30):
        ids = torch.randint(11, (32,), generator=torch.Generator().manual_seed(step))
        optimizer.zero_grad()
        plain.loss(ids).backward()
        for group in optimizer.param_groups:
            group["lr"] = rate[step]
        optimizer.step()
    before = dict(Small().named_parameters())
    for name_, expected in plain.named_parameters():
        torch.testing.assert_close(dict(ours.named_parameters())[name_], expected, rtol=1e-5, atol=1e-6)
        assert not torch.allclose(expected, before[name_], atol=1e-3)


def without_decay(groups):
    return [{**group, "weight_decay": 0.0} for group in groups]


def test_sgd_pulls_beside_the_momentum():
    """Loshchilov and Hutter 2019, algorithm 1, written out in plain numbers: what is pulled is not remembered."""
    lr, momentum, decay, gradients = 0.1, 0.9, 0.5, [1.0, -2.0, 0.5]
    model = nn.Linear(1, 1)
    weight, bias = model.weight.item(), model.bias.item()
    optimizers = build_optimizers(model, TrainConfig(optimizer="SGD", lr=lr, momentum=momentum, weight_decay=decay))
    velocity = 0.0
    for gradient in gradients:
        model.weight.grad, model.bias.grad = torch.tensor([[gradient]]), torch.tensor([gradient])
        optimizers.step()
        velocity = momentum * velocity + gradient
        weight, bias = weight * (1 - lr * decay) - lr * velocity, bias - lr * velocity
    assert model.weight.item() == pytest.approx(weight, rel=1e-5)
    assert model.bias.item() == pytest.approx(bias, rel=1e-5)
    assert optimizers.param_groups[0]["weight_decay"] == decay  # and torch was not told for good


class Exact(torch.Tensor):
    """A matrix that stays as exact as it is where torch's Muon asks for bfloat16."""

    def bfloat16(self):  # pyright: ignore[reportIncompatibleMethodOverride]
        return self.as_subclass(torch.Tensor).clone()


def torch_orthogonal(matrix):
    from torch.optim._muon import _zeropower_via_newtonschulz

    return _zeropower_via_newtonschulz(matrix, USUAL, 5, 1e-7)


@has_muon
@pytest.mark.parametrize("shape", [(6, 6), (16, 4), (4, 16), (33, 32), (64, 48), (1, 7), (7, 1), (96, 32)])
def test_matrices_at_once_become_what_torch_makes_of_each(shape, monkeypatch):
    monkeypatch.setattr(muon, "multiplies_bfloat16", lambda: False)
    torch.manual_seed(1)
    matrices = torch.randn(3, *shape)
    matrices[1] = 1e-3 * torch.randn(shape[0], 1) @ torch.randn(1, shape[1])  # as poor as a gradient can be
    matrices[2] = 0  # as of an expert that no token came to
    expected = torch.stack([torch_orthogonal(matrix.as_subclass(Exact)) for matrix in matrices])
    torch.testing.assert_close(orthogonal(matrices, USUAL, 5, 1e-7).float(), expected, rtol=1e-3, atol=2e-4)


@has_muon
@pytest.mark.parametrize("shape", [(6, 6), (16, 4), (4, 16), (33, 32), (64, 48), (96, 32)])
def test_in_half_precision_they_are_as_near_to_float32_as_torchs_are(shape, monkeypatch):
    monkeypatch.setattr(muon, "multiplies_bfloat16", lambda: True)
    torch.manual_seed(1)
    matrices = torch.randn(64, *shape)
    exact = torch.stack([torch_orthogonal(matrix.as_subclass(Exact)) for matrix in matrices])
    theirs = torch.stack([torch_orthogonal(matrix) for matrix in matrices]).float()
    ours = orthogonal(matrices, USUAL, 5, 1e-7).float()
    assert 0 < (ours - exact).norm() <= 1.2 * (theirs - exact).norm()


@has_muon
def test_steps_of_muon_are_those_of_torch_on_the_hidden_matrices_and_of_adamw_on_the_rest(monkeypatch):
    import torch.optim._muon as torch_muon

    exact = torch_muon._zeropower_via_newtonschulz
    monkeypatch.setattr(torch_muon, "_zeropower_via_newtonschulz", lambda g, *rest: exact(g.as_subclass(Exact), *rest))
    monkeypatch.setattr(muon, "multiplies_bfloat16", lambda: False)
    ours, plain = Small(), Small()
    config = TrainConfig(optimizer="Muon", lr=0.02, rest_lr=0.003, momentum=0.9, weight_decay=0.1)
    rate = [0.02 * (1 - step / 20) for step in range(20)]
    take_steps(ours, build_optimizers(ours, config), 20, lr=rate.__getitem__)
    hidden = [plain.up.weight, plain.down.weight]
    rest = [plain.embedding.weight, plain.head.weight]
    both = [
        torch.optim.Muon(hidden, lr=0.02, momentum=0.9, weight_decay=0.1),
        torch.optim.AdamW(
            [
                {"params": rest, "weight_decay": 0.1},
                {"params": [p for p in plain.parameters() if p.dim() == 1], "weight_decay": 0},
            ],
            lr=0.003,
            betas=(0.9, 0.99),
        ),
    ]
    for step in range(20):
        ids = torch.randint(11, (32,), generator=torch.Generator().manual_seed(step))
        plain.zero_grad()
        plain.loss(ids).backward()
        for optimizer, peak in zip(both, (0.02, 0.003), strict=True):
            for group in optimizer.param_groups:
                group["lr"] = peak * (1 - step / 20)
            optimizer.step()
    for mine, expected in zip(ours.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(mine, expected, rtol=1e-3, atol=1e-4)


@has_muon
def test_muon_leaves_a_tenth_of_the_learning_rate_to_the_rest_where_nothing_else_is_said():
    optimizers = build_optimizers(Small(), TrainConfig(optimizer="Muon", lr=0.02))
    assert [group["lr"] for group in optimizers.param_groups] == pytest.approx([0.02, 0.002, 0.002])
    optimizers.set_learning_rate(0.01)
    assert [group["lr"] for group in optimizers.param_groups] == pytest.approx([0.01, 0.001, 0.001])


def test_hidden_matrices_are_those_between_embedding_and_head():
    stack = slm.parse_stack(
        [
            {"type": "tokenEmbedding", "data": {"id": "emb", "vocabSize": 20, "embDim": 8}},
            {"type": "positionalEmbedding", "data": {"id": "pos", "ctxLength": 6, "posType": "learned"}},
            {"type": "mhAttention", "data": {"id": "att", "numHeads": 2, "qkvBias": True}},
            {"type": "causalConvolution", "data": {"id": "conv"}},
            {"type": "recurrent", "data": {"id": "rec"}},
            {"type": "mixtureOfExperts", "data": {"id": "moe", "numExperts": 2, "topK": 1, "hiddenDim": 12}},
            {"type": "normalization", "data": {"id": "norm"}},
            {"type": "linear", "data": {"id": "head", "outDim": 20}},
        ]
    )
    model = slm.build_model(stack)
    chosen = hidden_matrices(model)
    names = {name for name, p in model.named_parameters() if p in chosen}
    experts = {f"moe.experts.{i}.{which}.weight" for i in (0, 1) for which in ("up", "down")}
    assert names == {"att.qkv.weight", "att.out.weight", "moe.router.weight"} | experts


def test_tied_head_is_no_hidden_matrix():
    assert hidden_matrices(Tied()) == set()


@pytest.mark.parametrize("name", ["AdamW", "Adam", "SGD", pytest.param("Muon", marks=has_muon)])
def test_saved_in_the_middle_goes_on_bit_for_bit(name, tmp_path):
    from safetensors.torch import load_file, save_file

    config = TrainConfig(optimizer=name, lr=0.01)
    straight = Small()
    take_steps(straight, build_optimizers(straight, config), 9)
    first = Small()
    optimizers = build_optimizers(first, config)
    take_steps(first, optimizers, 4)
    save_file(optimizers.tensors(), tmp_path / "state.safetensors")
    second = Small()
    second.load_state_dict(first.state_dict())
    resumed = build_optimizers(second, config)
    saved = load_file(tmp_path / "state.safetensors")
    assert saved
    resumed.load({**saved, "scaler.scale": torch.ones(1)})
    kept = {key: value.clone() for key, value in saved.items()}
    resumed.set_learning_rate(config.lr)
    take_steps(second, resumed, 5, start=4)
    for mine, expected in zip(second.parameters(), straight.parameters(), strict=True):
        assert torch.equal(mine, expected)
    assert all(torch.equal(saved[key], kept[key]) for key in kept)  # what was loaded is not written into


def test_states_are_named_by_the_models_parameters():
    model = Small()
    optimizers = build_optimizers(model, TrainConfig())
    assert optimizers.tensors() == {}
    take_steps(model, optimizers, 3)
    tensors = optimizers.tensors()
    assert set(tensors) == {
        f"optimizer.{name}.{state}"
        for name, _ in model.named_parameters()
        for state in ("step", "exp_avg", "exp_avg_sq")
    }
    assert tensors["optimizer.up.weight.step"].item() == 3


@pytest.mark.parametrize(
    "change",
    [
        {"optimizer.other.weight.exp_avg": torch.zeros(8, 8)},
        {"optimizer.up.weight.momentum_buffer": torch.zeros(24, 8)},
        {"optimizer.up.weight.exp_avg": torch.zeros(8, 24)},
        {"optimizer.up.weight.exp_avg_sq": None},
    ],
    ids=["another model", "another optimizer", "another shape", "one missing"],
)
@pytest.mark.parametrize("code", ["en", "ko"])
def test_state_of_another_model_or_optimizer_is_refused(change, code):
    model = Small()
    optimizers = build_optimizers(model, TrainConfig())
    take_steps(model, optimizers, 1)
    wrong = {key: value for key, value in {**optimizers.tensors(), **change}.items() if value is not None}
    with use_language(code), pytest.raises(CheckpointError) as caught:
        build_optimizers(Small(), TrainConfig()).load(wrong)
    assert caught.value.field in change
    assert str(caught.value.field) in caught.value.message


@pytest.mark.parametrize("name", ["AdamW", pytest.param("Muon", marks=has_muon)])
def test_gradient_that_is_not_finite_makes_all_optimizers_wait(name):
    """One scaler, two optimizers: were they asked one by one, the AdamW beside Muon would go on alone."""
    model = Small()
    optimizers = build_optimizers(model, TrainConfig(optimizer=name, lr=0.01))
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    before = [p.detach().clone() for p in model.parameters()]

    def step(spoil):
        optimizers.zero_grad()
        scaler.scale(model.loss(torch.arange(11))).backward()
        if spoil:
            assert model.up.weight.grad is not None
            model.up.weight.grad[0, 0] = float("inf")
        optimizers.unscale(scaler)
        optimizers.step(scaler)
        scaler.update()

    step(spoil=True)
    assert all(torch.equal(p, old) for p, old in zip(model.parameters(), before, strict=True))
    assert scaler.get_scale() == 512
    step(spoil=False)
    alone = Small()
    optimizers_alone = build_optimizers(alone, TrainConfig(optimizer=name, lr=0.01))
    alone.loss(torch.arange(11)).backward()
    optimizers_alone.step()
    for mine, expected in zip(model.parameters(), alone.parameters(), strict=True):
        torch.testing.assert_close(mine, expected)


@pytest.mark.parametrize("code", ["en", "ko"])
def test_torch_without_muon_is_told_before_training(monkeypatch, code):
    monkeypatch.delattr(torch.optim, "Muon", raising=False)
    check_available(TrainConfig())
    with use_language(code), pytest.raises(ConfigError) as caught:
        check_available(TrainConfig(optimizer="Muon"))
    assert caught.value.field == "optimizer"
    assert "2.9" in caught.value.message
    assert torch.__version__ in caught.value.message
