from __future__ import annotations

import math

import pytest

from slm_widgets.errors import ConfigError
from slm_widgets.training import Evaluation, Step
from slm_widgets.widgets.live_figure import LiveFigure


def step(number: int, loss: float) -> Step:
    return Step(number, loss, 1e-3, 1.0, 1e5, 0.01)


def points(figure: LiveFigure) -> int:
    return sum(len(mark.x) for mark in figure.figure.marks)


def test_a_long_training_shows_at_most_two_thousand_points_and_its_last_one():
    figure = LiveFigure(entropy_floor=0.9)
    figure.show_events([step(n, 4 / n + math.sin(n)) for n in range(1, 30_001)])
    figure.show_events([Evaluation(n, 2.0, 0.0) for n in range(0, 30_001, 10)])
    assert 1500 < points(figure) <= 2000
    for mark in figure.figure.marks:
        assert mark.x[-1] == 30_000


def test_the_floor_is_a_dashed_line_over_the_whole_width_and_missing_where_it_is_not_known():
    figure = LiveFigure(entropy_floor=0.9, max_steps=500)
    dashed = [mark for mark in figure.figure.marks if mark.line_style == "dashed"]
    assert [(list(m.x), list(m.y)) for m in dashed] == [([0, 500], [0.9, 0.9])]
    figure.start()
    assert len(dashed[0].x) == 0
    assert "entropy" not in figure._legend.value


def test_losses_that_are_no_numbers_do_not_harm_the_figure():
    figure = LiveFigure()
    figure.show_events([step(1, math.nan), step(2, 3.0), step(3, math.inf), Evaluation(3, math.nan, 0.0)])
    scale = figure.figure.axes[1].scale
    assert math.isfinite(scale.min)
    assert math.isfinite(scale.max)
    assert points(figure) == 2  # one raw, one smoothed


def test_x_and_y_of_a_curve_go_to_the_page_in_one_message():
    figure = LiveFigure()
    held = []
    for mark in figure.figure.marks:
        mark.observe(lambda change: held.append(change["owner"]._holding_sync), ["x", "y"])
    figure.show_events([step(1, 3.0), Evaluation(0, 3.0, 0.0)])
    assert len(held) >= 6
    assert all(held)


def test_events_heard_before_and_after_a_history_are_drawn_once():
    figure = LiveFigure()
    history = {"step": [1, 2, 3], "loss": [3.0, 2.0, 1.0], "val_step": [0], "val_loss": [4.0]}
    figure.show_history(history)
    figure.show_events([step(2, 2.0), step(3, 1.0), step(4, 0.5), Evaluation(0, 4.0, 0.0)])
    raw = figure._raw_line
    assert raw.x.tolist() == [1, 2, 3, 4]
    assert raw.y.tolist() == [3.0, 2.0, 1.0, 0.5]


def test_titles_carry_units_in_either_language():
    figure = LiveFigure(language="en")
    x_axis, y_axis = figure.figure.axes
    assert (x_axis.label, y_axis.label) == ("step", "loss (nats per token)")
    figure.language = "ko"
    assert (x_axis.label, y_axis.label) == ("스텝", "손실 (토큰당 나트)")
    assert "검증" in figure._legend.value


def test_an_unknown_language_is_refused_with_a_sentence():
    with pytest.raises(ConfigError, match="There is no language 'fr'"):
        LiveFigure(language="fr")
