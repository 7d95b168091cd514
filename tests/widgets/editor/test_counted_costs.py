"""The editor's costs: counted once a page looks, after the answer, beside everything else; the latest design wins."""

from __future__ import annotations

import gc
import threading
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from slm_widgets.errors import ConfigError
from slm_widgets.stack import describe, preset
from slm_widgets.widgets.editor import counted_costs
from slm_widgets.widgets.editor.afterwards import Afterwards
from slm_widgets.widgets.graph_editor import GraphEditor
from tests.widgets.editor.page import page_sends

LONG_S = 60.0
NANO = preset("gpt2-nano")


def with_width(width: int) -> list[dict[str, Any]]:
    layers = NANO.layers
    layers[0]["data"]["embDim"] = width
    return layers


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Afterwards]:
    own = Afterwards()
    monkeypatch.setattr(counted_costs, "AFTERWARDS", own)
    monkeypatch.setattr(counted_costs, "QUIET_S", 0)
    yield own
    own.close(LONG_S)


def costs_where(editor: GraphEditor, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Waits until the costs are as asked."""
    come = threading.Event()

    def look(_: Any = None) -> None:
        if holds(editor.costs):
            come.set()

    editor.observe(look, "costs")
    look()
    assert come.wait(LONG_S), editor.costs
    editor.unobserve(look, "costs")
    return editor.costs


def costs_of_now(editor: GraphEditor) -> dict[str, Any]:
    return costs_where(editor, lambda costs: costs.get("revision") == editor.analysis["revision"])


def looked_at(source: Any = "gpt2-nano", **more: Any) -> GraphEditor:
    editor = GraphEditor(source, **more)
    editor._handle_msg(
        {"content": {"data": {"method": "custom", "content": {"id": "1", "kind": "costs"}}}, "buffers": []}
    )
    return editor


def test_a_page_that_looks_gets_the_costs_of_the_design() -> None:
    editor = looked_at()
    costs, report = costs_of_now(editor), describe(NANO, 32)
    assert costs["total"]["flops"] == report.training_flops
    assert costs["total"]["training_bytes"] == report.training_bytes
    assert (costs["batch_size"], costs["context_length"], costs["words"]) == (32, 64, None)


def test_nothing_is_counted_where_no_page_looks(monkeypatch: pytest.MonkeyPatch, worker: Afterwards) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(worker, "ask", lambda *content: asked.append(content))
    editor = GraphEditor("gpt2-nano")
    editor.layer_stack = with_width(32)
    editor.workload = {"batch_size": 2}
    assert (asked, editor.costs) == ([], {})


def test_a_change_is_answered_while_the_costs_of_the_one_before_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    has_begun, may_go_on = threading.Event(), threading.Event()
    counted: list[int] = []
    count_shares = counted_costs.count_shares

    def slow(layers: Any, *more: Any) -> dict[str, Any]:
        counted.append(layers[0]["data"]["embDim"])
        has_begun.set()
        assert may_go_on.wait(LONG_S)
        return count_shares(layers, *more)

    monkeypatch.setattr(counted_costs, "count_shares", slow)
    editor = looked_at()
    assert has_begun.wait(LONG_S)
    for width in (32, 96, 128):  # each answered at once, while the thread is busy with the first
        page_sends(editor, layer_stack=with_width(width))
        assert editor.analysis["total"]["parameters"] == describe(with_width(width)).parameters
    assert editor.costs == {}
    may_go_on.set()
    costs = costs_of_now(editor)
    assert costs["total"]["flops"] == describe(with_width(128), 32).training_flops
    assert counted == [64, 128]


def test_costs_say_which_analysis_they_belong_to() -> None:
    editor = looked_at()
    first = costs_of_now(editor)["revision"]
    page_sends(editor, layer_stack=with_width(32))
    assert costs_of_now(editor)["revision"] == editor.analysis["revision"] > first


def test_a_design_with_errors_has_no_figures_but_a_sentence_in_the_editors_language() -> None:
    editor = looked_at(language="ko")
    page_sends(editor, layer_stack=[{"type": "nobody", "data": {"id": "x"}}])
    costs = costs_of_now(editor)
    assert (costs["layers"], costs["total"]) == ({}, {})
    assert "오류" in costs["words"]


def test_a_mistake_of_ours_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(counted_costs, "count_shares", broken)
    assert "a mistake of ours" in costs_of_now(looked_at())["words"]


def test_a_closed_editor_is_counted_no_more(monkeypatch: pytest.MonkeyPatch, worker: Afterwards) -> None:
    editor = looked_at()
    before = costs_of_now(editor)
    editor.close()
    asked: list[Any] = []
    monkeypatch.setattr(worker, "ask", lambda *content: asked.append(content))
    editor.layer_stack = with_width(32)
    assert (asked, editor.costs) == ([], before)


def test_what_waits_to_be_counted_holds_the_design_and_not_the_editor(
    monkeypatch: pytest.MonkeyPatch, worker: Afterwards
) -> None:
    jobs: list[Any] = []
    monkeypatch.setattr(worker, "ask", lambda _, job, _after_s: jobs.append(job))
    editor = looked_at()
    held, seen = [*jobs], set()
    while held:
        one = held.pop()
        assert one is not editor
        if id(one) not in seen and isinstance(one, types.FunctionType | types.CellType | tuple | list | dict):
            seen.add(id(one))
            held += [each for each in gc.get_referents(one) if each is not vars(counted_costs)]
    assert jobs


# -- with what is counted -------------------------------------------------------------------------------------------------


def test_the_page_chooses_with_what_is_counted() -> None:
    editor = looked_at()
    page_sends(editor, workload={"batch_size": 5, "context_length": 16, "precision": "fp32"})
    assert editor.workload == {"batch_size": 5, "context_length": 16, "precision": "fp32"}
    costs = costs_where(editor, lambda costs: costs.get("batch_size") == 5)
    assert costs["total"]["training_bytes"] == describe(NANO, 5, 16).training_bytes


@pytest.mark.parametrize(
    "rubbish",
    [None, 5, "x", [], {"batch_size": 0}, {"batch_size": "<b>"}, {"context_length": -1}, {"precision": 7}, {"x": 1}],
)
def test_a_malformed_workload_is_refused_with_a_sentence_and_the_page_is_told(
    rubbish: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = GraphEditor("gpt2-nano")
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(GraphEditor, "_send", lambda _, msg, buffers=None: sent.append(msg.get("state", {})))
    before = editor.workload
    page_sends(editor, workload=rubbish, layer_stack=with_width(32))
    assert editor.workload == before
    assert editor.costs["words"]
    assert editor.layer_stack == with_width(32)  # what came with it is taken
    assert any(state.get("workload") == before for state in sent)


def test_python_hears_of_a_workload_that_cannot_be() -> None:
    editor = GraphEditor("gpt2-nano")
    editor.workload = {"batch_size": 8}
    assert editor.workload == {"batch_size": 8, "context_length": None, "precision": "fp32"}
    with pytest.raises(ConfigError):
        editor.workload = {"batch_size": 0}
    assert editor.workload["batch_size"] == 8


def test_the_page_cannot_write_the_costs() -> None:
    editor = GraphEditor("gpt2-nano")
    page_sends(editor, costs={"words": "x"})
    assert editor.costs == {}


def test_another_design_brings_its_own_recipe_unless_somebody_chose() -> None:
    editor = GraphEditor("gpt2-nano")
    editor.config = preset("shakespeare-char-cpu").config
    assert editor.workload == {"batch_size": 12, "context_length": 64, "precision": "fp32"}
    editor.workload = {"batch_size": 3}
    editor.config = NANO.config
    assert editor.workload["batch_size"] == 3


def test_the_workload_is_no_part_of_the_file(tmp_path: Any) -> None:
    path = tmp_path / "design.slm.json"
    editor = GraphEditor("gpt2-nano", path=path)
    editor.workload = {"batch_size": 123}
    editor.layer_stack = with_width(32)
    assert "123" not in path.read_text(encoding="utf-8")


# -- linked values --------------------------------------------------------------------------------------------------------


def linked_design() -> list[dict[str, Any]]:
    layers = NANO.layers
    layers[1]["data"]["embDim"] = 64
    return layers


def widened(layers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**layers[0], "data": {**layers[0]["data"], "embDim": 128}}, *layers[1:]]


def test_a_gesture_that_breaks_a_width_is_answered_with_what_would_carry_it_through() -> None:
    editor = GraphEditor(linked_design())
    assert editor.analysis["offers"] == []
    page_sends(editor, layer_stack=widened(editor.layer_stack))
    (offer,) = editor.analysis["offers"]
    assert (offer["id"], offer["field"], offer["changes"]) == ("tokens", "embDim", {"positions": {"embDim": 128}})
    editor.language = "ko"
    assert "넣기" in editor.analysis["offers"][0]["title"]
    page_sends(editor, layer_stack="rubbish")
    assert editor.analysis["offers"] == []


def test_an_exam_without_hints_offers_nothing_and_a_locked_layer_is_left_alone() -> None:
    for editor in (GraphEditor(linked_design(), hints=False), GraphEditor(linked_design(), locked=["positions"])):
        page_sends(editor, layer_stack=widened(editor.layer_stack))
        assert editor.analysis["problems"]
        assert not editor.analysis.get("offers")
