from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_widgets.widgets.curve import Curve, limits, round_ticks
from slm_widgets.widgets.decimation import decimate


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


def test_points_that_are_not_finite_or_come_twice_are_left_out():
    curve = Curve()
    for x, y in [(1, 2.0), (2, float("nan")), (3, float("inf")), (3, 1.0), (3, 5.0), (2, 5.0)]:
        curve.add(x, y)
    assert curve.x.tolist() == [1, 3]
    assert curve.y.tolist() == [2.0, 1.0]


def test_the_running_mean_is_the_weighted_mean_that_numpy_computes():
    values = np.random.default_rng(1).random(50)
    curve = Curve(smoothing=0.8)
    for x, y in enumerate(values, start=1):
        curve.add(x, y)
    expected = [np.average(values[: n + 1], weights=0.8 ** np.arange(n, -1, -1)) for n in range(50)]
    np.testing.assert_allclose(curve.smooth, expected)


def test_the_steep_start_and_single_outliers_leave_the_figure_while_the_floor_stays_in_it():
    train = 1.5 + 3 * np.exp(-np.arange(1000) / 20)
    train[600] = 50
    low, high = limits(train, np.delete(train, 600), np.array([4.5, 1.6, 1.5]), 0.9)
    assert 0 <= low < 0.9
    train[600] = 1.5
    low, high = limits(train, train, np.array([4.5, 1.6, 1.5]), 0.9)
    assert 1.6 < high < 3


@pytest.mark.parametrize(("low", "high"), [(0, 500), (0.85, 2.7), (0, 1), (1e-4, 3e-4), (3, 4_000_000)])
def test_ticks_are_round_and_within(low, high):
    ticks = round_ticks(low, high)
    assert 2 <= len(ticks) <= 7
    assert ticks[0] >= low - 1e-9
    assert ticks[-1] <= high + 1e-9
    distance = ticks[1] - ticks[0]
    assert float(f"{distance:.1g}") == pytest.approx(distance)
