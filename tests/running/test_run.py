from __future__ import annotations

import gc
import json
import threading
import time
import types

import pytest
import torch

import slm_widgets as slm
from slm_widgets.errors import DivergedError, RunError
from slm_widgets.language import use_language
from slm_widgets.library import RunFolder
from slm_widgets.model.build import build_with_doubts
from slm_widgets.running import Run, RunState
from slm_widgets.running.active_runs import list_active
from slm_widgets.training import Evaluation, Event, Sample, StateChanged, Step, Training
from tests.small_runs import DESIGN, ENDLESS, SETTINGS, model_of, small_corpus, start, until


def test_train_returns_at_once_and_the_run_finishes():
    run = start()
    assert run.state.is_active
    assert run.wait() is run
    assert run.state is RunState.FINISHED
    assert run.step == run.max_steps == 20
    history = run.history
    assert history["step"] == list(range(1, 21))
    assert all(len(history[name]) == 20 for name in ("loss", "lr", "grad_norm", "tokens_per_s", "step_time_s"))
    assert history["val_step"] == [0, 10, 20]
    assert len(history["val_loss"]) == len(history["val_elapsed_s"]) == 3
    assert "FINISHED" in repr(run)


def test_run_reads_the_same_from_its_folder():
    run = start({**SETTINGS, "sample_every": 10, "sample_tokens": 5}, name="my run").wait()
    saved = slm.load_run(run.folder)
    assert saved.state is RunState.FINISHED
    assert saved.name == "my run"
    assert saved.error is None
    assert saved.history == run.history
    assert saved.samples == run.samples
    assert saved.config == run.config
    assert saved.stack.to_json() == run.stack.to_json()
    assert (saved.step, saved.max_steps, saved.entropy_floor) == (run.step, run.max_steps, run.entropy_floor)
    ids = saved.tokenizer.encode("The cat")
    assert ids.tolist() == run.tokenizer.encode("The cat").tolist()
    torch.testing.assert_close(saved.model(ids[None]), model_of(run)(ids[None]))
    assert slm.generate(saved, "The cat", 5, seed=1) == slm.generate(run, "The cat", 5, seed=1)
    assert [found.folder for found in slm.runs()] == [run.folder]


def test_dropout_of_the_settings_is_that_of_every_layer_that_has_one():
    run = start({**SETTINGS, "max_steps": 2, "dropout": 0.37}).wait()
    dropouts = [module.p for module in model_of(run).modules() if isinstance(module, torch.nn.Dropout)]
    assert dropouts
    assert set(dropouts) == {0.37}
    assert slm.load_run(run.folder).stack.to_json() == run.stack.to_json()


def test_dict_of_settings_changes_the_recipe_of_the_design_and_a_train_config_replaces_it():
    recipe = {**SETTINGS, "max_steps": 3, "lr": 0.25, "warmup_steps": 2}
    design = {**DESIGN, "config": {**DESIGN["config"], "training": recipe}}
    changed = slm.train(design, small_corpus(), "char", {"max_steps": 2}, track=False).wait().config
    assert (changed.max_steps, changed.lr, changed.warmup_steps) == (
        2,
        0.25,
        None,
    )  # a rise of 2 steps does not fit into 2
    settings = slm.TrainConfig(**{**SETTINGS, "max_steps": 1})
    assert slm.train(design, small_corpus(), "char", settings, track=False).wait().config == settings


def test_stopped_run_keeps_its_weights():
    run = start(ENDLESS)
    until(lambda: run.step >= 3)
    run.stop()
    run.stop()
    run.wait()
    assert run.state is RunState.STOPPED
    assert 3 <= run.step < run.max_steps
    assert run.model is run.model
    assert not model_of(run).training
    saved = slm.load_run(run.folder)
    assert saved.state is RunState.STOPPED
    assert len(saved.history["step"]) == run.step
    for ours, stored in zip(model_of(run).parameters(), saved.model.parameters(), strict=True):
        torch.testing.assert_close(ours, stored)


def test_paused_run_makes_no_steps_until_it_goes_on(monkeypatch):
    pause_s = 0.0
    watch = types.SimpleNamespace(perf_counter=lambda: time.perf_counter() + pause_s)
    monkeypatch.setattr("slm_widgets.running.clock.time", watch)
    run = start(ENDLESS)
    until(lambda: run.step >= 1)
    run.pause()
    run.pause()
    until(lambda: run.state is RunState.PAUSED)
    assert slm.load_run(run.folder).state is RunState.PAUSED
    step, elapsed_s = run.step, run.elapsed_s
    pause_s = 3600.0
    threading.Event().wait(0.3)
    assert (run.step, run.elapsed_s) == (step, elapsed_s)
    run.unpause()
    run.unpause()
    until(lambda: run.step > step)
    assert run.state is RunState.RUNNING
    assert run.history["step_time_s"][step] < pause_s  # the pause is no part of a step
    assert run.elapsed_s < pause_s
    run.stop()
    run.wait()


def test_paused_run_can_be_stopped():
    run = start(ENDLESS)
    run.pause()
    until(lambda: run.state is RunState.PAUSED)
    run.stop()
    assert run.wait().state is RunState.STOPPED
    assert run.model is not None


def test_model_of_a_running_run_is_a_copy_that_training_does_not_change():
    run = start(ENDLESS)
    until(lambda: run.state is RunState.RUNNING)
    copy = run.model
    assert copy is not None
    assert not copy.training
    before = [parameter.detach().clone() for parameter in copy.parameters()]
    step = run.step
    until(lambda: run.step > step + 5)
    for was, is_now in zip(before, copy.parameters(), strict=True):
        assert torch.equal(was, is_now)
    later = model_of(run)
    assert any(not torch.equal(a, b) for a, b in zip(before, later.parameters(), strict=True))
    assert slm.generate(run, "The", 5).startswith("The")
    run.stop()
    run.wait()


def test_model_of_a_paused_run_can_be_had():
    run = start(ENDLESS)
    run.pause()
    until(lambda: run.state is RunState.PAUSED)
    assert run.model is not None
    assert run.model is not run.live_model
    run.stop()
    run.wait()


def test_diverged_run_fails_with_its_reason_and_the_last_good_model():
    absurd = {**ENDLESS, "lr": 1000, "warmup_steps": 0, "grad_clip": 0, "weight_decay": 10}
    run = start(absurd)
    with pytest.raises(DivergedError) as caught:
        run.wait()
    assert run.state is RunState.FAILED
    assert run.error is caught.value
    assert all(parameter.isfinite().all() for parameter in model_of(run).parameters())
    saved = slm.load_run(run.folder)
    assert saved.state is RunState.FAILED
    assert isinstance(saved.error, DivergedError)
    assert str(saved.error) == str(run.error)
    assert all(parameter.isfinite().all() for parameter in saved.model.parameters())
    with pytest.raises(DivergedError):
        run.wait()


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"patience": 2, "min_improvement": 100.0, "eval_every": 1}, "Early stopping: no validation loss got below"),
        ({"max_minutes": 0.005, "max_steps": 10**6}, "Its 0.005 minutes were over."),
        ({}, ""),
    ],
)
def test_run_that_finishes_before_its_steps_are_done_says_why(settings, reason):
    told: list[Event] = []
    run = start({**SETTINGS, **settings})
    run.subscribe(told.extend)
    run.wait()
    assert run.state is RunState.FINISHED
    assert run.ended_early.startswith(reason)
    assert bool(run.ended_early) is bool(reason)
    assert told[-1] == StateChanged(RunState.FINISHED, run.step, run.ended_early)
    assert slm.load_run(run.folder).ended_early == run.ended_early


def test_error_inside_a_layer_reaches_whoever_waits(monkeypatch):
    monkeypatch.setattr("slm_widgets.model.LanguageModel.loss", lambda *_: 1 / 0)
    run = start()
    with pytest.raises(ZeroDivisionError):
        run.wait()
    assert run.state is RunState.FAILED
    assert "ZeroDivisionError" in str(slm.load_run(run.folder).error)


def test_error_while_building_reaches_whoever_waits(monkeypatch):
    def fails(*_, **__):
        raise ZeroDivisionError("no such width")

    monkeypatch.setattr("slm_widgets.running.worker.build_with_doubts", fails)
    run = start()
    with pytest.raises(ZeroDivisionError):
        run.wait()
    assert run.model is None


def test_disk_that_is_full_to_the_end_does_not_stop_the_training_and_leaves_the_model_in_memory(monkeypatch):
    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("slm_widgets.lines.LineWriter.write", fails)
    run = start()
    with pytest.raises(RunError, match="No space left") as caught, pytest.warns(UserWarning, match="No space left"):
        run.wait()
    assert caught.value.field == "folder"
    assert run.step == run.max_steps
    assert run.model is not None


def test_full_disk_at_the_end_leaves_no_thread_behind_and_all_numbers_on_disk(monkeypatch):
    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("slm_widgets.running.worker.save_weights", fails)
    run = start()
    with pytest.raises(RunError, match="No space left") as caught:
        run.wait()
    assert caught.value.field == "folder"
    assert [thread.name for thread in threading.enumerate() if thread.name == "slm-recorder"] == []
    assert slm.load_run(run.folder).history == run.history


def test_state_that_cannot_be_written_for_a_while_is_written_later(monkeypatch):
    update = RunFolder.update

    def fails(folder, **facts):
        if facts.get("state") is RunState.RUNNING:
            raise OSError(28, "No space left on device")
        update(folder, **facts)

    monkeypatch.setattr(RunFolder, "update", fails)
    run = start().wait()
    assert run.state is slm.load_run(run.folder).state is RunState.FINISHED


def test_end_that_cannot_be_written_is_explained(monkeypatch):
    update = RunFolder.update

    def fails(folder, **facts):
        if facts.get("state") is RunState.FINISHED:
            raise OSError(28, "No space left on device")
        update(folder, **facts)

    monkeypatch.setattr(RunFolder, "update", fails)
    run = start()
    with pytest.raises(RunError, match="No space left") as caught:
        run.wait()
    assert caught.value.field == "folder"


def test_event_that_cannot_be_recorded_fails_the_run(monkeypatch):
    def fails(*_):
        raise ValueError("no JSON for this")

    monkeypatch.setattr("slm_widgets.lines.LineWriter.write", fails)
    run = start(ENDLESS)
    until(lambda: bool(run.notices))
    assert run.state.is_active
    run.stop()
    with pytest.raises(ValueError, match="no JSON"), pytest.warns(UserWarning, match="no longer recorded .*no JSON"):
        run.wait()
    assert run.state is RunState.FAILED


def test_wait_with_a_limit_returns_and_the_run_goes_on():
    run = start(ENDLESS)
    run.wait(timeout_s=0.05)
    assert run.state.is_active
    run.stop()
    run.wait()


def test_last_delivery_comes_after_the_final_state():
    deliveries = []
    run = start()
    run.subscribe(lambda events: deliveries.append((run.state, events)))
    run.wait()
    events = [event for _, batch in deliveries for event in batch]
    assert deliveries[-1][0] is RunState.FINISHED
    assert events[-1] == StateChanged(RunState.FINISHED, 20)
    assert sum(isinstance(event, Step) for event in events) <= 20
    assert any(isinstance(event, Evaluation) for event in events)
    assert all(events for _, events in deliveries)


def test_late_subscriber_is_told_the_end():
    run = start().wait()
    told = []
    run.subscribe(told.extend)
    run.wait()
    assert told == [StateChanged(RunState.FINISHED, 20)]


def test_watcher_that_comes_just_before_the_end_is_told_it(monkeypatch):
    run = start(ENDLESS)
    until(lambda: run.step >= 1)
    subscribe = run._pump.subscribe

    def late(callback, first):
        run.stop()
        until(lambda: slm.load_run(run.folder).state.is_over)
        run.drain(0.5)  # the end comes in this time, or else waits until this watcher is there
        return subscribe(callback, first)

    monkeypatch.setattr(run._pump, "subscribe", late)
    told = []
    run.subscribe(told.extend)
    run.wait()
    assert [event.state for event in told if isinstance(event, StateChanged)] == [RunState.STOPPED]


def test_watcher_that_comes_just_after_the_end_is_told_it_once(monkeypatch):
    run = start(ENDLESS)
    told = []
    close = run.control.close

    def then_subscribe():
        run.subscribe(told.extend)
        close()

    monkeypatch.setattr(run.control, "close", then_subscribe)  # from the training's thread, in the midst of its end
    run.stop()
    run.wait()
    assert [event.state for event in told if isinstance(event, StateChanged)] == [RunState.STOPPED]


def test_unsubscribed_callback_is_told_nothing():
    run = start()
    told = []
    unsubscribe = run.subscribe(told.extend)
    unsubscribe()
    unsubscribe()
    run.wait()
    assert told == []


def test_subscriber_that_raises_is_dropped_visibly_and_the_run_goes_on():
    def broken(events):
        raise ValueError("my own mistake")

    notices = []
    run = start()
    run.subscribe(broken)
    run.subscribe(notices.extend)
    with pytest.warns(UserWarning, match="my own mistake"):
        run.wait()
    assert run.state is RunState.FINISHED
    assert [str(error) for error in run.subscriber_errors] == ["my own mistake"]
    assert any("my own mistake" in getattr(event, "message", "") for event in notices)
    run.wait()  # told once


def test_subscriber_may_stop_the_run_and_wait_for_it():
    run = start(ENDLESS)
    seen = []

    def stops(events):
        if not seen:
            seen.append(True)
            run.stop()
            run.wait()

    run.subscribe(stops)
    run.wait()
    assert run.state is RunState.STOPPED


def test_switches_work_from_other_threads():
    run = start(ENDLESS)
    threads = [threading.Thread(target=switch) for switch in (run.pause, run.unpause, run.pause, run.unpause) * 5]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.unpause()
    step = run.step
    until(lambda: run.step > step)
    stopper = threading.Thread(target=run.stop)
    stopper.start()
    stopper.join()
    assert run.wait().state is RunState.STOPPED


def test_runs_on_one_device_wait_for_their_turn_in_order():
    first, second, third = start(ENDLESS), start(ENDLESS), start()
    until(lambda: first.step >= 1)
    assert second.state is third.state is RunState.PENDING
    assert second.model is None
    assert slm.load_run(third.folder).state is RunState.PENDING
    second.stop()
    assert second.wait().state is RunState.STOPPED
    assert second.step == 0
    assert third.state is RunState.PENDING
    first.stop()
    first.wait()
    assert third.wait().state is RunState.FINISHED


def test_pending_run_can_be_paused_before_its_turn():
    first, second = start(ENDLESS), start()
    second.pause()
    first.stop()
    first.wait()
    until(lambda: second.state is RunState.PAUSED)
    second.unpause()
    assert second.wait().state is RunState.FINISHED


def test_evaluation_can_be_stopped_in_the_middle():
    run = start({**ENDLESS, "eval_batches": 1_000_000, "batch_size": 1})
    run.stop()
    run.wait()
    assert run.state is RunState.STOPPED


def test_every_event_is_on_disk_as_a_line():
    run = start({**SETTINGS, "sample_every": 10, "sample_tokens": 3}).wait()
    lines = [json.loads(line) for line in (run.folder / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines if line["kind"] == "step"] == list(range(1, 21))
    samples = [json.loads(line) for line in (run.folder / "samples.jsonl").read_text().splitlines()]
    assert [Sample(line["step"], line["prompt"], line["text"]) for line in samples] == run.samples


def test_run_says_nothing_on_its_own(capfd):
    run = start()
    run.wait()
    assert capfd.readouterr() == ("", "")


def test_repr_is_short_text():
    run: Run = start()
    assert "small" in repr(run)
    assert len(repr(run)) < 400
    run.wait()


def test_nothing_but_the_model_is_left_of_a_run_that_is_over():
    """A graphics processor has room for the next run: no optimizer, no gradients, no second copy of the weights."""
    diverging = {**SETTINGS, "optimizer": "SGD", "lr": 900.0, "grad_clip": 0.0, "warmup_steps": 0, "max_steps": 60}
    runs = [start(), start({**diverging, "sample_every": 0})]
    until(lambda: not list_active())
    assert [run.state for run in runs] == [RunState.FINISHED, RunState.FAILED]
    assert isinstance(runs[1].error, DivergedError)
    gc.collect()
    mine = {id(run.config) for run in runs}
    assert not [one for one in gc.get_objects() if type(one) is Training and id(one._config) in mine]
    assert all(p.grad is None for run in runs for p in model_of(run).parameters())


def test_a_setting_that_does_nothing_is_a_notice():
    run = start({**SETTINGS, "momentum": 0.5})
    until(lambda: run.state.is_over)
    assert len(run.notices) == 1
    assert "momentum = 0.5" in run.notices[0]


def test_doubts_about_a_layer_of_somebodys_own_are_notices_and_nothing_is_printed(monkeypatch, capsys):
    def doubtful(*given, **options):
        return build_with_doubts(*given, **options)[0], ["Layer 3 looks back."]

    monkeypatch.setattr("slm_widgets.running.worker.build_with_doubts", doubtful)
    run = start()
    until(lambda: run.state.is_over)
    assert run.notices == ["Layer 3 looks back."]
    assert capsys.readouterr().err == ""
    with pytest.warns(UserWarning, match="looks back"):
        run.wait()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_who_names_no_text_gets_the_stories_in_the_chosen_language(language):
    with use_language(language):
        run = slm.train(DESIGN, config={**SETTINGS, "max_steps": 1}, track=False).wait()
    assert run.corpus_name == f"tiny-tales-{language}"


def test_no_step_is_quicker_than_the_peak_however_badly_that_was_measured(monkeypatch):
    monkeypatch.setattr("slm_widgets.training.training.matrix_peak", lambda *asked: 1.0)  # beside other work
    shares = start().wait().history["peak_share"]
    assert max(shares) == 1.0
    assert all(0 < share <= 1 for share in shares)


@pytest.mark.parametrize("folder", [0, None, ["run"]])
def test_what_is_no_folder_is_refused_in_a_sentence(folder):
    with pytest.raises(RunError, match="Give the folder as text"):
        slm.load_run(folder)
