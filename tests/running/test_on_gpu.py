"""Trainings on a CUDA device. Skipped where there is none."""

from __future__ import annotations

import math

import pytest
import torch

import slm_widgets as slm
from slm_widgets.errors import TrainingError
from slm_widgets.running import RunState
from tests.small_runs import SETTINGS, model_of, start, until

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")

ON_GPU = {**SETTINGS, "device": "cuda", "max_steps": 60, "lr": 3e-3, "compile": "off"}


@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
@pytest.mark.parametrize("optimizer", ["AdamW", "Muon"])
def test_every_precision_learns_and_tells_of_the_device(precision, optimizer):
    run = start({**ON_GPU, "precision": precision, "optimizer": optimizer}).wait()
    history = run.history
    assert history["val_loss"][-1] < history["val_loss"][0] - 0.5
    assert next(model_of(run).parameters()).device.type == "cuda"
    assert all(number > 0 for number in history["gpu_memory_bytes"])
    assert all(share > 0 for share in history["peak_share"])
    assert all(math.isnan(use) or 0 <= use <= 1 for use in history["gpu_use"])


def test_same_seed_learns_the_same_as_on_a_cpu():
    on_gpu = start({**ON_GPU, "precision": "fp32", "dropout": 0.0}).wait()
    on_cpu = start({**ON_GPU, "precision": "fp32", "dropout": 0.0, "device": "cpu"}).wait()
    # The first steps, before the last digits have grown into something.
    assert on_gpu.history["loss"][:10] == pytest.approx(on_cpu.history["loss"][:10], rel=1e-3)


@pytest.mark.parametrize("precision", ["fp32", "fp16"])
def test_run_that_was_stopped_goes_on_where_it_was(precision):
    settings = {**ON_GPU, "precision": precision, "deterministic": True, "max_steps": 200}
    straight = start(settings).wait()
    run = start(settings)
    until(lambda: run.step >= 80)
    run.stop()
    run.wait()
    went_on = slm.resume(run.folder, track=False).wait()
    assert went_on.state is RunState.FINISHED
    assert went_on.history["loss"] == pytest.approx(straight.history["loss"], rel=1e-4)


def test_compiled_run_learns():
    run = start({**ON_GPU, "compile": "on", "precision": "bf16"}).wait()
    assert run.history["val_loss"][-1] < run.history["val_loss"][0] - 0.5


def test_memory_that_runs_out_on_the_way_is_a_sentence_and_leaves_the_device_usable():
    free, _ = torch.cuda.mem_get_info()
    taken = torch.empty(free - 2**28, dtype=torch.uint8, device="cuda")  # so that only a quarter GiB is left
    try:
        with pytest.raises(TrainingError) as caught:
            start({**ON_GPU, "batch_size": 8192, "precision": "fp32"}).wait()
    finally:
        del taken
        torch.cuda.empty_cache()
    assert caught.value.field in ("batch_size", "context_length")
    assert "ran out" in caught.value.message
    assert start({**ON_GPU, "max_steps": 2}).wait().state is RunState.FINISHED
