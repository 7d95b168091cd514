from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import torch

from slm_widgets.errors import RunError
from slm_widgets.language import use_language
from slm_widgets.library import keep_corpus, load_run, process_identity, save_checkpoint, save_weights
from slm_widgets.library.reading_lines import last_lines, read_lines
from slm_widgets.training import Choice, RunState, TrainConfig
from tests.library.run_folders import make_folder, snapshot
from tests.small_runs import small_corpus, small_parts

GONE = {**process_identity(), "started": "earlier"}


@pytest.fixture
def killed():
    """The folder of a run whose process is gone, and the models of its checkpoints by step; 10 is the best."""
    folder = make_folder(process=GONE)
    models = {}
    for step, loss in ((10, 1.0), (20, 2.0), (30, None)):
        models[step] = small_parts(seed=step)[0]
        save_checkpoint(folder, snapshot(step, val_loss=loss), models[step], keep_best=3)
    models[10].stack.save(folder.stack)
    folder.config.write_text(json.dumps(TrainConfig(device="cpu").model_dump(mode="json")))
    return folder, models


def same(left, right):
    return all(torch.equal(a, b) for a, b in zip(left.parameters(), right.parameters(), strict=True))


def test_killed_run_has_the_model_of_its_last_checkpoint(killed):
    folder, models = killed
    run = load_run(folder.path)
    assert run.state is RunState.FAILED
    assert run.can_resume
    assert run.has_model
    assert [(each.step, each.is_last, each.is_best) for each in run.checkpoints] == [
        (30, True, False),
        (20, False, False),
        (10, False, True),
    ]
    assert same(run.model, models[30])
    assert not run.model.training


def test_sentence_of_a_killed_run_says_how_to_go_on(killed):
    folder, _ = killed
    assert f'slm.resume("{folder.path}")' in str(load_run(folder.path).error)
    assert "step 30" in str(load_run(folder.path).error)
    without = make_folder("b", process=GONE)
    assert f'slm.resume("{without.path}") begins it anew' in str(load_run(without.path).error)
    assert not load_run(without.path).can_resume
    with use_language("ko"):
        assert "이어서 학습하세요" in str(load_run(folder.path).error)
        assert "다시 학습하세요" in str(load_run(without.path).error)


def test_damaged_last_checkpoint_is_warned_of_and_the_one_before_taken(killed):
    folder, models = killed
    (folder.checkpoints / "step-00000030" / "model.safetensors").write_bytes(b"")
    with pytest.warns(UserWarning, match="step-00000030"):
        model = load_run(folder.path).model
    assert same(model, models[20])


def test_weights_of_the_end_come_before_those_of_a_checkpoint(killed):
    folder, _ = killed
    end, _, _ = small_parts(seed=99)
    save_weights(end, folder.weights)
    assert load_run(folder.path).has_model
    assert same(load_run(folder.path).model, end)


def test_run_without_any_weights_is_a_sentence(killed):
    folder, models = killed
    without = make_folder("b", process=GONE)
    models[10].stack.save(without.stack)
    without.config.write_bytes(folder.config.read_bytes())
    assert not load_run(without.path).has_model
    with pytest.raises(RunError, match="saved no weights"):
        _ = load_run(without.path).model


@pytest.mark.parametrize(
    ("state", "can"),
    [
        ("PENDING", False),
        ("RUNNING", False),
        ("PAUSED", False),
        ("FINISHED", False),
        ("STOPPED", True),
        ("FAILED", True),
    ],
)
def test_only_a_run_that_stopped_on_its_way_can_be_resumed(killed, state, can):
    folder, _ = killed
    folder.update(state=state, process=process_identity())
    assert load_run(folder.path).can_resume is can


def test_parent_text_and_choices_come_back(killed):
    folder, models = killed
    run = load_run(folder.path)
    assert (run.parent, run.choices) == (None, [])
    with pytest.raises(RunError, match=r"corpus\.json"):
        _ = run.corpus
    keep_corpus(folder.path, small_corpus())
    models[10].stack.save(folder.parent)
    folder.update(choices=[{"setting": "compile", "value": "off", "why": "no compiler"}])
    run = load_run(folder.path)
    assert run.corpus == small_corpus()
    assert run.parent is not None
    assert run.parent.to_json() == models[10].stack.to_json()
    assert run.choices == [Choice("compile", "off", "no compiler")]


def _step(number):
    values = {"step": number, "loss": 1.0, "lr": 0.1, "grad_norm": 1.0, "tokens_per_s": 9.0, "step_time_s": 0.1}
    return json.dumps({"kind": "step", **values}) + "\n"


def test_step_is_that_of_the_end_or_else_the_last_recorded(killed):
    folder, _ = killed
    assert load_run(folder.path).step == 0
    evaluation = '{"kind": "evaluation", "step": 41, "val_loss": 1.0, "elapsed_s": 1.0}\n'
    folder.metrics.write_text(_step(40) + _step(41) + evaluation + _step(42)[:30])
    folder.update(step=7)
    assert load_run(folder.path).step == 41
    folder.update(state=RunState.STOPPED)
    assert load_run(folder.path).step == 7


@pytest.mark.parametrize("lines", [0, 1, 5000])
@pytest.mark.parametrize("torn", ["", '{"to', '{"to' * 50_000])
def test_lines_read_from_the_end_are_those_read_from_the_beginning(tmp_path, lines, torn):
    path = tmp_path / "lines.jsonl"
    texts = ["고양이" * (number % 97) for number in range(lines)]
    path.write_text("".join(json.dumps(text, ensure_ascii=False) + "\n" for text in texts) + torn, encoding="utf-8")
    assert list(read_lines(path)) == texts
    assert [json.loads(line) for line in last_lines(path)] == texts[::-1]
    assert list(last_lines(tmp_path / "none")) == list(read_lines(tmp_path / "none")) == []


_MEASURE = """
import resource, sys
from pathlib import Path
from slm_widgets.library import load_run, rewind
from slm_widgets.library.reading_lines import read_lines
folder = Path(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert load_run(folder).step == 200_000
assert sum(1 for _ in read_lines(folder / "metrics.jsonl")) == 200_000
rewind(folder, 199_999, looked=True)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="counts kilobytes as Linux does")
def test_long_record_is_read_and_rewound_without_holding_it(tmp_path):
    folder = make_folder(process=GONE)
    with folder.metrics.open("w") as file:
        for number in range(1, 200_001):
            file.write(_step(number))
    size = folder.metrics.stat().st_size
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(folder.path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=250,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < size / 5
    assert load_run(folder.path).step == 199_999
