"""run.json, and the other small JSON files of a run, read and checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from slm_widgets.errors import RunError
from slm_widgets.language import say
from slm_widgets.library import layout
from slm_widgets.training import RunState

FORMAT = "slm-widgets-run"
VERSION = 1


def read_facts(folder: Path) -> dict[str, Any]:
    """Reads what run.json holds.

    Raises:
        RunError: where this is not the folder of a run, or its run.json cannot be read or is of another version.
    """
    path = folder / layout.RUN
    if not path.is_file():
        raise RunError(
            say(
                en=f"{folder} is not the folder of a run: it holds no {layout.RUN}. Runs lie in {layout.runs_folder()}; "
                "runs() lists them.",
                ko=f"{folder}은(는) 실행 폴더가 아닙니다. {layout.RUN} 파일이 없습니다. 실행은 {layout.runs_folder()}에 있고, "
                "runs()로 볼 수 있습니다.",
            ),
            field="folder",
        )
    facts = read_json(path)
    if facts.get("format") != FORMAT or facts.get("version") != VERSION:
        raise RunError(
            say(
                en=f"{path} is in a format that this version does not read ({facts.get('format')!r}, version "
                f"{facts.get('version')!r}). Use the version that wrote it.",
                ko=f"{path} 파일의 형식({facts.get('format')!r}, 버전 {facts.get('version')!r})을 이 버전에서 읽을 수 없습니다. "
                "파일을 쓴 버전을 사용하세요.",
            )
        )
    if facts.get("state") not in list(RunState):
        raise unreadable(path, ValueError(f"state {facts.get('state')!r}"))
    return facts


def read_json(path: Path) -> dict[str, Any]:
    """Reads an object of JSON; RunError where the file is missing or damaged."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    if not isinstance(value, dict):
        raise unreadable(path, TypeError(type(value).__name__))
    return value


def unreadable(path: Path, error: Exception) -> RunError:
    """The sentence about a file of a run that is damaged."""
    return RunError(
        say(
            en=f"{path} cannot be read ({error}). The file is damaged: restore it, or delete the folder.",
            ko=f"{path} 파일을 읽을 수 없습니다({error}). 파일이 손상되었습니다. 복구하거나 폴더를 지우세요.",
        )
    )


def missing(path: Path) -> RunError:
    """The sentence about a file of a run that is not there."""
    return RunError(
        say(
            en=f"{path} is missing, so this part of the run cannot be read. Restore it from where the folder came from.",
            ko=f"{path}이(가) 없어 이 부분을 읽을 수 없습니다. 폴더를 가져온 곳에서 복구하세요.",
        )
    )
