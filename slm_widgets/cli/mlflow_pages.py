"""``slm-widgets mlflow``: MLflow's own pages, until Ctrl-C."""

from __future__ import annotations

import argparse
import threading

from rich.console import Console

from slm_widgets.errors import RunError
from slm_widgets.language import say
from slm_widgets.library import load_run
from slm_widgets.tracking import close_ui, open_ui
from slm_widgets.tracking.address import chosen_uri


def main(arguments: argparse.Namespace) -> int:
    """Starts the pages, prints their address, and waits; where runs are written to a server, its address is all."""
    console = Console(highlight=False)
    ids = None if arguments.run is None else _ids(arguments.run)
    uri = chosen_uri() if ids is None else ids["tracking_uri"]
    with console.status(say(en="Starting MLflow's pages ...", ko="MLflow 화면을 시작하는 중 ...")):
        address = open_ui(ids)
    console.print(say(en=f"MLflow's pages: {address}", ko=f"MLflow 화면: {address}"), soft_wrap=True, markup=False)
    if (uri or "").startswith(("http://", "https://")):
        return 0
    console.print(say(en="Ctrl-C ends them.", ko="끝내려면 Ctrl-C를 누르세요."))
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        console.print()
    finally:
        close_ui()
    return 0


def _ids(folder: str) -> dict[str, str]:
    run = load_run(folder)
    ids = run.facts.get("mlflow")
    if not isinstance(ids, dict):
        raise RunError(
            say(
                en=f"The run in {run.folder} is not in MLflow. What waits on disk is sent with: slm-widgets deliver",
                ko=f"{run.folder}의 실행은 MLflow에 없습니다. 디스크에 남은 것은 다음으로 보냅니다: slm-widgets deliver",
            ),
            field="track",
        )
    return ids
