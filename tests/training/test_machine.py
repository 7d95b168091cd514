"""What a run takes of the machine, and how fast the machine is."""

from __future__ import annotations

import math
import os
import warnings

import psutil
import pytest
import torch

import slm_widgets as slm
from slm_widgets.model import build_model
from slm_widgets.stack import fill_vocabulary, parse_stack
from slm_widgets.training.machine import MachineWatch
from slm_widgets.training.matrix_peak import matrix_peak
from slm_widgets.training.step_costs import step_flops
from tests.small_runs import DESIGN

CPU = torch.device("cpu")


def test_memory_is_that_of_this_process():
    seen = MachineWatch(CPU).now()
    assert seen.memory_bytes == pytest.approx(psutil.Process(os.getpid()).memory_info().rss, rel=0.2)
    assert math.isnan(seen.gpu_memory_bytes)
    assert math.isnan(seen.gpu_use)


def test_machine_is_looked_at_ten_times_a_second_however_often_it_is_asked(monkeypatch):
    looks, clock = [], [0.0]
    watch = MachineWatch(CPU, clock=lambda: clock[0])

    def look():
        looks.append(0)
        return float(len(looks))

    monkeypatch.setattr(watch, "_memory", look)
    for millisecond in range(2000):
        clock[0] = millisecond / 1000
        seen = watch.now()
        assert seen.memory_bytes == len(looks)
    assert 19 <= len(looks) <= 20


@pytest.mark.parametrize("failure", [ModuleNotFoundError("pynvml"), RuntimeError("no driver"), Exception("NVMLError")])
def test_graphics_processor_that_tells_nothing_disturbs_nothing(failure, monkeypatch):
    asked = []

    def fails(*_):
        asked.append(0)
        raise failure

    monkeypatch.setattr(torch.cuda, "utilization", fails)
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda *_: 123)
    clock = [0.0]
    watch = MachineWatch(torch.device("cuda", 0), clock=lambda: clock[0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for second in range(3):
            clock[0] = float(second)
            seen = watch.now()
    assert math.isnan(seen.gpu_use)
    assert seen.gpu_memory_bytes == 123
    assert len(asked) == 1, "what cannot be had is not asked for again and again"


def test_use_of_the_graphics_processor_is_a_share(monkeypatch):
    monkeypatch.setattr(torch.cuda, "utilization", lambda *_: 75)
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda *_: 1)
    assert MachineWatch(torch.device("cuda", 0)).now().gpu_use == 0.75


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_graphics_memory_is_what_torch_holds():
    watch = MachineWatch(torch.device("cuda"))
    held = torch.zeros(2**26, device="cuda")
    assert watch.now().gpu_memory_bytes >= held.nbytes


def test_peak_is_measured_once_and_draws_no_random_numbers():
    before = torch.get_rng_state()
    peak = matrix_peak(CPU, torch.float32)
    assert torch.equal(before, torch.get_rng_state())
    assert 1e8 < peak < 1e15
    assert matrix_peak(CPU, torch.float32) == peak, "another measurement would differ in some digit"


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_peak_of_half_precision_is_that_of_its_own_products(dtype):
    with torch.autocast("cpu", torch.bfloat16):
        assert matrix_peak(CPU, dtype) > 1e6


def test_flops_of_a_step_are_six_for_each_weight_and_token_and_twelve_for_each_score():
    """Kaplan et al. 2020, section 2.1: 6 N a token, and 12 n_layer n_ctx d a token for attention (not halved)."""
    stack = fill_vocabulary(parse_stack(DESIGN), 50)
    B, T, C, layers = 4, 32, 32, 2
    model = build_model(stack)
    # Matrices that multiply: all with two dimensions but the table of positions; the tied table is the head's.
    matrices = sum(p.numel() for name, p in model.named_parameters() if p.dim() == 2 and "positions" not in name)
    assert step_flops(stack, B, T) == B * T * (6 * matrices + 12 * layers * T * C)


def test_encoder_decoder_is_counted_with_half_of_each_window_as_its_source():
    stack = fill_vocabulary(slm.preset("transformer-nano"), 50)
    half = slm.describe(stack, 4, 17).training_flops
    assert step_flops(stack, 4, 32) == half
