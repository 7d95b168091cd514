from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_widgets.widgets.figure.curve import Curve
from slm_widgets.widgets.figure.decimation import decimate, decimate_octaves
from slm_widgets.widgets.figure.limits import log_ticks, loss_limits, quarter, round_ticks


@given(st.integers(1, 30_000), st.integers(4, 2000), st.integers(0, 2**32 - 1))
def test_a_thinned_curve_is_short_ordered_and_made_of_points_of_the_long_one(length, max_points, seed):
    y = np.random.default_rng(seed).normal(size=length)
    x = np.cumsum(np.random.default_rng(seed).random(length) + 0.01)
    thin_x, thin_y = decimate(x, y, max_points)
    assert len(thin_x) == len(thin_y) <= max_points
    assert np.all(np.diff(thin_x) > 0)
    np.testing.assert_array_equal(y[np.searchsorted(x, thin_x)], thin_y)
    assert (thin_x[0], thin_x[-1]) == (x[0], x[-1])
    assert (thin_y.min(), thin_y.max()) == (y.min(), y.max())


def test_every_bucket_keeps_its_lowest_and_its_highest_point():
    y = np.random.default_rng(0).normal(size=2 + 100 * 37)
    x = np.arange(len(y))
    thin_x, _ = decimate(x, y, max_points=202)
    for bucket in np.split(np.arange(1, len(y) - 1), 100):  # NumPy's own cutting
        assert {x[bucket[y[bucket].argmin()]], x[bucket[y[bucket].argmax()]]} <= set(thin_x)


def test_a_single_peak_among_a_million_points_is_kept():
    y = np.zeros(1_000_001)
    y[654_321] = 9
    x, thin = decimate(np.arange(len(y)), y)
    assert thin.max() == 9
    assert x[thin.argmax()] == 654_321


def test_a_short_curve_stays_as_it_is_and_is_copied():
    y = np.array([3.0, 1.0, 2.0])
    _, thin = decimate([1, 2, 3], y, max_points=4)
    np.testing.assert_array_equal(thin, y)
    assert thin is not y


def test_each_doubling_of_the_position_keeps_its_lowest_and_its_highest_point_on_a_logarithmic_axis():
    y = np.random.default_rng(0).normal(size=40_000)
    x = np.arange(1, 40_001)
    thin_x, thin_y = decimate_octaves(x, y, max_points=400)
    assert len(thin_x) <= 400
    assert np.all(np.diff(thin_x) > 0)
    np.testing.assert_array_equal(thin_y, y[thin_x.astype(int) - 1])
    for octave in np.split(np.arange(40_000), [2**n - 1 for n in range(1, 16)]):  # NumPy's own cutting
        assert {y[octave].min(), y[octave].max()} <= set(thin_y)
    # The first doublings have few points, which all stay; evenly thinned, nearly none of them would.
    assert thin_x[:15].tolist() == list(range(1, 16))


@given(st.integers(4, 60), st.integers(1, 3000))
def test_a_logarithmic_axis_gets_no_more_points_than_asked_for_however_few(max_points, length):
    thin_x, _ = decimate_octaves(np.arange(1, length + 1), np.zeros(length), max_points)
    assert len(thin_x) <= max_points
    assert (thin_x[0], thin_x[-1]) == (1, length)


def test_points_that_are_not_finite_or_come_twice_are_left_out():
    curve = Curve()
    for x, y in [(1, 2.0), (2, float("nan")), (3, float("inf")), (3, 1.0), (3, 5.0), (2, 5.0)]:
        curve.extend([x], [y])
    x, y = curve.between()
    assert x.tolist() == [1, 3]
    assert y.tolist() == [2.0, 1.0]


@given(st.lists(st.integers(1, 4000), min_size=1, max_size=6), st.sampled_from([64, 1000, 4096]))
def test_a_curve_of_any_length_is_bounded_and_loses_no_peak_no_end_and_no_beginning(pieces, kept):
    values = np.random.default_rng(sum(pieces)).normal(size=sum(pieces))
    curve = Curve(kept)
    at = 0
    for piece in pieces:  # as events come: some at a time
        curve.extend(np.arange(at, at + piece), values[at : at + piece])
        at += piece
    x, y = curve.between()
    assert len(curve) <= kept + max(64, 4 * at // kept)
    assert np.all(np.diff(x) > 0)
    np.testing.assert_array_equal(values[x.astype(int)], y)
    assert (y.min(), y.max()) == (values.min(), values.max())
    assert (x[0], x[-1]) == (0, at - 1)
    assert x[:1000].tolist() == list(range(min(at, 1000)))


def test_a_curve_that_came_at_once_is_the_one_that_came_point_by_point():
    values = np.random.default_rng(0).normal(size=3000)
    at_once, by_point = Curve(256), Curve(256)
    at_once.extend(np.arange(3000), values)
    for x, y in enumerate(values):
        by_point.extend([x], [y])
    np.testing.assert_array_equal(at_once.between(), by_point.between())


def test_a_part_of_a_curve_comes_with_the_points_beside_it():
    curve = Curve()
    curve.extend(np.arange(10), np.arange(10.0))
    assert curve.between(3.5, 6)[0].tolist() == [3, 4, 5, 6, 7]
    assert curve.between(-5, 0)[0].tolist() == [0, 1]
    assert curve.between(50, 60)[0].tolist() == [9]


def test_what_is_kept_does_not_keep_a_long_history_alive():
    x, y = np.arange(2_000_000.0), np.zeros(2_000_000)
    curve = Curve()
    tracemalloc.start()
    curve.extend(x, y)
    x, y = x[:1].copy(), y[:1].copy()
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held < 2_000_000


def test_the_steep_start_and_single_outliers_leave_the_figure_while_the_floor_stays_in_it():
    steps = np.arange(1000)
    train = 1.5 + 3 * np.exp(-steps / 20)
    smooth = (steps, train.copy())
    validation = (np.array([0, 500, 999]), np.array([4.5, 1.6, 1.5]))
    train[600] = 50
    low, high = loss_limits([smooth], (steps, train), [validation], 0.9)
    assert 0 <= low < 0.9
    assert 1.6 < high < 3
    assert loss_limits([smooth], (steps, train), [validation], 0.9, is_log=True)[1] > 50  # there it does no harm
    early = (steps[:30], train[:30])
    assert loss_limits([early], early, [validation], 0.9)[1] > 4.5  # nothing is settled yet


def test_a_start_for_which_there_is_room_stays_in_the_figure():
    steps = np.arange(300)
    train = 2.5 + 1.6 * np.exp(-steps / 20)
    assert loss_limits([(steps, train)], (steps, train), [], 0.1)[1] > 4.1


def test_the_steep_start_of_a_shorter_run_leaves_at_the_top_as_well():
    long = (np.arange(10_000.0), np.full(10_000, 2.0))
    short = (np.arange(400.0), 2 + 8 * np.exp(-np.arange(400) / 40))
    assert loss_limits([long, short], long, [], None)[1] < 3


def test_a_logarithmic_axis_shows_only_losses_above_zero():
    steps = np.arange(3.0)
    low, high = loss_limits([], (steps, np.array([0.0, 0.01, 10])), [], None, is_log=True)
    assert 0 < low < 0.01
    assert high > 10


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (1, 500, [1, 10, 100]),
        (0.9, 5.2, [1, 2, 5]),
        (1, 1e6, [1, 10, 100, 1e3, 1e4, 1e5, 1e6]),
        (1.5, 2.5, [1.6, 1.8, 2, 2.2, 2.4]),
    ],
)
def test_logarithmic_ticks_are_round_and_few(low, high, expected):
    ticks = log_ticks(low, high)
    assert set(np.round(ticks, 9)) >= set(np.round(expected, 9)) if low == 1 else np.allclose(ticks, expected)
    assert len(ticks) <= 7


@pytest.mark.parametrize(("highest", "expected"), [(2e-3, 5e-4), (3.1, 0.8), (1.0, 0.25), (4.0, 1.0), (0.0, 2.5e-13)])
def test_a_quarter_of_the_axis_at_the_right_is_round(highest, expected):
    assert quarter(highest) == pytest.approx(expected)


@pytest.mark.parametrize(("low", "high"), [(0, 500), (0.85, 2.7), (0, 1), (1e-4, 3e-4), (3, 4_000_000)])
def test_ticks_are_round_and_within(low, high):
    ticks = round_ticks(low, high)
    assert 2 <= len(ticks) <= 7
    assert ticks[0] >= low - 1e-9
    assert ticks[-1] <= high + 1e-9
    distance = ticks[1] - ticks[0]
    assert float(f"{distance:.1g}") == pytest.approx(distance)
