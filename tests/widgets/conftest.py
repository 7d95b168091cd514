from __future__ import annotations

from typing import Any

import pytest

from slm_widgets.widgets.graph_editor import GraphEditor


@pytest.fixture(autouse=True)
def _own_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLM_RUNS", str(tmp_path / "runs"))


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The state messages of editors that went to the browser, without echoes."""
    messages: list[dict[str, Any]] = []

    def record(self: Any, msg: dict[str, Any], buffers: Any = None) -> None:
        if msg["method"] == "update":
            messages.append(msg["state"])

    monkeypatch.setattr(GraphEditor, "_send", record)
    return messages
