"""The numbers of an evaluation are those of scikit-learn on the whole scores, which ours never holds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, f1_score, top_k_accuracy_score
from torch import nn
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode

import slm_widgets as slm
from slm_widgets.model import LanguageModel, build_model
from slm_widgets.model.head_loss import piece_size
from slm_widgets.stack import fill_vocabulary, parse_stack
from slm_widgets.training import Evaluation, Progress, TrainConfig
from slm_widgets.training.evaluation import Measured, evaluate, perplexity
from slm_widgets.training.token_scores import TokenScores
from tests.small_runs import DESIGN, SETTINGS, small_parts

CPU = torch.device("cpu")
B, T = 4, 32


class Quiet(nn.Module):
    """A last layer of somebody's own."""

    def __init__(self, head: nn.Linear) -> None:
        super().__init__()
        self.head = head

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(x).tanh()


def small(vocab_size: int) -> LanguageModel:
    return build_model(fill_vocabulary(parse_stack(DESIGN), vocab_size))


def hooked(vocab_size: int) -> LanguageModel:
    model = small(vocab_size)
    model.head.register_forward_hook(lambda module, args, out: out * 2)
    return model


def quiet(vocab_size: int) -> LanguageModel:
    model = small(vocab_size)
    model.head = Quiet(model.head)
    return model


def encoder_decoder(vocab_size: int) -> LanguageModel:
    return build_model(fill_vocabulary(slm.preset("transformer-nano"), vocab_size))


MODELS: dict[str, tuple[Any, int]] = {
    "small vocabulary": (small, 30),
    "two tokens": (small, 2),
    "four tokens": (small, 4),
    "large vocabulary": (small, 10_007),
    "head with a hook": (hooked, 30),
    "large head with a hook": (hooked, 10_007),
    "head of its own": (quiet, 30),
    "encoder-decoder": (encoder_decoder, 30),
    "large encoder-decoder": (encoder_decoder, 20_011),
}


def scores_of(model: LanguageModel, ids: torch.Tensor, targets: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """All scores at once, and the targets of their positions."""
    if model.reads_source:  # as the docstring of LanguageModel.loss says
        half = ids.size(1) // 2
        return model(ids[:, half - 1 :], ids[:, :half]).flatten(0, 1), targets[:, half - 1 :].flatten()
    return model(ids).flatten(0, 1), targets.flatten()


def batch(model: LanguageModel, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids, and targets that the model gets right now and then, and of which some are not asked for."""
    dice = torch.Generator().manual_seed(seed)
    ids = torch.randint(model.vocab_size, (B, T), generator=dice)
    scores, _ = scores_of(model, ids, ids)
    near = scores.topk(min(8, model.vocab_size)).indices.view(B, -1, min(8, model.vocab_size))
    chosen = torch.randint(near.size(2), near.shape[:2], generator=dice)
    targets = torch.randint(model.vocab_size, (B, T), generator=dice)
    targets[:, T - near.size(1) :] = near.gather(2, chosen[..., None])[..., 0]
    targets[torch.rand(B, T, generator=dice) < 0.1] = -100
    return ids, targets


@pytest.mark.parametrize("name", MODELS)
@torch.no_grad()
def test_numbers_are_those_of_scikit_learn(name):
    make, vocab_size = MODELS[name]
    model = make(vocab_size).eval()
    ours = TokenScores(vocab_size, CPU)
    all_scores, all_targets = [], []
    for seed in range(2):
        ids, targets = batch(model, seed)
        loss = ours.add(model.scored(ids, targets))
        torch.testing.assert_close(loss, model.loss(ids, targets), rtol=1e-6, atol=1e-6)
        scores, asked = scores_of(model, ids, targets)
        torch.testing.assert_close(loss, F.cross_entropy(scores, asked), rtol=1e-5, atol=1e-5)
        all_scores.append(scores[asked != -100])
        all_targets.append(asked[asked != -100])
    scores, targets = torch.cat(all_scores), torch.cat(all_targets)
    accuracy, top5_accuracy, macro_f1 = ours.metrics()
    right = scores.argmax(1)
    assert accuracy == pytest.approx(accuracy_score(targets, right))
    assert macro_f1 == pytest.approx(f1_score(targets, right, average="macro", zero_division=0))
    if vocab_size > 5:
        assert 0.05 < accuracy < top5_accuracy < 0.95
        assert top5_accuracy == pytest.approx(top_k_accuracy_score(targets, scores, k=5, labels=np.arange(vocab_size)))
    else:
        assert top5_accuracy == 1


def test_the_large_vocabularies_of_these_tests_are_looked_at_in_pieces():
    for vocab_size, positions in ((10_007, B * T), (20_011, B * (T // 2 + 1))):
        assert piece_size(positions, vocab_size, CPU) is not None


class Largest(TorchDispatchMode):
    """Notes how many numbers the largest tensor holds that is made while it is active."""

    numbers = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        for tensor in out if isinstance(out, tuple | list) else (out,):
            if isinstance(tensor, torch.Tensor):
                self.numbers = max(self.numbers, tensor.numel())
        return out


@torch.no_grad()
def test_scores_of_all_positions_are_never_held():
    vocab_size = 50_257
    model = small(vocab_size).eval()
    ids = torch.randint(vocab_size, (16, 32))  # 512 positions
    scores = TokenScores(vocab_size, CPU)
    with Largest() as largest:
        scores.add(model.scored(ids, ids))
    assert largest.numbers < 512 * vocab_size * 0.7


@torch.no_grad()
def test_tokens_that_are_all_alike_are_guessed_and_not_known():
    """A head of zeros scores every token alike: five of a hundred are among the five likeliest, not all of them."""
    scores = TokenScores(100, CPU)
    scores.add([(torch.zeros(10_000, 100), torch.arange(10_000) % 100)])
    assert scores.metrics().top5_accuracy == pytest.approx(0.05, abs=0.01)
    assert scores.metrics().accuracy == pytest.approx(0.01, abs=0.005)


@torch.no_grad()
def test_where_no_token_is_asked_for_nothing_is_known():
    scores = TokenScores(10, CPU)
    loss = scores.add([(torch.randn(5, 10), torch.full((5,), -100))])
    assert loss.isnan()
    assert all(math.isnan(number) for number in scores.metrics())


def measure(model, windows, config, **options) -> Measured:
    events = evaluate(model, windows, config, 7, options.pop("bytes_per_token", 1.0), **options)
    while True:
        try:
            next(events)
        except StopIteration as end:
            return end.value


@pytest.fixture(scope="module")
def learned():
    """A model that has learned a little, and its dataset."""
    model, dataset, _ = small_parts()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for start in range(30):
        x, y = dataset.train.batch(torch.arange(8) + start)
        model.loss(x, y).backward()
        optimizer.step()
        optimizer.zero_grad()
    return model, dataset


def test_evaluation_is_the_mean_over_its_windows_in_eval_mode(learned):
    model, dataset = learned
    config = TrainConfig(**{**SETTINGS, "eval_batches": 3})
    model.train()
    found = measure(model, dataset.validation, config, bytes_per_token=2.0)
    assert not model.training
    x, y = dataset.validation.batch(torch.arange(12) * len(dataset.validation) // 12)
    with torch.no_grad():
        scores, targets = model(x).flatten(0, 1), y.flatten()
    loss = F.cross_entropy(scores, targets).item()
    assert found.val_loss == pytest.approx(loss, rel=1e-6)
    assert found.perplexity == pytest.approx(math.exp(loss), rel=1e-5)
    # Two bytes hold one token, so each has half of its surprise; a bit is log 2 nats.
    assert found.bits_per_byte == pytest.approx(loss / math.log(2) / 2, rel=1e-6)
    assert found.accuracy == pytest.approx(accuracy_score(targets, scores.argmax(1)))
    assert found.macro_f1 == pytest.approx(f1_score(targets, scores.argmax(1), average="macro", zero_division=0))
    assert 0.1 < found.accuracy < found.top5_accuracy < 1
    event = found.as_event(7, 1.5)
    assert event == Evaluation(7, found.val_loss, 1.5, *found[1:])


def test_evaluation_is_the_same_each_time_and_draws_no_random_numbers(learned):
    model, dataset = learned
    config = TrainConfig(**SETTINGS)
    before = torch.get_rng_state()
    assert measure(model, dataset.validation, config) == measure(model, dataset.validation, config)
    assert torch.equal(torch.get_rng_state(), before)


def test_evaluation_shows_each_batch_and_leaks_no_mode(learned):
    model, dataset = learned
    config = TrainConfig(**{**SETTINGS, "eval_batches": 3})
    made = []

    def autocast():
        made.append(0)
        return torch.autocast("cpu", torch.bfloat16)

    seen = []
    for event in evaluate(model, dataset.validation, config, 7, 1.0, autocast=autocast):
        assert torch.is_grad_enabled()
        assert not torch.is_autocast_enabled("cpu")
        seen.append(event)
    assert seen == [Progress(7, "evaluating", done, 3) for done in (1, 2, 3)]
    assert len(made) == 3


@pytest.mark.parametrize("instructions", [True, False])
@pytest.mark.parametrize("vocab_size", [30, 10_007])
@torch.no_grad()
def test_under_autocast_the_loss_is_that_of_the_model_there(vocab_size, instructions, monkeypatch):
    monkeypatch.setattr("slm_widgets.model.head_loss.multiplies_bfloat16", lambda: instructions)
    model = small(vocab_size).eval()
    ids, targets = batch(model)
    with torch.autocast("cpu", torch.bfloat16):
        loss = TokenScores(vocab_size, CPU).add(model.scored(ids, targets))
        expected = model.loss(ids, targets)
    assert loss.dtype == torch.float32
    torch.testing.assert_close(loss, expected, rtol=1e-6, atol=1e-6)


def test_evaluation_that_is_left_in_the_middle_leaks_nothing(learned):
    model, dataset = learned
    events = evaluate(model, dataset.validation, TrainConfig(**SETTINGS), 7, 1.0)
    next(events)
    events.close()
    assert torch.is_grad_enabled()


def test_perplexity_of_a_loss_beyond_all_floats_is_infinite():
    assert perplexity(1e6) == math.inf
    assert perplexity(0.0) == 1.0
