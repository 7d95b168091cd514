"""Sentences for what the machine says when memory or disk run out."""

from __future__ import annotations

import errno
import os
import traceback
from pathlib import Path

import torch
from safetensors import SafetensorError

from slm_widgets.errors import RunError
from slm_widgets.language import say
from slm_widgets.running.memory import out_of_memory
from slm_widgets.running.plan import Plan

# What torch says of each processor; where no part of it can be told by its type.
_NO_MEMORY = ("can't allocate memory", "out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED")


def explain(error: BaseException, plan: Plan, folder: Path | None = None) -> BaseException:
    """What went wrong in a run, as a sentence that says what to do; anything that we cannot explain is the error itself.

    Args:
        error: What was raised.
        plan: The run's.
        folder: The run's folder, where the error may have come from anything: of the disk's errors only those about a file in
            it are its own then (a layer of somebody's own may read a file too). None: it came from writing there.
    """
    if _is_out_of_memory(error):
        return _caused(out_of_memory(plan), error)
    if isinstance(error, OSError | SafetensorError) and (folder is None or _is_about(error, folder)):
        return _caused(
            RunError(
                say(
                    en=f"The run's folder cannot be written ({error}). Make room, or choose another place with folder=... or "
                    "SLM_RUNS. The model is still in memory: run.model.",
                    ko=f"실행 폴더에 쓸 수 없습니다({error}). 공간을 비우거나 folder=... 또는 SLM_RUNS로 다른 곳을 정하세요. "
                    "모델은 아직 메모리에 있습니다: run.model.",
                ),
                field="folder",
            ),
            error,
        )
    return error


def no_thread(error: RuntimeError) -> RunError:
    """The error for a run whose thread the system would not start."""
    return RunError(
        say(
            en=f"The run could not begin: the system gives this program no more threads ({error}). Restart the kernel, or end "
            "other programs.",
            ko=f"실행을 시작할 수 없습니다. 시스템이 이 프로그램에 스레드를 더 주지 않습니다({error}). 커널을 다시 시작하거나 다른 "
            "프로그램을 끝내세요.",
        )
    )


def _is_out_of_memory(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _NO_MEMORY)


def _is_about(error: BaseException, folder: Path) -> bool:
    """Whether one of the files that an error names lies in the folder."""
    names = [name for name in (getattr(error, "filename", None), getattr(error, "filename2", None)) if name is not None]
    return any(
        Path(os.fsdecode(name)).absolute().is_relative_to(folder.absolute())
        for name in names
        if isinstance(name, str | bytes | os.PathLike)
    )


def _caused(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    traceback.clear_frames(cause.__traceback__)  # its frames hold the batch and all activations
    return error
