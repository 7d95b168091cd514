from __future__ import annotations

import json
import sys

import pytest
from mlflow import MlflowClient

import slm_widgets as slm
from slm_widgets.library import RunFolder, process_identity
from slm_widgets.running import RunState
from slm_widgets.tracking import deliver_waiting, has_waiting
from slm_widgets.tracking.courier import Courier
from slm_widgets.tracking.delivery import Delivery
from slm_widgets.tracking.outbox import LINES, STATE
from tests.tracking.children import train_and_die
from tests.tracking.mlflow_stores import PATIENCE_S, Followed, eventually

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by signals"),
    pytest.mark.timeout(600),
]


def status_of(folder, store):
    state = json.loads((folder / "tracking.json").read_text())
    return MlflowClient(tracking_uri=store).get_run(state["run_id"]).info.status


def losses_of(folder, store):
    state = json.loads((folder / "tracking.json").read_text())
    return [m.step for m in MlflowClient(tracking_uri=store).get_metric_history(state["run_id"], "loss")]


def gone():
    return {**process_identity(), "started": "an earlier moment"}


@pytest.mark.slow
def test_run_of_a_killed_process_is_ended_as_failed_and_can_be_resumed(store, tmp_path):
    """All of it killed, as by a power cut; then a later process, and then the run goes on."""
    folder = RunFolder.create("a", {"name": "a", "state": RunState.RUNNING, "process": gone()}).path
    train_and_die(folder, "known alone")
    assert status_of(folder, store) == "RUNNING"
    assert has_waiting(folder)
    assert slm.deliver() == f"{folder.name}: sent."
    assert status_of(folder, store) == "FAILED"
    assert losses_of(folder, store) == [1, 2, 3, 4, 5]
    assert not has_waiting(folder)
    assert slm.deliver() == "There was nothing left to send to MLflow."
    run = Followed(folder)
    run.tracker.start()
    eventually(lambda: status_of(folder, store) == "RUNNING")
    run.steps(6, 7)
    run.finish()
    assert run.is_all_there()
    assert status_of(folder, store) == "FINISHED"
    assert losses_of(folder, store) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.slow
def test_courier_of_a_killed_process_delivers_what_waits_and_says_failed(store, tmp_path):
    folder = tmp_path / "run"
    courier = train_and_die(folder, "known")
    if courier is not None:
        courier.wait(PATIENCE_S)
    assert not has_waiting(folder)
    assert status_of(folder, store) == "FAILED"
    assert losses_of(folder, store) == [1, 2, 3, 4, 5]


@pytest.mark.slow
def test_only_runs_whose_process_is_gone_are_delivered(store, tmp_path):
    folder = RunFolder.create("a", {"name": "a", "state": RunState.RUNNING, "process": process_identity()}).path
    train_and_die(folder, "alone")
    assert has_waiting(folder)
    assert slm.deliver() == "There was nothing left to send to MLflow."


def test_run_that_another_process_delivers_is_left_to_it(store, tmp_path):
    run = Followed(tmp_path / "run")
    run.tracker.start()
    assert run.known
    (error,) = deliver_waiting([run.folder], PATIENCE_S).values()
    assert error == "another program is sending it"
    assert run.read_back().info.status == "RUNNING"
    run.finish()
    assert run.is_all_there()


@pytest.mark.parametrize("content", [b"", b'{"kind": "begin"', None])
def test_damaged_lines_are_reported_and_break_nothing(content, store, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    if content is not None:
        (folder / "tracking.jsonl").write_bytes(content)
    assert all(isinstance(error, str) for error in deliver_waiting([folder], PATIENCE_S).values())


def test_run_that_was_taken_for_an_orphan_while_it_was_resumed_gets_its_files_all_the_same(
    store, tmp_path, monkeypatch
):
    """As where a kernel is restarted while the courier of the old one still works."""
    monkeypatch.setattr(Courier, "deliver", lambda *_, **__: None)
    for name in ("TIMEOUT", "MAX_RETRIES"):  # which a delivery sets
        monkeypatch.setenv(f"MLFLOW_HTTP_REQUEST_{name}", "1")
    run = Followed(tmp_path / "run")
    (run.folder / "config.json").write_text("{}")
    run.tracker.start()
    run.steps(1, 2)
    with (run.folder / "tracking.jsonl").open("rb", buffering=0) as lines:
        assert Delivery(run.folder).advance(lines, is_orphan=True)
        assert status_of(run.folder, store) == "FAILED"
        run.steps(3, 4)
        assert not Delivery(run.folder).advance(lines)
        assert status_of(run.folder, store) == "RUNNING"
        run.finish("config.json")
        delivery = Delivery(run.folder)
        assert delivery.advance(lines)
    assert status_of(run.folder, store) == "FINISHED"
    assert losses_of(run.folder, store) == [1, 2, 3, 4]
    files = MlflowClient(tracking_uri=store).list_artifacts(delivery.state["run_id"])
    assert [file.path for file in files] == ["config.json"]


def test_half_a_line_of_a_killed_process_waits_for_nobody(tmp_path):
    (tmp_path / LINES).write_text('{"kind": "end"}\n{"ki')
    assert has_waiting(tmp_path)
    (tmp_path / STATE).write_text('{"delivered_bytes": 16, "ended": true}')
    assert not has_waiting(tmp_path)
    (tmp_path / LINES).write_text('{"kind": "end"}\n{"kind": "metrics"}\n')
    assert has_waiting(tmp_path)
