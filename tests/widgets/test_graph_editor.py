"""The editor's Python side: what it answers to the browser, and the file it keeps."""

from __future__ import annotations

import gzip
import json
import os
import re
import threading
from pathlib import Path
from typing import Any

import pytest

from slm_widgets.errors import ConfigError, InstallationError, LayerStackError
from slm_widgets.export.code import CodeWithLines, LayerLines
from slm_widgets.language import set_language
from slm_widgets.stack import describe, parse_stack, preset
from slm_widgets.widgets.bundle import bundled
from slm_widgets.widgets.graph_editor import GraphEditor
from tests.widgets.editor.page import page_sends

NANO = preset("gpt2-nano")


def with_heads(heads: Any) -> list[dict[str, Any]]:
    layers = NANO.layers
    attention = next(node for node in layers[2]["children"] if node["type"] == "mhAttention")
    attention["data"]["numHeads"] = heads
    return layers


# -- opening ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    ["gpt2-nano", NANO, NANO.layers, NANO.to_json(), json.dumps(NANO.to_json())],
    ids=lambda s: type(s).__name__,
)
def test_every_form_of_a_design_is_drawn_alike(source: Any) -> None:
    editor = GraphEditor(source)
    assert editor.layer_stack == NANO.layers
    assert editor.analysis["total"]["parameters"] == describe(NANO).parameters
    assert editor.stack.layers == NANO.layers


def test_a_preset_keeps_its_config() -> None:
    assert GraphEditor("gpt2-nano").config == NANO.config


def test_an_empty_editor_has_a_palette_and_no_layers() -> None:
    editor = GraphEditor()
    assert editor.layer_stack == []
    assert {"mhAttention", "transformerBlock"} <= {entry["type"] for entry in editor.palette}
    with pytest.raises(LayerStackError):
        _ = editor.stack


def test_an_unknown_preset_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(LayerStackError, match="gpt2-nano"):
        GraphEditor("gpt2-nona")


def test_what_is_no_design_is_refused() -> None:
    with pytest.raises(LayerStackError):
        GraphEditor(7)  # pyright: ignore[reportArgumentType]


def test_a_design_with_a_mistake_is_drawn_with_it() -> None:
    editor = GraphEditor(with_heads(6))
    assert [(p["layer_id"], p["field"]) for p in editor.analysis["problems"]] == [("attention", "numHeads")]
    with pytest.raises(LayerStackError) as caught:
        _ = editor.stack
    assert caught.value.layer_id == "attention"


def test_nodes_without_ids_are_given_some_that_problems_can_point_at() -> None:
    bare = [
        {"type": "tokenEmbedding"},
        {"type": "dropout", "data": {"dropoutRate": 7}},
        {"type": "dropout", "data": {"id": "dropout"}},
    ]
    for editor in (GraphEditor(bare), GraphEditor()):
        editor.layer_stack = bare
        assert [node["data"]["id"] for node in editor.layer_stack] == ["tokenEmbedding", "dropout-2", "dropout"]
        assert "dropout-2" in {p["layer_id"] for p in editor.analysis["problems"]}
    assert bare[0] == {"type": "tokenEmbedding"}


# -- answering the browser ----------------------------------------------------------------------------------------------


def test_a_change_is_answered_in_one_message_and_never_rewritten(sent: list[dict[str, Any]]) -> None:
    editor = GraphEditor("gpt2-nano")
    sent.clear()
    layers = with_heads(6)
    page_sends(editor, layer_stack=layers)
    assert [sorted(state) for state in sent] == [["analysis"]]
    assert [p["layer_id"] for p in sent[0]["analysis"]["problems"]] == ["attention"]
    assert editor.layer_stack == layers


def test_every_change_has_an_answer_even_if_it_says_the_same(sent: list[dict[str, Any]]) -> None:
    editor = GraphEditor("gpt2-nano")
    labelled = NANO.layers
    labelled[0]["data"]["label"] = "mine"
    sent.clear()
    page_sends(editor, layer_stack=labelled)
    labelled = [dict(node) for node in labelled]
    labelled[0] = {**labelled[0], "data": {**labelled[0]["data"], "label": "yours"}}
    page_sends(editor, layer_stack=labelled)
    answers = [state["analysis"] for state in sent]
    assert len(answers) == 2
    assert answers[0]["total"] == answers[1]["total"]


@pytest.mark.parametrize("rubbish", [5, "layers", None, {"a": 1}, True])
def test_a_malformed_stack_is_a_problem_on_the_screen_and_the_design_is_kept(rubbish: Any) -> None:
    editor = GraphEditor("gpt2-nano")
    page_sends(editor, layer_stack=rubbish)
    assert editor.layer_stack == NANO.layers
    assert [p["severity"] for p in editor.analysis["problems"]] == ["error"]


@pytest.mark.parametrize("rubbish", [[None], [5, "x"], [{}], [{"type": 3, "data": 4, "children": 5}], [[[]]]])
def test_a_list_of_rubbish_is_taken_and_its_problems_are_shown(rubbish: list[Any]) -> None:
    editor = GraphEditor("gpt2-nano")
    page_sends(editor, layer_stack=rubbish)
    assert editor.layer_stack == rubbish
    assert editor.analysis["problems"]


def test_the_browser_cannot_write_what_python_owns() -> None:
    editor = GraphEditor("gpt2-nano")
    before = (editor.config, editor.palette, editor.texts)
    page_sends(editor, config={"name": "x"}, palette=[], texts={}, analysis=3, language="tlh")
    assert (editor.config, editor.palette, editor.texts) == before
    assert editor.language == "en"


def test_an_error_of_ours_is_shown_rather_than_raised_into_the_comm(monkeypatch: pytest.MonkeyPatch) -> None:
    editor = GraphEditor("gpt2-nano")

    def broken(*_: Any) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("slm_widgets.widgets.graph_editor.analyse", broken)
    page_sends(editor, layer_stack=with_heads(2))
    assert "a mistake of ours" in editor.analysis["problems"][0]["message"]


def test_the_vocabulary_size_of_a_tokenizer_changes_the_count() -> None:
    editor = GraphEditor("gpt2-nano")
    assert editor.analysis["total"]["vocab_assumed"] is True
    editor.vocab_size = 100
    assert editor.analysis["total"]["vocab_assumed"] is False
    assert editor.analysis["total"]["parameters"] == describe(NANO, vocab_size=100).parameters


def test_a_change_that_arrives_on_another_thread_is_answered() -> None:
    editor = GraphEditor("gpt2-nano")
    subshell = threading.Thread(target=page_sends, args=(editor,), kwargs={"layer_stack": with_heads(6)})
    subshell.start()
    subshell.join(30)
    assert [p["layer_id"] for p in editor.analysis["problems"]] == ["attention"]


def test_every_layer_has_the_colour_of_its_group() -> None:
    colours = {entry["type"]: entry["colour"] for entry in GraphEditor().palette}
    assert colours["mhAttention"] == colours["gqAttention"] != colours["linear"]


# -- the code ---------------------------------------------------------------------------------------------------------------


def answer_to(editor: GraphEditor, monkeypatch: pytest.MonkeyPatch, kind: str = "code") -> dict[str, Any]:
    """What the page hears when it asks."""
    answers: list[dict[str, Any]] = []
    monkeypatch.setattr(GraphEditor, "send", lambda _, content, buffers=None: answers.append(content))
    editor._handle_msg({"content": {"data": {"method": "custom", "content": {"id": "1", "kind": kind}}}, "buffers": []})
    (answer,) = answers
    return answer


def test_the_page_gets_the_code_of_the_design_as_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def export(stack: Any) -> CodeWithLines:
        asked.append(stack.layers)
        return CodeWithLines("import torch\n", {"tokens": LayerLines(own=[(1, 1)])})

    monkeypatch.setattr("slm_widgets.export.export_code_with_lines", export)
    editor = GraphEditor("gpt2-nano")
    page_sends(editor, layer_stack=with_heads(2))
    answer = {"text": "import torch\n", "lines": {"tokens": {"own": [(1, 1)], "related": []}}}
    assert answer_to(editor, monkeypatch) == {"id": "1", "ok": True, "value": answer}
    assert asked == [with_heads(2)]


def test_the_code_has_the_vocabulary_that_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    editor = GraphEditor("gpt2-nano")
    editor.vocab_size = 100
    parameters = describe(NANO, vocab_size=100).parameters
    assert f"gpt2-nano: {parameters:,} parameters" in answer_to(editor, monkeypatch)["value"]["text"]
    assert editor.analysis["total"]["parameters"] == parameters


def test_a_design_that_cannot_be_built_is_answered_with_its_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    editor = GraphEditor(with_heads(6), language="ko")
    answer = answer_to(editor, monkeypatch)
    assert answer == {"id": "1", "ok": False, "message": editor.analysis["problems"][0]["message"]}


# -- language -------------------------------------------------------------------------------------------------------------


def test_the_button_changes_every_text_in_one_message(sent: list[dict[str, Any]]) -> None:
    editor = GraphEditor(with_heads(6), language="en")
    english = (editor.palette[0]["title"], editor.texts["command_undo"], editor.analysis["problems"][0]["message"])
    sent.clear()
    page_sends(editor, language="ko")
    assert [sorted(state) for state in sent] == [["analysis", "palette", "texts"]]
    korean = (editor.palette[0]["title"], editor.texts["command_undo"], editor.analysis["problems"][0]["message"])
    for before, after in zip(english, korean, strict=True):
        assert before != after
        assert any("가" <= letter <= "힣" for letter in after)


def test_the_button_leads_back() -> None:
    editor = GraphEditor(language="ko")
    assert editor.texts["other_language_code"] == "en"
    page_sends(editor, language=editor.texts["other_language_code"])
    assert editor.texts["other_language_code"] == "ko"


def test_an_editor_speaks_the_notebooks_language_unless_told_otherwise() -> None:
    set_language("ko")
    try:
        assert GraphEditor().language == "ko"
        assert GraphEditor(language="en").texts["command_undo"].startswith("Undo")
    finally:
        set_language("en")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ConfigError):
        GraphEditor(language="tlh")


# -- the file -------------------------------------------------------------------------------------------------------------


def test_the_file_is_written_at_the_first_change_and_read_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "ps1.slm.json"
    editor = GraphEditor("gpt2-nano", path=path)
    assert not path.exists()
    page_sends(editor, layer_stack=with_heads(2))
    saved = json.loads(path.read_text(encoding="utf-8"))
    assert (saved["format"], saved["version"], saved["config"]["name"]) == ("slm-widgets", 1, "gpt2-nano")
    assert parse_stack(path).layers == with_heads(2)
    again = GraphEditor("llama-nano", path=path)
    assert again.layer_stack == with_heads(2)
    assert again.config == NANO.config


def test_a_drawing_with_a_mistake_is_saved_and_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "design.slm.json"
    page_sends(GraphEditor("gpt2-nano", path=path), layer_stack=with_heads(6))
    again = GraphEditor(path=path)
    assert again.layer_stack == with_heads(6)
    assert again.analysis["problems"]


def test_what_python_assigns_is_saved_too(tmp_path: Path) -> None:
    path = tmp_path / "design.slm.json"
    GraphEditor(path=path).layer_stack = NANO.layers
    assert parse_stack(path).layers == NANO.layers


def test_a_malformed_message_does_not_touch_the_file(tmp_path: Path) -> None:
    path = tmp_path / "design.slm.json"
    editor = GraphEditor("gpt2-nano", path=path)
    page_sends(editor, layer_stack=with_heads(2))
    before = path.read_bytes()
    page_sends(editor, layer_stack="rubbish")
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b'{"format": "other"}', b'"gpt2-nano"'])
def test_a_file_that_is_no_design_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "design.slm.json"
    path.write_bytes(content)
    with pytest.raises(LayerStackError):
        GraphEditor("gpt2-nano", path=path)
    assert path.read_bytes() == content


def test_a_save_that_breaks_off_leaves_the_last_drawing_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "design.slm.json"
    editor = GraphEditor("gpt2-nano", path=path)
    page_sends(editor, layer_stack=with_heads(2))

    def full_disk(_: int) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full_disk)
        page_sends(editor, layer_stack=with_heads(8))
    assert parse_stack(path).layers == with_heads(2)
    assert os.listdir(tmp_path) == [path.name]
    assert str(path) in editor.file_state["words"]
    assert os.strerror(28) in editor.file_state["words"]
    page_sends(editor, language="ko")
    assert "저장하지 못했습니다" in editor.file_state["words"]
    page_sends(editor, layer_stack=with_heads(1))
    assert editor.file_state["trouble"] is False
    assert parse_stack(path).layers == with_heads(1)


def test_a_folder_that_is_not_there_is_a_notice_and_not_an_error(tmp_path: Path) -> None:
    editor = GraphEditor("gpt2-nano", path=tmp_path / "missing" / "design.slm.json")
    page_sends(editor, layer_stack=with_heads(2))
    assert "missing" in editor.file_state["words"]
    assert editor.layer_stack == with_heads(2)


# -- the bundle -----------------------------------------------------------------------------------------------------------


def test_a_missing_bundle_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(InstallationError, match=r"pip install -e \."):
        bundled("graph_editor.js", tmp_path)


def test_the_bundle_stays_under_200_kb_gzipped() -> None:
    sizes = [len(gzip.compress(bundled(f"graph_editor.{kind}").read_bytes())) for kind in ("js", "css")]
    assert sum(sizes) < 200_000


def _js(*parts: str) -> str:
    return Path(__file__).parents[2].joinpath("js", "src", *parts).read_text(encoding="utf-8")


def _asked_for() -> set[str]:
    """The texts whose names the page's source spells, or makes of a list that it spells."""
    sources = Path(__file__).parents[2] / "js" / "src"
    files = [file.read_text(encoding="utf-8") for file in sources.rglob("*.ts*")]
    plain = {name for file in files for name in re.findall(r"\btexts\.([a-zA-Z_]+)", file)}
    commands = re.findall(r'^  \| "(\w+)"', _js("graph", "editor", "commands.ts"), re.MULTILINE)
    reasons = re.search(r"type NoWire = (.*);", _js("graph", "stack", "whyNotConnect.ts"))
    kinds = re.search(r'kind: ("added".*);', _js("graph", "drawing", "nodeTypes.ts"))
    assert commands, "the commands are listed elsewhere now"
    assert reasons
    assert kinds
    quoted = lambda found: re.findall(r'"(\w+)"', found[1])  # noqa: E731
    return plain | {
        *(f"command_{name}" for name in commands),
        *(f"why_{reason}" for reason in ["locked", *quoted(reasons)]),
        *(f"mark_{kind}" for kind in quoted(kinds)),
        *("code", "compare", "code_help", "compare_help"),
    }


def test_every_text_that_the_browser_asks_for_is_there() -> None:
    asked, texts = _asked_for(), set(GraphEditor().texts)
    assert asked - texts == set()
    assert texts - asked == set()
