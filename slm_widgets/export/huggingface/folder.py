"""Putting a folder in place: whole or not at all, and never over somebody else's files."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from safetensors import SafetensorError

from slm_widgets.errors import ExportError
from slm_widgets.language import say

MARK = "made_by_slm_widgets"
"""A key in ``config.json`` by which a folder of ours is known again; transformers keeps it and ignores it."""

_OURS = {
    "README.md",
    "config.json",
    "generation_config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
}


def replace_folder(folder: Path, write: Callable[[Path], None], overwrite: bool) -> Path:
    """Fills a folder beside its place, flushes it and renames it; what was there before stays until the new one is whole.

    Args:
        folder: Where the files belong.
        write: Fills the empty folder that it is given.
        overwrite: Replace a folder with a model in it that we did not write.

    Raises:
        ExportError: where something else is there already, or the disk refuses.
    """
    folder = folder.absolute()
    _check(folder, overwrite)
    beside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.tmp")
    old = beside.with_suffix(".old")
    try:
        beside.mkdir(parents=True)
        write(beside)
        for path in beside.iterdir():
            _flush(path)
        if folder.exists():
            os.replace(folder, old)
        try:
            os.replace(beside, folder)
        except OSError:
            if old.exists():
                os.replace(old, folder)
            raise
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ExportError(
            say(
                en=f"{folder} cannot be written: {reason}. Free some space, or choose another folder.",
                ko=f"{folder} 폴더에 쓸 수 없습니다: {reason}. 공간을 비우거나 다른 폴더를 고르세요.",
            ),
            field="folder",
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    return folder


def _check(folder: Path, overwrite: bool) -> None:
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ExportError(
            say(
                en=f"{folder} is there already and is no folder. Choose another name.",
                ko=f"{folder}은(는) 이미 있으며 폴더가 아닙니다. 다른 이름을 고르세요.",
            ),
            field="folder",
        )
    inside = list(folder.iterdir()) if folder.exists() else []
    if not inside or _is_ours(folder, inside):
        return
    # Even when told to, only a model is replaced: a slip of the hand must not cost a home folder.
    holds_a_model = (folder / "config.json").is_file() and not any(path.is_dir() for path in inside)
    if overwrite and holds_a_model:
        return
    names = ", ".join(sorted(path.name for path in inside)[:3])
    hint = say(
        en="Choose another folder" + (", or pass overwrite=True to replace the model in it." if holds_a_model else "."),
        ko="다른 폴더를 고르"
        + ("거나, 그 안의 모델을 바꾸려면 overwrite=True를 주세요." if holds_a_model else "세요."),
    )
    raise ExportError(
        say(
            en=f"{folder} holds files that slm_widgets did not write ({names}). {hint}",
            ko=f"{folder} 폴더에 slm_widgets가 쓰지 않은 파일이 있습니다({names}). {hint}",
        ),
        field="folder",
    )


def _is_ours(folder: Path, inside: list[Path]) -> bool:
    if any(path.name not in _OURS for path in inside):
        return False
    try:
        return json.loads((folder / "config.json").read_text(encoding="utf-8")).get(MARK) is True
    except (OSError, ValueError, AttributeError, RecursionError):
        return False


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
