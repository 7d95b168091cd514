"""Opening designs and keeping them, through the editor: presets, files of every dialect, hostile texts."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from slm_widgets.errors import ExportError, LayerStackError
from slm_widgets.stack import parse_stack, preset, presets
from slm_widgets.widgets.graph_editor import GraphEditor
from tests.widgets.editor.page import Page

FIXTURES = Path(__file__).parents[2] / "fixtures" / "stacks"
NANO = preset("gpt2-nano")


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Page:
    return Page(GraphEditor("gpt2-nano"), monkeypatch)


# -- presets ----------------------------------------------------------------------------------------------------------------


def test_the_gallery_has_every_preset_with_its_size(page: Page) -> None:
    cards = page.asks("gallery")["value"]
    assert [(c["name"], c["parameters"], c["purpose"]) for c in cards] == [
        (info.name, info.parameters, info.purpose) for info in presets()
    ]
    assert [c["published"] for c in cards] == sorted(c["published"] for c in cards)


def test_a_sketch_has_the_blocks_and_their_repeats(page: Page) -> None:
    cards = {card["name"]: card["sketch"] for card in page.asks("gallery")["value"]}
    assert [bar["repeats"] for bar in cards["gpt2"] if bar["repeats"]] == [12]
    # tokens, positions, block (norm, attention, residual, norm, feed-forward, residual), norm, head
    assert [bar["depth"] for bar in cards["gpt2"]] == [0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0]


def test_the_gallery_speaks_the_editors_language(monkeypatch: pytest.MonkeyPatch) -> None:
    cards = Page(GraphEditor(language="ko"), monkeypatch).asks("gallery")["value"]
    assert all(any("가" <= letter <= "힣" for letter in card["purpose"]) for card in cards)


@pytest.mark.parametrize("name", [info.name for info in presets()])
def test_every_preset_is_opened_with_its_config(page: Page, name: str) -> None:
    page.opens(preset=name)
    assert page.editor.stack == preset(name)


def test_asking_alone_changes_nothing(page: Page) -> None:
    before = (page.editor.layer_stack, page.editor.config, page.editor.analysis)
    for content in ({"preset": "llama-nano"}, {"text": "[]", "name": "x"}, {}):
        assert page.asks("open", **content)["ok"]
    assert (page.editor.layer_stack, page.editor.config, page.editor.analysis) == before


def test_the_config_goes_and_comes_back_with_its_design(page: Page) -> None:
    drawn = page.editor.layer_stack
    llama = page.opens(preset="llama-nano")
    empty = page.opens()
    assert (page.editor.layer_stack, page.editor.config) == ([], {})
    page.sends(layer_stack=llama["layer_stack"], opened=llama["opened"])  # undo
    assert page.editor.config == preset("llama-nano").config
    page.sends(layer_stack=drawn, opened=0)  # undo
    assert page.editor.config == NANO.config
    page.sends(layer_stack=[], opened=empty["opened"])  # redo twice, and the kernel only heard of the last
    assert page.editor.config == {}


def test_what_python_made_of_a_config_is_not_lost_by_an_undo_and_a_redo(page: Page) -> None:
    drawn = page.editor.layer_stack
    llama = page.opens(preset="llama-nano")
    page.editor.config = {"name": "renamed"}
    page.sends(layer_stack=drawn, opened=0)
    page.sends(layer_stack=llama["layer_stack"], opened=llama["opened"])
    assert page.editor.config == {"name": "renamed"}


def test_opening_is_answered_once_and_the_nodes_are_not_sent_back(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = page.asks("open", preset="llama-nano")["value"]
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr(GraphEditor, "_send", lambda _, msg, buffers=None: messages.append(msg))
    page.sends(layer_stack=answer["layer_stack"], opened=answer["opened"])
    updates = [sorted(message["state"]) for message in messages if message["method"] == "update"]  # the rest are echoes
    assert sum("analysis" in names for names in updates) == 1
    assert not any("layer_stack" in names for names in updates)


@pytest.mark.parametrize("number", [99, -1, "0", None, 1.5, True, [1]])
def test_a_number_that_nobody_gave_changes_no_config(page: Page, number: Any) -> None:
    page.sends(layer_stack=[], opened=number)
    assert (page.editor.config, page.editor.opened) == (NANO.config, 0)
    assert page.editor.layer_stack == []


def test_rules_hold_for_what_is_opened_too(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(GraphEditor("gpt2-nano", readonly=True), monkeypatch)
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr(GraphEditor, "_send", lambda _, msg, buffers=None: messages.append(msg))
    page.opens(preset="llama-nano")
    returned: dict[str, Any] = {}
    for message in messages:
        if message["method"] == "update":
            returned.update(message["state"])
    assert (returned["layer_stack"], returned["opened"]) == (NANO.layers, 0)  # the page goes back to both
    assert page.editor.layer_stack == NANO.layers
    assert (page.editor.config, page.editor.opened) == (NANO.config, 0)


@pytest.mark.parametrize("name", ["gpt2-nona", "", "../../etc/passwd", 7, None, ["gpt2"], {"a": 1}])
def test_an_unknown_preset_is_answered_with_those_that_exist(page: Page, name: Any) -> None:
    answer = page.asks("open", preset=name)
    assert not answer["ok"]
    assert "gpt2-nano" in answer["message"]


# -- files that are dropped --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fixture", sorted(FIXTURES.glob("*.json")), ids=lambda path: path.stem)
def test_every_dialect_is_opened(page: Page, fixture: Path) -> None:
    opened = page.opens(text=fixture.read_text(encoding="utf-8"), name=fixture.name)
    expected = parse_stack(fixture)
    assert page.editor.stack.layers == expected.layers == opened["layer_stack"]
    assert page.editor.config == expected.config
    assert not [p for p in page.editor.analysis["problems"] if p["severity"] == "error"]


@pytest.mark.parametrize("fixture", sorted((FIXTURES / "broken").glob("*.json")), ids=lambda path: path.stem)
def test_a_broken_file_is_opened_with_its_mistakes_or_refused_in_words(page: Page, fixture: Path) -> None:
    answer = page.asks("open", text=fixture.read_text(encoding="utf-8"), name=fixture.name)
    if not answer["ok"]:
        assert fixture.stem in ("cut_off", "not_a_number")
        assert answer["message"]
        return
    page.sends(layer_stack=answer["value"]["layer_stack"], opened=answer["value"]["opened"])
    shown = [p["message"] for p in page.editor.analysis["problems"]] + answer["value"]["notes"]
    with pytest.raises(LayerStackError) as caught:
        parse_stack(fixture)
    assert {p.message for p in caught.value.problems} <= set(shown)  # no mistake goes unsaid


def test_pasted_nodes_are_read_without_anything_being_opened(page: Page) -> None:
    text = (FIXTURES / "gpt_oldest_list.json").read_text(encoding="utf-8")
    answer = page.asks("read", text=text, name="clipboard")["value"]
    assert answer["layer_stack"] == parse_stack(text).layers
    assert page.editor.layer_stack == NANO.layers


HOSTILE = {
    "empty": "",
    "blank": " \n\t",
    "path": "/etc/passwd",
    "a path of ours": str(FIXTURES / "gpt_list.json"),
    "preset": "gpt2-nano",
    "text": '"gpt2-nano"',
    "null": "null",
    "number": "7",
    "markup": "<script>alert(1)</script>",
    "object": "{}",
    "other object": '{"cells": [], "nbformat": 4}',
    "deep lists": "[" * 100_000 + "]" * 100_000,
    "deep blocks": '[{"type": "transformerBlock", "children": ' * 200 + "[]" + "}]" * 200,
    "not a number": '[{"type": "dropout", "data": {"id": "d", "dropoutRate": NaN}}]',
    "infinite": '[{"type": "dropout", "data": {"id": "d", "dropoutRate": 1e999}}]',
    "thousands of digits": '[{"type": "dropout", "data": {"id": "d", "dropoutRate": ' + "9" * 5000 + "}}]",
    "half a character": '[{"type": "dropout", "data": {"id": "\\ud800"}}]',
    "a future version": '{"format": "slm-widgets", "version": 99, "layer_stack": []}',
    "many values": json.dumps({"layer_stack": [[0] * 300_000]}),
    "zip": "PK\x03\x04\x00\x00",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_design_is_refused_in_words(page: Page, text: str) -> None:
    answer = page.asks("open", text=text, name="found.json")
    assert not answer["ok"]
    assert answer["message"]
    assert "Traceback" not in answer["message"]
    assert "unforeseen" not in answer["message"]  # which is said of a mistake of ours
    assert page.editor.layer_stack == NANO.layers


ODD = {
    "wrong types": '[{"type": "mhAttention", "data": {"id": "a", "numHeads": [1], "dropoutRate": {"a": "b"}}}]',
    "no nodes": '[5, null, "x", [], {"type": {}}]',
    "huge": '[{"type": "tokenEmbedding", "data": {"id": "t", "embDim": 1' + "0" * 200 + "}}]",
    "negative": '[{"type": "transformerBlock", "data": {"id": "b", "numOfBlocks": -3}, "children": []}]',
    "one id twice": '[{"type": "dropout", "data": {"id": "d"}}, {"type": "dropout", "data": {"id": "d"}}]',
    "own names": '[{"type": "__proto__", "data": {"id": "constructor", "toString": 1}}]',
    "markup": '[{"type": "dropout", "data": {"id": "d", "label": "<img src=x onerror=alert(1)>"}}]',
    "unknown": '[{"type": "warpDrive", "data": {"id": "w", "speed": 9}}]',
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_a_design_full_of_mistakes_is_drawn_with_them(page: Page, text: str) -> None:
    page.opens(text=text, name="odd.json")
    assert page.editor.analysis["problems"]
    assert "could not be examined" not in page.editor.analysis["problems"][0]["message"]


@pytest.mark.parametrize("content", [{"text": None}, {"text": 5}, {"text": ["[]"]}, {"text": {"a": 1}, "name": 7}])
def test_a_request_of_the_wrong_types_is_answered(page: Page, content: dict[str, Any]) -> None:
    assert page.asks("open", **content)["id"] == "1"


def test_a_text_that_is_too_large_is_refused_before_it_is_read(page: Page) -> None:
    begun = time.perf_counter()
    answer = page.asks("open", text="[" + " " * 5_000_001 + "]", name="large.json")
    assert "5 MB" in answer["message"]
    assert time.perf_counter() - begun < 10


@pytest.mark.slow
def test_5000_layers_are_opened_and_more_are_refused(page: Page) -> None:
    def text(count: int) -> str:
        nodes = [{"type": "dropout", "data": {"id": f"d{n}", "dropoutRate": 0.1}} for n in range(count)]
        return json.dumps(nodes)

    assert len(page.asks("open", text=text(5000), name="large.json")["value"]["layer_stack"]) == 5000
    assert "5,000" in page.asks("open", text=text(5001), name="large.json")["message"]


def test_thousands_of_notes_are_cut_short(page: Page) -> None:
    doubled = ", ".join(f'"k{n}": 1, "k{n}": 2' for n in range(500))
    opened = page.asks("open", text='[{"type": "dropout", "data": {"id": "d", ' + doubled + "}}]", name="x")
    assert len(opened["value"]["notes"]) <= 9


# -- out of the page -------------------------------------------------------------------------------------------------------------


def test_the_saved_form_is_read_again(page: Page) -> None:
    saved = page.asks("json")["value"]
    assert saved["name"] == "gpt2-nano.slm.json"
    assert parse_stack(saved["text"]) == NANO


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("gpt2-nano", "gpt2-nano"),
        ("내 모델 1", "내-모델-1"),
        ("../../etc/passwd", "etc-passwd"),
        ("a/b\\c:d*e?f", "a-b-c-d-e-f"),
        ("...", "model"),
        ("", "model"),
        (None, "model"),
        ({"a": 1}, "a-1"),
        ("CON", "CON-model"),
        ("x" * 500, "x" * 60),
        ("<script>", "script"),
        (".hidden\u202egpj", "hidden-gpj"),
    ],
)
def test_downloads_have_names_that_any_system_takes(page: Page, name: Any, file: str) -> None:
    page.editor.config = {"name": name}
    assert page.asks("file-name")["value"] == file


def test_downloads_of_a_kept_drawing_have_the_name_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(GraphEditor("gpt2-nano", path=tmp_path / "ps1.slm.json"), monkeypatch)
    assert page.asks("file-name")["value"] == "ps1"


# -- the file that keeps the drawing -----------------------------------------------------------------------------------------------


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    """An editor whose drawing (nano) lies in a file."""
    path = tmp_path / "ps1.slm.json"
    NANO.save(path)
    return Page(GraphEditor(path=path), monkeypatch)


def backups(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir() if ".bak" in entry.name)


def test_without_a_file_there_is_nothing_to_tell(page: Page) -> None:
    assert (page.editor.file_state, page.editor.path) == ({}, None)
    for kind in ("file-check", "file-keep"):
        assert page.asks(kind)["ok"]
    assert not page.asks("file-take")["ok"]


def test_the_page_is_told_and_takes_the_files_version_as_a_step_of_its_own(kept: Page, tmp_path: Path) -> None:
    editor, path = kept.editor, tmp_path / "ps1.slm.json"
    assert editor.file_state["state"] == "saved"
    preset("llama-nano").save(path)
    kept.asks("file-check")
    assert (editor.file_state["state"], editor.file_state["path"]) == ("changed underneath", "ps1.slm.json")
    assert editor.file_state["trouble"] is True
    assert editor.layer_stack == NANO.layers  # nothing is taken silently
    kept.opens("file-take")
    assert editor.file_state["state"] == "saved"
    assert editor.file_state["trouble"] is False
    assert editor.stack == preset("llama-nano")
    assert parse_stack(path) == preset("llama-nano")
    kept.sends(layer_stack=NANO.layers, opened=0)  # undo
    assert parse_stack(path) == NANO
    assert editor.file_state["state"] == "saved"
    kept_beside = [parse_stack(tmp_path / f"ps1.slm.json.{name}") for name in ("bak", "bak2")]
    assert kept_beside == [NANO, preset("llama-nano")]  # what was drawn, and then what they had written


def test_drawing_goes_on_beside_a_changed_file_and_mine_can_be_kept(kept: Page, tmp_path: Path) -> None:
    path = tmp_path / "ps1.slm.json"
    preset("llama-nano").save(path)
    kept.sends(layer_stack=preset("qwen3-nano").layers)
    assert kept.editor.file_state["state"] == "changed underneath"
    assert parse_stack(path) == preset("llama-nano")
    kept.asks("file-keep")
    assert kept.editor.file_state["state"] == "saved"
    assert parse_stack(path).layers == preset("qwen3-nano").layers
    assert parse_stack(tmp_path / "ps1.slm.json.bak") == preset("llama-nano")


def test_the_state_of_the_file_is_said_in_the_other_language_too(kept: Page, tmp_path: Path) -> None:
    (tmp_path / "ps1.slm.json").write_text("{")
    kept.asks("file-check")
    english = kept.editor.file_state["words"]
    kept.sends(language="ko")
    korean = kept.editor.file_state["words"]
    assert english != korean
    assert "바뀌어" in korean
    assert "JSON" in korean  # what is wrong in it, too


def test_the_page_cannot_write_the_state_of_the_file(kept: Page) -> None:
    before = kept.editor.file_state
    kept.sends(file_state={"path": "/etc/passwd", "state": "saved", "words": ""})
    assert kept.editor.file_state == before


def test_requests_from_many_threads_leave_one_whole_file(kept: Page, tmp_path: Path) -> None:
    names = ["gpt2-nano", "llama-nano", "qwen3-nano", "gpt-j-nano"]

    def draw(name: str) -> None:
        for _ in range(3):
            kept.sends(layer_stack=preset(name).layers)
            kept.editor.check_file()
            kept.editor.keep_mine()

    threads = [threading.Thread(target=draw, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert parse_stack(tmp_path / "ps1.slm.json").layers == kept.editor.layer_stack
    assert kept.editor.file_state["state"] == "saved"
    assert [entry.name for entry in tmp_path.iterdir() if "slm" in entry.name] == ["ps1.slm.json"]


# -- from the notebook ---------------------------------------------------------------------------------------------------------------


def test_a_drawing_is_saved_to_a_file_that_keeps_it_from_then_on(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "new.slm.json"
    assert page.editor.save(path) == path
    assert parse_stack(path) == NANO
    page.sends(layer_stack=preset("llama-nano").layers)
    assert parse_stack(path).layers == preset("llama-nano").layers
    assert page.editor.save() == path


def test_saving_nowhere_says_how_to_name_a_file(page: Page) -> None:
    with pytest.raises(ExportError, match=r"editor\.save"):
        page.editor.save()


def test_saving_over_another_design_asks_for_overwrite(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "theirs.slm.json"
    preset("llama-nano").save(path)
    with pytest.raises(ExportError, match="overwrite=True"):
        page.editor.save(path)
    assert parse_stack(path) == preset("llama-nano")
    assert page.editor.path is None
    page.editor.save(path, overwrite=True)
    assert parse_stack(path) == NANO
    assert parse_stack(tmp_path / "theirs.slm.json.bak") == preset("llama-nano")


def test_saving_into_a_folder_that_is_not_there_raises(page: Page, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="missing"):
        page.editor.save(tmp_path / "missing" / "a.slm.json")
    assert page.editor.path is None


def test_a_file_is_opened_and_kept_from_then_on(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "llama.slm.json"
    preset("llama-nano").save(path)
    page.editor.open_file(path)
    assert page.editor.stack == preset("llama-nano")
    assert page.editor.file_state["state"] == "saved"
    page.sends(layer_stack=preset("llama-nano").layers[:3])
    assert json.loads(path.read_text())["layer_stack"] == preset("llama-nano").layers[:3]
    assert not backups(tmp_path)


def test_opening_a_file_that_is_no_design_changes_nothing(page: Page, tmp_path: Path) -> None:
    for name in ("missing.json", "bad.json"):
        (tmp_path / "bad.json").write_text("{")
        with pytest.raises(LayerStackError):
            page.editor.open_file(tmp_path / name)
    assert page.editor.stack == NANO
    assert page.editor.path is None
