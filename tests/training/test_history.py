from __future__ import annotations

import math
import sys
import threading
from itertools import pairwise

import pytest

from slm_widgets.training import CheckpointSaved, Choice, Evaluation, History, Notice, Progress, Sample, Step
from slm_widgets.training.thinned import Thinned, ThinnedRows


def step(number, loss=1.0, **more):
    return Step(number, loss, 1e-3, 0.5, 1000.0, 0.01, **more)


def test_short_training_is_there_step_by_step():
    history = History()
    for number in range(1, 21):
        history.add(step(number, loss=5 - number / 10))
    columns = history.columns()
    assert columns["step"] == list(range(1, 21))
    assert all(type(number) is int for number in columns["step"])
    assert columns["loss"] == [5 - number / 10 for number in range(1, 21)]
    assert columns["lr"] == [1e-3] * 20


def test_empty_history_has_all_columns():
    columns = History().columns()
    assert set(columns) == {
        *("step", "loss", "lr", "grad_norm", "tokens_per_s", "step_time_s", "smooth_loss"),
        *("memory_bytes", "gpu_memory_bytes", "gpu_use", "peak_share"),
        *("val_step", "val_loss", "val_elapsed_s", "val_perplexity", "val_bits_per_byte"),
        *("val_accuracy", "val_top5_accuracy", "val_macro_f1"),
    }
    assert not any(columns.values())
    assert History().last_step == 0
    assert History().last("loss") is None
    assert History().last("val_loss") is None


def test_evaluations_have_columns_of_their_own():
    history = History()
    history.add(step(1))
    history.add(Evaluation(0, 4.0, 0.5, 54.6, 2.5, 0.1, 0.3, 0.05))
    history.add(Evaluation(1, 3.0, 1.5))
    columns = history.columns()
    assert columns["val_step"] == [0, 1]
    assert columns["val_loss"] == [4.0, 3.0]
    assert columns["val_elapsed_s"] == [0.5, 1.5]
    assert columns["val_perplexity"] == [54.6, math.nan]  # the very same nan
    assert columns["val_macro_f1"][0] == 0.05
    assert history.last("val_loss") == 3.0
    assert history.last("loss") == 1.0


def test_numbers_that_nobody_knows_do_not_make_two_histories_differ():
    first, second = History(), History()
    for history in (first, second):
        history.add(step(1, gpu_use=float("nan"), memory_bytes=5.0))
        history.add(step(2, gpu_use=0.5))
    assert first.columns() == second.columns()
    assert math.isnan(first.columns()["gpu_use"][0])
    assert first.columns()["gpu_use"][1] == 0.5


def test_samples_checkpoints_and_choices_are_kept_as_they_are():
    history = History()
    kept = [
        Sample(5, "a", "b"),
        CheckpointSaved(5, "step-00000005", 1.5, True),
        Choice("compile", "off", "no compiler"),
    ]
    for event in (*kept, Notice("x"), Progress(5, "evaluating", 1, 2)):
        history.add(event)
    assert [*history.samples(), *history.checkpoints(), *history.choices()] == kept


def test_long_training_takes_bounded_memory_and_its_newest_step_is_there():
    history = History(most_rows=100, most_texts=10)
    for number in range(1, 10_001):
        history.add(step(number, loss=float(number)))
        if number % 7 == 0:
            history.add(Evaluation(number, float(number), 1.0))
            history.add(Sample(number, "", ""))
            history.add(CheckpointSaved(number, ""))
        assert history.last_step == history.last("loss") == number
    columns = history.columns()
    for name in ("step", "val_step"):
        numbers = columns[name]
        gaps = {after - before for before, after in pairwise(numbers[:-1])}
        assert 50 <= len(numbers) <= 101
        assert len(gaps) == 1, "what stays lies evenly"
    assert columns["step"][0] == 1
    assert columns["step"][-1] == 10_000
    assert columns["val_step"][0] == 7
    assert columns["val_step"][-1] == 9996
    assert columns["loss"] == [float(number) for number in columns["step"]]
    assert 5 <= len(history.samples()) <= 11
    assert history.samples()[-1].step == history.checkpoints()[-1].step == 9996


def test_history_of_twenty_thousand_steps_is_complete():
    history = History()
    event = step(1)
    for _ in range(20_000):
        history.add(event)
    assert len(history.columns()["step"]) == 20_000


@pytest.mark.parametrize("most", [1, 2, 3, 10, 11])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 11, 12, 25, 1000])
def test_thinned_rows_and_thinned_items_are_the_same(most, count):
    rows, items = ThinnedRows(2, most), Thinned[tuple[float, float]](most)
    for number in range(count):
        rows.add((number, -number))
        items.add((number, -number))
    kept = items.items()
    assert rows.table().tolist() == [list(row) for row in kept]
    assert len(kept) <= most + 1
    assert [row[0] for row in kept] == sorted({row[0] for row in kept})
    if count:
        assert kept[0] == (0, 0)
        assert kept[-1] == items.newest == rows.newest == (count - 1, 1 - count)


def test_columns_read_from_another_thread_are_always_equally_long():
    history, over = History(most_rows=64), threading.Event()
    seen: list[set[int]] = []

    def read():
        while not over.is_set():
            columns = history.columns()
            seen.append({len(column) for name, column in columns.items() if not name.startswith("val_")})

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        reader = threading.Thread(target=read)
        reader.start()
        for number in range(1, 3001):
            history.add(step(number))
        over.set()
        reader.join()
    finally:
        sys.setswitchinterval(interval)
    assert seen
    assert all(len(lengths) == 1 for lengths in seen)


def test_the_best_evaluation_is_remembered_though_its_row_is_thinned_out():
    history = History(most_rows=4)
    assert history.best_val_loss is None
    for step in range(1, 40):
        history.add(Evaluation(step, 1.0 if step == 4 else math.nan if step == 7 else 2.0, 0.0))
    assert history.best_val_loss == 1.0
    assert min(loss for loss in history.columns()["val_loss"] if loss == loss) == 2.0
