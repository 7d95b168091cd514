"""A training that was cut off and goes on gives the numbers of one that was not, bit for bit."""

from __future__ import annotations

import contextlib
import itertools
import json
import math
from functools import partialmethod
from typing import Any

import pytest
import torch
from torch.amp import GradScaler

from slm_widgets.errors import DivergedError
from slm_widgets.training import (
    CheckpointDue,
    Evaluation,
    Progress,
    Sample,
    Snapshot,
    Step,
    TrainConfig,
    Training,
)
from tests.small_runs import SETTINGS, small_parts

OPTIMIZERS = ("AdamW", "Adam", "SGD", "Muon")
SCHEDULES = ("cosine", "linear", "constant", "noam", "wsd")
LEARNING_RATES = {"AdamW": 3e-3, "Adam": 3e-3, "SGD": 0.1, "Muon": 0.02}


def config(**changes: Any) -> TrainConfig:
    return TrainConfig(**{**SETTINGS, "sample_every": 7, "sample_tokens": 3, "eval_every": 6, **changes})


def numbers(events):
    """All that is told and must be the same, without what a clock says."""
    told = []
    for event in events:
        if isinstance(event, Step):
            told.append(("step", event.step, event.loss, event.lr, repr(event.grad_norm), event.smooth_loss))
        elif isinstance(event, Evaluation):
            told.append(("evaluation", event.step, event.val_loss, event.accuracy, event.macro_f1))
        elif isinstance(event, Sample):
            told.append(("sample", event.step, event.text))
    return told


def through_a_file(snapshot: Snapshot) -> Snapshot:
    """As it comes back from a disk: tensors of their own, and facts that were JSON."""
    tensors = {name: tensor.detach().clone() for name, tensor in snapshot.tensors.items()}
    return Snapshot(snapshot.step, tensors, json.loads(json.dumps(snapshot.facts)))


def straight(settings: TrainConfig):
    model, dataset, tokenizer = small_parts()
    model.recompute_blocks(settings.gradient_checkpointing)
    return numbers(Training(model, dataset, tokenizer, settings).events()), model


def cut_off(settings: TrainConfig, *, at: int, inside: type | None = None):
    """Stops after step ``at`` (at the first event of a kind after it), and goes on with another model."""
    model, dataset, tokenizer = small_parts()
    model.recompute_blocks(settings.gradient_checkpointing)
    training = Training(model, dataset, tokenizer, settings)
    told = []
    events = training.events()
    for event in events:
        told += numbers([event])
        is_there = training.step == at if inside is None else training.step >= at and isinstance(event, inside)
        if is_there and (inside is not None or isinstance(event, Step)):
            break
    snapshot = through_a_file(training.snapshot())
    weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    events.close()
    # What a folder's ``rewind`` does: what was told of a look that was not ended is told again.
    told = [one for one in told if one[1] < snapshot.step or one[0] == "step" or snapshot.facts["looked"]]
    other, dataset, tokenizer = small_parts(seed=1)
    other.load_state_dict(weights)
    other.recompute_blocks(settings.gradient_checkpointing)
    torch.manual_seed(1234)  # whatever else was drawn in that process
    told += numbers(Training(other, dataset, tokenizer, settings, resumed=snapshot).events())
    return told, other


def same(settings: TrainConfig, **where: Any) -> None:
    expected, model = straight(settings)
    found, other = cut_off(settings, **where)
    assert found == expected
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, other.state_dict()[name]), name


@pytest.mark.parametrize(("optimizer", "schedule"), list(itertools.product(OPTIMIZERS, SCHEDULES)))
def test_every_optimizer_with_every_schedule_goes_on_bit_for_bit(optimizer, schedule):
    same(
        config(optimizer=optimizer, schedule=schedule, lr=LEARNING_RATES[optimizer], grad_accumulation=2, max_steps=12),
        at=7,
    )


@pytest.mark.parametrize("inside", [Step, Progress, Evaluation, Sample])
def test_it_may_be_cut_off_at_any_event(inside):
    same(config(), at=7 if inside is Sample else 6, inside=inside)


def test_it_goes_on_in_the_middle_of_an_epoch_and_over_its_end():
    settings = config(batch_size=200, max_steps=12, stride=2)
    assert 1 < len(small_parts()[1].train) / settings.batch_size < 6
    same(settings, at=4)


def test_float16_goes_on_with_its_scale(monkeypatch):
    """On a CPU nobody would, but it can. The scale begins so high that some updates are left out until it fits."""
    monkeypatch.setattr("torch.amp.GradScaler.__init__", partialmethod(GradScaler.__init__, init_scale=2.0**24))
    settings = config(precision="fp16", device="auto", lr=1e-3)
    same(settings, at=8)
    norms = [float(one[4]) for one in straight(settings)[0] if one[0] == "step"]
    assert any(math.isinf(norm) or math.isnan(norm) for norm in norms)
    assert not math.isinf(norms[-1])


def test_bfloat16_label_smoothing_and_recomputed_blocks_go_on():
    settings = config(precision="bf16", label_smoothing=0.1, grad_clip=0.1, gradient_checkpointing=True)
    same(settings, at=8)


def test_early_stopping_ends_where_it_would_have():
    settings = config(lr=1e-9, min_lr=0.0, patience=2, min_improvement=0.01, eval_every=2, max_steps=20)
    expected, _ = straight(settings)
    assert [one[1] for one in expected if one[0] == "step"][-1] == 4
    same(settings, at=3)


def test_time_that_runs_out_in_a_sample_still_ends_with_an_evaluation_and_a_sample():
    now = [0.0]
    model, dataset, tokenizer = small_parts()
    settings = config(max_steps=None, max_minutes=1.0, eval_every=50, sample_every=5)
    told = []
    for event in Training(model, dataset, tokenizer, settings, clock=lambda: now[0]).events():
        # A second a step, and a minute for the first sample.
        now[0] += 1.0 if isinstance(event, Step) else 60.0 if isinstance(event, Sample) else 0.0
        if isinstance(event, Step | Evaluation | Sample):
            told.append((type(event).__name__, event.step))
    assert told[-3:] == [("Step", 6), ("Evaluation", 6), ("Sample", 6)]


def test_warm_up_of_a_training_by_the_clock_begins_with_its_first_step():
    """However long the first evaluation and the first step take, the rate rises over the first hundredth of the rest."""
    now = [0.0]
    model, dataset, tokenizer = small_parts()
    settings = config(max_steps=None, max_minutes=10.0, eval_every=10_000, sample_every=0, schedule="constant")
    rates = []
    events = Training(model, dataset, tokenizer, settings, clock=lambda: now[0]).events()
    for event in events:
        first = isinstance(event, Evaluation) or (isinstance(event, Step) and event.step == 1)  # which is compiled, too
        now[0] += 60.0 if first else 1.0 if isinstance(event, Step) else 0.0
        if isinstance(event, Step):
            rates.append(event.lr)
        if len(rates) == 40:
            break
    events.close()
    assert rates == sorted(rates)
    assert rates[2] < 0.5 * settings.lr
    assert rates[-1] == settings.lr


def test_no_checkpoint_is_due_while_the_loss_explodes():
    model, dataset, tokenizer = small_parts()
    settings = config(
        max_steps=200, optimizer="SGD", lr=300.0, warmup_steps=0, grad_clip=0.0, checkpoint_every=1, keep_best=0
    )
    training = Training(model, dataset, tokenizer, settings)
    due, losses = [], {}
    with contextlib.suppress(DivergedError):
        for event in training.events():
            if isinstance(event, Step):
                losses[event.step] = event.loss
            elif isinstance(event, CheckpointDue):
                due.append(event.step)
    assert max(losses.values()) > 4 * losses[1]
    guessing = math.log(model.vocab_size)
    assert all(losses[step] <= 4 * max(losses[1], guessing) for step in due)


def test_best_checkpoint_is_due_without_being_asked_for_where_it_costs_little():
    now = [0.0]
    model, dataset, tokenizer = small_parts()
    training = Training(model, dataset, tokenizer, config(eval_every=5, max_steps=20), clock=lambda: now[0])
    best, due = math.inf, []
    for event in training.events():
        now[0] += 2.0 if isinstance(event, Step) else 0.0
        if isinstance(event, Evaluation):
            best = min(best, event.val_loss)
        elif isinstance(event, CheckpointDue):
            training.kept(0.05)
            due.append((event.step, training.snapshot().facts["val_loss"]))
    assert due[-1][1] == best


def test_a_checkpoint_is_due_where_the_settings_say():
    model, dataset, tokenizer = small_parts()
    events = Training(model, dataset, tokenizer, config(checkpoint_every=5, keep_best=0)).events()
    assert [event.step for event in events if isinstance(event, CheckpointDue)] == [5, 10, 15, 20]
