from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLM_RUNS", str(tmp_path / "slm_runs"))
    monkeypatch.delenv("SLM_LANGUAGE", raising=False)


@pytest.fixture
def text(tmp_path):
    """A file to learn from."""
    path = tmp_path / "text.txt"
    path.write_text("The cat saw the dog. The dog ran to the cat and they played all day.\n" * 200, encoding="utf-8")
    return path
