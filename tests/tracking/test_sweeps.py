"""Sweeps in a real MLflow store: their runs are children of one."""

from __future__ import annotations

import pytest
from mlflow import MlflowClient

import slm_widgets as slm
from slm_widgets.running import Run, RunState, sweep
from slm_widgets.tracking.parent_run import PARENT_TAG, SWEEP_TAG, begin_parent, end_parent
from tests.small_runs import DESIGN, ENDLESS, SETTINGS, small_corpus, until

QUICK = {**SETTINGS, "max_steps": 3, "eval_batches": 1, "compile": "off"}


def runs_of(client: MlflowClient):
    """-> (runs without a parent, the others), as MLflow's own pages part them."""
    experiment = client.get_experiment_by_name("slm_widgets")
    assert experiment is not None
    found = client.search_runs([experiment.experiment_id])
    return [r for r in found if PARENT_TAG not in r.data.tags], [r for r in found if PARENT_TAG in r.data.tags]


def test_runs_of_a_sweep_are_children_of_one_in_mlflow(store):
    found = sweep(DESIGN, small_corpus(), "char", QUICK, {"lr": [1e-3, 3e-3]}, name="two rates").wait()
    assert [run.tracking_error for run in found] == [None, None]
    parents, children = runs_of(MlflowClient(tracking_uri=store))
    assert [(run.info.run_name, run.info.status, run.data.params) for run in parents] == [
        ("two rates", "FINISHED", {"runs": "2"})
    ]
    assert {run.info.run_name for run in children} == {"lr=0.001", "lr=0.003"}
    assert {run.data.tags[PARENT_TAG] for run in children} == {parents[0].info.run_id}
    id = slm.load_run(found[0].folder).facts["sweep"]["id"]
    assert {run.data.tags[SWEEP_TAG] for run in [*parents, *children]} == {id}
    assert {run.info.status for run in children} == {"FINISHED"}


@pytest.mark.slow
def test_a_stopped_sweep_is_over_in_mlflow_and_goes_on_with_a_run_that_is_resumed(store):
    found = sweep(DESIGN, small_corpus(), "char", ENDLESS, {"seed": [0, 1, 2]})
    until(lambda: found[0].step > 0 and found[0].tracker.ids is not None)
    client = MlflowClient(tracking_uri=store)
    parents, children = runs_of(client)
    assert [run.info.status for run in [*parents, *children]] == ["RUNNING", "RUNNING"]
    found.stop()
    assert [run.state for run in found.wait()] == [RunState.STOPPED] * 3
    parents, children = runs_of(client)
    assert ([run.info.status for run in parents], len(children)) == (["FINISHED"], 1)  # two never began
    resumed = slm.resume(found[0].folder, {"max_steps": found[0].step + 2})
    assert isinstance(resumed, Run)
    resumed.wait()
    parents, children = runs_of(client)
    assert [(run.info.status, len(parents)) for run in [*parents, *children]] == [("FINISHED", 1)] * 2


def test_a_parent_is_made_once_and_over_when_no_child_goes_on(store):
    client = MlflowClient(tracking_uri=store)
    experiment = client.create_experiment("mine")
    told = {"id": "abc", "name": "it's a 'sweep'", "of": 2}
    parent = begin_parent(client, experiment, told, 1)
    assert begin_parent(client, experiment, told, 2) == parent
    assert begin_parent(client, experiment, told | {"id": "def"}, 2) != parent
    child = client.create_run(experiment, tags={PARENT_TAG: parent}).info.run_id
    end_parent(client, experiment, parent, 3)
    assert client.get_run(parent).info.status == "RUNNING"
    client.set_terminated(child, "FAILED")
    end_parent(client, experiment, parent, 4)
    assert (client.get_run(parent).info.status, client.get_run(parent).info.end_time) == ("FINISHED", 4)
    assert begin_parent(client, experiment, told, 5) == parent
    assert client.get_run(parent).info.status == "RUNNING"


def test_a_parent_that_somebody_deleted_does_not_trouble_its_children(store):
    client = MlflowClient(tracking_uri=store)
    experiment = client.create_experiment("mine")
    parent = begin_parent(client, experiment, {"id": "abc", "name": "gone", "of": 1}, 1)
    client.delete_run(parent)
    end_parent(client, experiment, parent, 2)
    end_parent(client, experiment, "0" * 32, 2)
    assert begin_parent(client, experiment, {"id": "abc", "name": "gone", "of": 1}, 3) != parent
