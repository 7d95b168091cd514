from __future__ import annotations

import math

import pytest

from slm_widgets.tracking.points import Thinner
from slm_widgets.training import Evaluation, Step


def step(number, step_time_s=0.01, **numbers):
    return Step(number, 1.0, 0.1, 1.0, 100.0, step_time_s, **numbers)


def test_at_most_five_points_a_second_of_training_go_out_with_the_first_and_the_last():
    thinner = Thinner()
    sent = [number for n in range(1, 1000) for number, _ in thinner.points(step(n))]
    sent += [number for number, _ in thinner.rest()]
    assert sent[0] == 1
    assert sent[-1] == 999
    assert len(sent) <= 5 * 9.99 + 2
    assert len(sent) >= 45


def test_slow_steps_and_evaluations_all_go_out_once():
    thinner = Thinner()
    events = [Evaluation(0, 3.0, 0.0), step(1, 0.5), step(2, 0.5), Evaluation(2, 2.0, 1.0)]
    sent = [point for event in events for point in thinner.points(event)] + list(thinner.rest())
    assert [number for number, _ in sent] == [0, 1, 2, 2]
    assert sent[-1] == (2, {"val_loss": 2.0, "val_elapsed_s": 1.0})


def test_evaluation_goes_out_with_all_its_numbers_under_the_names_of_the_history():
    (point,) = Thinner().points(Evaluation(7, 2.0, 1.5, 7.4, 2.2, 0.4, 0.7, 0.1))
    assert point == (
        7,
        {
            "val_loss": 2.0,
            "val_elapsed_s": 1.5,
            "val_perplexity": 7.4,
            "val_bits_per_byte": 2.2,
            "val_accuracy": 0.4,
            "val_top5_accuracy": 0.7,
            "val_macro_f1": 0.1,
        },
    )


@pytest.mark.parametrize("nothing", [math.nan, math.inf])
def test_step_goes_out_with_the_numbers_that_are_known(nothing):
    ((_, numbers),) = Thinner().points(step(1, smooth_loss=1.5, memory_bytes=5.0, gpu_use=nothing))
    assert numbers == {
        "loss": 1.0,
        "lr": 0.1,
        "grad_norm": 1.0,
        "tokens_per_s": 100.0,
        "step_time_s": 0.01,
        "smooth_loss": 1.5,
        "memory_bytes": 5.0,
    }
