"""The compiled loss, with a backend that only counts: it needs no compiler."""

from __future__ import annotations

import pytest
import torch

from slm_widgets.model import build_model
from slm_widgets.stack import fill_vocabulary, parse_stack
from slm_widgets.training import TrainConfig
from slm_widgets.training.loss_function import compiled_loss
from tests.small_runs import DESIGN


@pytest.fixture
def calls(monkeypatch):
    """How often compiled code ran."""
    torch._dynamo.reset()
    seen, compile_ = [], torch.compile

    def counting(graph, _):
        return lambda *given: (seen.append(1), graph(*given))[1]

    monkeypatch.setattr(torch, "compile", lambda function, **options: compile_(function, backend=counting, **options))
    yield seen
    torch._dynamo.reset()


def test_the_twelfth_model_of_a_process_is_still_compiled(calls):
    """A sweep, or a lesson: torch gives up on a piece of code after eight models, and all of ours share one."""
    config = TrainConfig(label_smoothing=0.1)
    kept = []  # what has been let go of makes room
    for vocabulary in range(20, 32):
        model = build_model(fill_vocabulary(parse_stack(DESIGN), vocabulary))
        model.eval()  # without dropout, which draws
        x, y = torch.randint(20, (2, 2, 8))
        loss = compiled_loss(model, config)
        before = len(calls)
        torch.testing.assert_close(loss(x, y), model.loss(x, y, label_smoothing=0.1))
        assert len(calls) == before + 1, f"{vocabulary} tokens"
        kept.append((model, loss))
