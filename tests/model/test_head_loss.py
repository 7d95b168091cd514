"""The head's loss in pieces is torch's own cross entropy of the whole (B·T, V) scores, which it never holds."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from slm_widgets.model import build_model
from slm_widgets.model.head_loss import head_loss, piece_size
from slm_widgets.stack import preset

B, T, C = 3, 420, 16
LARGE = 50_257  # tokens; 1,260 positions are then four pieces on a CPU
CPU = torch.device("cpu")


def case_of(vocabulary):
    """A head with a bias, what flows into it, and targets of which some are not asked for."""
    torch.manual_seed(0)
    targets = torch.randint(0, vocabulary, (B, T))
    targets[:, ::7] = -100
    return nn.Linear(C, vocabulary), torch.randn(B, T, C), targets


@pytest.fixture
def case(monkeypatch):
    """As small as numbers allow, in pieces of 64 positions all the same."""
    monkeypatch.setattr("slm_widgets.model.head_loss.piece_size", lambda *sizes: 64)
    return case_of(1009)


def loss_and_gradients(loss, head, hidden, targets, smoothing, factor=3.0):
    """The loss, and its gradients for what comes in and for the head's parameters; ``factor`` as a scaler would set it."""
    hidden = hidden.clone().requires_grad_()
    head.zero_grad()
    value = loss(head, hidden, targets, smoothing)
    (value * factor).backward()
    return [value.detach(), hidden.grad, *(p.grad.clone() for p in head.parameters())]


def whole(head, hidden, targets, smoothing):
    return F.cross_entropy(head(hidden).flatten(0, 1), targets.flatten(), label_smoothing=smoothing)


def largest_tensor(run):
    """How many elements the largest tensor has that anything makes while ``run`` runs, backward included."""

    class Watch(TorchDispatchMode):
        largest = 0

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            out = func(*args, **(kwargs or {}))
            self.largest = max([self.largest, *(t.numel() for t in tree_leaves(out) if isinstance(t, torch.Tensor))])
            return out

    with Watch() as watch:
        run()
    return watch.largest


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
def test_loss_and_gradients_are_torchs(case, smoothing, bias, dtype, tolerance):
    head, hidden, targets = case
    head = head.to(dtype)
    head.bias = head.bias if bias else None
    ours = loss_and_gradients(head_loss, head, hidden.to(dtype), targets, smoothing)
    theirs = loss_and_gradients(whole, head, hidden.to(dtype), targets, smoothing)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.dtype == other.dtype
        assert (mine - other).norm() <= tolerance * other.norm()


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("instructions", [False, True])
def test_under_autocast_it_is_as_near_to_float32_as_torchs_is(case, smoothing, instructions, monkeypatch):
    monkeypatch.setattr("slm_widgets.model.head_loss.multiplies_bfloat16", lambda: instructions)
    exact = loss_and_gradients(whole, *case, smoothing)
    with torch.autocast("cpu", torch.bfloat16):
        ours = loss_and_gradients(head_loss, *case, smoothing)
        theirs = loss_and_gradients(whole, *case, smoothing)
    for mine, other, truth in zip(ours, theirs, exact, strict=True):
        assert mine.dtype == other.dtype
        assert (mine - truth).norm() <= 1.2 * (other - truth).norm() + 1e-5 * truth.norm()


@pytest.mark.parametrize("grad", [False, True])
def test_scores_for_all_positions_are_never_made(grad):
    head, hidden, targets = case_of(LARGE)
    with torch.set_grad_enabled(grad):

        def run():
            loss = head_loss(head, hidden.requires_grad_(grad), targets, 0.1)
            if grad:
                loss.backward()

        largest = largest_tensor(run)
    weight = head.weight.numel() if grad else 0
    piece = piece_size(B * T, LARGE, CPU) * (LARGE + 32)  # some room at the end of each row
    assert largest <= max(piece, weight) < B * T * LARGE / 3
    assert (
        largest_tensor(lambda: whole(head, hidden, targets, 0.1)) == B * T * LARGE
    )  # so the watch would have seen them


def test_a_model_trains_without_them_and_a_tied_table_gets_both_gradients():
    document = preset("gpt2-nano").to_json()
    document["layer_stack"][0]["data"].update(vocabSize=LARGE, embDim=C)
    model = build_model(document)
    assert model.head.weight is model.tokens.weight
    ids = torch.randint(0, LARGE, (12, 64), generator=torch.Generator().manual_seed(0))
    F.cross_entropy(model(ids).flatten(0, 1), ids.flatten()).backward()
    expected = model.tokens.weight.grad.clone()
    model.zero_grad()
    assert largest_tensor(lambda: model.loss(ids, ids).backward()) < ids.numel() * LARGE / 2
    torch.testing.assert_close(model.tokens.weight.grad, expected, rtol=1e-4, atol=1e-7)


def test_a_graph_that_is_kept_gives_the_same_gradients_again(case):
    """Where it is not kept, the first backward pass may overwrite what it was made of."""
    head, hidden, targets = case
    hidden.requires_grad_()
    loss = head_loss(head, hidden, targets)
    parts = (hidden, *head.parameters())
    first = [grad.clone() for grad in torch.autograd.grad(loss, parts, torch.tensor(3.0), retain_graph=True)]
    for mine, other in zip(torch.autograd.grad(loss, parts, torch.tensor(6.0)), first, strict=True):
        assert torch.equal(mine, 2 * other)


def test_without_gradients_the_loss_is_the_same(case):
    with torch.no_grad():
        torch.testing.assert_close(head_loss(*case), whole(*case, 0.0))


@pytest.mark.parametrize("frozen", ["weight", "hidden"])
def test_what_is_frozen_gets_no_gradient_and_the_rest_its_own(case, frozen):
    head, hidden, targets = case
    hidden.requires_grad_(frozen != "hidden")
    head.weight.requires_grad_(frozen != "weight")
    parts = [p for p in (hidden, head.weight, head.bias) if p.requires_grad]
    ours = torch.autograd.grad(head_loss(head, hidden, targets), parts)
    theirs = torch.autograd.grad(whole(head, hidden, targets, 0.0), parts)
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-7)


def test_where_no_token_is_asked_for_there_is_no_loss_and_nothing_to_learn(case):
    head, hidden, targets = case
    nothing = torch.full_like(targets, -100)
    ours, theirs = (loss_and_gradients(loss, head, hidden, nothing, 0.0) for loss in (head_loss, whole))
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, equal_nan=True)


class Louder(nn.Linear):
    def forward(self, input):
        return 2 * super().forward(input)


def test_a_head_of_another_class_is_called_as_it_is(case):
    _, hidden, targets = case
    head = Louder(C, 1009)
    torch.testing.assert_close(head_loss(head, hidden, targets), whole(head, hidden, targets, 0.0))


def test_a_hook_on_the_head_sees_its_scores(case):
    head, hidden, targets = case
    seen = []
    head.register_forward_hook(lambda module, args, out: seen.append(out.shape))
    head_loss(head, hidden, targets)
    assert seen == [(B * T, 1009)]


def test_a_target_that_seems_impossible_has_torchs_loss_and_not_an_infinite_one(case):
    head, hidden, targets = case
    with torch.no_grad():
        head.bias[7] = -500.0  # its probability is zero in float32
    targets.fill_(7)
    torch.testing.assert_close(head_loss(head, hidden, targets, 0.1), whole(head, hidden, targets, 0.1))
    torch.testing.assert_close(head_loss(head, hidden, targets), whole(head, hidden, targets, 0.0))


def test_few_scores_are_torchs_own_cross_entropy_to_the_bit():
    head, hidden, targets = nn.Linear(C, 256), torch.randn(4, 64, C), torch.randint(0, 256, (4, 64))
    assert piece_size(256, 256, CPU) is None
    assert torch.equal(head_loss(head, hidden, targets, 0.1), whole(head, hidden, targets, 0.1))
