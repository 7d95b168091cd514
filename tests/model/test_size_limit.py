from __future__ import annotations

import time

import pytest
import torch

from slm_widgets.errors import LayerStackError
from slm_widgets.language import use_language
from slm_widgets.model import build_model, size_limit
from slm_widgets.model.size_limit import MOST_MODULES
from slm_widgets.stack import parse_stack, preset
from slm_widgets.stack.check import examine
from slm_widgets.stack.skeleton import build_size
from tests.stack.odd_designs import ODD_DESIGNS, block, model, node

MILLION = model(block("block", 1_000_000, node("dropout", "dropout", dropoutRate=0.1)))


@pytest.fixture
def rich(monkeypatch):
    """A machine with more memory than any of these designs takes."""
    monkeypatch.setattr(size_limit, "free_bytes", lambda device: 10**15)


def test_a_design_larger_than_max_bytes_is_refused_before_a_tensor_exists(monkeypatch):
    monkeypatch.setattr(torch.nn.Module, "__init__", refuse_real_modules(torch.nn.Module.__init__))
    with pytest.raises(LayerStackError, match=r"takes 27\.1 GB, but max_bytes allows 1\.00 GB.*max_bytes="):
        build_model(preset("llama2-7b"), max_bytes=10**9)
    with use_language("ko"), pytest.raises(LayerStackError, match=r"27\.1 GB가 필요한데"):
        build_model(preset("llama2-7b"), max_bytes=10**9)


def refuse_real_modules(initialise):
    def checked(self, *args, **kwargs):
        assert torch.get_default_device().type == "meta"
        initialise(self, *args, **kwargs)

    return checked


def test_without_max_bytes_the_free_memory_is_the_limit(monkeypatch):
    monkeypatch.setattr(size_limit, "free_bytes", lambda device: 10**5)
    with pytest.raises(LayerStackError, match="100 kB are free on cpu"):
        build_model(preset("gpt2-nano"))
    assert build_model(preset("gpt2-nano"), max_bytes=10**8).vocab_size == 256


@pytest.mark.parametrize("stack", [MILLION, model(block("block", 1_000_000))], ids=["dropouts", "nothing"])
def test_a_million_repeats_are_refused_at_once(stack, rich):
    start = time.perf_counter()
    with pytest.raises(LayerStackError, match=r"modules; more than 100,000"):
        build_model(stack)
    with pytest.raises(LayerStackError, match=r"GB, but max_bytes allows 5\.00 GB"):
        build_model(stack, max_bytes=5 * 10**9)
    print(f"refused twice in {time.perf_counter() - start:.3f} s")


def test_max_bytes_allows_many_modules(rich, monkeypatch):
    monkeypatch.setattr(size_limit, "MOST_MODULES", 10)
    stack = model(block("block", 5, node("dropout", "dropout", dropoutRate=0.1)))
    with pytest.raises(LayerStackError, match="max_bytes"):
        build_model(stack)
    assert sum(1 for _ in build_model(stack, max_bytes=10**7).modules()) > 10


def test_a_large_table_that_is_not_learned_counts_too():
    with pytest.raises(LayerStackError, match=r"GB, but max_bytes allows 1\.00 GB"):
        build_model(model(context=50_000_000, position="sinusoidal"), max_bytes=10**9)


def test_the_meta_device_has_no_limit():
    built = build_model(preset("llama2-7b"), device="meta", max_bytes=1)
    assert next(built.parameters()).device.type == "meta"


@pytest.mark.parametrize("name", ["gpt2-nano", "transformer-nano", *ODD_DESIGNS])
def test_what_is_counted_beforehand_is_what_is_built(name):
    stack = ODD_DESIGNS[name] if name in ODD_DESIGNS else preset(name)
    built = build_model(stack)
    modules = sum(1 for _ in built.modules()) - 1  # not the model itself
    tensors = sum(t.nbytes for t in (*built.parameters(), *built.buffers()))
    counted_bytes, counted_modules = build_size(examine(parse_stack(stack)).trace.steps)
    assert counted_modules == modules < MOST_MODULES
    assert counted_bytes == tensors + modules * 10_000
