"""The folder of one run, from the side that writes it."""

from __future__ import annotations

import re
import shutil
import threading
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from slm_widgets.errors import RunError
from slm_widgets.files import write_json
from slm_widgets.language import say
from slm_widgets.library import layout
from slm_widgets.library.layout import RUN, WEIGHTS, runs_folder
from slm_widgets.library.run_json import FORMAT, VERSION, read_facts


class RunFolder:
    """Keeps ``run.json`` up to date; the other files are named by its attributes.

    Args:
        path: The folder; made by ``create``, or found by ``open``.
        facts: What run.json holds.
    """

    def __init__(self, path: Path, facts: Mapping[str, Any]) -> None:
        self.path = path
        self._lock = threading.Lock()  # the training tells its state, the tracking its ids
        self._facts = {"format": FORMAT, "version": VERSION, **facts}
        self.config = path / layout.CONFIG
        self.stack = path / layout.STACK
        self.parent = path / layout.PARENT
        self.metrics = path / layout.METRICS
        self.samples = path / layout.SAMPLES
        self.weights = path / WEIGHTS
        self.tokenizer = path / layout.TOKENIZER
        self.checkpoints = path / layout.CHECKPOINTS

    @classmethod
    def create(cls, name: str, facts: Mapping[str, Any], folder: str | Path | None = None) -> RunFolder:
        """Makes a new folder and its run.json.

        Args:
            name: The run's name; with the time it makes the folder's, unless ``folder`` is given.
            facts: What run.json holds besides format and version.
            folder: A folder that does not exist yet, or is empty.

        Raises:
            RunError: where it cannot be made, or is in use.
        """
        try:
            path = _new_path(name) if folder is None else _given_path(Path(folder))
            run_folder = cls(path, facts)
            try:
                run_folder.update()
            except BaseException:
                run_folder.discard()
                raise
        except OSError as error:
            where = Path(folder) if folder is not None else runs_folder()
            raise RunError(
                say(
                    en=f"The folder for the run cannot be made in {where}: {error.strerror}. Choose another with folder=... or "
                    "the environment variable SLM_RUNS.",
                    ko=f"{where}에 실행 폴더를 만들 수 없습니다: {error.strerror}. folder=... 또는 환경 변수 SLM_RUNS로 다른 곳을 "
                    "정하세요.",
                ),
                field="folder",
            ) from error
        return run_folder

    @classmethod
    def open(cls, path: str | Path) -> RunFolder:
        """Finds the folder of a run that was there before, to go on writing; whoever trains calls ``claim`` instead.

        Raises:
            RunError: where this is not the folder of a run, or its run.json cannot be read.
        """
        path = Path(path).expanduser().resolve()
        return cls(path, read_facts(path))

    @property
    def facts(self) -> dict[str, Any]:
        """A copy of what run.json holds."""
        with self._lock:
            return dict(self._facts)

    def update(self, **facts: Any) -> None:
        """Changes facts in run.json, atomically."""
        with self._lock:
            self._facts.update(facts)
            write_json(self.path / RUN, self._facts)

    def discard(self) -> None:
        """Takes the folder away again, as well as it can, where its run never began."""
        shutil.rmtree(self.path, ignore_errors=True)


def _new_path(name: str) -> Path:
    """A folder named after the moment and the run, with a number where two begin in the same second."""
    parent = runs_folder()
    parent.mkdir(parents=True, exist_ok=True)
    stem = f"{datetime.now():%Y%m%d-%H%M%S}-{_slug(name)}"
    number = 1
    while True:
        path = parent / (stem if number == 1 else f"{stem}-{number}")
        try:
            path.mkdir()
        except FileExistsError:
            number += 1
        else:
            return path


def _given_path(path: Path) -> Path:
    path = path.expanduser().resolve()
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise RunError(
            say(
                en=f"{path} is already there and not an empty folder; a run writes over nothing. Give another folder.",
                ko=f"{path}은(는) 이미 있고 빈 폴더가 아닙니다. 실행은 아무것도 덮어쓰지 않습니다. 다른 폴더를 정하세요.",
            ),
            field="folder",
        )
    path.mkdir(parents=True, exist_ok=True)
    return path


def _slug(name: str) -> str:
    """A name as a part of a file name: letters (of any language), digits, dots and dashes."""
    return re.sub(r"[^\w.-]+", "-", unicodedata.normalize("NFC", name)).strip("-.")[:60] or "run"
