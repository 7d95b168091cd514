"""MLflow's server, killed, hanging and slow; each test with a real one."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import threading

import pytest

from slm_widgets.tracking import deliver_waiting, has_waiting
from tests.small_runs import SETTINGS, start, until
from tests.tracking.children import train_and_die
from tests.tracking.mlflow_stores import PATIENCE_S, Followed, Server, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def _server(tmp_path_factory, empty_database):
    folder = tmp_path_factory.mktemp("server")
    shutil.copyfile(empty_database, folder / "store.db")
    server = Server(folder)
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture
def server(_server, monkeypatch):
    """The server of this file, which each test starts when it needs it."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", _server.uri)
    return _server


@pytest.fixture
def _patient(monkeypatch):
    """No run calls MLflow slow where the machine is."""
    monkeypatch.setattr("slm_widgets.running.worker.TRACKING_PATIENCE_S", PATIENCE_S)


def test_server_that_is_killed_and_started_again_gets_every_number_once(server, tmp_path):
    server.start()
    run = Followed(tmp_path / "run", lr=0.1)
    (run.folder / "config.json").write_text("{}")
    run.tracker.start()
    run.steps(1, 3)
    eventually(lambda: run.known and len(run.curve("loss")) == 3)
    server.kill()
    run.steps(4, 9)
    run.evaluate(9, 2.0)
    eventually(lambda: run.tracker.error is not None)
    assert "MLflow was not written" in run.notices[0]
    server.start()
    eventually(lambda: run.tracker.error is None)
    run.finish("config.json")
    assert run.is_all_there()
    assert len(run.notices) == 2
    assert run.curve("loss") == [(n, 5.0 / n) for n in range(1, 10)]
    assert run.curve("val_loss") == [(9, 2.0)]
    assert run.read_back().info.status == "FINISHED"


@pytest.mark.usefixtures("_patient")
def test_run_that_ends_while_the_server_is_away_is_delivered_when_it_is_back(server):
    server.kill()
    run = start({**SETTINGS, "precision": "fp32", "compile": "off"}, track=True)
    with pytest.warns(UserWarning, match="MLflow was not written"):
        run.wait()
    assert has_waiting(run.folder)
    assert run.tracker is not None
    assert run.tracker.ids is None
    server.start()
    eventually(lambda: not has_waiting(run.folder))
    eventually(lambda: run.tracking_error is None)
    assert json.loads((run.folder / "run.json").read_text())["mlflow"] == run.tracker.ids


def test_server_that_accepts_and_never_answers_holds_nothing_up(tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{listener.getsockname()[1]}")
        run = Followed(tmp_path / "run")
        accepted = threading.Event()

        def accept():
            with contextlib.ExitStack() as kept, contextlib.suppress(OSError):
                while True:
                    kept.enter_context(listener.accept()[0])
                    accepted.set()

        accepting = threading.Thread(target=accept)
        accepting.start()
        run.tracker.start()
        assert accepted.wait(PATIENCE_S)
        # MLflow's call hangs now, and everything else goes on: each of these returns at once.
        run.steps(1, 5)
        run.finish()
        assert not run.tracker.join(0.1)
        lines = [json.loads(line) for line in (run.folder / "tracking.jsonl").read_text().splitlines()]
        assert [line["kind"] for line in lines] == ["begin", *["point"] * 5, "end"]
        until(lambda: run.tracker.error is not None)
        assert "timed out" in run.notices[0]
        assert run.tracker.join(0.1)  # the reason is known: who waits for the end need not wait any longer
        listener.shutdown(socket.SHUT_RDWR)
        accepting.join()


def test_what_one_process_could_not_send_a_later_one_does(server, tmp_path):
    server.kill()
    folder = tmp_path / "run"
    courier = train_and_die(folder, "finish")
    assert courier is not None
    courier.wait(PATIENCE_S)  # it gives up after half a minute, and leaves nothing running
    assert has_waiting(folder)
    server.start()
    assert deliver_waiting([folder], PATIENCE_S) == {folder: None}
    assert not has_waiting(folder)
    state = json.loads((folder / "tracking.json").read_text())
    assert state["ended"] == "FINISHED"
    assert state["uri"] == server.uri
