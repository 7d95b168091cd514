"""What earlier programs could not send to MLflow any more: killed ones, and those that ended while MLflow was away."""

from __future__ import annotations

import json
import threading
from pathlib import Path

from slm_widgets.language import say
from slm_widgets.library import runs_folder
from slm_widgets.library.layout import RUN
from slm_widgets.library.process import is_alive
from slm_widgets.tracking import deliver_waiting, has_waiting

_looked_at: set[Path] = set()


def deliver(folder: str | Path | None = None) -> str:
    """Sends MLflow what still waits in the folders of runs whose program is gone; ``train`` does so in the background.

    A run that was killed while it trained is ended in MLflow as FAILED; resuming it goes on with the same MLflow run.

    Args:
        folder: One run's folder, or a folder of runs. None: ``runs_folder()``.

    Returns:
        A sentence for each run that had something to send, or one that none had.
    """
    results = deliver_waiting(_found_in(runs_folder() if folder is None else Path(folder).expanduser().resolve()))
    sentences = [
        say(en=f"{path.name}: sent.", ko=f"{path.name}: 보냈습니다.")
        if error is None
        else say(
            en=f"{path.name}: not sent ({error}). It still waits in {path}; call deliver() again later.",
            ko=f"{path.name}: 보내지 못했습니다({error}). {path}에 그대로 있으니 나중에 deliver()를 다시 부르세요.",
        )
        for path, error in results.items()
    ]
    return "\n".join(sentences) or say(
        en="There was nothing left to send to MLflow.", ko="MLflow에 보낼 것이 남아 있지 않습니다."
    )


def deliver_in_background() -> None:
    """Does so without a word for ``runs_folder()``, once in this process; returns at once."""
    folder = runs_folder()
    if folder not in _looked_at:
        _looked_at.add(folder)
        threading.Thread(
            target=lambda: deliver_waiting(_found_in(folder), timeout_s=0), name="slm-leftovers", daemon=True
        ).start()


def _found_in(folder: Path) -> list[Path]:
    """The folders of runs in or at ``folder`` that have something to send, and whose process is gone."""
    places = [folder] if (folder / RUN).is_file() else [path.parent for path in sorted(folder.glob(f"*/{RUN}"))]
    return [path for path in places if has_waiting(path) and _is_gone(path)]


def _is_gone(path: Path) -> bool:
    """Whether the process of a run is gone for certain; of another machine's nobody knows."""
    try:
        owner = json.loads((path / RUN).read_text(encoding="utf-8")).get("process")
        return is_alive(owner) is False
    except (OSError, ValueError, AttributeError):
        return False
