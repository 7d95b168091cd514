"""Another design beside the drawing: what the page is told, and when."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from slm_widgets.errors import LayerStackError
from slm_widgets.stack import preset
from slm_widgets.widgets.graph_editor import GraphEditor

NANO = preset("gpt2-nano")


def differing(editor: GraphEditor) -> dict[str, str]:
    rows = editor.comparison["difference"]["layers"]
    return {row["b"] or row["a"]: row["kind"] for row in rows if row["kind"] != "same"}


def page_asks(editor: GraphEditor, monkeypatch: pytest.MonkeyPatch, **request: Any) -> dict[str, Any]:
    """The answer to a request of the page."""
    answers: list[Any] = []
    monkeypatch.setattr(editor, "send", lambda content, buffers=None: answers.append(content))
    editor._handle_custom_msg({"id": "p-1", **request}, [])
    return answers[0]


def test_nothing_is_compared_at_first() -> None:
    assert GraphEditor("gpt2-nano").comparison == {}


@pytest.mark.parametrize("form", ["name", "stack", "nodes", "envelope", "text", "path", "file name", "run", "editor"])
def test_anything_that_is_a_design_can_stand_beside(form: str, tmp_path: Any) -> None:
    other = preset("llama3-nano")
    path = tmp_path / "other.slm.json"
    other.save(path)
    sources: dict[str, Any] = {
        "name": "llama3-nano",
        "stack": other,
        "nodes": other.layers,
        "envelope": other.to_json(),
        "text": json.dumps(other.to_json()),
        "path": path,
        "file name": str(path),
        "run": type("SomeRun", (), {"stack": other})(),
        "editor": GraphEditor("llama3-nano"),
    }
    editor = GraphEditor("gpt2-nano")
    editor.compare(sources[form])
    names = {"nodes": "the other design", "path": "other.slm.json", "file name": "other.slm.json"}
    assert editor.comparison["name"] == names.get(form, "llama3-nano")
    assert editor.comparison["layer_stack"] == other.layers
    assert editor.comparison["analysis"]["total"]["parameters"] == 135_488
    assert differing(editor) == dict.fromkeys(["positions", "norm1", "attention", "norm2", "ffn", "norm"], "changed")
    editor.compare(None)
    assert editor.comparison == {}


def test_the_difference_follows_the_drawing() -> None:
    editor = GraphEditor("gpt2-nano")
    editor.compare("gpt2-nano", name="as it was")
    assert (editor.comparison["name"], differing(editor)) == ("as it was", {})
    layers = copy.deepcopy(editor.layer_stack)
    del layers[1]
    layers.insert(1, {"type": "dropout", "data": {"id": "new"}})
    editor._handle_msg({"content": {"data": {"method": "update", "state": {"layer_stack": layers}}}, "buffers": []})
    assert differing(editor) == {"positions": "removed", "new": "added"}


def test_a_change_and_what_differs_then_are_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    editor = GraphEditor("gpt2-nano")
    editor.compare("llama3-nano")
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr(GraphEditor, "_send", lambda self, msg, buffers=None: messages.append(msg))
    state = {"layer_stack": NANO.layers[:3]}
    editor._handle_msg({"content": {"data": {"method": "update", "state": state}}, "buffers": []})
    sent = [sorted(msg["state"]) for msg in messages if msg["method"] == "update"]
    assert sent == [["analysis", "comparison"]]


def test_the_words_change_with_the_language() -> None:
    editor = GraphEditor("gpt2-nano", language="en")
    editor.compare("llama3-nano")
    editor.language = "ko"
    (row,) = [row for row in editor.comparison["difference"]["layers"] if row["b"] == "positions"]
    assert row["words"] == ["종류 회전 (RoPE) → 학습형"]


def test_half_finished_designs_are_compared() -> None:
    editor = GraphEditor([{"type": "nobodyKnows", "data": {"id": "odd"}}])
    editor.compare([5])
    assert differing(editor) == {"?1": "removed", "odd": "added"}


def test_what_is_no_design_leaves_the_comparison_as_it_is() -> None:
    editor = GraphEditor("gpt2-nano")
    editor.compare("llama3-nano")
    before = editor.comparison
    for wrong in ("llama9-nano", 7, "nowhere.json"):
        with pytest.raises(LayerStackError):
            editor.compare(wrong)
    assert editor.comparison == before


def test_a_mistake_of_ours_is_a_sentence_beside_the_other_design(monkeypatch: pytest.MonkeyPatch) -> None:
    editor = GraphEditor("gpt2-nano")
    monkeypatch.setattr("slm_widgets.widgets.editor.comparison.difference", lambda *_: 1 / 0)
    editor.compare("llama3-nano")
    assert "ZeroDivisionError" in editor.comparison["trouble"]
    assert editor.comparison["layer_stack"]


def test_the_page_asks_for_a_preset_or_with_the_text_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    editor = GraphEditor("gpt2-nano")
    assert page_asks(editor, monkeypatch, kind="compare", source="llama3-nano") == {
        "id": "p-1",
        "ok": True,
        "value": None,
    }
    assert editor.comparison["name"] == "llama3-nano"
    text = json.dumps(preset("qwen3-nano").to_json())
    page_asks(editor, monkeypatch, kind="compare", source=text, name="<b>mine.json</b>")
    assert editor.comparison["name"] == "<b>mine.json</b>"
    page_asks(editor, monkeypatch, kind="end-compare")
    assert editor.comparison == {}


@pytest.mark.parametrize("source", ["llama9-nano", "", None, 7, "{", '{"a": 1}'])
def test_a_request_for_what_is_no_design_is_answered_with_a_sentence(
    source: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = GraphEditor("gpt2-nano")
    answer = page_asks(editor, monkeypatch, kind="compare", source=source)
    assert answer["ok"] is False
    assert answer["message"]
    assert editor.comparison == {}


def test_the_page_cannot_have_a_file_of_the_machine_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    path = tmp_path / "secret.json"
    NANO.save(path)
    assert page_asks(GraphEditor("gpt2-nano"), monkeypatch, kind="compare", source=str(path))["ok"] is False


def test_the_page_cannot_write_the_comparison() -> None:
    editor = GraphEditor("gpt2-nano")
    state = {"comparison": {"name": "forged"}}
    editor._handle_msg({"content": {"data": {"method": "update", "state": state}}, "buffers": []})
    assert editor.comparison == {}
