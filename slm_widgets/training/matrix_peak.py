"""How fast this machine multiplies matrices at best."""

from __future__ import annotations

import time
from functools import cache

import torch

# Seconds for all products together. The first ones on a graphics processor load its libraries, which takes longer.
_CPU_S, _GPU_S = 0.05, 0.2
# Where other programs keep the cores busy, threads wait for each other: too small a product would measure that alone. In half
# precision some processors take a hundred times as long.
_SMALLEST, _SMALLEST_HALF, _LARGEST = 512, 128, 8192


def matrix_peak(device: torch.device, dtype: torch.dtype) -> float:
    """Measures how fast square matrices are multiplied, once for each device, dtype and number of threads.

    Takes some 60 ms on a CPU. Other programs on the machine make it less than it could be.

    Args:
        device: Where.
        dtype: What the products are computed in.

    Returns:
        Floating-point operations a second, two for each multiplication with an addition; the best that was seen.
    """
    return _measured(device, dtype, torch.get_num_threads(), torch.get_float32_matmul_precision())


@cache
def _measured(device: torch.device, dtype: torch.dtype, threads: int, precision: str) -> float:
    """``threads`` and ``precision`` are torch's own settings; they are what a measurement is remembered by."""
    deadline = time.perf_counter() + (_CPU_S if device.type == "cpu" else _GPU_S)
    best, size = 0.0, _SMALLEST if dtype is torch.float32 else _SMALLEST_HALF
    with torch.no_grad(), torch.autocast(device.type, enabled=False):
        a, out = _matrices(size, device, dtype)
        _seconds(a, out)  # loads what is needed
        while True:
            spent_s = _seconds(a, out)
            best = max(best, 2 * size**3 / max(spent_s, 1e-9))
            left_s = deadline - time.perf_counter()
            if left_s < spent_s:
                return best
            # Twice the size takes eight times as long. At the largest some six products must fit in: a turn of another
            # program spoils one or two of them.
            if size < _LARGEST and 6 * 8 * spent_s < left_s:
                size *= 2
                a, out = _matrices(size, device, dtype)
                _seconds(a, out)


def _matrices(size: int, device: torch.device, dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor]:
    """A square matrix, and room for its product with itself."""
    # Numbers of all sizes, as in a model: of zeros or ones a graphics processor is faster.
    matrix = torch.linspace(-1, 1, size * size, device=device).view(size, size).to(dtype)
    return matrix, torch.empty_like(matrix)


def _seconds(matrix: torch.Tensor, out: torch.Tensor) -> float:
    """How long one product takes."""
    _wait(matrix.device)
    began_s = time.perf_counter()
    torch.mm(matrix, matrix, out=out)
    _wait(matrix.device)
    return time.perf_counter() - began_s


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
