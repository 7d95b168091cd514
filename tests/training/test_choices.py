"""What ``auto`` chooses, with measurements that are given instead of made."""

from __future__ import annotations

import math

import pytest
import torch

from slm_widgets.errors import TrainingError
from slm_widgets.training import Choice, Step, TrainConfig, Training, train_events
from slm_widgets.training import choices as module
from slm_widgets.training.choices import Choices, Chooser
from slm_widgets.training.loss_function import plain_loss
from slm_widgets.training.trials import Trials
from tests.small_runs import SETTINGS, small_parts


def chosen(monkeypatch, config, seconds, steps: int | None = 100_000):
    """What is chosen where a pass takes so many seconds by (precision, compiled), and which passes were measured."""
    measured = []

    def compiled_twin(model, config):
        return compiled_twin

    def passes(self, precision, loss):
        kind = (precision, loss is compiled_twin)
        while True:
            measured.append(kind)
            if isinstance(seconds[kind], Exception):
                raise seconds[kind]
            yield seconds[kind]

    monkeypatch.setattr(Trials, "_passes", passes)
    monkeypatch.setattr(module, "compiled_loss", compiled_twin)
    chooser = Chooser(small_parts()[0], config)
    told = [
        event for event in chooser.choose(steps, lambda: pytest.fail("no batch is needed")) if isinstance(event, Choice)
    ]
    return chooser.choices, {one.setting: one.why for one in told}, measured


@pytest.fixture(autouse=True)
def slow_halves(monkeypatch):
    """Whatever processor the tests run on."""
    monkeypatch.setattr(module, "multiplies_bfloat16", lambda: False)


@pytest.fixture
def fast_halves(monkeypatch, slow_halves):
    monkeypatch.setattr(module, "multiplies_bfloat16", lambda: True)


AUTO = TrainConfig(**{**SETTINGS, "max_steps": 100_000})


def test_faster_half_precision_is_chosen(monkeypatch, fast_halves):
    choices, why, _ = chosen(monkeypatch, AUTO, {("fp32", False): 2e-3, ("bf16", False): 1e-3})
    assert choices.precision == "bf16"
    assert "2.00" in why["precision"]


def test_device_is_written_down_where_it_was_left_open(monkeypatch):
    _, why, _ = chosen(monkeypatch, TrainConfig(precision="fp32", compile="off", device="auto"), {})
    assert why == {"device": "torch finds no graphics processor here"}
    _, why, _ = chosen(monkeypatch, TrainConfig(precision="fp32", compile="off", device="cpu"), {})
    assert why == {}


def test_hardly_faster_half_precision_is_not(monkeypatch, fast_halves):
    choices, _, _ = chosen(monkeypatch, AUTO, {("fp32", False): 1.05e-3, ("bf16", False): 1e-3})
    assert choices.precision == "fp32"


def test_processor_without_half_precision_is_not_even_measured(monkeypatch):
    _, why, measured = chosen(monkeypatch, AUTO, {("fp32", False): 1e-3})
    assert "half precision" in why["precision"]
    assert ("bf16", False) not in measured


def test_long_run_is_compiled_where_that_is_faster(monkeypatch):
    choices, why, _ = chosen(monkeypatch, AUTO, {("fp32", False): 0.05, ("fp32", True): 0.02})
    assert choices.compile
    assert "2.50" in why["compile"]


def test_run_that_is_over_before_compiling_pays_is_not_compiled(monkeypatch):
    choices, why, measured = chosen(monkeypatch, AUTO, {("fp32", False): 1e-3})
    assert not choices.compile
    assert "100 s" in why["compile"]
    assert ("fp32", True) not in measured


def test_compiler_that_fails_is_told_and_done_without(monkeypatch):
    seconds = {("fp32", False): 0.05, ("fp32", True): RuntimeError("CppCompileError: no such header\nmore")}
    choices, why, _ = chosen(monkeypatch, AUTO, seconds)
    assert not choices.compile
    assert "CppCompileError: no such header" in why["compile"]


def test_machine_without_a_compiler_does_not_try(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CXX", raising=False)
    choices, why, measured = chosen(monkeypatch, AUTO, {("fp32", False): 0.05})
    assert not choices.compile
    assert "C++ compiler" in why["compile"]
    assert measured == []


def test_choosing_takes_at_most_a_twentieth_of_the_steps(monkeypatch, fast_halves):
    seconds = {("fp32", False): 10.0, ("bf16", False): 9.9, ("fp32", True): 5.0}
    for steps in (1, 60, 139, 180, 259, 260):
        _, why, measured = chosen(monkeypatch, AUTO, seconds, steps=steps)
        assert len(measured) <= 0.05 * steps
        assert ("too short" in why["precision"]) == (steps < 180)
        assert ("too short" in why["compile"]) == (steps < 260)


def test_slow_format_is_given_up_once_the_twentieth_is_spent(monkeypatch, fast_halves):
    seconds = {("fp32", False): 0.1, ("bf16", False): 0.8}
    choices, _, measured = chosen(monkeypatch, AUTO, seconds, steps=200)
    assert choices.precision == "fp32"
    assert measured.count(("bf16", False)) == 1


def test_choosing_takes_at_most_a_twentieth_of_the_minutes(monkeypatch, fast_halves):
    seconds = {("fp32", False): 0.1, ("bf16", False): 0.2, ("fp32", True): 0.01}
    for minutes in (0.1, 1, 10, 18, 30):
        config = TrainConfig(**{**SETTINGS, "max_steps": None, "max_minutes": minutes})
        choices, _, measured = chosen(monkeypatch, config, seconds, steps=None)
        cost_s = sum(seconds[kind] for kind in measured) + 50 * choices.compile
        assert cost_s <= 0.05 * 60 * minutes + 0.1  # and the glance that tells how long a pass takes
        assert choices.compile == (minutes >= 18)


def test_trial_that_does_not_fit_into_memory_counts_as_infinitely_slow(monkeypatch, fast_halves):
    seconds = {("fp32", False): torch.OutOfMemoryError("no room"), ("bf16", False): 0.1}
    config = TrainConfig(**{**SETTINGS, "max_steps": 100_000, "compile": "off"})
    assert chosen(monkeypatch, config, seconds)[0].precision == "bf16"


def test_compiling_that_was_asked_for_and_cannot_be_had_is_a_sentence(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CXX", raising=False)
    with pytest.raises(TrainingError, match="C\\+\\+ compiler") as caught:
        list(train_events(*small_parts(), TrainConfig(**{**SETTINGS, "compile": "on"})))
    assert caught.value.field == "compile"


def test_strict_determinism_and_fixed_settings_leave_nothing_to_measure(monkeypatch, fast_halves):
    strict = TrainConfig(**{**SETTINGS, "max_steps": 100_000, "deterministic": True})
    choices, _, measured = chosen(monkeypatch, strict, {})
    assert (choices, measured) == (Choices(), [])
    fixed = TrainConfig(**{**SETTINGS, "precision": "bf16", "compile": "off"})
    choices, why, measured = chosen(monkeypatch, fixed, {})
    assert (choices.precision, why, measured) == ("bf16", {}, [])


def test_measuring_leaves_no_trace_in_the_training():
    """A real measurement, of a design with dropout: the same losses come out as without one."""
    config = TrainConfig(**{**SETTINGS, "compile": "off"})
    plain = [e.loss for e in train_events(*small_parts(), config) if isinstance(e, Step)]
    model, dataset, tokenizer = small_parts()
    training = Training(model, dataset, tokenizer, config)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    trials = Trials(model, config, None, training._batch_to_try)
    assert trials.seconds("bf16", plain_loss(model, config)) > 0
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert [e.loss for e in training.events() if isinstance(e, Step)] == plain


def test_what_was_chosen_is_repeated_when_it_goes_on():
    model, dataset, tokenizer = small_parts()
    config = TrainConfig(**SETTINGS)
    training = Training(model, dataset, tokenizer, config)
    events = training.events()
    next(event for event in events if isinstance(event, Step))
    snapshot = training.snapshot()
    events.close()
    snapshot.facts["choices"] = {"precision": "bf16", "compile": False}
    other = Training(model, dataset, tokenizer, config, resumed=snapshot)
    told = list(other.events())
    assert not [event for event in told if isinstance(event, Choice) or getattr(event, "activity", "") == "compiling"]
    assert other._learner.precision.dtype is torch.bfloat16


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch's own, where its compiler is imported
def test_compiled_training_has_the_losses_of_the_plain_one():
    losses = []
    for compile in ("off", "on"):
        config = TrainConfig(**{**SETTINGS, "compile": compile, "dropout": None})
        model, dataset, tokenizer = small_parts()
        for module_ in model.modules():
            if isinstance(module_, torch.nn.Dropout):
                module_.p = 0.0
        losses.append([e.loss for e in train_events(model, dataset, tokenizer, config) if isinstance(e, Step)])
    assert losses[1] == pytest.approx(losses[0], rel=1e-3)


def test_what_auto_compiled_elsewhere_goes_on_uncompiled_where_nothing_can_be_compiled(monkeypatch):
    monkeypatch.setattr(module, "cannot_compile", lambda device: "this machine has no compiler")
    chooser = Chooser(small_parts()[0], AUTO)
    assert list(chooser.repeat(Choices("fp32", True))) == [Choice("compile", "off", "this machine has no compiler")]
    assert chooser.choices == Choices("fp32", False)
    assert not list(chooser.announce_compiling(3))
    asked = Chooser(small_parts()[0], TrainConfig(**{**SETTINGS, "compile": "on"}))
    with pytest.raises(TrainingError, match="compile is on, but this machine has no compiler"):
        list(asked.repeat(Choices("fp32", True)))


@pytest.mark.parametrize(
    ("plain", "compiled", "is_compiled", "why"),
    [
        (math.inf, math.inf, False, "compiled it does not fit"),
        (math.inf, 0.01, True, "only compiled it fits"),
        (0.01, math.inf, False, "compiled it does not fit"),
    ],
)
def test_what_does_not_fit_into_memory_is_not_called_slow(monkeypatch, plain, compiled, is_compiled, why):
    monkeypatch.setattr(module, "cannot_compile", lambda device: None)
    seconds = {("fp32", False): plain, ("fp32", True): compiled}
    monkeypatch.setattr(Trials, "allow", lambda *given: True)
    choices, reasons, _ = chosen(monkeypatch, TrainConfig(precision="fp32", compile="auto"), seconds)
    assert choices.compile is is_compiled
    assert why in reasons["compile"]
