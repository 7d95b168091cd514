from __future__ import annotations

import json
import shutil

import pytest
import torch
from safetensors.torch import save_file

from slm_widgets.errors import RunError
from slm_widgets.language import use_language
from slm_widgets.library import latest_whole, load_checkpoint, save_checkpoint
from tests.library.run_folders import make_folder, marked, snapshot


@pytest.fixture
def folder():
    """A run with the checkpoints of steps 100, 200 and 300."""
    made = make_folder()
    for step in (100, 200, 300):
        save_checkpoint(made, snapshot(step, val_loss=1.0), marked(step), keep_best=9)
    return made


def _cut(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 9 // 10])


def _flip(path):
    content = bytearray(path.read_bytes())
    # In JSON, a digit of the validation loss: the file is then as well formed as before.
    place = content.index(b"1.0") if path.suffix == ".json" else -1
    content[place] ^= 1
    path.write_bytes(content)


def _exchange(path):
    shutil.copy(path.parent.parent / "step-00000100" / path.name, path)


def _empty(path):
    path.write_bytes(b"")


def _remove(path):
    path.unlink()


def _pickle(path):
    torch.save({"x": 1}, path)


@pytest.mark.parametrize("damage", [_cut, _flip, _exchange, _empty, _remove, _pickle])
@pytest.mark.parametrize("name", ["model.safetensors", "state.safetensors", "state.json"])
def test_damaged_checkpoint_is_refused_and_the_one_before_is_named(folder, damage, name):
    path = folder.checkpoints / "step-00000300"
    damage(path / name)
    model = marked(5)
    with pytest.raises(RunError) as caught:
        load_checkpoint(path, model)
    assert str(path) in caught.value.message
    assert name in caught.value.message
    assert str(folder.checkpoints / "step-00000200") in caught.value.message
    assert torch.equal(model.weight, marked(5).weight)
    found, facts, sentences = latest_whole(folder.path)
    assert found is not None
    assert found.step == facts["step"] == 200
    assert len(sentences) == 1
    assert name in sentences[0]


def test_two_damaged_ones_are_both_told_and_without_any_whole_one_there_is_none(folder):
    for step in (300, 200):
        _cut(folder.checkpoints / f"step-00000{step}" / "state.safetensors")
    found, _, sentences = latest_whole(folder.path)
    assert found is not None
    assert (found.step, len(sentences)) == (100, 2)
    with pytest.raises(RunError, match="step-00000100"):
        load_checkpoint(folder.checkpoints / "step-00000300", marked(0))
    _remove(folder.checkpoints / "step-00000100" / "state.json")
    found, _, sentences = latest_whole(folder.path)
    assert (found, len(sentences)) == (None, 3)
    with use_language("ko"), pytest.raises(RunError, match="다시 학습하세요"):
        load_checkpoint(folder.checkpoints / "step-00000300", marked(0))


@pytest.mark.parametrize(
    "change", [{"format": "other"}, {"version": 2}, {"step": 301}, {"sha256": {}}, {"facts": {}}], ids=str
)
def test_foreign_state_is_refused(folder, change):
    path = folder.checkpoints / "step-00000300" / "state.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(RunError, match=r"state\.json.*step-00000200"):
        load_checkpoint(path.parent, marked(0))


def test_renamed_checkpoint_is_refused(folder):
    path = folder.checkpoints / "step-00000300"
    path.rename(folder.checkpoints / "step-00000400")
    with pytest.raises(RunError, match="300"):
        load_checkpoint(folder.checkpoints / "step-00000400", marked(0))


def test_checkpoint_of_another_design_is_refused_by_the_tensors_name(folder):
    model = torch.nn.Linear(4, 8)
    before = model.weight.clone()
    with pytest.raises(RunError, match="weight") as caught:
        load_checkpoint(folder.checkpoints / "step-00000300", model)
    assert caught.value.field == "weight"
    assert torch.equal(model.weight, before)


def test_loaded_tensors_do_not_depend_on_the_file(folder):
    path = folder.checkpoints / "step-00000300"
    loaded = load_checkpoint(path, marked(0))
    save_file({"step": torch.tensor(7)}, path / "state.safetensors")
    with (path / "state.safetensors").open("r+b") as file:
        file.truncate(0)
    assert loaded.tensors["step"] == 300
