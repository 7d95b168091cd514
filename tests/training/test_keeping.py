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
            keeping.kept(0.01)
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
    keeping.kept(cost_s=3.0)
    for now[0], wanted in ((149.0, False), (151.0, True)):
        assert keeping.is_due(1, 1.0) is wanted
