from __future__ import annotations

import json
import logging
import os
import re
import signal
import sys

import mlflow
import pytest
from mlflow import MlflowClient

import slm_widgets as slm
from slm_widgets.running import RunState
from slm_widgets.tracking import courier
from tests.running.disks import fill, small_disk
from tests.small_runs import ENDLESS, SETTINGS, model_of, start
from tests.tracking.mlflow_stores import PATIENCE_S, Followed, eventually, locked

pytestmark = pytest.mark.timeout(600)


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
    history = run.history
    for name in ("val_loss", "val_elapsed_s"):
        values = {m.step: m.value for m in client.get_metric_history(found.info.run_id, name)}
        assert values == dict(zip(history["val_step"], history[name], strict=True))
    for name in ("loss", "lr", "grad_norm", "tokens_per_s", "step_time_s"):
        values = {m.step: m.value for m in client.get_metric_history(found.info.run_id, name)}
        assert {1, 20} <= set(values)
        assert all(value == history[name][step - 1] for step, value in values.items())
    names = {file.path for file in client.list_artifacts(found.info.run_id)}
    assert names == {"layer_stack.json", "config.json", "model.safetensors", "samples.jsonl", "tokenizer"}
    assert client.list_artifacts(found.info.run_id, "tokenizer")


def test_stopped_run_is_in_mlflow_with_its_weights(store):
    run = start(ENDLESS, track=True)
    eventually(lambda: run.tracker is not None and run.tracker.ids is not None)
    run.stop()
    run.wait()
    client, found = read_back(run, store)
    assert found.info.status == "KILLED"
    assert "model.safetensors" in {file.path for file in client.list_artifacts(found.info.run_id)}


def test_without_a_setting_mlflow_uses_its_own_default(store, tmp_path, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    (tmp_path / "store.db").rename(tmp_path / "mlflow.db")
    run = Followed(tmp_path / "run")
    run.tracker.start()
    run.finish()
    assert run.is_all_there()
    assert run.known["tracking_uri"] == f"sqlite:///{tmp_path / 'mlflow.db'}"
    assert run.read_back().info.status == "FINISHED"


def test_files_lie_beside_the_database_and_nothing_in_the_working_folder(store, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    run = Followed(tmp_path / "run")
    (run.folder / "config.json").write_text("{}")
    run.tracker.start()
    run.finish("config.json")
    assert run.is_all_there()
    assert list((tmp_path / "mlruns").rglob("config.json"))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_relative_database_is_found_again_from_anywhere(store, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///store.db")
    run = Followed(tmp_path / "run")
    run.tracker.start()
    run.finish()
    assert run.is_all_there()
    monkeypatch.chdir("/")
    assert run.read_back().info.status == "FINISHED"


def test_experiment_can_be_named_from_outside(store, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "our class")
    run = Followed(tmp_path / "run")
    run.tracker.start()
    run.finish()
    assert run.is_all_there()
    client = MlflowClient(tracking_uri=store)
    assert client.get_experiment(run.read_back().info.experiment_id).name == "our class"


def test_what_was_said_to_mlflow_itself_counts(store, tmp_path, monkeypatch):
    for name in ("TRACKING_URI", "EXPERIMENT_ID"):  # which mlflow sets, so that they are put back afterwards
        monkeypatch.setenv(f"MLFLOW_{name}", "")
    try:
        mlflow.set_tracking_uri(store)
        wanted = mlflow.set_experiment("said so")
        run = Followed(tmp_path / "run")
    finally:
        mlflow.set_tracking_uri(None)  # pyright: ignore[reportArgumentType]
    run.tracker.start()
    run.finish()
    assert run.is_all_there()
    assert run.known["tracking_uri"] == store
    assert run.known["experiment_id"] == wanted.experiment_id


def test_run_that_waits_for_its_turn_goes_where_it_was_sent_when_it_was_made(store, tmp_path, monkeypatch):
    run = Followed(tmp_path / "run")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "nonsense://x")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "another")
    monkeypatch.chdir("/")
    run.tracker.start()
    run.finish()
    assert run.is_all_there()
    assert run.known["tracking_uri"] == store
    experiment = MlflowClient(tracking_uri=store).get_experiment(run.known["experiment_id"])
    assert experiment.name == "slm_widgets"


def test_run_without_mlflow_starts_no_process(monkeypatch):
    monkeypatch.setattr(courier, "_ours", None)
    start(track=False).wait()
    assert courier._ours is None


def test_resumed_run_goes_on_in_the_same_mlflow_run(store, tmp_path):
    first = Followed(tmp_path / "run", lr=0.1)
    first.tracker.start()
    first.steps(1, 4)
    first.finish()
    assert first.is_all_there()
    second = Followed(tmp_path / "run", lr=0.2)
    second.tracker.start()
    assert second.known == first.known
    eventually(lambda: second.read_back().info.status == "RUNNING")
    second.steps(4, 6)  # the fourth once more: the checkpoint is older than the end
    second.finish()
    assert second.is_all_there()
    assert second.notices == []
    found = second.read_back()
    assert found.info.status == "FINISHED"
    assert found.data.params == {"lr": "0.1"}  # MLflow lets no parameter change
    assert {name: value for name, value in found.data.tags.items() if name.startswith("resumed.")} == {
        "resumed.lr": "0.2"
    }
    assert {step for step, _ in second.curve("loss")} == set(range(1, 7))
    third = Followed(tmp_path / "run", lr=0.1)  # back again
    third.tracker.start()
    third.finish()
    assert third.is_all_there()
    assert third.read_back().data.tags["resumed.lr"] == "0.1"


def test_nothing_goes_out_twice_within_a_process(store, tmp_path):
    run = Followed(tmp_path / "run")
    run.tracker.start()
    for n in range(1, 30):
        run.steps(n, n)
    run.evaluate(29, 2.0)
    run.finish()
    assert run.is_all_there()
    assert run.curve("smooth_loss") == [(n, 6.0 / n) for n in range(1, 30)]
    assert run.curve("val_accuracy") == [(29, 0.5)]


@pytest.mark.slow
def test_locked_database_holds_nothing_up_and_gets_everything_later(store, tmp_path):
    run = Followed(tmp_path / "run")
    run.tracker.start()
    run.steps(1, 3)
    eventually(lambda: run.known and len(run.curve("loss")) == 3)
    with locked(tmp_path / "store.db"):
        run.steps(4, 9)
        run.evaluate(9, 2.0)
        eventually(lambda: run.tracker.error is not None)
        assert "locked" in run.notices[0]
        assert "wait in the run's folder" in run.notices[0]
    eventually(lambda: run.tracker.error is None)
    assert len(run.notices) == 2
    assert "answers again" in run.notices[1]
    run.finish()
    assert run.is_all_there()
    assert run.curve("loss") == [(n, 5.0 / n) for n in range(1, 10)]
    assert run.curve("val_loss") == [(9, 2.0)]


@pytest.mark.slow
def test_killed_courier_is_followed_by_another(store, tmp_path):
    run = Followed(tmp_path / "run")
    run.tracker.start()
    run.steps(1, 3)
    assert run.known
    process = courier.courier()._process
    assert process is not None
    os.kill(process.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    run.steps(4, 6)
    run.finish()
    eventually(lambda: run.tracker._is_over)
    assert {step for step, _ in run.curve("loss")} == set(range(1, 7))
    assert run.read_back().info.status == "FINISHED"
    assert run.tracker.error is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "value", "reason"),
    [
        (sys, "executable", "cannot be started: .*No such file"),
        (courier, "_PROGRAM", "ended: ModuleNotFoundError: No module named 'not_installed'"),
    ],
    ids=["not started", "broken"],
)
def test_process_that_does_not_come_up_is_explained_and_started_once_it_can_be(
    what, value, reason, store, tmp_path, monkeypatch
):
    monkeypatch.setattr(courier, "_ours", None)
    run = Followed(tmp_path / "run")
    with monkeypatch.context() as patch:
        patch.setattr(what, value, "import not_installed")
        run.tracker.start()
        eventually(lambda: run.tracker.error is not None)
    assert re.search(reason, run.notices[0])
    run.steps(1, 3)
    run.finish()
    eventually(lambda: run.tracker._is_over)
    assert run.is_all_there()
    assert run.curve("loss") == [(n, 5.0 / n) for n in range(1, 4)]


@pytest.mark.parametrize("uri", ["sqlite:///{file}/mlflow.db", "http://127.0.0.1:9", "nonsense://x"])
def test_mlflow_that_fails_stops_no_training_and_says_why(uri, tmp_path, monkeypatch):
    # On a busy machine nothing is to be called slow.
    monkeypatch.setattr("slm_widgets.running.worker.TRACKING_PATIENCE_S", PATIENCE_S)
    (tmp_path / "file").write_text("where a folder should be")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri.format(file=tmp_path / "file"))
    told = []
    run = start(track=True)
    run.subscribe(told.extend)
    with pytest.warns(UserWarning, match="MLflow was not written"):
        run.wait()
    assert run.state is RunState.FINISHED
    assert "MLFLOW_TRACKING_URI" in (run.tracking_error or "")
    assert any("MLflow" in getattr(event, "message", "") for event in told)
    assert len(slm.load_run(run.folder).history["step"]) == 20


@pytest.mark.slow
def test_full_disk_keeps_what_mlflow_lacks_until_there_is_room(store, tmp_path):
    with small_disk(tmp_path / "disk", 512) as disk:
        run = Followed(disk / "run")
        run.tracker.start()
        run.steps(1, 3)
        assert run.known
        hog = fill(disk)
        for n in range(4, 600):
            run.steps(n, n)
        run.evaluate(599, 2.0)
        run.finish()
        hog.unlink()
        eventually(lambda: run.tracker._is_over)
        assert run.curve("loss") == [(n, 5.0 / n) for n in range(1, 600)]
        assert run.curve("val_loss") == [(599, 2.0)]
        assert run.read_back().info.status == "FINISHED"


def test_language_of_the_notice_is_that_of_the_training(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "nonsense://x")
    with slm.language.use_language("ko"):
        run = Followed(tmp_path / "run")
    run.tracker.start()
    run.finish()
    assert run.tracker.join(PATIENCE_S)
    assert "MLflow에 기록하지 못했습니다" in (run.tracker.error or "")


def test_nothing_is_printed_or_logged_into_a_cell(store, capfd):
    loud = logging.StreamHandler()
    logging.getLogger().addHandler(loud)
    try:
        start(track=True).wait()
    finally:
        logging.getLogger().removeHandler(loud)
    assert capfd.readouterr() == ("", "")


def test_lines_hold_no_secret_of_the_surroundings(store, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", "open sesame")
    run = Followed(tmp_path / "run")
    run.tracker.start()
    run.finish()
    assert run.is_all_there()
    for path in run.folder.iterdir():
        assert "sesame" not in path.read_text(encoding="utf-8")
    assert json.loads((run.folder / "tracking.json").read_text())["ended"] == "FINISHED"
