from __future__ import annotations

import logging
import socket

import pytest
from mlflow import MlflowClient

import slm_widgets as slm
from slm_widgets.running import RunState
from slm_widgets.tracking.points import Thinner
from slm_widgets.training import Evaluation, Step
from tests.small_runs import ENDLESS, SETTINGS, model_of, start, until


@pytest.fixture
def store(tmp_path, monkeypatch):
    uri = f"sqlite:///{tmp_path / 'store.db'}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    return uri


def read_back(run, uri):
    client = MlflowClient(tracking_uri=uri)
    ids = slm.load_run(run.folder).facts["mlflow"]
    assert ids["tracking_uri"] == uri
    return client, client.get_run(ids["run_id"])


def test_finished_run_is_in_mlflow_with_parameters_numbers_and_files(store):
    run = start({**SETTINGS, "sample_every": 10, "sample_tokens": 3}, track=True, name="seen").wait()
    assert run.tracking_error is None
    client, found = read_back(run, store)
    assert found.info.status == "FINISHED"
    assert found.info.run_name == "seen"
    assert client.get_experiment(found.info.experiment_id).name == "slm_widgets"
    parameters = found.data.params
    assert parameters["lr"] == str(run.config.lr)
    assert parameters["batch_size"] == "4"
    assert parameters["design"] == "small"
    assert parameters["design_parameters"] == str(sum(p.numel() for p in model_of(run).parameters()))
    assert "transformerBlock" in parameters["design_layers"]
    val_losses = {m.step: m.value for m in client.get_metric_history(found.info.run_id, "val_loss")}
    assert val_losses == dict(zip(run.history["val_step"], run.history["val_loss"], strict=True))
    losses = {m.step: m.value for m in client.get_metric_history(found.info.run_id, "loss")}
    assert {1, 20} <= set(losses)
    assert all(value == run.history["loss"][step - 1] for step, value in losses.items())
    names = {file.path for file in client.list_artifacts(found.info.run_id)}
    assert names == {"layer_stack.json", "config.json", "model.safetensors", "samples.jsonl", "tokenizer"}
    assert client.list_artifacts(found.info.run_id, "tokenizer")


def test_stopped_run_is_in_mlflow_with_its_weights(store):
    run = start(ENDLESS, track=True)
    until(lambda: run.tracker is not None and run.tracker.ids is not None)
    run.stop()
    run.wait()
    client, found = read_back(run, store)
    assert found.info.status == "KILLED"
    assert "model.safetensors" in {file.path for file in client.list_artifacts(found.info.run_id)}


def test_without_a_setting_mlflow_uses_its_own_default(tmp_path):
    run = start(track=True).wait()
    assert run.tracking_error is None
    assert (tmp_path / "mlflow.db").is_file()


def test_experiment_can_be_named_from_outside(store, monkeypatch):
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "our class")
    run = start(track=True).wait()
    client, found = read_back(run, store)
    assert client.get_experiment(found.info.experiment_id).name == "our class"


def _closed_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.mark.parametrize("uri", ["sqlite:///{file}/mlflow.db", "http://127.0.0.1:{port}", "nonsense://x"])
def test_mlflow_that_fails_stops_no_training_and_says_why(uri, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("where a folder should be")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri.format(port=_closed_port(), file=tmp_path / "file"))
    told = []
    run = start(track=True)
    run.subscribe(told.extend)
    with pytest.warns(UserWarning, match="MLflow was not written"):
        run.wait()
    assert run.state is RunState.FINISHED
    assert "MLFLOW_TRACKING_URI" in (run.tracking_error or "")
    assert any("MLflow" in getattr(event, "message", "") for event in told)
    late = []
    run.subscribe(late.extend)
    run.wait()
    assert [getattr(event, "message", "") for event in late] == [run.tracking_error, ""]  # the notice, then the end
    assert len(slm.load_run(run.folder).history["step"]) == 20


def test_mlflow_that_fails_in_the_middle_stops_no_training(store, monkeypatch):
    def fails(*_, **__):
        raise RuntimeError("the server is gone")

    monkeypatch.setattr("slm_widgets.tracking.tracker.Tracker._log_metrics", fails)
    run = start(track=True)
    with pytest.warns(UserWarning, match="the server is gone"):
        run.wait()
    assert run.state is RunState.FINISHED


def test_nothing_is_printed_or_logged_into_a_cell(store, capfd):
    loud = logging.StreamHandler()
    logging.getLogger().addHandler(loud)
    try:
        start(track=True).wait()
    finally:
        logging.getLogger().removeHandler(loud)
    assert capfd.readouterr() == ("", "")


def _step(number, step_time_s=0.01):
    return Step(number, 1.0, 0.1, 1.0, 100.0, step_time_s)


def test_at_most_ten_points_a_second_of_training_go_out_with_the_first_and_the_last():
    thinner = Thinner()
    sent = [step for number in range(1, 1000) for step, _ in thinner.points(_step(number))]
    sent += [step for step, _ in thinner.rest()]
    assert sent[0] == 1
    assert sent[-1] == 999
    assert len(sent) <= 10 * 9.99 + 2
    assert len(sent) >= 90


def test_slow_steps_and_evaluations_all_go_out_once():
    thinner = Thinner()
    events = [Evaluation(0, 3.0, 0.0), _step(1, 0.5), _step(2, 0.5), Evaluation(2, 2.0, 1.0)]
    sent = [point for event in events for point in thinner.points(event)] + list(thinner.rest())
    assert [step for step, _ in sent] == [0, 1, 2, 2]
    assert sent[-1] == (2, {"val_loss": 2.0})
