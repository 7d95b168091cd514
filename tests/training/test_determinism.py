from __future__ import annotations

import contextlib
import os

import pytest
import torch

from slm_widgets.training.determinism import strictly_deterministic
from slm_widgets.training.devices import choose_device


@pytest.fixture
def strict():
    """Whether torch is strict now; it must not be, before and after."""
    assert not torch.are_deterministic_algorithms_enabled()
    yield torch.are_deterministic_algorithms_enabled
    was_left_on = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(False)
    assert not was_left_on


def test_the_first_of_two_to_end_leaves_the_second_strict(strict):
    first, second = strictly_deterministic(True), strictly_deterministic(True)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert strict()
    second.__exit__(None, None, None)
    assert not strict()


def test_one_that_did_not_ask_changes_nothing(strict):
    with strictly_deterministic(False):
        assert not strict()
    with strictly_deterministic(True), strictly_deterministic(False):
        assert strict()


def test_what_somebody_had_set_is_set_again_even_after_an_error(strict, monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, "benchmark", True)
    inside = []
    with contextlib.suppress(ZeroDivisionError), strictly_deterministic(True):
        inside.append(torch.backends.cudnn.benchmark)
        _ = 1 / 0
    assert inside == [False]
    assert torch.backends.cudnn.benchmark
    assert not strict()


@pytest.mark.parametrize("name", ["auto", "cuda"])
def test_cudas_matrix_library_is_told_before_anything_is_computed(monkeypatch, name):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", "")  # so that it is put back
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG")
    assert choose_device("cpu").type == "cpu"
    assert "CUBLAS_WORKSPACE_CONFIG" not in os.environ
    assert choose_device(name).type == "cuda"
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"  # one of the two that torch's notes name
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8")
    choose_device(name)
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":16:8"
