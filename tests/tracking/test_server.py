from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import urllib.request
from urllib.parse import urlencode

import psutil
import pytest

from slm_widgets.errors import RunError
from slm_widgets.tracking import close_ui, open_ui, open_ui_soon
from tests.small_runs import SETTINGS, start, until
from tests.tracking.mlflow_stores import PATIENCE_S

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def _closed():
    yield
    close_ui()


@pytest.fixture(scope="module")
def shown(tmp_path_factory, empty_database):
    """A run that was trained and tracked, and the page on which MLflow shows it."""
    folder = tmp_path_factory.mktemp("shown")
    shutil.copyfile(empty_database, folder / "store.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("SLM_RUNS", str(folder / "runs"))
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder / 'store.db'}")
        patch.setattr("slm_widgets.running.worker.TRACKING_PATIENCE_S", PATIENCE_S)
        settings = {**SETTINGS, "max_steps": 60, "precision": "fp32", "compile": "off"}
        run = start(settings, track=True).wait()
        assert run.tracking_error is None
        assert run.tracker is not None
        page = open_ui(run.tracker.ids, PATIENCE_S)
    yield run, page
    close_ui()


@pytest.fixture
def _its_store(shown, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", shown[0].tracker.ids["tracking_uri"])


def ask(address, path, **values):
    with urllib.request.urlopen(f"{address}/api/2.0/mlflow/{path}?{urlencode(values)}", timeout=60) as answer:
        return json.loads(answer.read())


@pytest.mark.slow
def test_pages_show_the_curves_of_the_run(shown):
    run, page = shown
    address, _, place = page.partition("/#")
    ids = run.tracker.ids
    assert place.startswith(f"/experiments/{ids['experiment_id']}/runs/{ids['run_id']}/model-metrics?")
    with urllib.request.urlopen(address, timeout=60) as answer:
        assert b"<title>MLflow</title>" in answer.read()
    assert ask(address, "runs/get", run_id=ids["run_id"])["run"]["info"]["status"] == "FINISHED"

    def curve(name):
        found = ask(address, "metrics/get-history", run_id=ids["run_id"], metric_key=name)["metrics"]
        curve = {int(point["step"]): float(point["value"]) for point in found}
        assert len(curve) == len(found)  # no step twice
        return curve

    history = run.history
    for name in ("val_loss", "val_perplexity", "val_accuracy"):
        assert curve(name) == dict(zip(history["val_step"], history[name], strict=True))
    of_step = dict(zip(history["step"], history["loss"], strict=True))
    losses = curve("loss")
    assert {1, 60} <= losses.keys()  # of quick steps only a part is sent
    assert losses == {step: of_step[step] for step in losses}


@pytest.mark.slow
@pytest.mark.usefixtures("_its_store")
def test_store_has_one_server_however_often_it_is_opened(shown):
    address = shown[1].partition("/#")[0]
    before = set(psutil.Process().children(recursive=True))
    addresses = []
    openers = [threading.Thread(target=lambda: addresses.append(open_ui())) for _ in range(3)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    assert addresses == [address] * 3
    assert set(psutil.Process().children(recursive=True)) <= before


@pytest.mark.slow
@pytest.mark.usefixtures("_its_store")
def test_pages_can_be_opened_from_a_callback_without_waiting(shown):
    heard = []
    done = threading.Event()

    def tell(what):
        heard.append((threading.current_thread().name, what))
        done.set()

    open_ui_soon(tell, tell)
    assert done.wait(PATIENCE_S)
    assert heard == [("slm-mlflow-ui", shown[1].partition("/#")[0])]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by signals")
@pytest.mark.parametrize("end", ["killed", "closed"])
def test_server_ends_with_all_its_processes(end, store):
    program = (
        "from slm_widgets.tracking import close_ui, open_ui; print(open_ui(None, 240), flush=True); input(); close_ui()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"http")
        family = psutil.Process(process.pid).children(recursive=True)
        assert len(family) >= 2
        if end == "killed":
            os.kill(process.pid, signal.SIGKILL)
        else:
            process.stdin.write(b"\n")
    assert psutil.wait_procs(family, timeout=60)[1] == []


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        ("http://mlflow.our.school:5000/", "http://mlflow.our.school:5000"),
        ("https://me:secret@here/ml", "https://here/ml"),
    ],
)
def test_server_that_is_there_already_is_the_address(uri, address, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    assert open_ui() == address
    ids = {"tracking_uri": uri, "experiment_id": "3", "run_id": "abc"}
    assert open_ui(ids) == f"{address}/#/experiments/3/runs/abc/model-metrics?workflowType=machine_learning"


@pytest.mark.usefixtures("_closed")
def test_server_that_does_not_answer_in_time_is_a_sentence_and_leaves_nothing(store):
    before = set(psutil.Process().children(recursive=True))
    with pytest.raises(RunError, match=r"could not be started \(it does not answer\)"):
        open_ui(timeout_s=0.5)
    until(lambda: not set(psutil.Process().children(recursive=True)) - before)


def test_store_that_is_none_is_a_sentence_through_the_callback(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "databricks")
    told = []
    open_ui_soon(told.append, told.append)
    until(lambda: bool(told))
    assert "pages of its own" in told[0]


def test_no_process_is_given_a_password_as_an_argument(monkeypatch):
    given = []

    def refuse(command, **options):
        given.append((command, options["env"]))
        raise OSError("not in a test")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "postgresql://me:secret@nowhere/runs")
    with pytest.raises(RunError):
        open_ui()
    ((command, environment),) = given
    assert "secret" not in " ".join(command)
    assert environment["MLFLOW_BACKEND_STORE_URI"] == "postgresql://me:secret@nowhere/runs"


@pytest.mark.slow
@pytest.mark.usefixtures("_closed")
def test_server_that_cannot_start_says_why_and_leaves_nothing(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "nonsense://x")
    before = set(psutil.Process().children(recursive=True))
    with pytest.raises(RunError, match=r"could not be started \(.*nonsense"):
        open_ui(timeout_s=PATIENCE_S)
    assert not set(psutil.Process().children(recursive=True)) - before
