from __future__ import annotations

import math
import re
import threading

import numpy as np
import pytest

from slm_widgets.errors import ConfigError
from slm_widgets.training import CheckpointSaved, Evaluation, Sample, Step
from slm_widgets.widgets.figure.limits import round_ticks
from slm_widgets.widgets.figure.markers import Markers
from slm_widgets.widgets.figure.plot import loss_format
from slm_widgets.widgets.figure.repaint import Repaint
from slm_widgets.widgets.live_figure import LiveFigure
from slm_widgets.widgets.style import FLOOR, GRADIENT_NORM, LEARNING_RATE, OVERLAYS, TRAIN, VALIDATION
from tests.widgets.test_contrast import colour, contrast

OLD = {"step": [1, 2, 3], "loss": [3.0, 2.0, 1.0], "val_step": [0, 3], "val_loss": [4.0, 1.5]}


def step(number: int, loss: float, **further: float) -> Step:
    return Step(number, loss, 1e-3, 1.0, 1e5, 0.01, **further)


def points(figure: LiveFigure) -> int:
    return sum(len(mark.x) for mark in figure.figure.marks)


def line(figure: LiveFigure, colour: str, number: int = 0):
    """The marks of a colour, in the order in which they are drawn."""
    return [mark for mark in figure.figure.marks if mark.colors == [colour]][number]


def entry(figure: LiveFigure, words: str):
    """The button of the legend with these words."""
    return next(button for button in figure._legend.children if words in button.description)


def seen(figure: LiveFigure) -> tuple[float, float, float, float]:
    x, y = (axis.scale for axis in figure.figure.axes[:2])
    return x.min, x.max, y.min, y.max


def long_history(length: int) -> dict[str, np.ndarray]:
    steps = np.arange(1, length + 1)
    noise = np.random.default_rng(0).normal(size=length)
    return {
        "step": steps,
        "loss": 1.5 + 3 * np.exp(-steps / 50) + 0.1 * noise,
        "lr": np.full(length, 2e-3),
        "grad_norm": np.exp(noise),
        "val_step": steps[9::10],
        "val_loss": 1.6 + 3 * np.exp(-steps[9::10] / 50),
    }


def drag(figure: LiveFigure, x: tuple[float, float], y: tuple[float, float]) -> None:
    """What the page does when the mouse drags the drawing: it sends the scales' new ends."""
    for axis, (low, high) in zip(figure.figure.axes, (x, y), strict=False):
        axis.scale.set_state({"min": low, "max": high})


# -- what is drawn ----------------------------------------------------------------------------------------------------


def test_a_long_training_shows_at_most_two_thousand_points_and_its_last_one():
    figure = LiveFigure(entropy_floor=0.9)
    figure.show_events([step(n, 4 / n + math.sin(n)) for n in range(1, 30_001)])
    figure.show_events([Evaluation(n, 2.0, 0.0) for n in range(0, 30_001, 10)])
    for words in ("gradient norm", "learning rate"):
        entry(figure, words).value = True
    assert 1400 < points(figure) <= 2000
    for mark in (*(line(figure, TRAIN, n) for n in (0, 1)), line(figure, VALIDATION), line(figure, LEARNING_RATE)):
        assert mark.x[-1] == 30_000


def test_any_number_of_overlays_and_markers_stays_within_two_thousand_points():
    figure = LiveFigure(entropy_floor=0.9)
    history = long_history(5000)
    texts = [Sample(n, "", "") for n in range(1, 5000, 7)]
    figure.show_history(history, texts, [CheckpointSaved(n, f"step-{n}") for n in range(1, 5000, 9)])
    for number in range(20):
        figure.overlay(f"run {number}", history)
    for switch in ("log_x", "log_y"):
        assert 1000 < points(figure) <= 2000
        figure._tools.buttons[switch].value = True
    assert 1000 < points(figure) <= 2000
    figure.open_marker("sample", 8)
    assert points(figure) <= 2000


def test_a_figure_of_a_long_training_holds_no_more_than_one_of_a_shorter_one():
    figure = LiveFigure()
    figure.show_history(long_history(300_000))
    curves = figure._content.curves
    assert all(len(c) < 33_000 for c in (curves.loss, curves.smooth, curves.lr, curves.grad_norm, curves.validation))
    assert figure._content.markers.count("evaluation") <= 400


def test_the_floor_is_a_dashed_line_over_the_whole_width_and_missing_where_it_is_not_known():
    figure = LiveFigure(entropy_floor=0.9, max_steps=500)
    dashed = line(figure, FLOOR, 1)
    assert dashed.line_style == "dashed"
    assert (list(dashed.x), list(dashed.y)) == ([0, 500], [0.9, 0.9])
    assert "entropy floor 0.900" in figure._legend.value
    figure.start()
    assert len(dashed.x) == 0
    assert "entropy" not in figure._legend.value


def test_losses_that_are_no_numbers_do_not_harm_the_figure():
    figure = LiveFigure()
    figure.show_events([step(1, math.nan), step(2, 3.0), step(3, math.inf), Evaluation(3, math.nan, 0.0)])
    assert all(map(math.isfinite, seen(figure)))
    assert len(figure._raw_line.x) == len(line(figure, TRAIN, 1).x) == 1
    assert len(figure._validation_line.x) == 0


def test_x_and_y_of_a_curve_go_to_the_page_in_one_message():
    figure = LiveFigure()
    held = []
    for mark in figure.figure.marks:
        mark.observe(lambda change: held.append(change["owner"]._holding_sync), ["x", "y"])
    figure.show_events([step(1, 3.0), Evaluation(0, 3.0, 0.0)])
    assert len(held) >= 8
    assert all(held)


def test_what_does_not_change_is_not_sent_again():
    figure = LiveFigure()
    figure.show_events([step(1, 3.0), Evaluation(0, 3.0, 0.0)])
    changed = []
    figure._validation_line.observe(changed.append, ["x", "y"])
    figure.show_events([step(2, 3.0)])
    assert changed == []


def test_events_heard_before_and_after_a_history_are_drawn_once():
    figure = LiveFigure()
    history = {"step": [1, 2, 3], "loss": [3.0, 2.0, 1.0], "val_step": [0], "val_loss": [4.0]}
    figure.show_history(history)
    smooth = line(figure, TRAIN, 1).y.tolist()
    figure.show_events([step(2, 2.0), step(3, 1.0), step(4, 0.5), Evaluation(0, 4.0, 0.0)])
    raw = figure._raw_line
    assert raw.x.tolist() == [1, 2, 3, 4]
    assert raw.y.tolist() == [3.0, 2.0, 1.0, 0.5]
    assert line(figure, TRAIN, 1).y.tolist()[:3] == smooth


def test_the_smoothed_loss_of_the_training_is_drawn_where_it_tells_one():
    figure = LiveFigure()
    figure.show_events([step(1, 3.0, smooth_loss=2.5), step(2, 3.0)])
    assert line(figure, TRAIN, 1).y.tolist() == [2.5, 3.0]
    figure.show_history({"step": [1, 2], "loss": [3.0, 1.0], "smooth_loss": [3.0, 2.75]})
    assert line(figure, TRAIN, 1).y.tolist() == [3.0, 2.75]


def test_the_mean_of_an_old_run_is_the_weighted_mean_that_numpy_computes():
    losses = np.random.default_rng(1).random(50).tolist()
    figure = LiveFigure(max_steps=600)
    figure.show_history({"step": list(range(1, 51)), "loss": losses})
    expected = [np.average(losses[: n + 1], weights=0.9 ** np.arange(n, -1, -1)) for n in range(50)]
    np.testing.assert_allclose(line(figure, TRAIN, 1).y, expected)


@pytest.mark.parametrize(("low", "high", "longest"), [(0.85, 2.7, 3), (0, 9.9e6, 3), (1.0e6, 1.001e6, 7), (0, 3e30, 6)])
def test_numbers_beside_the_axis_differ_and_are_short(low, high, longest):
    ticks = round_ticks(low, high)
    form = re.fullmatch(r"\.(\d)(f|~s|~e)", loss_format(ticks))
    assert form is not None
    digits, kind = int(form[1]), form[2]
    # What d3 does with them: fixed, or so many digits of which zeros at the end go, with k, M, ... or an exponent.
    written = [f"{tick:.{digits}f}" if kind == "f" else f"{tick:.{digits - (kind == '~s')}e}" for tick in ticks]
    assert len(set(written)) == len(ticks)
    assert digits <= longest


def test_learning_rate_and_gradient_norm_stand_at_the_right_each_with_numbers_of_its_own():
    figure = LiveFigure()
    figure.show_events([Step(1, 3.0, 1e-3, 5.0, 1e5, 0.01), Step(2, 2.0, 2e-3, 3.0, 1e5, 0.01)])
    rate, norm = figure.figure.axes[2:]
    assert (rate.side, norm.side) == ("right", "right")
    assert line(figure, LEARNING_RATE).y.tolist() == [1e-3, 2e-3]
    assert (rate.visible, norm.visible) == (True, False)
    assert rate.scale.max >= 2e-3
    entry(figure, "gradient norm").value = True
    assert norm.visible
    assert line(figure, GRADIENT_NORM).y.tolist() == [5.0, 3.0]
    assert norm.tick_style["transform"] != rate.tick_style["transform"]  # beside one another
    # Their numbers stand at the same heights.
    np.testing.assert_allclose(rate.tick_values / rate.scale.max, norm.tick_values / norm.scale.max)
    margin = figure.figure.fig_margin["right"]
    entry(figure, "learning rate").value = entry(figure, "gradient norm").value = False
    assert len(line(figure, LEARNING_RATE).x) == 0
    assert figure.figure.fig_margin["right"] < margin


def test_a_click_in_the_legend_hides_a_curve_and_another_one_shows_it():
    figure = LiveFigure()
    figure.show_history(OLD)
    entry(figure, "training").value = False
    assert len(figure._raw_line.x) == len(line(figure, TRAIN, 1).x) == 0
    assert len(figure._validation_line.x) == 2
    entry(figure, "training").value = True
    assert len(figure._raw_line.x) == 3


def test_a_run_of_unknown_length_has_an_axis_that_grows():
    figure = LiveFigure(max_steps=None)
    for last in (10, 70):
        figure.show_events([step(n, 3.0) for n in range(1, last)])
        assert seen(figure)[:2] == (0, last - 1)


# -- zooming, moving, logarithmic axes --------------------------------------------------------------------------------


def test_zooming_in_shows_steps_that_were_thinned_out_before():
    figure = LiveFigure()
    figure.show_history(long_history(20_000))
    before = set(figure._raw_line.x.tolist())
    for _ in range(6):
        figure._tools.buttons["in"].click()
    low, high = seen(figure)[:2]
    assert high - low == pytest.approx(20_000 / 64)
    inside = [x for x in figure._raw_line.x.tolist() if low <= x <= high]
    assert inside == list(range(math.ceil(low), math.floor(high) + 1))
    assert not set(inside) <= before


def test_a_zoomed_figure_stays_where_it_is_while_new_points_come_until_all_is_asked_for():
    figure = LiveFigure()
    figure.show_history(long_history(1000))
    drag(figure, (100, 200), (1.0, 2.0))
    figure.show_events([step(n, 1.0) for n in range(1001, 1200)])
    assert seen(figure) == (100, 200, 1.0, 2.0)
    figure._tools.buttons["all"].click()
    assert seen(figure)[:2] == (0, 1199)


def test_the_buttons_move_along_the_steps_but_not_beyond_them():
    figure = LiveFigure(max_steps=1000)
    figure.show_history(long_history(1000))
    tools = figure._tools.buttons
    assert tools["left"].disabled
    tools["in"].click()
    assert seen(figure)[:2] == (250, 750)
    tools["left"].click()
    tools["left"].click()
    assert seen(figure)[:2] == (0, 500)
    tools["right"].click()
    assert seen(figure)[:2] == (250, 750)
    tools["out"].click()
    assert seen(figure)[:2] == (0, 1000)
    assert tools["out"].disabled


def test_the_losses_of_a_part_fill_the_height():
    figure = LiveFigure(entropy_floor=0.9)
    figure.show_history(long_history(1000))
    figure._tools.buttons["in"].click()
    x, y = figure._raw_line.x, figure._raw_line.y
    inside = y[(x >= 250) & (x <= 750)]
    *_, low, high = seen(figure)
    assert inside.min() - 0.1 < low < inside.min()
    assert inside.max() - 0.1 < high < inside.max() + 0.1


def test_logarithmic_axes_leave_out_what_has_no_place_there_and_come_back():
    figure = LiveFigure()
    figure.show_history({"step": [1, 2, 3], "loss": [3.0, 0.0, 1.0], "val_step": [0, 3], "val_loss": [4.0, 1.5]})
    linear = seen(figure)
    figure._tools.buttons["log_y"].value = True
    assert figure._raw_line.y.tolist() == [3.0, 1.0]
    assert type(figure.figure.axes[1].scale).__name__ == "LogScale"
    assert seen(figure)[2] > 0
    figure._tools.buttons["log_x"].value = True
    assert figure._validation_line.x.tolist() == [3]
    assert seen(figure)[0] > 0
    for mark in figure.figure.marks:
        assert mark.scales["x"] is figure.figure.axes[0].scale
        assert (mark.x > 0).all()
    figure._tools.buttons["log_x"].value = figure._tools.buttons["log_y"].value = False
    assert seen(figure) == linear
    assert figure._raw_line.y.tolist() == [3.0, 0.0, 1.0]


def test_the_mouse_moves_the_drawing_only_when_asked_to_on_whichever_axes_there_are():
    figure = LiveFigure()
    figure.show_history(OLD)
    assert figure.figure.interaction is None
    figure._tools.buttons["mouse"].value = True
    for switch in ("log_y", "log_x"):
        figure._tools.buttons[switch].value = True
        scales = figure.figure.interaction.scales
        assert [scales["x"][0], scales["y"][0]] == [axis.scale for axis in figure.figure.axes[:2]]
    figure._tools.buttons["mouse"].value = False
    assert figure.figure.interaction is None


# -- markers ----------------------------------------------------------------------------------------------------------


def full_figure() -> LiveFigure:
    figure = LiveFigure(language="en")
    figure.show_history(
        {"step": [1, 2, 3], "loss": [3.0, 2.0, 1.0]} | {"val_step": [0], "val_loss": [4.0]},
        samples=[Sample(2, "Once", " <script>alert(1)</script>")],
        checkpoints=[CheckpointSaved(3, "step-<3>", 1.25, is_best=True)],
    )
    figure.show_events([Evaluation(3, 1.25, 9.0, 3.49, 1.8, 0.5, 0.75, 0.125)])
    return figure


def click(figure: LiveFigure, kind: str, step: int) -> None:
    """What the page sends when a marker is clicked."""
    content = {"event": "element_click", "data": {"x": step, "y": 1.0, "index": 0}}
    figure._plot.dots[kind]._handle_custom_msgs(None, content)


def test_a_click_on_an_evaluation_shows_all_its_numbers_and_another_one_hides_them():
    figure = full_figure()
    click(figure, "evaluation", 3)
    shown = re.sub(r"<[^>]*>", " ", figure._details.text)
    for number in ("1.2500", "3.49", "1.8000", "50.0%", "75.0%", "0.125"):
        assert number in shown
    dots = figure._plot.dots["evaluation"]
    assert dots.x[dots.selected[0]] == 3
    click(figure, "evaluation", 3)
    assert figure._details.text == ""
    assert dots.selected is None


def test_an_evaluation_of_an_older_run_shows_the_perplexity_and_dashes_for_what_nobody_measured():
    figure = full_figure()
    click(figure, "evaluation", 0)
    shown = re.sub(r"<[^>]*>", " ", figure._details.text)
    assert f"{math.exp(4):,.2f}" in shown
    assert shown.count("–") == 4


def test_a_sample_and_a_checkpoint_open_as_the_characters_that_they_are():
    figure = full_figure()
    click(figure, "sample", 2)
    assert "Once" in figure._details.text
    assert "&lt;script&gt;" in figure._details.text
    assert "<script>" not in figure._details.text
    click(figure, "checkpoint", 3)
    assert "step-&lt;3&gt;" in figure._details.text
    assert "yes" in figure._details.text


def test_without_a_mouse_one_goes_from_marker_to_marker_in_the_order_of_the_steps():
    figure = full_figure()
    tools = figure._tools.buttons
    visited = []
    for _ in range(5):
        tools["next"].click()
        visited.append(figure._content.opened)
    ends = [("evaluation", 0), ("sample", 2), ("evaluation", 3), ("checkpoint", 3)]
    assert visited == [*ends, ends[-1]]
    tools["previous"].click()
    assert figure._content.opened == ends[-2]
    figure._details._close.click()
    assert figure._details.text == ""
    tools["previous"].click()
    assert figure._content.opened == ends[-1]


def test_a_zoomed_figure_follows_to_the_marker_that_is_opened():
    figure = LiveFigure()
    figure.show_history(long_history(1000))
    drag(figure, (500, 600), (1, 2))
    figure._tools.buttons["next"].click()
    low, high = seen(figure)[:2]
    assert low <= 10 <= high
    assert high - low == pytest.approx(100)


def test_markers_come_only_with_what_they_mark_and_can_be_hidden():
    figure = LiveFigure(language="en")
    figure.show_events([step(1, 3.0)])
    assert "samples" not in figure._legend.value
    assert figure._tools.buttons["next"].disabled
    figure.show_events([Sample(1, "", "x"), CheckpointSaved(1, "step-1")])
    assert len(figure._plot.dots["sample"].x) == len(figure._plot.dots["checkpoint"].x) == 1
    entry(figure, "samples").value = False
    assert len(figure._plot.dots["sample"].x) == 0
    assert len(figure._plot.dots["checkpoint"].x) == 1


def test_of_many_markers_the_newest_and_the_best_are_kept():
    markers = Markers(kept=10)
    for n in range(1000):
        markers.hear([Evaluation(n, 0.5 if n == 77 else 2.0, 0.0)])
    assert markers.count("evaluation") <= 10
    assert markers.get("evaluation", 77) is not None
    assert markers.get("evaluation", 999) is not None
    assert len(markers.between("evaluation", 0, 1000, 4)) <= 4


# -- earlier runs -----------------------------------------------------------------------------------------------------


def test_an_earlier_run_lies_over_the_drawing_with_its_name_and_goes_again():
    figure = LiveFigure()
    figure.show_history(OLD)
    figure.overlay("8 <b>heads</b>", {"step": [1, 2], "loss": [3.0, 2.5], "val_step": [2], "val_loss": [2.75]})
    figure.overlay("12 heads", OLD)
    assert line(figure, OVERLAYS[0], 1).y.tolist() == [2.75]
    assert line(figure, OVERLAYS[0], 0).x.tolist() == [1, 2]
    assert line(figure, OVERLAYS[1], 1).y.tolist() == [4.0, 1.5]
    assert "8 <b>heads</b>" in figure._legend.value  # a button's text, which is never read as HTML
    entry(figure, "8 <b>").value = False
    assert len(line(figure, OVERLAYS[0], 1).x) == 0
    assert len(line(figure, OVERLAYS[1], 1).x) == 2
    figure.overlay("12 heads", {"step": [1], "loss": [9.0]})
    assert line(figure, OVERLAYS[1], 0).y.tolist() == [9.0]
    figure.start()
    assert len(line(figure, OVERLAYS[1], 0).x) == 1  # a new training is compared as well
    figure.clear_overlays()
    assert not any(mark.colors == [OVERLAYS[1]] for mark in figure.figure.marks)
    assert "heads" not in figure._legend.value


def test_a_figure_of_earlier_runs_alone_says_nothing_of_a_training():
    figure = LiveFigure(language="en")
    assert "training" in figure._legend.value
    figure.overlay("8 heads", OLD)
    assert figure._legend.value == "8 heads"
    assert seen(figure)[:2] == (0, 3)


@pytest.mark.parametrize("ground", ["#ffffff", "#111111"])
def test_every_line_stands_out_from_the_page(ground):
    # 3 to 1, as the Web Content Accessibility Guidelines 2.2 ask of drawings (success criterion 1.4.11).
    for name in (TRAIN, VALIDATION, FLOOR, LEARNING_RATE, GRADIENT_NORM, *OVERLAYS):
        assert contrast(colour(name, {}), colour(ground, {})) >= 3, name


# -- languages and threads --------------------------------------------------------------------------------------------


def test_titles_carry_units_in_either_language():
    figure = LiveFigure(language="en")
    x_axis, y_axis = figure.figure.axes[:2]
    assert (x_axis.label, y_axis.label) == ("step", "loss (nats per token)")
    figure.language = "ko"
    assert (x_axis.label, y_axis.label) == ("스텝", "손실 (토큰당 나트)")
    assert "검증" in figure._legend.value
    assert figure._tools.buttons["log_y"].description == "손실 로그"


def test_an_open_marker_speaks_the_chosen_language():
    figure = full_figure()
    click(figure, "evaluation", 3)
    assert "top-5 accuracy" in figure._details.text
    figure.language = "ko"
    assert "상위 5개 정확도" in figure._details.text


def test_an_unknown_language_is_refused_with_a_sentence():
    with pytest.raises(ConfigError, match="There is no language 'fr'"):
        LiveFigure(language="fr")


def test_many_movements_of_the_mouse_draw_seldom_and_the_last_one_is_drawn():
    drawn, last = [], threading.Event()
    asked = 0

    def paint() -> None:
        drawn.append(asked)
        if asked == 500:
            last.set()

    repaint = Repaint(paint, gap_s=0.5)
    for asked in range(1, 501):  # noqa: B007 -- read by paint
        repaint.soon()
    assert last.wait(20)
    assert len(drawn) < 100
