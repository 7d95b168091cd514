from __future__ import annotations

import importlib
import json
import math
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

import slm_widgets as slm
from slm_widgets.errors import ConfigError, CorpusError, RunError
from slm_widgets.language import use_language
from slm_widgets.library import RunFolder, cell_output
from slm_widgets.running import RunState
from slm_widgets.running.active_runs import list_active
from slm_widgets.running.device_queue import places
from slm_widgets.running.grid import MOST_RUNS, combinations
from slm_widgets.running.sweep import sweep
from slm_widgets.stack import parse_stack, preset
from slm_widgets.training import TrainConfig
from tests.small_runs import DESIGN, ENDLESS, SETTINGS, small_corpus, start, until

SHORT = {"max_steps": 2, "warmup_steps": 0, "eval_every": 2, "eval_batches": 1, "sample_every": 0, "device": "cpu"}
QUICK = {**SETTINGS, "max_steps": 3, "eval_every": 2, "eval_batches": 1, "compile": "off"}


def begin(stacks=DESIGN, config=None, grid=None, **options):
    return sweep(
        stacks, small_corpus(), "char", QUICK if config is None else config, grid, **{"track": False, **options}
    )


def heads(stack) -> list[int]:
    return [node.layer.to_data()["numHeads"] for node in stack.walk() if "numHeads" in node.layer.to_data()]


# -- what a grid means --------------------------------------------------------------------------------------------------


def test_a_grid_tries_every_value_with_every_other_and_its_names_say_what_differs():
    chosen = combinations("gpt2-nano", {"lr": [1e-3, 3e-3], "*.numHeads": [2, 4], "batch_size": [8]})
    assert [one.name for one in chosen] == [
        *("lr=0.001, numHeads=2", "lr=0.001, numHeads=4", "lr=0.003, numHeads=2", "lr=0.003, numHeads=4")
    ]
    assert chosen[1].settings == {"lr": 1e-3, "batch_size": 8}
    assert chosen[1].layers == {"*.numHeads": 4}


def test_designs_are_told_apart_by_their_names():
    grid = {"lr": [1e-3, 3e-3]}
    assert [one.name for one in combinations(["gpt2-nano", "llama-nano"], None)] == ["gpt2-nano", "llama-nano"]
    named = combinations({"plain": "gpt2-nano", "mine": DESIGN}, grid)
    assert [one.name for one in named] == ["plain: lr=0.001", "plain: lr=0.003", "mine: lr=0.001", "mine: lr=0.003"]
    twice = combinations([DESIGN, DESIGN["layer_stack"], parse_stack(DESIGN)], None)
    assert [one.name for one in twice] == ["small", "model", "small 2"]


@pytest.mark.parametrize("one", ["gpt2-nano", DESIGN, DESIGN["layer_stack"], preset("gpt2-nano"), json.dumps(DESIGN)])
def test_one_design_in_any_form_is_one_run(one):
    assert len(combinations(one, None)) == 1


def test_a_list_of_dicts_is_tried_as_it_is():
    chosen = combinations(DESIGN, [{"lr": 1e-3}, {"lr": 3e-3, "attention.numHeads": 2}, {}])
    assert [one.name for one in chosen] == ["lr=0.001", "lr=0.003, attention.numHeads=2", "unchanged"]


def test_numbers_of_numpy_are_numbers():
    chosen = combinations(DESIGN, {"lr": np.array([0.25, 0.5]), "batch_size": range(1, 3)})
    assert [type(value) for value in chosen[0].settings.values()] == [float, int]
    assert chosen[0].name == "lr=0.25, batch_size=1"


@pytest.mark.parametrize(
    ("grid", "words", "field"),
    [
        ({"lr": []}, "must be a list", "lr"),
        ({"lr": 0.1}, "lr is 0.1, but", "lr"),
        ({"optimizer": "AdamW"}, "must be a list", "optimizer"),
        ({"lr": [0.1, 0.2, 0.1]}, "lr=0.1 is in the grid twice", "lr"),
        ([], "must be a dict of lists", "grid"),
        (3, "must be a dict of lists", "grid"),
        (["lr"], "must be a dict of lists", "grid"),
        ({"seed": range(15), "batch_size": range(1, 16)}, "would be 225 runs, but at most 200", "grid"),
        ({"seed": range(MOST_RUNS + 1)}, "201 runs", "grid"),
    ],
)
def test_a_grid_that_makes_no_sense_is_refused_with_a_sentence(grid, words, field):
    with pytest.raises(ConfigError, match=words) as caught:
        combinations(DESIGN, grid)
    assert caught.value.field == field


@pytest.mark.parametrize("nothing", [[], {}])
def test_no_design_is_refused(nothing):
    with pytest.raises(ConfigError, match="no design") as caught:
        begin(nothing)
    assert caught.value.field == "stacks"


# -- a sweep ------------------------------------------------------------------------------------------------------------


def test_a_sweep_trains_every_combination_and_tells_them_in_one_table():
    found = begin(grid={"lr": [1e-3, 3e-3], "attention.numHeads": [2, 4]}).wait()
    assert [run.state for run in found.runs] == [RunState.FINISHED] * 4
    assert [(run.config.lr, heads(run.stack)[0]) for run in found] == [(1e-3, 2), (1e-3, 4), (3e-3, 2), (3e-3, 4)]
    table = found.table()
    assert [list(row) for row in table] == [
        [
            *("name", "state", "attention.numHeads", "lr", "parameters", "best_val_loss", "val_loss", "perplexity"),
            *("bits_per_byte", "steps", "seconds", "error"),
        ]
    ] * 4
    for row, run in zip(table, found, strict=True):
        losses = run.history["val_loss"]
        assert (row["best_val_loss"], row["val_loss"]) == (min(losses), losses[-1])
        assert row["perplexity"] == pytest.approx(np.exp(min(losses)))
        assert row["parameters"] == sum(p.numel() for p in run.model.parameters())
        assert (row["steps"], row["state"], row["error"]) == (3, "FINISHED", None)
        assert row["seconds"] > 0
    assert found.best is min(found.runs, key=lambda run: min(run.history["val_loss"]))
    text = repr(found)
    assert len(text.splitlines()) == 2 + 4
    assert all(f"{row['best_val_loss']:.3f}" in line for row, line in zip(table, text.splitlines()[2:], strict=True))


def test_runs_of_a_sweep_read_the_text_once_and_begin_with_the_same_seed(monkeypatch):
    from slm_widgets.data import prepare

    calls = []
    monkeypatch.setattr(
        importlib.import_module("slm_widgets.running.sweep"),
        "prepare",
        lambda *given: calls.append(given) or prepare(*given),
    )
    found = begin(grid={"lr": [1e-3, 3e-3], "context_length": [16, 32]}).wait()
    assert len(calls) == 2
    assert found[0].plan.dataset is found[2].plan.dataset
    assert found[0].history["val_loss"][0] == found[2].history["val_loss"][0]  # before the first step nothing differs
    assert found[0].history["val_loss"][-1] != found[2].history["val_loss"][-1]


def test_memory_is_foreseen_once_for_runs_that_need_the_same(monkeypatch):
    from slm_widgets.running.memory import check_memory

    calls = []
    module = importlib.import_module("slm_widgets.running.sweep")
    monkeypatch.setattr(module, "check_memory", lambda *given: calls.append(given[1]) or check_memory(*given))
    found = begin(grid={"seed": [0, 1, 2], "batch_size": [4, 8], "attention.numHeads": [2, 4]})
    assert sorted(calls) == [4, 4, 8, 8]
    found.stop()
    found.wait()


def test_settings_of_a_design_a_dict_and_a_config_are_the_ground_on_which_the_grid_stands():
    carrying = {**DESIGN, "config": {**DESIGN["config"], "training": {**QUICK, "batch_size": 3}}}
    for config in (QUICK | {"batch_size": 3}, TrainConfig(**QUICK, **{}).model_copy(update={"batch_size": 3})):
        found = begin(config=config, grid={"lr": [0.5e-3]})
        assert (found[0].config.batch_size, found[0].config.lr, found[0].config.max_steps) == (3, 0.5e-3, 3)
        found.wait()
    found = sweep(carrying, small_corpus(), "char", None, {"lr": [0.5e-3]}, track=False).wait()
    assert (found[0].config.batch_size, found[0].config.lr, found[0].config.max_steps) == (3, 0.5e-3, 3)


def test_everything_is_checked_before_the_first_run_begins_and_told_at_once():
    with pytest.raises(ConfigError) as caught, use_language("en"):
        begin(grid={"lr": [1e-3, -1.0], "attention.numHeads": [4, 5]})
    text = str(caught.value)
    assert text.startswith("3 of 4 runs cannot be trained, so none was begun:")
    assert "- lr=0.001, attention.numHeads=5; lr=-1, attention.numHeads=5: " in text
    assert "5 heads" in text
    assert "- lr=-1, attention.numHeads=4: lr is -1" in text
    assert slm.runs() == []
    assert places() == []


def test_a_reason_that_many_runs_share_is_told_once():
    with pytest.raises(ConfigError) as caught, use_language("en"):
        begin(config={**QUICK, "context_length": 33}, grid={"seed": range(50)})
    assert str(caught.value).count("at most 32 tokens") == 1
    assert "- all of them: " in str(caught.value)
    assert len(str(caught.value)) < 500
    assert caught.value.field == "context_length"


def test_settings_that_do_not_exist_are_told_with_how_to_write_a_layers_field():
    with pytest.raises(ConfigError, match=r"no setting numHeads.*\*\.numHeads for every layer") as caught:
        begin(grid={"numHeads": [2, 4], "lrr": [1]})
    assert "Did you mean lr?" in str(caught.value)
    assert caught.value.field == "numHeads"


def test_a_wrong_config_and_a_missing_text_are_told_as_train_tells_them():
    with pytest.raises(ConfigError, match="config is a int"):
        begin(config=3, grid={"lr": [1e-3, 2e-3]})
    with pytest.raises(CorpusError):
        sweep(DESIGN, "no such text", grid={"lr": [1e-3]}, track=False)


def test_one_run_that_fails_does_not_end_the_others():
    found = begin(
        grid={"lr": [1e-3, 1000.0, 2e-3]},
        config={**QUICK, "warmup_steps": 0, "grad_clip": 0, "weight_decay": 100, "max_steps": 20},
    )
    with pytest.warns(UserWarning, match=r"'lr=1000' failed.*other runs are not affected"):
        found.wait()
    found.wait()  # told once
    assert [run.state for run in found] == [RunState.FINISHED, RunState.FAILED, RunState.FINISHED]
    assert found.failed == (found[1],)
    assert found.table()[1]["error"] == str(found[1].error)
    assert found.best in (found[0], found[2])


def test_a_sweep_can_be_stopped_with_all_its_runs():
    found = begin(config=ENDLESS, grid={"seed": range(3)})
    until(lambda: found[0].step > 0)
    assert found.wait(0.05) is found
    assert [run.state for run in found][1:] == [RunState.PENDING] * 2
    found.stop()
    assert [run.state for run in found.wait()] == [RunState.STOPPED] * 3
    assert [run.step > 0 for run in found] == [True, False, False]
    assert found.best is found[0]


def test_watchers_of_every_run_are_told_while_a_sweep_is_waited_for():
    found = begin(grid={"seed": [0, 1, 2]})
    told = {run: [] for run in found}
    for run in found:
        run.subscribe(told[run].extend)
    found.wait()
    assert [told[run][-1].state for run in found] == [RunState.FINISHED] * 3


def test_a_sweep_can_be_awaited_and_a_cancellation_stops_it():
    import asyncio

    async def both():
        done = await begin(grid={"seed": [0, 1]})
        states = [run.state for run in done]
        endless = begin(config=ENDLESS, grid={"seed": [0, 1]})
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(endless, 0.5)
        return states, [run.state for run in endless]

    # In a thread: Playwright, once it was used, keeps a loop running in the main one.
    with ThreadPoolExecutor(1) as thread:
        states = thread.submit(lambda: asyncio.run(both())).result()
    assert states == ([RunState.FINISHED] * 2, [RunState.STOPPED] * 2)


def test_runs_of_a_sweep_that_share_train_two_at_a_time():
    found = begin(config=ENDLESS, grid={"seed": range(3)}, share=True)
    until(lambda: found[0].step > 0 and found[1].step > 0)
    assert found[2].state is RunState.PENDING
    found.stop()
    found.wait()


def test_a_folder_that_cannot_be_made_leaves_nothing_begun(monkeypatch):
    create, made = RunFolder.create, []

    def fails(*given, **named):
        if len(made) == 2:
            raise RunError("no room", field="folder")
        made.append(create(*given, **named))
        return made[-1]

    monkeypatch.setattr(RunFolder, "create", fails)
    with pytest.raises(RunError, match="no room"):
        begin(grid={"seed": range(3)})
    assert len(made) == 2
    assert [folder.path.exists() for folder in made] == [False, False]
    assert places() == []
    monkeypatch.undo()
    start().wait()  # the device is free


def test_a_run_whose_thread_the_system_refuses_ends_the_sweep_and_leaves_the_device_free(monkeypatch):
    """The limit of a container: the first run trains already, the second gets no thread, the third none either."""
    begin_thread, begun = threading.Thread.start, []

    def refused(thread):
        if thread.name.startswith("slm-run-"):
            begun.append(thread)
            if len(begun) > 1:
                raise RuntimeError("can't start new thread")
        begin_thread(thread)

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refused)
        with pytest.raises(RunError, match="no more threads"):
            begin(config=ENDLESS, grid={"seed": range(3)})
        with pytest.raises(RunError, match="no more threads"):
            start(SETTINGS)
    until(lambda: not list_active())
    assert places() == []
    assert [run.state for run in slm.runs()] == [RunState.STOPPED]  # the first; the others left no folder
    start({**SETTINGS, "max_steps": 2}).wait(60)


def test_settings_in_common_go_with_the_designs_recipe():
    """``rest_lr`` counts with Muon alone, and that only the recipe names."""
    found = sweep("shakespeare-fast", small_corpus(), "char", {"rest_lr": 0.004, **SHORT}, {"seed": [1]}, track=False)
    assert (found[0].config.optimizer, found[0].config.rest_lr) == ("Muon", 0.004)
    found.stop()
    found.wait()


def test_folders_say_to_which_sweep_they_belong():
    found = begin(grid={"seed": range(2)}, name="my seeds").wait()
    told = [slm.load_run(run.folder).facts["sweep"] for run in found]
    assert [(one["name"], one["position"], one["of"]) for one in told] == [("my seeds", 0, 2), ("my seeds", 1, 2)]
    assert told[0]["id"] == told[1]["id"]
    assert [slm.load_run(run.folder).name for run in found] == ["seed=0", "seed=1"]


def test_each_run_but_the_first_comes_from_the_first():
    found = begin(grid={"attention.numHeads": [4, 2], "dropout.dropoutRate": [0.1, 0.3]}).wait()
    assert found[0].parent is None
    assert found[3].parent.to_json() == found[0].stack.to_json()
    with use_language("en"):
        words = found[3].difference().short()
    assert "4 → 2" in words
    assert "0.1 → 0.3" in words


def test_a_name_is_never_read_as_html(monkeypatch):
    found = begin({"<img src=x onerror=alert(1)>": DESIGN, "b": DESIGN}).wait()
    assert "<img" in repr(found)
    # A browser test that ran before in this process has left a loop running in the main thread.
    monkeypatch.setattr(cell_output, "main_loop", lambda: None)  # as in a terminal
    assert found._repr_mimebundle_() == {"text/plain": repr(found)}
    monkeypatch.setattr(cell_output, "main_loop", object)  # as in a notebook
    shown = found._repr_mimebundle_()
    assert "<img" not in shown["text/html"]
    assert "&lt;img" in shown["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in shown


def test_a_sweep_whose_widget_was_closed_is_shown_by_another(monkeypatch):
    found = begin(grid={"lr": [0.01, 0.02]}).wait()
    monkeypatch.setattr(cell_output, "main_loop", object)
    view = "application/vnd.jupyter.widget-view+json"
    first, again = (found._repr_mimebundle_()[view]["model_id"] for _ in range(2))
    assert first == again
    found._shown_as.close()
    assert found._repr_mimebundle_()[view]["model_id"] != first


def test_saved_run_shows_its_figure_and_one_without_numbers_its_text(monkeypatch):
    found = begin().wait()
    monkeypatch.setattr(cell_output, "main_loop", object)
    saved = slm.load_run(found.runs[0].folder)
    assert "application/vnd.jupyter.widget-view+json" in saved._repr_mimebundle_()
    (saved.folder / "metrics.jsonl").write_text("no JSON\n{}\n")
    damaged = slm.load_run(found.runs[0].folder)
    assert damaged._repr_mimebundle_().keys() == {"text/plain", "text/html"}


def test_results_that_are_not_there_yet_are_no_numbers():
    found = begin(config=ENDLESS, grid={"seed": [0, 1]})
    row = found.table()[1]
    assert math.isnan(row["best_val_loss"])
    assert math.isnan(row["perplexity"])
    assert "–" in repr(found)
    found.stop()
    found.wait()


def wait_between_cells(cell_index, **of_the_cell):
    """Lets both runs end, and the kernel tell of it, after the first cell: nbclient takes no note of what comes then."""
    if cell_index == 0:
        until(lambda: [run.state for run in slm.runs()] == [RunState.FINISHED] * 2, 60)
        time.sleep(1)


@pytest.mark.slow
@pytest.mark.parametrize("between", [None, wait_between_cells])
def test_a_cell_that_ends_with_a_sweep_shows_it_and_follows_it(monkeypatch, between):
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", str(root))
    cells = [
        "from tests.small_runs import *\nimport slm_widgets as slm\n"
        "found = slm.sweep(DESIGN, small_corpus(), 'char', SETTINGS, {'lr': [1e-3, 3e-3]}, track=False)\nfound",
        "found.wait();",
        "found",
        "slm.load_run(found.runs[0].folder)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120, kernel_name="python3", on_cell_executed=between).execute()
    shown = [cell.outputs[0].data for cell in (notebook.cells[0], notebook.cells[2])]
    ids = [data["application/vnd.jupyter.widget-view+json"]["model_id"] for data in shown]
    assert ids[0] == ids[1]  # one widget, however often it is shown
    assert "lr=0.001" in shown[1]["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in notebook.cells[3].outputs[0].data
    assert notebook.cells[1].outputs == []
    states = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    tables = [state["state"]["value"] for state in states.values() if "<table>" in str(state["state"].get("value"))]
    assert sorted(table.count("finished") for table in tables) == [1, 2]  # the saved run's, and the sweep's
