from __future__ import annotations

import copy

import pytest

import slm_widgets as slm
from slm_widgets.errors import LayerStackError
from slm_widgets.language import use_language
from slm_widgets.library.ancestry import Parent, find_parent, read_parent
from slm_widgets.library.run_difference import difference_from
from slm_widgets.stack import fill_vocabulary, parse_stack, preset
from slm_widgets.stack.difference import Change
from slm_widgets.training import TrainConfig
from tests.small_runs import DESIGN, SETTINGS, start


def changed(number: int = 2):
    document = copy.deepcopy(DESIGN)
    children = document["layer_stack"][2]["children"]
    children[1]["data"]["numHeads"] = number
    children[2]["data"]["dropoutRate"] = 0.3
    return document


def test_a_run_knows_the_design_and_settings_that_it_was_changed_from():
    first = start().wait()
    second = slm.train(changed(), *_text(), {**SETTINGS, "lr": 1e-3}, parent=first, track=False).wait()
    assert first.parent is None
    assert first.difference() is None
    assert second.parent.to_json() == first.stack.to_json()
    found = second.difference()
    assert found.design.to_json()["layers"] == slm.difference(first.stack, second.stack).to_json()["layers"]
    assert found.settings == (Change("lr", 2e-3, 1e-3),)
    with use_language("en"):
        assert found.short() == "Heads 4 → 2; Rate 0.1 → 0.3; Learning rate 0.002 → 0.001"
        assert str(found).splitlines()[-1] == "Learning rate 0.002 → 0.001"
    with use_language("ko"):
        assert "학습률 0.002 → 0.001" in found.short()


def _text():
    from tests.small_runs import small_corpus

    return small_corpus(), "char"


def test_the_parent_of_a_run_is_read_back_from_its_folder():
    first = start().wait()
    second = start({**SETTINGS, "lr": 1e-3}, parent=first).wait()
    saved = slm.load_run(second.folder)
    parent = read_parent(saved.folder, saved.facts["parent"])
    assert parent is not None
    assert (parent.name, parent.folder, parent.config) == (first.name, first.folder, first.config)
    assert parent.stack.to_json() == first.stack.to_json()
    assert saved.difference() == second.difference()
    assert saved.difference().settings == (Change("lr", 2e-3, 1e-3),)
    assert slm.load_run(first.folder).difference() is None
    third = start(parent=saved).wait()  # a run read back may be a parent, too
    assert third.origin.config == second.config


@pytest.mark.parametrize("what", ["nothing", "no design", "a setting that is gone"])
def test_a_parent_that_cannot_be_read_is_none(tmp_path, what):
    if what == "no design":
        (tmp_path / "parent_stack.json").write_text('{"layer_stack": "nothing"}')
    if what == "a setting that is gone":
        Parent("small", parse_stack(DESIGN)).save_stack(tmp_path)
        assert read_parent(tmp_path, {"name": "small"}) is not None
    assert read_parent(tmp_path, {"name": "small", "config": {"gone": 1}}) is None


def test_a_design_named_after_a_preset_comes_from_it_and_any_other_from_nowhere():
    design = preset("gpt2-nano")
    parent = find_parent(None, design)
    assert parent is not None
    assert parent.stack.to_json() == design.to_json()
    assert find_parent(None, parse_stack(DESIGN)) is None


@pytest.mark.parametrize("given", ["gpt2-nano", preset("gpt2-nano"), preset("gpt2-nano").to_json()])
def test_a_parent_may_be_given_as_any_design(given):
    parent = find_parent(given, parse_stack(DESIGN))
    assert parent is not None
    assert (parent.name, parent.stack.to_json(), parent.folder) == ("gpt2-nano", preset("gpt2-nano").to_json(), None)


def test_a_parent_that_is_no_design_is_refused():
    with pytest.raises(LayerStackError):
        start(parent="no such preset")
    assert slm.runs() == []


def test_a_vocabulary_that_the_tokenizer_filled_in_is_no_difference():
    design = preset("gpt2-nano")
    found = difference_from(Parent("gpt2-nano", design), "mine", fill_vocabulary(design, 70), TrainConfig())
    assert not found
    assert found.short() == ""
    with use_language("en"):
        assert str(found) == "Nothing differs from its parent."


def test_settings_that_a_design_carries_are_those_of_its_parent():
    carrying = parse_stack({**DESIGN, "config": {"name": "carrying", "training": {"lr": 1e-3, "betas": [0.9, 0.95]}}})
    found = difference_from(find_parent(carrying, carrying), "mine", carrying, TrainConfig(lr=1e-3))
    with use_language("en"):
        assert found.short().endswith("betas (0.9, 0.95) → (0.9, 0.99)")
    assert [change.field for change in found.settings] == ["betas"]


def test_layers_that_come_and_go_are_told_by_their_ids_and_what_many_share_once():
    design = preset("gpt2-nano").to_json()
    blocks = copy.deepcopy(design)
    blocks["layer_stack"] = [node for node in blocks["layer_stack"] if node["type"] != "dropout"]
    gone = [node["data"]["id"] for node in design["layer_stack"] if node["type"] == "dropout"]
    found = difference_from(Parent("a", parse_stack(design)), "b", parse_stack(blocks), TrainConfig())
    assert found.words()[: len(gone)] == tuple(f"− {id}" for id in gone)
    assert found.design.names == ("a", "b")
