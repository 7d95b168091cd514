"""Reads checkpoints, and tells those that are damaged from those that are whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from slm_widgets.errors import RunError
from slm_widgets.language import say
from slm_widgets.library.checkpoint_writing import fingerprint, fingerprint_of
from slm_widgets.library.checkpoints import (
    FACTS,
    FORMAT,
    STATE,
    VERSION,
    WEIGHTS,
    Checkpoint,
    checkpoints,
    step_of,
)
from slm_widgets.library.weights import load_weights
from slm_widgets.training import Snapshot


def load_checkpoint(path: Path, model: nn.Module) -> Snapshot:
    """Fills a freshly built model with the weights of a checkpoint.

    Returns:
        All but the weights, every tensor on the CPU and in a memory of its own.

    Raises:
        RunError: where a file is missing, damaged, exchanged or of another design; the sentence names the next older
            checkpoint that is whole, where there is one. The model is then unchanged.
    """
    try:
        facts = _whole(path)
        # Read, they are windows into the file; a copy stays what it is whatever happens to the file.
        tensors = {name: tensor.clone() for name, tensor in load_file(path / STATE).items()}
        load_weights(model, path / WEIGHTS)
    except RunError as error:
        raise RunError(f"{error.message} {_advice(path)}", field=error.field) from error
    except (SafetensorError, OSError) as error:
        raise RunError(f"{_damaged(path, str(error), str(error)).message} {_advice(path)}") from error
    return Snapshot(facts["step"], tensors, facts["facts"])


def latest_whole(folder: Path) -> tuple[Checkpoint | None, dict[str, Any], list[str]]:
    """Finds the newest checkpoint of a run whose files are all as they were written.

    Returns:
        The checkpoint, None where there is none; the facts of its snapshot, without the tensors; and a sentence for each newer
        one that is damaged.
    """
    sentences = []
    for checkpoint in checkpoints(folder):
        try:
            facts = _whole(checkpoint.path)["facts"]
        except RunError as error:
            sentences.append(error.message)
        else:
            return checkpoint, facts, sentences
    return None, {}, sentences


def _whole(path: Path) -> dict[str, Any]:
    """Reads state.json, and compares the other two files with it; RunError where something is wrong."""
    try:
        facts = json.loads((path / FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(path, f"{FACTS}: {error}", f"{FACTS}: {error}") from error
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise _damaged(path, f"{FACTS} is not that of a checkpoint", f"{FACTS}이(가) 체크포인트의 것이 아닙니다")
    if facts.get("version") != VERSION:
        version = repr(facts.get("version"))
        raise _damaged(
            path,
            f"{FACTS} is of version {version}, and this program reads version {VERSION}",
            f"{FACTS}의 버전이 {version}인데, 이 프로그램은 버전 {VERSION}만 읽습니다",
        )
    if facts.pop("sha256_of_this", None) != fingerprint_of(facts):
        raise _damaged(path, f"{FACTS} is not as it was written", f"{FACTS}이(가) 저장할 때와 다릅니다")
    step, hashes = facts["step"], facts["sha256"]
    if step_of(path) != step:
        raise _damaged(
            path,
            f"{FACTS} says step {step}, so it does not belong here",
            f"{FACTS}에 {step}스텝이라고 적혀 있어 이 폴더의 것이 아닙니다",
        )
    for name in (WEIGHTS, STATE):
        try:
            same = fingerprint(path / name) == hashes[name]
        except OSError as error:
            raise _damaged(path, f"{name}: {error}", f"{name}: {error}") from error
        if not same:
            raise _damaged(
                path,
                f"{name} is not as it was written",
                f"{name}이(가) 저장할 때와 다릅니다",
            )
    return facts


def _advice(path: Path) -> str:
    """What to do about a checkpoint that cannot be used."""
    own = step_of(path)  # whatever its files say
    for checkpoint in checkpoints(path.parent.parent):
        if own is None or checkpoint.step >= own:
            continue
        try:
            _whole(checkpoint.path)
        except RunError:
            continue
        return say(
            en=f"The next older checkpoint that is whole is {checkpoint.path}: go on from there.",
            ko=f"그보다 앞선 온전한 체크포인트는 {checkpoint.path}입니다. 거기서 이어서 학습하세요.",
        )
    return say(
        en="There is no older checkpoint that is whole: restore the files, or train again.",
        ko="그보다 앞선 온전한 체크포인트가 없습니다. 파일을 복구하거나 다시 학습하세요.",
    )


def _damaged(path: Path, en: str, ko: str) -> RunError:
    return RunError(
        say(
            en=f"The checkpoint {path} cannot be used ({en}).",
            ko=f"체크포인트 {path}을(를) 쓸 수 없습니다({ko}).",
        )
    )
