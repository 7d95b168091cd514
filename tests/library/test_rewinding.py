from __future__ import annotations

import json

import pytest

from slm_widgets.errors import RunError
from slm_widgets.library import discard_later, load_run, rewind, save_checkpoint, set_weights_aside
from tests.library.run_folders import all_files, make_folder, marked, small_disk, snapshot


def step(number):
    return {"kind": "step", "step": number, "loss": 1 / number, "lr": 0.1, "grad_norm": 1.0, "tokens_per_s": 9.0} | {
        "step_time_s": 0.1
    }


def evaluation(number):
    return {"kind": "evaluation", "step": number, "val_loss": 1.5, "elapsed_s": 2.0}


def mark(number):
    return {"kind": "checkpoint", "step": number, "name": f"step-{number:08d}", "val_loss": 1.5, "is_best": True}


def sample(number):
    return {"kind": "sample", "step": number, "prompt": "고양이", "text": "가 간다\n\u2028"}


def write(path, records, torn=""):
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text(lines + torn, encoding="utf-8", newline="\n")


def read(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


@pytest.fixture
def folder():
    """A run with evaluations before the first step and after every second, killed in the middle of a line."""
    made = make_folder()
    records = [evaluation(0)]
    for number in range(1, 8):
        records.append(step(number))
        if number % 2 == 0:
            records += [evaluation(number), mark(number)]
    write(made.metrics, records, torn=json.dumps(step(8))[:20])
    write(made.samples, [sample(number) for number in (0, 2, 4, 6)], torn='{"kind": "sam')
    return made


@pytest.mark.parametrize("looked", [True, False])
def test_what_came_after_a_checkpoint_goes(folder, looked):
    before = read(folder.metrics)
    rewind(folder.path, 4, looked)
    at_step = [evaluation(4), mark(4)] if looked else []
    assert read(folder.metrics) == [*before[: before.index(step(4)) + 1], *at_step]
    assert folder.metrics.read_bytes().endswith(b"}\n")
    assert read(folder.samples) == [sample(number) for number in ((0, 2, 4) if looked else (0, 2))]


def test_rewinding_twice_is_rewinding_once(folder):
    rewind(folder.path, 4, looked=True)
    once = all_files(folder.path)
    rewind(folder.path, 4, looked=True)
    assert all_files(folder.path) == once


def test_nothing_goes_that_is_not_after_it(folder):
    write(folder.metrics, [evaluation(0), step(1), step(2)])
    lines = folder.metrics.read_bytes()
    rewind(folder.path, 2, looked=False)
    assert folder.metrics.read_bytes() == lines


def test_begin_keeps_only_what_was_before_the_first_step(folder):
    rewind(folder.path, 0, looked=True)
    assert (read(folder.metrics), read(folder.samples)) == ([evaluation(0)], [sample(0)])


def test_later_checkpoints_and_the_weights_of_the_end_go(folder):
    for number in (2, 4, 6):
        save_checkpoint(folder, snapshot(number), marked(number), keep_best=0)
    save_checkpoint(folder, snapshot(7, val_loss=1.0), marked(7), keep_best=1)
    save_checkpoint(folder, snapshot(8, val_loss=2.0), marked(8), keep_best=1)
    folder.weights.write_bytes(b"")
    discard_later(folder.path, 7)
    assert [each.step for each in load_run(folder.path).checkpoints] == [7]
    assert not folder.weights.exists()


def test_weights_that_are_set_aside_displace_no_others(folder):
    assert set_weights_aside(folder.path) is None
    for content in (b"first", b"second", b"third"):
        folder.weights.write_bytes(content)
        place = set_weights_aside(folder.path)
        assert place is not None
        assert place.read_bytes() == content
    names = [
        "model-before-resume-2.safetensors",
        "model-before-resume-3.safetensors",
        "model-before-resume.safetensors",
    ]
    assert sorted(path.name for path in folder.path.glob("*.safetensors")) == names


def test_run_without_records_stays_without(tmp_path):
    folder = make_folder()
    rewind(folder.path, 4, looked=True)
    assert sorted(all_files(folder.path)) == ["run.json"]


@pytest.mark.parametrize("line", ['{"kind": ', "[]", '"step"', '{"kind": "step"}', '{"step": "3"}', "\udcff"])
@pytest.mark.parametrize("name", ["metrics.jsonl", "samples.jsonl"])
def test_damaged_line_is_a_sentence_and_all_files_stay(folder, name, line):
    path = folder.path / name
    path.write_bytes(line.encode("utf-8", "surrogateescape") + b"\n" + path.read_bytes())
    before = all_files(folder.path)
    with pytest.raises(RunError, match=name):
        rewind(folder.path, 4, looked=True)
    assert all_files(folder.path) == before


def test_full_disk_leaves_the_records_as_they_were(tmp_path, monkeypatch):
    with small_disk(tmp_path / "disk", "256k") as disk:
        monkeypatch.setenv("SLM_RUNS", str(disk))
        folder = make_folder()
        write(folder.metrics, [step(number) for number in range(1, 500)], torn="{")
        # For the first file there is room, for the second there is none.
        write(folder.samples, [sample(number) for number in range(1, 1500)])
        before = all_files(folder.path)
        with pytest.raises(OSError, match="No space"):
            rewind(folder.path, 490, looked=True)
        assert all_files(folder.path) == before
