"""Fewer points that look the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]


def decimate(x: ArrayLike, y: ArrayLike, max_points: int = 2000) -> Curve:
    """Thins a curve so that a screen shows the same picture: no peak and no dip is lost.

    The points between the first and the last are cut into buckets of equal length; of each only the lowest and the
    highest stay, in their order. A browser draws 2,000 points smoothly and freezes for seconds at 100,000.

    Shape: (N,), (N,) -> (M,), (M,), M <= max_points.

    Args:
        x: Positions, in order.
        y: Finite values.
        max_points: The most that may be left, at least 4.

    Returns:
        New arrays; the first and the last point are always among them.

    Source: the min-max variant of Steinarsson 2013, "Downsampling Time Series for Visual Representation", section 4.2.
    """
    x, y = np.array(x, dtype=np.float64), np.array(y, dtype=np.float64)
    if len(y) <= max_points:
        return x, y
    inner = y[1:-1]
    buckets = (max_points - 2) // 2
    size = -(-len(inner) // buckets)
    # The last bucket is filled up with its own last value; argmin and argmax take the first of equals, a real one.
    rows = np.pad(inner, (0, -len(inner) % size), mode="edge").reshape(-1, size)
    starts = np.arange(len(rows)) * size + 1
    kept = np.concatenate(([0], starts + rows.argmin(axis=1), starts + rows.argmax(axis=1), [len(y) - 1]))
    kept = np.unique(kept)
    return x[kept], y[kept]
