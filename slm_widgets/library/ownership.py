"""Whose a run is: whether the process that trains it still lives, and how another one takes it over."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from slm_widgets.errors import RunError
from slm_widgets.language import say
from slm_widgets.library.layout import WEIGHTS
from slm_widgets.library.process import is_alive, process_identity
from slm_widgets.library.run_folder import RunFolder
from slm_widgets.library.run_json import read_facts
from slm_widgets.training import RunState

# A run of another machine (a shared drive) that has written nothing for so long is taken for dead.
SILENT_S = 3600

_LOCK = ".claim.lock"

# Runs of this process that are over, though the disk took no word of it.
_over_here: set[Path] = set()


def has_lost_owner(folder: Path, facts: Mapping[str, Any]) -> bool:
    """Whether a run is not over though the process that trained it is gone.

    Args:
        folder: The run's folder.
        facts: Its run.json.
    """
    if RunState(facts["state"]).is_over:
        return False
    owner = facts.get("process") or {}
    if is_over_untold(folder, facts):
        return True
    alive = is_alive(owner)
    return _silent_for_s(folder) >= SILENT_S if alive is None else not alive


def is_over_untold(folder: Path, facts: Mapping[str, Any]) -> bool:
    """Whether a run of this process is over though its run.json does not say so, because it could not be written."""
    return folder.resolve() in _over_here and (facts.get("process") or {}) == process_identity()


def claim(folder: str | Path) -> RunFolder:
    """Makes this process the owner of a run that is over, or whose process is gone; the run is PENDING then.

    Two processes that claim at the same moment are kept apart by a lock of the system on a hidden file, which ends with its
    process, so that a killed one blocks nobody. Network drives lock across machines where their server does (NFS and SMB
    mostly do). On one that locks nothing, two claims within the same milliseconds could both succeed; any later one cannot.

    Returns:
        The folder, to be written to. A claim that led to nothing is undone by ``release``.

    Raises:
        RunError: where another process, or a run in this one, is still at it, or the folder is no run's or cannot be written.
    """
    path = Path(folder).expanduser().resolve()
    read_facts(path)  # a lock is put into the folder of a run only
    try:
        with _locked(path / _LOCK):
            run_folder = RunFolder.open(path)
            facts = run_folder.facts
            if not RunState(facts["state"]).is_over and not has_lost_owner(path, facts):
                raise _in_use(path, facts)
            for left_by_a_killed_writer in path.glob(f".{WEIGHTS}.*.tmp"):
                left_by_a_killed_writer.unlink(missing_ok=True)
            run_folder.update(process=process_identity(), state=RunState.PENDING)
            _over_here.discard(path)
    except OSError as error:
        raise unwritable(path, error) from error
    return run_folder


def let_go(run_folder: RunFolder) -> None:
    """Says that a run of this process is over though its run.json could not be told: whoever makes room may resume it here."""
    _over_here.add(run_folder.path.resolve())


def release(run_folder: RunFolder, before: Mapping[str, Any]) -> None:
    """Undoes a claim that led to nothing: the run is again as run.json said ``before``, where that can be written."""
    try:
        run_folder.update(**before)
    except OSError:
        let_go(run_folder)


def unwritable(path: Path, error: OSError) -> RunError:
    """The sentence about a folder in which a run cannot go on because it cannot be written."""
    return RunError(
        say(
            en=f"{path} cannot be written ({error.strerror or error}), so the run cannot go on there. Make room and see "
            "that the folder may be written by you, or copy it elsewhere and resume the copy.",
            ko=f"{path}에 쓸 수 없어({error.strerror or error}) 실행을 이어 갈 수 없습니다. 공간을 비우고 쓰기 권한을 "
            "확인하거나, 폴더를 다른 곳에 복사해 그 사본을 이어서 학습하세요.",
        ),
        field="folder",
    )


def _silent_for_s(folder: Path) -> float:
    """Seconds since the run wrote anything into its folder."""
    # Neither the folder itself nor what is hidden in it: those change when somebody merely tries to claim it.
    written = [0.0]
    for path in folder.iterdir():
        if not path.name.startswith("."):
            with contextlib.suppress(OSError):  # a file that is only there while another is written is gone by now
                written.append(path.stat().st_mtime)
    return time.time() - max(written)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Holds the lock of a file, which stays: where it was deleted, one process could lock the old and one a new one."""
    with path.open("a+b") as file:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # tries for ten seconds
            try:
                yield
            finally:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            # flock and not lockf: it also keeps two threads of one process apart. It ends when the file is closed.
            with contextlib.suppress(OSError):  # a drive that locks nothing
                fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _in_use(path: Path, facts: Mapping[str, Any]) -> RunError:
    owner = facts.get("process") or {}
    if (owner.get("host"), owner.get("pid")) == (process_identity()["host"], os.getpid()):
        return RunError(
            say(
                en=f"The run in {path} is still being trained by this very program. Wait for it (run.wait()) or stop it "
                "(run.stop()) first.",
                ko=f"{path}의 실행은 지금 이 프로그램에서 학습 중입니다. 끝나기를 기다리거나(run.wait()) 먼저 멈추세요"
                "(run.stop()).",
            ),
            field="folder",
        )
    return RunError(
        say(
            en=f"The run in {path} is still being trained by another process (id {owner.get('pid')} on {owner.get('host')}). "
            "Stop it there first: its panel or notebook has a stop button; or wait until it is over.",
            ko=f"{path}의 실행은 다른 프로세스(id {owner.get('pid')}, {owner.get('host')})에서 아직 학습 중입니다. 그쪽의 패널이나 "
            "노트북에서 먼저 멈추거나, 끝날 때까지 기다리세요.",
        ),
        field="folder",
    )
