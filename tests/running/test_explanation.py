from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
import torch

from slm_widgets.errors import RunError, TrainingError
from slm_widgets.running.explanation import explain
from slm_widgets.running.train import make_plan
from tests.small_runs import DESIGN, SETTINGS, small_corpus


@pytest.fixture(scope="module")
def plan():
    return make_plan(DESIGN, small_corpus(), "char", SETTINGS)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError(),
        RuntimeError(
            "MPS backend out of memory (MPS allocated: 8.00 GB, other allocations: 1.00 GB, max allowed: 9.07 GB)."
        ),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError(
            "[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory: you tried to ..."
        ),
        OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)),
    ],
)
def test_every_word_for_no_memory_is_told_as_no_memory(plan, error):
    told = explain(error, plan)
    assert isinstance(told, TrainingError)
    assert "ran out" in told.message
    assert told.__cause__ is error


@pytest.mark.parametrize(
    "error", [RuntimeError("shapes"), ValueError("out of memory is a book of mine"), KeyError("x")]
)
def test_other_mistakes_are_told_as_they_are(plan, error):
    assert explain(error, plan, Path("run")) is error


def test_a_file_that_a_layer_reads_is_no_business_of_the_runs_folder(plan, tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        (tmp_path / "words.txt").read_text(encoding="utf-8")
    assert explain(caught.value, plan, tmp_path / "run") is caught.value
    timeout = TimeoutError("a server of my own")
    assert explain(timeout, plan, tmp_path / "run") is timeout


def test_a_file_in_the_folder_is(plan, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError) as caught:
        Path("run/metrics.jsonl").read_text(encoding="utf-8")
    told = explain(caught.value, plan, tmp_path / "run")
    assert isinstance(told, RunError)
    assert told.field == "folder"
    # And whatever was met while it was written.
    assert isinstance(explain(OSError(28, "No space left on device"), plan), RunError)
