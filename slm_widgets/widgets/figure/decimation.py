"""Fewer points that look the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = tuple[NDArray[np.float64], NDArray[np.float64]]


def decimate(x: ArrayLike, y: ArrayLike, max_points: int = 2000) -> Points:
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
    lowest, highest = rows.argmin(axis=1), rows.argmax(axis=1)
    inside = np.stack((starts + np.minimum(lowest, highest), starts + np.maximum(lowest, highest))).T.ravel()
    kept = np.concatenate(([0], inside, [len(y) - 1]))
    kept = kept[np.append(True, np.diff(kept) > 0)]  # a bucket of equals has but one
    return x[kept], y[kept]


def decimate_octaves(x: ArrayLike, y: ArrayLike, max_points: int = 2000) -> Points:
    """Thins a curve for a logarithmic position axis, on which its first tenth is as wide as its last nine.

    Each doubling of the position gets the same share of the points, and is thinned by itself as ``decimate`` does.

    Shape: (N,), (N,) -> (M,), (M,), M <= max_points.

    Args:
        x: Positions above 0, in order.
        y: Finite values.
        max_points: The most that may be left, at least 4. Where it is less than 4 for each doubling, all is thinned alike.
    """
    x, y = np.array(x, dtype=np.float64), np.array(y, dtype=np.float64)
    if len(y) <= max_points:
        return x, y
    octaves = np.floor(np.log2(x))
    cuts = np.flatnonzero(np.diff(octaves)) + 1
    pieces = list(zip(np.split(x, cuts), np.split(y, cuts), strict=True))
    if max_points < 4 * len(pieces):
        return decimate(x, y, max_points)
    # The short ones at the beginning leave what they do not need to the others.
    thinned, left = [], max_points
    for number, (piece_x, piece_y) in enumerate(pieces):
        share = left // (len(pieces) - number)
        thinned.append(decimate(piece_x, piece_y, max(4, share)))
        left -= len(thinned[-1][0])
    return np.concatenate([x for x, _ in thinned]), np.concatenate([y for _, y in thinned])
