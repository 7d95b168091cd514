from __future__ import annotations

import pytest
import torch

from slm_widgets.errors import LayerStackError, TrainingError
from slm_widgets.language import use_language
from slm_widgets.running import RunState, memory, train
from slm_widgets.running.memory import check_memory
from slm_widgets.stack import describe, fill_vocabulary, preset
from tests.small_runs import DESIGN, ENDLESS, SETTINGS, small_corpus, start, until

CPU = torch.device("cpu")
NANO = fill_vocabulary(preset("gpt2-nano"), 256)


@pytest.fixture
def free(monkeypatch):
    """Sets the free memory."""
    return lambda count: monkeypatch.setattr(memory, "free_bytes", lambda device: count)


def test_a_batch_that_is_too_large_is_refused_and_the_largest_that_fits_is_named(free):
    free(100 * 10**6)
    most = describe(NANO, 1).batch_within(100 * 10**6)  # Python and torch are there already
    check_memory(NANO, most, 64, CPU)
    with pytest.raises(
        TrainingError, match=f"above all: activations .*Lower the batch size .* at most {most}"
    ) as caught:
        check_memory(NANO, most + 1, 64, CPU)
    assert caught.value.field == "batch_size"
    with use_language("ko"), pytest.raises(TrainingError, match="배치 크기"):
        check_memory(NANO, most + 1, 64, CPU)


def test_a_text_that_is_too_long_is_told_apart(free):
    free(describe(NANO, 1, 64).training_bytes - 1)
    with pytest.raises(TrainingError, match="smaller context length") as caught:
        check_memory(NANO, 8, 64, CPU)
    assert caught.value.field == "context_length"
    check_memory(NANO, 1, 32, CPU)


def test_a_design_that_is_too_large_is_told_how_large_it_may_be(free):
    free(10**6)
    with pytest.raises(TrainingError, match="at most 45,454 parameters") as caught:  # 20 bytes each and a tenth
        check_memory(NANO, 1, 64, CPU)
    assert caught.value.field is None


def test_bfloat16_needs_less(free):
    free(describe(NANO, 64, 64, precision="bf16").training_bytes)
    check_memory(NANO, 64, 64, CPU, "bf16")
    with pytest.raises(TrainingError):
        check_memory(NANO, 64, 64, CPU)


def test_an_encoder_decoder_reads_half_of_each_window_as_its_source(free):
    stack = fill_vocabulary(preset("transformer-nano"), 256)
    free(describe(stack, 32, 33).training_bytes)
    check_memory(stack, 32, 64, CPU)
    with pytest.raises(TrainingError):
        check_memory(stack, 36, 64, CPU)


def test_train_asks_with_its_own_batch_and_context(free):
    free(2 * 10**6)
    with pytest.raises(TrainingError) as caught:
        train(DESIGN, small_corpus(), config={**SETTINGS, "batch_size": 512}, track=False)
    assert caught.value.field == "batch_size"


def test_a_training_that_recomputes_its_blocks_must_hold_what_does_not_grow_with_the_batch(free):
    report = describe(NANO, 8, 64)
    settings = {**SETTINGS, "gradient_checkpointing": True, "batch_size": 512, "context_length": 32}
    free(2 * report.fixed_bytes)
    check_memory(NANO, 512, 64, CPU, "fp32", recomputes=True)
    with pytest.raises(TrainingError):
        check_memory(NANO, 512, 64, CPU)
    # Weights, gradients, two averages and the last good weights: 4 bytes each.
    free(4 * 5 * report.parameters - 1)
    with pytest.raises(TrainingError, match="Whatever the batch, that is too much") as caught:
        check_memory(NANO, 1, 64, CPU, "fp32", recomputes=True)
    assert caught.value.field is None
    free(10**6)
    with pytest.raises(TrainingError, match="Whatever the batch, that is too much"):
        train("gpt2-nano", small_corpus(), config=settings, track=False)


def test_a_design_of_a_million_empty_repeats_is_refused_by_the_call_itself():
    block = {"type": "transformerBlock", "data": {"id": "many", "numOfBlocks": 1_000_000}, "children": []}
    first, *rest = DESIGN["layer_stack"]
    with pytest.raises(LayerStackError, match="max_bytes"):
        train({**DESIGN, "layer_stack": [first, block, *rest]}, small_corpus(), config=SETTINGS, track=False)


def test_run_that_waits_is_asked_again_when_its_turn_comes(free):
    first = start(ENDLESS)
    until(lambda: first.step > 0)
    free(10**5)
    refused = start()
    assert refused.state is RunState.PENDING
    first.stop()
    until(lambda: refused.state.is_over)
    assert isinstance(refused.error, TrainingError)
    assert "are free on cpu" in str(refused.error)
    with pytest.raises(TrainingError, match="are free on cpu"):
        start()
