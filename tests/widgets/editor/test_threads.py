"""An editor that several threads change: with subshells, a page's message and the notebook's own code meet."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from slm_widgets.stack import analyse, preset
from slm_widgets.widgets.editor.comparison import Beside
from slm_widgets.widgets.graph_editor import GraphEditor

NANO = preset("gpt2-nano").layers
BARE = [{"type": "tokenEmbedding"}, {"type": "linear"}]


def beside(editor: GraphEditor) -> None:
    editor.put_beside(Beside((NANO, {}), "other"))


def assign(name: str, value: Any) -> Callable[[GraphEditor], None]:
    return lambda editor: setattr(editor, name, value)


@pytest.mark.parametrize(
    ("act", "name", "expected"),
    [
        (assign("costs", {"words": "counted"}), "costs", {"words": "counted"}),
        (assign("vocab_size", 77), "vocab_size", 77),
        (lambda editor: editor.set_trait("hints", False), "hints", False),
        (beside, "_other", None),
    ],
    ids=["costs", "a trait", "a trait by its name", "comparison"],
)
def test_whoever_changes_an_editor_waits_for_the_message_that_is_dealt_with(
    monkeypatch: pytest.MonkeyPatch, act: Callable[[GraphEditor], None], name: str, expected: Any
) -> None:
    editor = GraphEditor("gpt2-nano")
    assert not meanwhile(editor, monkeypatch, act)
    if expected is not None:
        assert getattr(editor, name) == expected
    else:
        assert editor.comparison["name"] == "other"


def test_nodes_that_python_assigns_during_a_message_get_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    editor = GraphEditor("gpt2-nano")
    meanwhile(editor, monkeypatch, lambda editor: setattr(editor, "layer_stack", BARE))
    assert [node["data"]["id"] for node in editor.layer_stack] == ["tokenEmbedding", "linear"]


def test_nodes_that_an_observer_assigns_in_answer_to_the_page_get_ids() -> None:
    editor = GraphEditor("gpt2-nano", allowed=["linear"])
    editor.observe(lambda change: change["new"] == NANO[:3] and setattr(editor, "layer_stack", BARE), "layer_stack")
    editor.set_state({"layer_stack": NANO[:3]})
    assert [node["data"]["id"] for node in editor.layer_stack] == ["tokenEmbedding", "linear"]
    assert editor.given == editor.layer_stack


def meanwhile(editor: GraphEditor, monkeypatch: pytest.MonkeyPatch, act: Callable[[GraphEditor], None]) -> bool:
    """Does something on another thread while a page's message is dealt with; tells whether it was done before that."""
    begun, release = threading.Event(), threading.Event()

    def slow(*given: Any) -> Any:
        begun.set()
        assert release.wait(30)
        return analyse(*given)

    monkeypatch.setattr("slm_widgets.widgets.graph_editor.analyse", slow)
    message = threading.Thread(target=lambda: editor.set_state({"layer_stack": NANO[:3]}))
    other = threading.Thread(target=act, args=(editor,))
    message.start()
    assert begun.wait(30)
    other.start()
    other.join(0.2)
    was_early = not other.is_alive()
    release.set()
    for thread in (message, other):
        thread.join(30)
    return was_early
