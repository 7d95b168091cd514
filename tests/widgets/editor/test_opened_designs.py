"""The config of a design that was opened, and the file that it lies in, go with its nodes and with no others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from slm_widgets.stack import parse_stack, preset
from slm_widgets.widgets.editor.opened_configs import MOST, OpenedConfigs
from slm_widgets.widgets.graph_editor import GraphEditor
from tests.widgets.editor.page import Page

NANO, LLAMA = preset("gpt2-nano"), preset("llama-nano")
FIXTURES = Path(__file__).parents[2] / "fixtures" / "stacks"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    return Page(GraphEditor("gpt2-nano"), monkeypatch)


@pytest.fixture
def llama_file(tmp_path: Path) -> Path:
    path = tmp_path / "llama.slm.json"
    LLAMA.save(path)
    return path


def text_of(layers: list[Any], config: dict[str, Any]) -> str:
    return json.dumps({"format": "slm-widgets", "version": 1, "config": config, "layer_stack": layers})


def backups(folder: Path) -> list[Any]:
    return [parse_stack(path) for path in sorted(folder.glob("*.bak*"))]


# -- opening from Python --------------------------------------------------------------------------------------------------


def test_a_file_that_python_opens_reaches_the_page_in_one_message(
    page: Page, llama_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr(GraphEditor, "_send", lambda _, msg, buffers=None: messages.append(msg["state"]))
    page.editor.open_file(llama_file)
    (message,) = messages
    assert {"layer_stack", "config", "opened", "analysis", "file_state"} <= set(message)
    assert (message["layer_stack"], message["config"]) == (LLAMA.layers, LLAMA.config)


def test_what_python_made_of_a_config_comes_back_when_opening_a_file_is_undone(page: Page, llama_file: Path) -> None:
    page.editor.config = {"name": "renamed"}
    page.editor.open_file(llama_file)
    page.sends(layer_stack=NANO.layers, opened=0)
    assert page.editor.config == {"name": "renamed"}


def test_undoing_the_opening_of_a_file_keeps_its_own_design_beside_it(page: Page, llama_file: Path) -> None:
    page.editor.open_file(llama_file)
    number = page.editor.opened
    page.sends(layer_stack=NANO.layers, opened=0)
    assert parse_stack(llama_file) == NANO
    assert backups(llama_file.parent) == [LLAMA]
    for _ in range(3):  # to and fro, it is kept once
        page.sends(layer_stack=LLAMA.layers, opened=number)
        page.sends(layer_stack=NANO.layers, opened=0)
    assert backups(llama_file.parent) == [LLAMA]


def test_a_preset_that_is_opened_over_a_file_leaves_the_files_own_design_beside_it(
    llama_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(GraphEditor(path=llama_file), monkeypatch)
    page.opens(preset="gpt2-nano")
    assert parse_stack(llama_file) == NANO
    assert backups(llama_file.parent) == [LLAMA]


def test_what_an_editor_drew_itself_needs_no_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(GraphEditor("gpt2-nano", path=tmp_path / "a.slm.json"), monkeypatch)
    page.opens(preset="llama-nano")
    page.opens(preset="gpt2-nano")
    assert not backups(tmp_path)


@pytest.mark.parametrize("fixture", ["gpt_oldest_list.json", "gpt_list.json"])
def test_a_file_of_an_older_dialect_is_kept_once_before_it_is_spelled_anew(
    tmp_path: Path, fixture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old.json"
    content = (FIXTURES / fixture).read_bytes()
    path.write_bytes(content)
    page = Page(GraphEditor(path=path), monkeypatch)
    assert not list(tmp_path.glob("*.bak*"))
    for count in (3, 2, 1):
        page.sends(layer_stack=page.editor.layer_stack[:count])
    (beside,) = tmp_path.glob("*.bak*")
    assert beside.read_bytes() == content
    assert len(json.loads(path.read_text())["layer_stack"]) == 1


# -- the same nodes, another config ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_left_out", [False, True], ids=["nodes sent", "nodes left out, as by a page that has them"])
def test_a_design_with_the_same_nodes_and_another_config_is_kept_and_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_left_out: bool
) -> None:
    path = tmp_path / "a.slm.json"
    NANO.save(path)
    page = Page(GraphEditor(path=path), monkeypatch)
    page.editor.vocab_size = None
    opened = page.asks("open", text=text_of(NANO.layers, {**NANO.config, "name": "mine", "vocab_size": 77}))["value"]
    answers = page.editor.analysis["revision"]
    nodes = {} if is_left_out else {"layer_stack": opened["layer_stack"]}
    page.sends(opened=opened["opened"], edition="p-1", **nodes)
    assert page.editor.config["name"] == "mine"
    assert parse_stack(path).config["name"] == "mine"
    assert page.editor.file_state["state"] == "saved"
    assert page.editor.analysis["edition"] == "p-1"
    assert page.editor.analysis["revision"] == answers + 1
    assert page.editor.analysis["total"]["vocab_assumed"] is False


def test_a_gesture_that_ended_where_it_began_is_answered_too(page: Page) -> None:
    page.sends(edition="p-9")  # a model sends only what differs
    assert page.editor.analysis["edition"] == "p-9"


# -- rules ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("nodes", [{}, {"layer_stack": NANO.layers}], ids=["number alone", "with the nodes"])
def test_the_config_of_a_design_to_be_read_cannot_be_changed_by_its_page(
    monkeypatch: pytest.MonkeyPatch, nodes: dict[str, Any]
) -> None:
    page = Page(GraphEditor("gpt2-nano", readonly=True), monkeypatch)
    opened = page.asks("open", text=text_of(NANO.layers, {"vocab_size": 7}))["value"]["opened"]
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr(GraphEditor, "_send", lambda _, msg, buffers=None: messages.append(msg["state"]))
    page.sends(opened=opened, edition="p-1", **nodes)
    assert (page.editor.config, page.editor.opened) == (NANO.config, 0)
    assert "read-only" in page.editor.refusal
    assert {"layer_stack": NANO.layers, "opened": 0} in messages  # the page goes back
    assert page.editor.analysis["edition"] == "p-1"


def test_a_number_alone_is_held_against_the_rules_as_it_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(GraphEditor("gpt2-nano", locked=["tokens"], allowed=["linear"]), monkeypatch)
    page.sends(layer_stack=NANO.layers[:-1])
    opened = page.asks("open", text=text_of([], {"name": "mine"}))["value"]["opened"]
    page.sends(opened=opened)  # the rules are about layers, and these are in order
    assert page.editor.config == {"name": "mine"}
    assert page.editor.given == NANO.layers  # it was the page that drew, so nothing was given anew
    page.sends(layer_stack=NANO.layers[1:])
    assert "tokens is locked" in page.editor.refusal


def test_a_refusal_is_said_in_the_other_language_too(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(GraphEditor("gpt2-nano", locked=["tokens"]), monkeypatch)
    page.sends(layer_stack=NANO.layers[1:])
    assert "tokens is locked" in page.editor.refusal
    page.sends(language="ko")
    assert "tokens 레이어는 잠겨 있습니다" in page.editor.refusal
    page.sends(language="en")
    assert "tokens is locked" in page.editor.refusal


def test_a_changed_file_leaves_a_reader_no_choice_and_says_what_to_do(
    llama_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page(GraphEditor(path=llama_file, readonly=True), monkeypatch)
    NANO.save(llama_file)
    content = llama_file.read_bytes()
    page.asks("file-check")
    assert page.editor.file_state["state"] == "changed underneath"
    assert "Run the cell again" in page.editor.file_state["words"]
    for kind in ("file-keep", "file-take"):
        answer = page.asks(kind)
        assert not answer["ok"]
        assert "read-only" in answer["message"]
    assert llama_file.read_bytes() == content
    assert not backups(llama_file.parent)
    page.editor.readonly = False
    assert "Choose one of the two" in page.editor.file_state["words"]


# -- how many are remembered ----------------------------------------------------------------------------------------------


def test_asking_without_drawing_forgets_no_design_that_is_drawn_and_does_not_grow(page: Page) -> None:
    page.opens(preset="llama-nano")
    page.editor.config = {"name": "renamed"}
    for number in range(10 * MOST):
        page.asks("open", text=text_of([], {"name": str(number)}))
    assert len(page.editor._configs._known) <= MOST
    last = page.opens(preset="qwen3-nano")["opened"]
    assert page.editor.config == preset("qwen3-nano").config
    page.sends(layer_stack=LLAMA.layers, opened=1)
    assert page.editor.config == {"name": "renamed"}
    page.sends(layer_stack=preset("qwen3-nano").layers, opened=last)
    assert page.editor.config == preset("qwen3-nano").config


def test_going_back_to_a_design_that_was_forgotten_says_so_and_takes_no_other_config(page: Page) -> None:
    page.opens(preset="llama-nano")
    for number in range(10 * MOST):
        page.asks("open", text=text_of([], {"name": str(number)}))
    page.sends(layer_stack=NANO.layers, opened=0)
    assert (page.editor.layer_stack, page.editor.config) == (NANO.layers, {})
    assert "no longer known" in page.editor.refusal
    page.sends(language="ko")
    assert "남아 있지 않습니다" in page.editor.refusal
    page.sends(layer_stack=LLAMA.layers, opened=1)
    assert (page.editor.config, page.editor.refusal) == (LLAMA.config, "")


def test_a_config_is_handed_out_as_it_was_put_whatever_is_done_to_it() -> None:
    config = {"training": {"steps": 1}}
    configs = OpenedConfigs(config)
    number = configs.note(config, 0)
    config["training"]["steps"] = 2
    taken = configs.get(number)
    assert taken == configs.get(0) == {"training": {"steps": 1}}
    taken["training"]["steps"] = 3  # pyright: ignore[reportOptionalSubscript]
    assert configs.get(number) == {"training": {"steps": 1}}
