from __future__ import annotations

import pytest

from slm_widgets.running import at_exit


@pytest.fixture(autouse=True)
def _own_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLM_RUNS", str(tmp_path / "runs"))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    yield
    # A test that failed may have left a run behind, for which all later ones would wait.
    for run in at_exit.active():
        run.stop()
        run.drain(60)
