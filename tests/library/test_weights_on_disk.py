from __future__ import annotations

import pytest
import torch
from safetensors.torch import load_file, save_file

from slm_widgets.errors import RunError
from slm_widgets.library import load_weights, save_weights
from tests.small_runs import small_parts


def test_weights_come_back_and_a_tied_one_stays_tied(tmp_path):
    model, dataset, _ = small_parts(seed=1)
    save_weights(model, tmp_path / "model.safetensors")
    other, _, _ = small_parts(seed=2)
    load_weights(other, tmp_path / "model.safetensors")
    x, _ = dataset.train.batch(torch.tensor([0]))
    torch.testing.assert_close(other.eval()(x), model.eval()(x))
    assert len(list(other.parameters())) == len(list(model.parameters()))


def test_tied_weight_is_written_once(tmp_path):
    model, _, _ = small_parts()
    save_weights(model, tmp_path / "model.safetensors")
    stored = load_file(tmp_path / "model.safetensors")
    assert sum(t.numel() for t in stored.values()) == sum(p.numel() for p in model.parameters())
    assert len(stored) < len(model.state_dict())


def _damaged(tmp_path, damage):
    model, _, _ = small_parts()
    path = tmp_path / "model.safetensors"
    save_weights(model, path)
    stored = load_file(path)
    name = damage(stored)
    save_file(stored, path)
    return model, path, name


def _drop(stored):
    name = sorted(stored)[0]
    del stored[name]
    return name


def _reshape(stored):
    name = next(name for name, tensor in stored.items() if tensor.dim() == 2)
    stored[name] = stored[name][:-1].contiguous()
    return name


def _add(stored):
    stored["extra"] = torch.zeros(1)
    return "extra"


@pytest.mark.parametrize("damage", [_drop, _reshape, _add])
def test_weights_of_another_design_are_refused_by_the_tensors_name(tmp_path, damage):
    model, path, name = _damaged(tmp_path, damage)
    before = {key: tensor.clone() for key, tensor in model.state_dict().items()}
    with pytest.raises(RunError) as caught:
        load_weights(model, path)
    assert name in caught.value.message
    assert caught.value.field == name
    for key, tensor in model.state_dict().items():
        torch.testing.assert_close(tensor, before[key])


@pytest.mark.parametrize("content", [b"", b"not safetensors at all", None])
def test_broken_or_missing_file_is_a_sentence(tmp_path, content):
    path = tmp_path / "model.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RunError, match=r"model\.safetensors"):
        load_weights(small_parts()[0], path)


def test_pickled_weights_are_never_opened(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (pytest.fail, ("a file was executed",))

    path = tmp_path / "model.safetensors"
    torch.save({"x": Bomb()}, path)
    with pytest.raises(RunError):
        load_weights(small_parts()[0], path)


def test_failed_writing_leaves_the_file_that_was_there(tmp_path, monkeypatch):
    model, _, _ = small_parts()
    path = tmp_path / "model.safetensors"
    save_weights(model, path)
    whole = path.read_bytes()

    def fails(tensors, filename, metadata):
        filename.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("slm_widgets.library.weights.save_file", fails)
    with pytest.raises(OSError, match="No space"):
        save_weights(model, path)
    assert path.read_bytes() == whole
    assert [file.name for file in tmp_path.iterdir()] == ["model.safetensors"]
