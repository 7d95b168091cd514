from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

from slm_widgets.data import Batches
from slm_widgets.errors import ConfigError, DivergedError
from slm_widgets.training import Evaluation, Progress, Sample, Step, TrainConfig, train_events
from tests.small_runs import SETTINGS, small_parts


def run(config, seed=0):
    model, dataset, tokenizer = small_parts(seed)
    return model, list(train_events(model, dataset, tokenizer, config))


def without_dropout(model):
    """Each implementation draws other numbers."""
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0


def test_losses_are_those_of_a_loop_written_by_hand():
    """nanoGPT's loop: get_batch, lr, forward, backward, clip, step, with torch's own (not fused) AdamW."""
    config = TrainConfig(**{**SETTINGS, "schedule": "constant", "warmup_steps": 0, "lr": 3e-3, "grad_clip": 0.5})
    model, dataset, tokenizer = small_parts()
    without_dropout(model)
    ours = [event for event in train_events(model, dataset, tokenizer, config) if isinstance(event, Step)]

    model, dataset, _ = small_parts()
    without_dropout(model)
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in model.parameters() if p.dim() >= 2], "weight_decay": 0.1},
            {"params": [p for p in model.parameters() if p.dim() < 2], "weight_decay": 0.0},
        ],
        lr=3e-3,
        betas=(0.9, 0.99),
        foreach=False,
    )
    batches = iter(Batches(dataset.train, config.batch_size, seed=config.seed))
    model.train()
    for step in ours:
        x, y = next(batches)
        logits = model(x)
        loss = F.cross_entropy(logits.reshape(-1, logits.size(-1)), y.reshape(-1))
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        optimizer.zero_grad()
        assert step.loss == pytest.approx(loss.item(), rel=1e-4)
        assert step.grad_norm == pytest.approx(norm.item(), rel=1e-3)


def test_validation_loss_starts_at_that_of_guessing_and_falls():
    _, events = run(TrainConfig(**{**SETTINGS, "max_steps": 60, "lr": 1e-2}))
    vocab_size = small_parts()[2].vocab_size
    losses = [event for event in events if isinstance(event, Evaluation)]
    assert [event.step for event in losses] == [0, 10, 20, 30, 40, 50, 60]
    assert losses[0].val_loss == pytest.approx(math.log(vocab_size), abs=0.15)
    assert losses[-1].val_loss < losses[0].val_loss - 0.5
    assert [event.elapsed_s for event in losses] == sorted(event.elapsed_s for event in losses)


def test_last_step_is_evaluated_and_sampled_even_between_intervals():
    _, events = run(TrainConfig(**{**SETTINGS, "max_steps": 7, "eval_every": 5, "sample_every": 5, "sample_tokens": 4}))
    assert [event.step for event in events if isinstance(event, Step)] == [1, 2, 3, 4, 5, 6, 7]
    assert [event.step for event in events if isinstance(event, Evaluation)] == [0, 5, 7]
    assert [event.step for event in events if isinstance(event, Sample)] == [5, 7]


def test_validation_loss_is_the_mean_over_its_windows_in_eval_mode():
    config = TrainConfig(**{**SETTINGS, "max_steps": 1, "eval_batches": 1000})
    model, dataset, tokenizer = small_parts()
    first = next(event for event in train_events(model, dataset, tokenizer, config) if isinstance(event, Evaluation))
    fresh, _, _ = small_parts()
    fresh.eval()
    count = len(dataset.validation) // 4 * 4  # full batches of 4
    x, y = dataset.validation.batch(torch.arange(count) * len(dataset.validation) // count)
    with torch.no_grad():
        logits = fresh(x)
    assert first.val_loss == pytest.approx(F.cross_entropy(logits.transpose(1, 2), y).item(), rel=1e-5)


def test_evaluation_leaves_no_trace_in_the_training():
    often = run(TrainConfig(**{**SETTINGS, "eval_every": 1}))[1]
    seldom = run(TrainConfig(**{**SETTINGS, "eval_every": 1000}))[1]
    assert [e.loss for e in often if isinstance(e, Step)] == [e.loss for e in seldom if isinstance(e, Step)]


def test_sampling_leaves_no_trace_in_the_training():
    often = run(TrainConfig(**{**SETTINGS, "sample_every": 1, "sample_tokens": 3}))[1]
    never = run(TrainConfig(**SETTINGS))[1]
    assert [e.loss for e in often if isinstance(e, Step)] == [e.loss for e in never if isinstance(e, Step)]


def test_grad_mode_does_not_leak_to_whoever_iterates():
    model, dataset, tokenizer = small_parts()
    config = TrainConfig(**{**SETTINGS, "max_steps": 2, "sample_every": 1, "sample_tokens": 3})
    modes = {type(event): torch.is_grad_enabled() for event in train_events(model, dataset, tokenizer, config)}
    assert modes[Step]
    assert modes[Evaluation]
    assert modes[Sample]


def test_same_seed_gives_the_same_training_and_another_one_does_not():
    losses = [[e.loss for e in run(TrainConfig(**SETTINGS, seed=seed))[1] if isinstance(e, Step)] for seed in (3, 3, 4)]
    assert losses[0] == losses[1]
    assert losses[0] != losses[2]


def test_samples_grow_token_by_token_after_the_prompt():
    model, dataset, tokenizer = small_parts()
    config = TrainConfig(
        **{**SETTINGS, "max_steps": 1, "sample_every": 1, "sample_tokens": 5, "sample_prompt": "The cat"}
    )
    events = list(train_events(model, dataset, tokenizer, config))
    growing = [event.text for event in events if isinstance(event, Progress) and event.activity == "sampling"]
    sample = next(event for event in events if isinstance(event, Sample))
    assert sample.prompt == "The cat"
    assert len(sample.text) == 5
    assert [len(text) for text in growing] == [1, 2, 3, 4, 5]
    assert all(sample.text.startswith(text) for text in growing)


def test_sample_without_a_prompt_begins_as_the_validation_text_does():
    model, dataset, tokenizer = small_parts()
    config = TrainConfig(**{**SETTINGS, "max_steps": 1, "sample_every": 1, "sample_tokens": 5})
    sample = next(e for e in train_events(model, dataset, tokenizer, config) if isinstance(e, Sample))
    beginning = tokenizer.decode(dataset.validation.batch(torch.tensor([0]))[0][0])
    assert sample.prompt
    assert beginning.startswith(sample.prompt)


@pytest.mark.parametrize("kind", [Progress, Step, Sample])
def test_closing_stops_the_training_and_leaves_the_model_in_eval_mode(kind):
    model, dataset, tokenizer = small_parts()
    config = TrainConfig(**{**SETTINGS, "sample_every": 1, "sample_tokens": 3})
    events = train_events(model, dataset, tokenizer, config)
    next(event for event in events if isinstance(event, kind))
    events.close()
    assert not model.training
    assert torch.is_grad_enabled()


def test_clock_that_stands_still_counts_no_seconds():
    model, dataset, tokenizer = small_parts()
    events = train_events(model, dataset, tokenizer, TrainConfig(**SETTINGS), clock=lambda: 5.0)
    for event in events:
        if isinstance(event, Step):
            assert event.step_time_s == 0
        if isinstance(event, Evaluation):
            assert event.elapsed_s == 0


def test_absurd_learning_rate_diverges_and_the_last_good_weights_come_back():
    model, dataset, tokenizer = small_parts()
    config = TrainConfig(
        **{**SETTINGS, "max_steps": 500, "lr": 1000, "warmup_steps": 0, "grad_clip": 0, "weight_decay": 10}
    )
    steps = []
    events = train_events(model, dataset, tokenizer, config)
    with pytest.raises(DivergedError) as caught:
        steps.extend(event.step for event in events if isinstance(event, Step))
    assert len(steps) < 500
    assert f"step {steps[-1]}" in caught.value.message
    for advice in ("lr", "warmup_steps", "grad_clip"):
        assert advice in caught.value.message
    assert caught.value.field == "lr"
    assert all(parameter.isfinite().all() for parameter in model.parameters())
    x, y = dataset.validation.batch(torch.tensor([0]))
    assert F.cross_entropy(model(x).transpose(1, 2), y).isfinite()
    assert not model.training


def test_infinite_gradient_is_never_applied():
    model, dataset, tokenizer = small_parts()
    before = [parameter.detach().clone() for parameter in model.parameters()]
    parameter = next(model.parameters())
    parameter.register_hook(lambda gradient: gradient * math.inf)
    with pytest.raises(DivergedError, match="gradient"):
        list(train_events(model, dataset, tokenizer, TrainConfig(**SETTINGS)))
    for was, is_now in zip(before, model.parameters(), strict=True):
        torch.testing.assert_close(was, is_now.detach())


def test_warmup_longer_than_the_epochs_is_refused():
    model, dataset, tokenizer = small_parts()
    config = TrainConfig(**{**SETTINGS, "epochs": 0.01, "max_steps": 1000, "warmup_steps": 500})
    with pytest.raises(ConfigError) as caught:
        next(train_events(model, dataset, tokenizer, config))
    assert caught.value.field == "warmup_steps"
