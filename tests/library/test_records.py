"""Events survive the way into a run's files and back, and any reader of JSON can read these."""

from __future__ import annotations

import json
import math
import random
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_widgets.library import EventWriter, RunFolder
from slm_widgets.library.records import read_record
from slm_widgets.training import (
    CheckpointDue,
    CheckpointSaved,
    Choice,
    Evaluation,
    Event,
    Notice,
    Progress,
    Sample,
    Step,
)

METRICS: list[Event] = [
    Evaluation(0, 4.2, 0.1, 66.7, 6.06, 0.01, 0.05, 0.001),
    Choice("precision", "bf16", "두 배 빠릅니다"),
    Step(1, 4.1, 1e-3, 0.7, 12345.6, 0.0123, 4.1, 3.2e8, 1e9, 0.5, 0.31),
    Step(2, 4.0, 1e-3, 0.6, 12345.6, 0.0123),
    Evaluation(2, 3.9, 0.2),
    CheckpointSaved(2, "step-00000002", 3.9, True),
    CheckpointSaved(3, "step-00000003"),
]


def refuse(constant: str) -> Any:
    raise AssertionError(f"{constant} is no JSON")


def lines(path):
    """Reads as strict readers do: Python's own lets NaN and Infinity pass."""
    *whole, rest = path.read_bytes().split(b"\n")
    assert not rest
    return [json.loads(line, parse_constant=refuse) for line in whole]


def written(events):
    folder = RunFolder.create("a", {})
    writer = EventWriter(folder)
    writer.write(events)
    writer.sync()
    return folder


def same(event: Event, other: Event) -> bool:
    """Equal, where nan equals nan."""
    values = ([getattr(e, field.name) for field in fields(e)] for e in (event, other))
    return type(event) is type(other) and all(a == b or (a != a and b != b) for a, b in zip(*values, strict=True))


def test_events_come_back_as_they_were():
    sample = Sample(2, "고양이", 'says "hi"\n\u2028\x00')
    others: list[Event] = [Notice("x"), Progress(1, "sampling", 1, 2, "a"), CheckpointDue(2)]
    folder = written([*METRICS, sample, *others])
    back = [read_record(line) for line in lines(folder.metrics)]
    assert len(back) == len(METRICS)
    assert all(same(was, is_now) for was, is_now in zip(METRICS, back, strict=True))
    assert [read_record(line) for line in lines(folder.samples)] == [sample]


def test_numbers_that_nobody_knows_take_no_room():
    line = lines(written([Step(2, 4.0, 1e-3, 0.6, 1.0, 0.01)]).metrics)[0]
    assert line == {
        **{"kind": "step", "step": 2, "loss": 4.0, "lr": 1e-3, "grad_norm": 0.6},
        **{"tokens_per_s": 1.0, "step_time_s": 0.01},
    }


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf, float("nan")])
def test_numbers_that_json_does_not_have_come_back_as_nan(odd):
    events = [Step(1, odd, 1e-3, odd, 1.0, 1.0, odd, gpu_use=odd), Evaluation(1, odd, 1.0, perplexity=odd)]
    step, evaluation = (read_record(line) for line in lines(written(events).metrics))
    assert isinstance(step, Step)
    assert isinstance(evaluation, Evaluation)
    odd_ones = (step.loss, step.grad_norm, step.smooth_loss, step.gpu_use, evaluation.val_loss, evaluation.perplexity)
    assert all(math.isnan(value) for value in odd_ones)
    assert (step.step, step.lr, evaluation.elapsed_s) == (1, 1e-3, 1.0)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_comes_back_bit_for_bit(number):
    folder = written([Step(1, number, number, number, number, number, number)])
    back = read_record(lines(folder.metrics)[0])
    assert isinstance(back, Step)
    assert back.loss.hex() == back.smooth_loss.hex() == number.hex()


def test_files_of_earlier_versions_can_be_read():
    old = '{"kind": "step", "step": 1, "loss": NaN, "lr": 0.001, "grad_norm": 1.5, "tokens_per_s": 9.0, "step_time_s": 0.1}'
    step = read_record(json.loads(old))
    assert isinstance(step, Step)
    assert step.grad_norm == 1.5
    assert math.isnan(step.loss)
    assert math.isnan(step.peak_share)
    evaluation = read_record({"kind": "evaluation", "step": 5, "val_loss": 1.5, "elapsed_s": 2.0})
    assert isinstance(evaluation, Evaluation)
    assert evaluation.val_loss == 1.5
    assert math.isnan(evaluation.macro_f1)


@pytest.mark.parametrize("line", [{}, {"kind": "other"}, {"kind": "step"}, {"kind": "sample", "step": 1, "words": 2}])
def test_lines_that_are_no_events_are_refused(line):
    with pytest.raises((KeyError, TypeError)):
        read_record(line)


def test_many_steps_are_written_in_their_order():
    dice = random.Random(0)
    events = [Step(n, dice.random(), 1e-3, dice.random(), dice.random(), dice.random()) for n in range(1, 3001)]
    back = [read_record(line) for line in lines(written(events).metrics)]
    assert all(same(was, is_now) for was, is_now in zip(events, back, strict=True))
