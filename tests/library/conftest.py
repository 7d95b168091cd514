from __future__ import annotations

import pytest

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
