"""check_learns trains, measures, and is not fooled."""

from __future__ import annotations

import os

import pytest
import torch

from slm_widgets.errors import CorpusError, GradingError
from slm_widgets.grading import check_learns
from slm_widgets.grading.future import sees_the_future
from slm_widgets.model import build_model
from slm_widgets.stack import parse_stack, preset
from tests.small_runs import DESIGN, SETTINGS, small_corpus, start

QUICK = {"below": 99.0, "max_steps": 15, "config": {"batch_size": 4, "eval_batches": 2}}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLM_RUNS", str(tmp_path / "runs"))


def bag(**attention):
    """One attention and no positions."""
    return [
        {"type": "tokenEmbedding", "data": {"id": "tokens", "embDim": 16}},
        {"type": "mhAttention", "data": {"id": "attention", "numHeads": 2, **attention}},
        {"type": "linear", "data": {"id": "head"}},
    ]


def test_a_design_that_learns_passes_and_leaves_nothing_behind():
    loss = check_learns(DESIGN, small_corpus(), below=2.5, max_steps=60, config={"batch_size": 8})
    assert 0 < loss < 2.5
    assert repr(loss).endswith("nats per token")  # no bare number, which nbgrader would take for marks
    assert os.listdir() == []


def test_the_same_design_gives_the_same_loss_and_the_notebooks_random_numbers_stay():
    torch.manual_seed(1)
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    losses = {float(check_learns(DESIGN, small_corpus(), **QUICK)) for _ in range(2)}
    assert len(losses) == 1
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads


def test_a_design_that_learns_too_little_is_told_the_loss_and_what_it_lacks():
    with pytest.raises(GradingError) as caught:
        check_learns(bag(), small_corpus(), **{**QUICK, "below": 0.01})
    assert "but it must be below 0.01 (guessing blindly gives" in caught.value.message
    for missing in ("There are no positions", "There are no residuals", "There is no normalization", "only 16 wide"):
        assert missing in caught.value.message


def test_a_complete_design_that_learns_too_little_is_not_told_nonsense():
    with pytest.raises(GradingError, match="Nothing essential is missing"):
        check_learns(preset("llama-nano"), small_corpus(), **{**QUICK, "below": 0.01})


def test_attention_that_is_not_causal_is_refused_before_it_is_trained():
    with pytest.raises(GradingError, match=r"attention \(mhAttention\) is not causal"):
        check_learns(bag(causal=False), small_corpus(), **QUICK)


@pytest.mark.parametrize("causal", [True, False])
def test_a_model_is_asked_itself_whether_it_sees_the_future(causal):
    assert sees_the_future(build_model(parse_stack(bag(causal=causal)), seed=0)) is not causal


def test_a_huge_design_is_refused_instead_of_filling_the_memory():
    with pytest.raises(GradingError, match="6,738,415,616 parameters and is not trained here"):
        check_learns(preset("llama2-7b"), small_corpus(), **QUICK)


def test_a_training_that_takes_too_long_ends():
    with pytest.raises(GradingError, match="only 1 of 15 steps were done"):
        check_learns(DESIGN, small_corpus(), **QUICK, max_minutes=0)


def test_a_training_that_diverges_is_a_check_not_passed():
    with pytest.raises(GradingError, match="diverged"):
        check_learns(
            DESIGN, small_corpus(), below=1, max_steps=50, config={"lr": 1000.0, "schedule": "constant", "grad_clip": 0}
        )


def test_a_vocabulary_that_is_too_small_for_the_text_is_a_check_not_passed():
    small = [{"type": "tokenEmbedding", "data": {"id": "tokens", "embDim": 16, "vocabSize": 3}}, bag()[-1]]
    with pytest.raises(GradingError, match="The vocabulary holds 3 tokens"):
        check_learns(small, small_corpus(), **QUICK)


def test_a_drawing_that_was_never_saved_is_told_so():
    with pytest.raises(GradingError, match="it was never saved"):
        check_learns("ps1.slm.json", small_corpus(), **QUICK)


def test_a_text_that_does_not_exist_is_the_teachers_mistake():
    with pytest.raises(CorpusError, match="tiny-tales-fr"):
        check_learns(DESIGN, "tiny-tales-fr", **QUICK)


def test_a_run_and_its_folder_are_measured_as_they_are():
    run = start({**SETTINGS, "max_steps": 30}).wait()
    loss = check_learns(run, small_corpus(), below=99, max_steps=30)
    assert loss == pytest.approx(check_learns(run.folder, small_corpus(), below=99, max_steps=30), abs=1e-6)
    with pytest.raises(GradingError, match="trained for 30 steps, but at most 20 are allowed"):
        check_learns(run, small_corpus(), below=99, max_steps=20)


def test_a_folder_that_is_no_run_is_told_so(tmp_path):
    with pytest.raises(GradingError, match="not the folder of a run"):
        check_learns(tmp_path, small_corpus(), **QUICK)
