"""The page of an editor, as its kernel knows it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from slm_widgets.widgets.graph_editor import GraphEditor


def page_sends(editor: GraphEditor, **state: Any) -> None:
    """What happens in the kernel when a message of the page arrives."""
    editor._handle_msg({"content": {"data": {"method": "update", "state": state, "buffer_paths": []}}, "buffers": []})


class Page:
    """What a page does: it asks, and it sends what is drawn."""

    def __init__(self, editor: GraphEditor, monkeypatch: pytest.MonkeyPatch) -> None:
        self.editor = editor
        self.answers: list[dict[str, Any]] = []
        monkeypatch.setattr(GraphEditor, "send", lambda _, content, buffers=None: self.answers.append(content))

    def asks(self, kind: str, **content: Any) -> dict[str, Any]:
        message = {"method": "custom", "content": {"id": "1", "kind": kind, **content}}
        self.editor._handle_msg({"content": {"data": message}, "buffers": []})
        answer = self.answers.pop()
        assert answer["id"] == "1"
        json.dumps(answer, allow_nan=False)  # it must be sendable
        return answer

    def sends(self, **state: Any) -> None:
        page_sends(self.editor, **json.loads(json.dumps(state)))

    def opens(self, kind: str = "open", **content: Any) -> dict[str, Any]:
        """Asks for a design and draws it, as the page does."""
        answer = self.asks(kind, **content)
        assert answer["ok"], answer
        self.sends(layer_stack=answer["value"]["layer_stack"], opened=answer["value"]["opened"])
        return answer["value"]
