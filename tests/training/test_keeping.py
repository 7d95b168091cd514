from __future__ import annotations

import pytest

from slm_widgets.training import TrainConfig
from slm_widgets.training.keeping import Keeping


def due(config: TrainConfig, losses, seconds_apart: float = 10.0) -> list[int]:
    """The steps at which one is due, with an evaluation after each."""
    clock = iter(range(10**6))
    now = [0.0]
    keeping = Keeping(config, lambda: now[0])
    found = []
    for step, loss in zip(clock, losses, strict=False):
        now[0] = step * seconds_apart
        if keeping.is_due(step, loss):
            found.append(step)
            keeping.tried(0.01)
            keeping.kept(loss)
    return found


@pytest.mark.parametrize("every", [None, 1000])
def test_one_is_due_at_each_evaluation_among_the_best_that_are_kept(every):
    losses = [4.0, 2.0, 1.5, 1.6, 1.7, 1.55, 1.4]
    assert due(TrainConfig(checkpoint_every=every, keep_best=1), losses, 1.0) == [1, 2, 6]
    assert due(TrainConfig(checkpoint_every=every, keep_best=3), losses, 1.0) == [1, 2, 3, 4, 5, 6]
    assert due(TrainConfig(checkpoint_every=every, keep_best=2), losses, 1.0) == [1, 2, 3, 5, 6]


def test_none_is_due_where_nobody_wants_any():
    assert due(TrainConfig(checkpoint_every=0, keep_best=3), [4.0, 2.0, 1.5]) == []


def test_left_alone_one_is_due_every_twenty_seconds_at_an_evaluation_and_sixty_without():
    config = TrainConfig(checkpoint_every=None, keep_best=0)
    assert due(config, [1.0] * 7) == [2, 4, 6]
    assert due(config, [None] * 14) == [6, 12]


def test_dear_ones_are_due_seldom():
    now = [0.0]
    keeping = Keeping(TrainConfig(checkpoint_every=None), lambda: now[0])
    keeping.tried(cost_s=3.0)
    for now[0], wanted in ((149.0, False), (151.0, True)):
        assert keeping.is_due(1, 1.0) is wanted


def test_one_that_was_better_and_not_taken_keeps_no_later_one_from_being_taken():
    losses = [3.0, 2.0, 2.1, 2.2]
    assert due(TrainConfig(checkpoint_every=None, keep_best=1), losses, 0.6) == [2]
    assert due(TrainConfig(checkpoint_every=None, keep_best=1), [9.0, 2.0, 2.0, 3.0, 2.5, 2.4], 0.4) == [3]


def test_it_goes_on_where_it_was():
    config = TrainConfig(checkpoint_every=1000, keep_best=2)
    before, after = Keeping(config, lambda: 0.0), Keeping(config, lambda: 0.0)
    for loss in (3.0, 1.0, 2.0):
        before.kept(loss)
    after.restore(before.facts(), 1.5)
    assert [after.is_due(1, loss) for loss in (1.6, 1.4)] == [False, True]
