from __future__ import annotations

import threading

import pytest
import torch
from torch import nn

from slm_widgets.errors import RunError
from slm_widgets.model import LanguageModel
from slm_widgets.running import RunState
from slm_widgets.running.control import Control
from tests.small_runs import ENDLESS, model_of, small_parts, start, until


class _CannotBeCopied(nn.Module):
    def __deepcopy__(self, memo):
        raise torch.OutOfMemoryError("CUDA out of memory.")


def test_a_model_that_cannot_be_copied_is_the_askers_error_and_the_training_goes_on(monkeypatch):
    run = start(ENDLESS)
    until(lambda: run.step >= 2)
    with monkeypatch.context() as patch:
        patch.setattr(LanguageModel, "__deepcopy__", _CannotBeCopied.__deepcopy__, raising=False)
        with pytest.raises(
            RunError, match=r"cannot be copied while it trains \(OutOfMemoryError: CUDA out of memory"
        ) as caught:
            _ = run.model
        assert isinstance(caught.value.__cause__, torch.OutOfMemoryError)
        step = run.step
        until(lambda: run.step > step)
        run.pause()
        until(lambda: run.state is RunState.PAUSED)
        with pytest.raises(RunError, match="cannot be copied"):
            _ = run.model
    copied = run.model  # asked again at the same step: there is room now
    assert copied is not None
    assert copied is not run.live_model
    run.stop()
    assert run.wait().state is RunState.STOPPED
    assert run.model is run.live_model


def test_what_went_wrong_with_one_copy_is_not_told_of_the_next():
    control, model = Control(), small_parts()[0]
    spoiled = nn.Sequential(_CannotBeCopied())
    told: list[object] = []

    def ask():
        try:
            told.append(control.ask_copy())
        except RunError as error:
            told.append(error)

    for given in (spoiled, model):
        asker = threading.Thread(target=ask)
        asker.start()
        until(lambda: control.is_asked)
        control.serve_copies(given)  # type: ignore[arg-type]
        control.settle()
        asker.join(60)
    assert isinstance(told[0], RunError)
    assert isinstance(told[1], LanguageModel)


def test_everyone_gets_a_copy_of_their_own_however_often_they_ask_at_one_step():
    run = start(ENDLESS)
    until(lambda: run.step >= 2)
    run.pause()
    until(lambda: run.state is RunState.PAUSED)
    first = model_of(run)
    weight = next(iter(first.parameters()))
    before = weight.detach().clone()
    with torch.no_grad():
        weight.zero_()
    first.train()
    second = model_of(run)
    assert second is not first
    assert not second.training
    assert torch.equal(next(iter(second.parameters())), before)
    run.stop()
    run.wait()
