from __future__ import annotations

import shutil

import pytest
from mlflow import MlflowClient

from slm_widgets.running import active_runs


@pytest.fixture(autouse=True)
def _own_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLM_RUNS", str(tmp_path / "runs"))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    yield
    # A test that failed may have left a run behind, for which all later ones would wait.
    for run in active_runs.list_active():
        run.stop()
        run.drain(60)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """Made once: it takes mlflow seconds."""
    path = tmp_path_factory.mktemp("mlflow") / "store.db"
    MlflowClient(tracking_uri=f"sqlite:///{path}").search_experiments()
    return path


@pytest.fixture
def store(tmp_path, monkeypatch, empty_database):
    """The address of a database of its own."""
    shutil.copyfile(empty_database, tmp_path / "store.db")
    uri = f"sqlite:///{tmp_path / 'store.db'}"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    return uri
