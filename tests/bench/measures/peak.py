"""What share of a device's own best a training reaches."""

from __future__ import annotations

import statistics
import time

import torch

from tests.bench.measures.designs import Shape


def matrix_peak(device: str, dtype: torch.dtype, size: int) -> float:
    """FLOPs a second of the best of some products of two square matrices."""
    a = torch.randn(size, size, device=device, dtype=dtype)
    times = []
    for _ in range(12):
        _wait(device)
        began = time.perf_counter()
        a @ a
        _wait(device)
        times.append(time.perf_counter() - began)
    return 2 * size**3 / min(statistics.median(times), *times[2:])


def flops_per_token(shape: Shape) -> float:
    """Of a training step: 6 for each weight that is multiplied, and the scores and sums of attention, the future left in.

    Source: Chowdhery et al. 2022 (PaLM), appendix B.
    """
    multiplied = 12 * shape.blocks * shape.width**2 + shape.vocabulary * shape.width
    return 6 * multiplied + 12 * shape.blocks * shape.width * shape.context


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()
