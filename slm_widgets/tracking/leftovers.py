"""What programs that are gone could not send to MLflow any more."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from slm_widgets.language import Text
from slm_widgets.tracking.courier import courier
from slm_widgets.tracking.outbox import has_waiting


class _Answers:
    def __init__(self) -> None:
        self.errors: dict[Path, str | Text | None] = {}
        self.all_here = threading.Event()

    def expect(self, folders: list[Path]) -> None:
        self._missing = set(folders)
        if not folders:
            self.all_here.set()

    def hear(self, folder: Path, telling: dict[str, Any]) -> None:
        if "error" in telling:
            self.errors[folder] = telling["error"]
        if "over" in telling:
            if telling["over"]:
                self.errors[folder] = None
            self.errors.setdefault(folder, Text("another program is sending it", "다른 프로그램이 보내고 있습니다"))
            self._missing.discard(folder)
            if not self._missing:
                self.all_here.set()


def deliver_waiting(folders: Iterable[Path], timeout_s: float | None = None) -> dict[Path, str | None]:
    """Sends MLflow what still waits in the folders of runs; a run without an end is ended there as FAILED.

    Args:
        folders: Folders of runs whose process is gone. Those with nothing to send are passed over.
        timeout_s: Returns after so many seconds at the latest; sending goes on in the background.

    Returns:
        Each folder that had something, and None, or why it still has: then a later call tries again.
    """
    waiting = [folder for folder in folders if has_waiting(folder)]
    answers = _Answers()
    answers.expect(waiting)
    for folder in waiting:
        courier().deliver(folder, lambda telling, folder=folder: answers.hear(folder, telling), is_orphan=True)
    answers.all_here.wait(timeout_s)
    unknown = Text("it is still being sent", "아직 보내는 중입니다")
    found = {folder: answers.errors.get(folder, unknown) for folder in waiting}
    return {folder: None if error is None else str(error) for folder, error in found.items()}
