"""What a teacher rules is enforced on the messages of a page, and on nobody else's changes."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, ClassVar

import pytest

from slm_widgets.errors import ConfigError, LayerStackError
from slm_widgets.stack import preset
from slm_widgets.widgets.graph_editor import GraphEditor
from tests.widgets.editor.page import page_sends

NANO = preset("gpt2-nano").layers


def changed(name: str, **data: Any) -> list[dict[str, Any]]:
    """The design with other values in one layer."""
    layers = copy.deepcopy(NANO)
    for node in [*layers, *layers[2]["children"]]:
        if node["data"]["id"] == name:
            node["data"].update(data)
    return layers


DROPOUT = {"type": "dropout", "data": {"id": "dropout"}}


@pytest.mark.parametrize(
    ("rules", "layers", "words"),
    [
        ({"readonly": True}, changed("norm", eps=1e-3), "read-only"),
        ({"locked": ["attention"]}, changed("attention", numHeads=8), "attention is locked"),
        ({"locked": ["tokens"]}, NANO[1:], "tokens is locked"),
        ({"allowed": ["linear"]}, [*NANO, DROPOUT], "dropout may not be added"),
    ],
    ids=["readonly", "locked value", "locked layer", "allowed"],
)
def test_a_change_against_a_rule_is_refused_and_the_page_is_told_what_is(
    rules: dict[str, Any], layers: list[Any], words: str, sent: list[dict[str, Any]], tmp_path: Path
) -> None:
    path = tmp_path / "design.slm.json"
    editor = GraphEditor("gpt2-nano", path=path, **rules)
    sent.clear()
    page_sends(editor, layer_stack=layers, edition="p-1")
    assert editor.layer_stack == NANO
    assert not path.exists()
    told = {key: value for state in sent for key, value in state.items()}
    assert told["layer_stack"] == NANO
    assert words in told["refusal"]
    assert told["analysis"]["edition"] == "p-1"
    assert told["analysis"]["ok"]


def test_the_sentence_goes_with_the_next_change_that_is_taken() -> None:
    editor = GraphEditor("gpt2-nano", locked=["tokens"], language="ko")
    page_sends(editor, layer_stack=NANO[1:])
    assert "tokens 레이어는 잠겨 있습니다" in editor.refusal
    page_sends(editor, layer_stack=changed("norm", eps=1e-3))
    assert editor.refusal == ""
    assert editor.layer_stack == changed("norm", eps=1e-3)


def test_what_was_deleted_comes_back_by_an_undo_though_its_type_may_not_be_added() -> None:
    editor = GraphEditor("gpt2-nano", allowed=["linear"])
    page_sends(editor, layer_stack=NANO[:3])
    assert editor.layer_stack == NANO[:3]
    page_sends(editor, layer_stack=NANO)
    assert editor.layer_stack == NANO


def test_the_page_is_told_what_its_changes_are_held_against() -> None:
    editor = GraphEditor("gpt2-nano")
    assert editor.given == []  # without rules nobody asks
    editor.allowed = ["linear"]
    page_sends(editor, layer_stack=NANO[:3])
    assert editor.given == NANO
    editor.layer_stack = NANO[1:]
    assert editor.given == NANO[1:]
    page_sends(editor, given=[])
    assert editor.given == NANO[1:]


def test_python_may_change_everything_and_gives_it_anew() -> None:
    editor = GraphEditor("gpt2-nano", locked=["attention"], readonly=True)
    editor.layer_stack = changed("attention", numHeads=8)
    assert editor.refusal == ""
    editor.readonly = False
    page_sends(editor, layer_stack=NANO)  # the page's own undo would bring the old one back
    assert editor.layer_stack == changed("attention", numHeads=8)
    page_sends(editor, layer_stack=[*changed("attention", numHeads=8), DROPOUT])
    assert editor.layer_stack[-1] == DROPOUT


def test_a_rule_of_now_takes_the_design_of_now_as_given() -> None:
    editor = GraphEditor("gpt2-nano")
    page_sends(editor, layer_stack=changed("attention", numHeads=8))
    editor.locked = ["attention"]
    page_sends(editor, layer_stack=NANO)
    assert editor.layer_stack == changed("attention", numHeads=8)
    editor.locked = []
    page_sends(editor, layer_stack=NANO)
    assert editor.layer_stack == NANO


def test_the_page_cannot_lift_a_rule() -> None:
    editor = GraphEditor("gpt2-nano", readonly=True, locked=["tokens"], allowed=["linear"], hints=False)
    page_sends(editor, readonly=False, locked=[], allowed=None, hints=True, refusal="x", origin={}, layer_stack=[])
    assert (editor.readonly, editor.locked, editor.allowed, editor.hints) == (True, ["tokens"], ["linear"], False)
    assert editor.layer_stack == NANO


def test_an_unknown_type_is_refused_with_those_that_exist() -> None:
    with pytest.raises(ConfigError, match=r"'mhAtention'.*mhAttention"):
        GraphEditor(allowed=["linear", "mhAtention"])
    editor = GraphEditor()
    with pytest.raises(ConfigError, match="mhAttention"):
        editor.allowed = ["nonsense"]
    assert editor.allowed is None


def test_an_unknown_id_is_refused_with_those_that_exist() -> None:
    with pytest.raises(ConfigError, match=r"'atention'.*attention"):
        GraphEditor("gpt2-nano", locked=["atention"])
    editor = GraphEditor("gpt2-nano")
    with pytest.raises(ConfigError, match="attention"):
        editor.locked = ["nonsense"]


def test_a_file_that_lost_a_locked_layer_before_is_still_opened(tmp_path: Path) -> None:
    path = tmp_path / "design.slm.json"
    GraphEditor(path=path).layer_stack = NANO[1:]
    editor = GraphEditor("gpt2-nano", path=path, locked=["tokens", "head"])
    page_sends(editor, layer_stack=NANO[1:-1])
    assert editor.layer_stack == NANO[1:]
    with pytest.raises(ConfigError, match="'haed'"):
        editor.locked = ["haed"]


def test_the_palette_offers_what_is_allowed_and_knows_the_rest() -> None:
    editor = GraphEditor("gpt2-nano", allowed=["linear", "transformerBlock"])
    assert {entry["type"] for entry in editor.palette if entry["offered"]} == {"linear", "transformerBlock"}
    assert {entry["type"] for entry in editor.palette} == {entry["type"] for entry in GraphEditor().palette}
    editor.set_trait("allowed", None)
    assert all(entry["offered"] for entry in editor.palette)


def texts_of(value: Any, keys: tuple[str, ...]) -> list[str]:
    """What stands under some keys, however deep."""
    if isinstance(value, list):
        return [text for inner in value for text in texts_of(inner, keys)]
    if not isinstance(value, dict):
        return []
    own = [value[key] for key in keys if isinstance(value.get(key), str)]
    return own + [text for inner in value.values() for text in texts_of(inner, keys)]


def test_an_exam_shows_no_help_and_no_mend() -> None:
    swiglu = changed("ffn", actFunc="SwiGLU", feedForwardType="Standard")
    with_hints, exam = GraphEditor(swiglu), GraphEditor(swiglu, hints=False)
    for editor, has_hints in ((with_hints, True), (exam, False)):
        assert any(texts_of(editor.palette, ("help", "summary"))) == has_hints
        assert any(problem["mend"] for problem in editor.analysis["problems"]) == has_hints
        assert any(texts_of(editor.analysis, ("mend_title",))) == has_hints
    assert [p["text"] for p in exam.analysis["problems"]] == [p["text"] for p in with_hints.analysis["problems"]]
    exam.hints = True
    assert exam.palette == with_hints.palette
    assert any(problem["mend"] for problem in exam.analysis["problems"])


# -- what a page may send at all ------------------------------------------------------------------------------------------


def nested(depth: int) -> list[Any]:
    """Blocks within blocks, made and unmade without recursion."""
    nodes: list[Any] = [{"type": "linear", "data": {"id": "x"}}]
    for n in range(depth):
        nodes = [{"type": "transformerBlock", "data": {"id": f"b{n}"}, "children": nodes}]
    return nodes


@pytest.mark.parametrize("depth", [60, 3_000, 10_000])
def test_a_stack_nested_without_end_is_a_sentence_on_the_screen(depth: int) -> None:
    editor = GraphEditor("gpt2-nano", locked=["tokens"])
    page_sends(editor, layer_stack=nested(depth))
    assert editor.layer_stack == NANO
    assert "nested too deeply" in editor.analysis["problems"][0]["message"]
    with pytest.raises(LayerStackError, match="nested too deeply"):
        editor.layer_stack = nested(depth)


def test_what_can_be_built_is_never_too_deep_to_be_drawn() -> None:
    layers = nested(16)
    editor = GraphEditor()
    page_sends(editor, layer_stack=layers)
    assert editor.layer_stack == layers


def test_the_same_design_sent_twice_is_answered_twice(sent: list[dict[str, Any]]) -> None:
    editor = GraphEditor("gpt2-nano")
    sent.clear()
    for edition in ("p-1", "p-2"):
        page_sends(editor, layer_stack=NANO, edition=edition)
    assert [state["analysis"]["edition"] for state in sent] == ["p-1", "p-2"]


@pytest.mark.parametrize("edition", [None, 5, ["x"], {}])
def test_an_edition_that_is_no_text_is_ignored(edition: Any) -> None:
    editor = GraphEditor("gpt2-nano")
    page_sends(editor, layer_stack=NANO[:3], edition=edition)
    assert editor.layer_stack == NANO[:3]
    assert editor.analysis["edition"] == ""


# -- where an editor was begun ---------------------------------------------------------------------------------------------


def test_a_place_is_known_by_what_was_begun_there() -> None:
    first, again, other = GraphEditor("gpt2-nano"), GraphEditor("gpt2-nano"), GraphEditor("llama-nano")
    assert first.origin["place"] == again.origin["place"] != other.origin["place"]
    # No cell is known here: two editors of one kernel may both be alive.
    assert first.origin["session"] == again.origin["session"]
    page_sends(first, layer_stack=NANO[:3])
    assert first.origin == again.origin


def test_cells_are_told_apart_where_the_notebook_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    class Shell:
        parent_header: ClassVar[dict[str, Any]] = {}

    def in_cell(name: str) -> dict[str, str]:
        Shell.parent_header = {"metadata": {"cellId": name}}
        return GraphEditor("gpt2-nano").origin

    monkeypatch.setattr("IPython.get_ipython", lambda: Shell)
    first, again, other = in_cell("a"), in_cell("a"), in_cell("b")
    assert first["place"] == again["place"] != other["place"]
    assert len({first["session"], again["session"], other["session"]}) == 3


def in_run(monkeypatch: pytest.MonkeyPatch, cell: str, run: str) -> None:
    """Lets a cell run, as a kernel tells of it; an empty one is not told."""

    class Shell:
        parent_header: ClassVar[dict[str, Any]] = {
            "header": {"msg_id": run},
            "metadata": {"cellId": cell} if cell else {},
        }

    monkeypatch.setattr("IPython.get_ipython", lambda: Shell)


@pytest.mark.parametrize("cell", ["a", ""], ids=["cell told", "cell not told"])
def test_two_editors_of_one_run_have_places_of_their_own_that_the_next_run_finds_again(
    monkeypatch: pytest.MonkeyPatch, cell: str
) -> None:
    places = []
    for run in ("run 1", "run 2"):
        in_run(monkeypatch, cell, run)
        names = ["gpt2-nano", "gpt2-nano", "llama-nano"] if run == "run 1" else ["llama-nano", "gpt2-nano", "gpt2-nano"]
        made = [(name, GraphEditor(name).origin["place"]) for name in names]
        assert len({place for _, place in made}) == 3
        places.append(sorted(made))
    assert [name for name, _ in places[0]] == [name for name, _ in places[1]]
    assert {place for _, place in places[0]} == {place for _, place in places[1]}


def test_the_place_of_an_editor_with_a_file_is_the_files_whatever_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "design.slm.json"
    editor = GraphEditor("gpt2-nano", path=path)
    page_sends(editor, layer_stack=NANO[:3])
    again = GraphEditor(path=path)
    assert again.layer_stack == NANO[:3]
    assert again.origin["place"] == editor.origin["place"]
    assert GraphEditor(path=tmp_path / "other.json").origin["place"] != editor.origin["place"]
