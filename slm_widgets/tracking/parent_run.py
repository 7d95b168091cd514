"""The MLflow run that stands for a sweep: the runs of the sweep are its children."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow import MlflowClient

SWEEP_TAG = "slm_widgets.sweep"
"""The sweep's id, on the parent and on each child."""
PARENT_TAG = "mlflow.parentRunId"  # by which MLflow's own pages put children under their parent

_IS_PARENT_TAG = "slm_widgets.is_sweep"


def begin_parent(client: MlflowClient, experiment_id: str, sweep: dict[str, Any], time_ms: int) -> str:
    """Finds the run of a sweep, or makes it, and says that it goes on.

    Args:
        client: Where to.
        experiment_id: The experiment of the child.
        sweep: Its ``"id"``, its ``"name"``, and how many runs it is ``"of"``.
        time_ms: When the child began.

    Returns:
        Its run id.
    """
    tags = {SWEEP_TAG: sweep["id"], _IS_PARENT_TAG: "true"}
    wanted = " and ".join(f"tags.`{name}` = '{value}'" for name, value in tags.items())
    found = client.search_runs([experiment_id], wanted, max_results=1)
    if found:
        client.update_run(found[0].info.run_id, status="RUNNING")
        return found[0].info.run_id
    made = client.create_run(experiment_id, time_ms, tags, sweep["name"])
    client.log_param(made.info.run_id, "runs", str(sweep["of"]))
    return made.info.run_id


def end_parent(client: MlflowClient, experiment_id: str, parent_id: str, time_ms: int | None) -> None:
    """Says that the sweep is over, unless one of its runs goes on.

    Those that wait for their turn are not there yet: the next one says that it goes on again. Somebody may have deleted the
    parent, which is no child's business.
    """
    from mlflow.exceptions import MlflowException

    of_it = f"tags.`{PARENT_TAG}` = '{parent_id}' and attributes.status = 'RUNNING'"
    if client.search_runs([experiment_id], of_it, max_results=1):
        return
    try:
        client.set_terminated(parent_id, "FINISHED", time_ms)
    except MlflowException as error:
        if error.error_code not in ("INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST"):
            raise
