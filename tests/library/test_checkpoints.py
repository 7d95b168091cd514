from __future__ import annotations

import contextlib
import errno
import json
import math
import os
import shutil
import subprocess
import sys

import pytest
import torch

from slm_widgets.errors import RunError
from slm_widgets.library import RunFolder, latest_whole, load_checkpoint, process_identity, save_checkpoint
from slm_widgets.library.checkpoints import checkpoints
from slm_widgets.library.process import _start_of
from tests.library.run_folders import all_files, make_folder, marked, small_disk, snapshot
from tests.small_runs import small_parts


def save(folder, step, keep_best=1, **facts):
    return save_checkpoint(folder, snapshot(step, **facts), marked(step), keep_best)


def steps(folder):
    return [each.step for each in checkpoints(folder.path)]


def shown(folder):
    """What lies beside the checkpoints, hidden or not."""
    return sorted(path.name for path in folder.checkpoints.iterdir())


def test_model_and_optimizer_of_torch_go_on_bit_for_bit(tmp_path):
    """torch's own AdamW, saved after three steps and loaded into fresh objects, takes the same next three steps."""

    def learn(model, optimizer, dataset, steps):
        for step in steps:
            x, y = dataset.train.batch(torch.tensor([step]))
            torch.manual_seed(step)
            torch.nn.functional.cross_entropy(model(x).flatten(0, 1), y.flatten()).backward()
            optimizer.step()
            optimizer.zero_grad()

    def fresh(seed):
        model, dataset, _ = small_parts(seed)
        return model, torch.optim.AdamW(model.parameters(), lr=1e-2), dataset

    model, optimizer, dataset = fresh(seed=1)
    learn(model, optimizer, dataset, range(3))
    state = optimizer.state_dict()
    tensors = {f"{index}.{name}": value for index, each in state["state"].items() for name, value in each.items()}
    saved = save_checkpoint(make_folder(), snapshot(3, tensors, groups=state["param_groups"]), model, keep_best=1)

    other, second, _ = fresh(seed=2)
    loaded = load_checkpoint(saved.path, other)
    assert loaded.step == 3
    assert loaded.tensors.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert loaded.tensors[name].dtype == tensor.dtype
        assert torch.equal(loaded.tensors[name], tensor)
    entries: dict[int, dict[str, torch.Tensor]] = {}
    for key, value in loaded.tensors.items():
        index, _, name = key.partition(".")
        entries.setdefault(int(index), {})[name] = value
    second.load_state_dict({"state": entries, "param_groups": loaded.facts["groups"]})
    learn(model, optimizer, dataset, range(3, 6))
    learn(other, second, dataset, range(3, 6))
    for (name, left), right in zip(model.state_dict().items(), other.state_dict().values(), strict=True):
        assert torch.equal(left, right), name


@pytest.mark.parametrize(
    "tensor",
    [
        torch.tensor(2.5),
        torch.tensor(7),
        torch.tensor([True, False]),
        torch.tensor([1.1, -math.inf, math.nan], dtype=torch.float64),
        torch.tensor([1.5, -0.0], dtype=torch.float16),
        torch.tensor([1.5, 3e38], dtype=torch.bfloat16),
        torch.tensor([1.5, 2.0]).to(torch.float8_e4m3fn),
        torch.arange(5, dtype=torch.uint8),
        torch.tensor([-(2**62), 2**62]),
        torch.empty(0),
        torch.empty(0, 3),
        torch.arange(12.0).view(3, 4).t(),
        torch.arange(12.0)[4:6],
        torch.ones(3, requires_grad=True),
        torch.get_rng_state(),
    ],
    ids=lambda tensor: f"{str(tensor.dtype)[6:]}{list(tensor.shape)}",
)
def test_tensor_of_any_kind_comes_back(tmp_path, tensor):
    saved = save_checkpoint(make_folder(), snapshot(1, {"t": tensor}), marked(1), keep_best=1)
    loaded = load_checkpoint(saved.path, marked(0)).tensors["t"]
    assert (loaded.dtype, loaded.shape) == (tensor.dtype, tensor.shape)
    assert _bytes(loaded) == _bytes(tensor)


def _bytes(tensor):
    return tensor.detach().contiguous().reshape(-1).view(torch.uint8).tolist()


def test_tensors_that_share_a_memory_come_back_apart(tmp_path):
    whole = torch.arange(6.0)
    saved = save_checkpoint(make_folder(), snapshot(1, {"a": whole, "b": whole, "c": whole[:3]}), marked(1), 1)
    loaded = load_checkpoint(saved.path, marked(0)).tensors
    assert [tensor.tolist() for tensor in loaded.values()] == [whole.tolist(), whole.tolist(), [0.0, 1.0, 2.0]]
    loaded["a"].zero_()
    assert loaded["b"].tolist() == whole.tolist()


def test_facts_come_back_to_the_last_bit(tmp_path):
    facts = {"best": 0.1 + 0.2, "clock": math.pi, "none": None, "worst": math.inf, "choices": [{"why": "빨라서"}]}
    saved = save_checkpoint(make_folder(), snapshot(1, **facts), marked(1), keep_best=1)
    assert load_checkpoint(saved.path, marked(0)).facts == {"step": 1, **facts}


def test_state_says_what_it_was_made_with(tmp_path):
    folder = make_folder()
    folder.config.write_text('{"lr": 0.25}')
    state = json.loads((save(folder, 100, val_loss=1.5).path / "state.json").read_text(encoding="utf-8"))
    assert (state["step"], state["val_loss"], state["config"]) == (100, 1.5, {"lr": 0.25})
    assert state["threads"] == torch.get_num_threads()
    assert state["versions"]["torch"] == torch.__version__
    assert shown(folder) == ["step-00000100"]
    assert sorted(path.name for path in (folder.checkpoints / "step-00000100").iterdir()) == [
        "model.safetensors",
        "state.json",
        "state.safetensors",
    ]


def test_newest_and_the_best_are_kept(tmp_path):
    folder = make_folder()
    losses = {1: 3.0, 2: 1.0, 3: 2.0, 4: None, 5: 1.0, 6: 4.0, 7: math.nan}
    seen = []
    for step, loss in losses.items():
        saved = save(folder, step, keep_best=2, val_loss=loss)
        seen.append((steps(folder), saved.is_best))
    assert seen == [
        ([1], True),
        ([2, 1], True),
        ([3, 2], False),
        ([4, 3, 2], False),
        ([5, 2], True),
        ([6, 5, 2], False),
        ([7, 5, 2], False),
    ]
    last, best, other = checkpoints(folder.path)
    assert (last.step, last.is_last, last.is_best, last.val_loss) == (7, True, False, None)
    assert (best.step, best.is_last, best.is_best, best.val_loss) == (5, False, True, 1.0)
    assert not other.is_best
    save(folder, 8, keep_best=0, val_loss=9.0)
    assert steps(folder) == [8]
    assert shown(folder) == ["step-00000008"]


def test_checkpoint_of_the_same_step_is_replaced(tmp_path):
    folder = make_folder()
    save(folder, 100, looked=False)
    save_checkpoint(folder, snapshot(100, looked=True, val_loss=1.5), marked(7), keep_best=1)
    assert shown(folder) == ["step-00000100"]
    model = marked(0)
    assert load_checkpoint(folder.checkpoints / "step-00000100", model).facts["looked"] is True
    assert model.weight[0, 0] == 7


def test_run_that_went_back_does_not_keep_its_old_future(tmp_path):
    folder = make_folder()
    for step in (100, 200, 300):
        save(folder, step, keep_best=5, val_loss=1 / step)
    save(folder, 150, keep_best=5, val_loss=1.0)
    assert steps(folder) == [150, 100]
    assert latest_whole(folder.path)[0].step == 150


def test_without_checkpoints_there_is_none(tmp_path):
    folder = make_folder()
    assert checkpoints(folder.path) == []
    assert latest_whole(folder.path) == (None, {}, [])
    with pytest.raises(RunError, match="no older checkpoint"):
        load_checkpoint(folder.checkpoints / "step-00000001", marked(0))


def test_what_killed_writers_left_is_removed_and_what_living_ones_write_is_not(tmp_path):
    folder = make_folder()
    save(folder, 1)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        living = {**process_identity(), "pid": child.pid, "started": _start_of(child.pid)}
        writers = {"living": living, "gone": {**living, "started": "earlier"}, "mine": process_identity(), "none": None}
        for name, writer in writers.items():
            place = folder.checkpoints / f".step-00000002.{name}.tmp"
            place.mkdir()
            (place / "model.safetensors").write_bytes(b"half")
            if writer is not None:
                (place / "state.json").write_text(json.dumps({"process": writer}))
        (folder.checkpoints / ".step-00000003.abcd.old").mkdir()
        save(folder, 2)
        assert [name for name in shown(folder) if name.startswith(".")] == [
            ".step-00000002.living.tmp",
            ".step-00000002.none.tmp",
        ]
        child.communicate(b"\n")
    os.utime(folder.checkpoints / ".step-00000002.none.tmp", (0, 0))
    save(folder, 3)
    assert shown(folder) == ["step-00000003"]


def test_replacing_that_was_cut_short_is_ended_by_the_next_save(tmp_path):
    folder = make_folder()
    old = save(folder, 100).path
    shutil.copytree(old, folder.checkpoints / "step-00000100.new")
    only = make_folder("b")
    os.rename(save(only, 100).path, only.checkpoints / "step-00000100.new")
    for each in (folder, only):
        assert [found.name for found in checkpoints(each.path)] == ["step-00000100.new"]
        load_checkpoint(each.checkpoints / "step-00000100.new", marked(0))
        save(each, 100)
        assert shown(each) == ["step-00000100"]


def test_full_disk_leaves_the_older_checkpoints_and_nothing_else(tmp_path):
    with small_disk(tmp_path / "disk", "256k") as disk:
        folder = RunFolder.create("a", {}, disk / "run")
        save(folder, 1, val_loss=1.0)
        before = all_files(folder.path)

        def fails(tensors, model):
            with pytest.raises(OSError, match="No space") as caught:
                save_checkpoint(folder, snapshot(2, tensors), model, keep_best=1)
            assert caught.value.errno == errno.ENOSPC
            assert all_files(folder.path) == before
            assert shown(folder) == ["step-00000001"]

        fails({"moment": torch.zeros(60_000)}, marked(2))  # there is room for the weights, and none for the state
        fails({}, torch.nn.Linear(300, 300))  # there is none for the weights
        with contextlib.suppress(OSError), (disk / "rest").open("wb", buffering=0) as rest:
            while True:
                rest.write(bytes(4096))
        fails({}, marked(2))  # there is none at all
        (disk / "rest").unlink()
        save(folder, 2)
        assert latest_whole(folder.path)[0].step == 2


def test_folder_that_cannot_be_written_is_the_systems_word(tmp_path):
    folder = make_folder()
    folder.checkpoints.write_text("a file where the folder belongs")
    with pytest.raises(OSError, match="exists"):
        save(folder, 1)
