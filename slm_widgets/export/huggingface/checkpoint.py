"""The weights of a folder from elsewhere: safetensors only, their names and shapes known before any is read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from slm_widgets.errors import CheckpointError
from slm_widgets.language import say

FILE_NAME = "model.safetensors"
INDEX_NAME = "model.safetensors.index.json"

# bf16 and fp16 are half as large on disk and become fp32; whole numbers would be a quantised model.
_FLOATS = ("F64", "F32", "F16", "BF16")
_PICKLES = (".bin", ".pt", ".pth", ".ckpt")


@dataclass(frozen=True)
class _Entry:
    file: Path
    name: str  # as the file spells it
    shape: tuple[int, ...]


class Checkpoint:
    """The tensors of a folder, by their names without the family's prefix. Open it in a ``with`` block.

    Args:
        folder: Holds ``model.safetensors``, or several files and ``model.safetensors.index.json``.
        prefix: What the names may begin with: ``"transformer."``, ``"model."``.

    Raises:
        CheckpointError: where there are no safetensors, a file is damaged, or a tensor does not hold floats.
    """

    def __init__(self, folder: Path, prefix: str) -> None:
        self.folder, self.prefix = folder, prefix
        self.entries: dict[str, _Entry] = {}
        self._files: dict[Path, Any] = {}
        for path in _files(folder):
            self._open(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.clear()  # a file without a handle is unmapped

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Every tensor's shape, by its name without the prefix."""
        return {name: entry.shape for name, entry in self.entries.items()}

    def read(self, name: str) -> Tensor:
        """One tensor, in fp32."""
        entry = self.entries[name]
        try:
            return self._files[entry.file].get_tensor(entry.name).to(torch.float32)
        except (SafetensorError, OSError) as error:
            raise _damaged(entry.file, error) from error

    def _open(self, path: Path) -> None:
        try:
            file = self._files[path] = safe_open(path, framework="pt")
            slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        except FileNotFoundError as error:
            raise CheckpointError(
                say(
                    en=f"{path} is not there, though {INDEX_NAME} names it. Copy the whole folder again.",
                    ko=f"{INDEX_NAME}에 적힌 {path} 파일이 없습니다. 폴더 전체를 다시 복사하세요.",
                ),
                field=path.name,
            ) from error
        except (SafetensorError, OSError) as error:
            raise _damaged(path, error) from error
        for spelled, part in slices.items():
            name = spelled.removeprefix(self.prefix)
            if name in self.entries:
                raise CheckpointError(
                    say(
                        en=f"{path}: the tensor {name} is there twice. Save the model again with save_pretrained.",
                        ko=f"{path}: 텐서 {name}이(가) 두 번 들어 있습니다. save_pretrained로 모델을 다시 저장하세요.",
                    ),
                    field=name,
                )
            if part.get_dtype() not in _FLOATS:
                raise CheckpointError(
                    say(
                        en=f"{path}: the tensor {name} holds {part.get_dtype()}, but only {', '.join(_FLOATS)} can be read. "
                        "Quantised models are not supported: take the original weights.",
                        ko=f"{path}: 텐서 {name}의 형식은 {part.get_dtype()}인데 {', '.join(_FLOATS)}만 읽을 수 있습니다. "
                        "양자화된 모델은 지원하지 않으니 원래 가중치를 쓰세요.",
                    ),
                    field=name,
                )
            self.entries[name] = _Entry(path, spelled, tuple(part.get_shape()))


def _files(folder: Path) -> list[Path]:
    """The files with weights: those that the index names, or the only one."""
    index = folder / INDEX_NAME
    if (folder / FILE_NAME).is_file():  # wins over an index, as in transformers
        return [folder / FILE_NAME]
    if not index.is_file():
        raise _none(folder)
    try:
        names = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(index, error) from error
    for name in names:
        # Only files of this folder: an index from elsewhere must not lead anywhere else.
        if not isinstance(name, str) or Path(name).name != name or "\\" in name or not name.endswith(".safetensors"):
            raise _damaged(index, ValueError(repr(name)))
    return sorted(folder / name for name in names)


def _none(folder: Path) -> CheckpointError:
    pickles = sorted(path.name for path in folder.iterdir() if path.suffix in _PICKLES)
    if not pickles:
        return CheckpointError(
            say(
                en=f"There is no {FILE_NAME} in {folder}. Give the folder of a model saved with save_pretrained.",
                ko=f"{folder} 폴더에 {FILE_NAME} 파일이 없습니다. save_pretrained로 저장한 모델 폴더를 주세요.",
            ),
            field="folder",
        )
    return CheckpointError(
        say(
            en=f"{folder} holds its weights only as {pickles[0]}, a pickle: opening one can run any code that somebody put in, so "
            "slm_widgets never does. If you trust it, convert it once: "
            f"transformers.AutoModelForCausalLM.from_pretrained({str(folder)!r}).save_pretrained(new_folder) writes {FILE_NAME}.",
            ko=f"{folder} 폴더의 가중치는 {pickles[0]} 파일(pickle)뿐입니다. 이런 파일은 열기만 해도 그 안의 코드가 실행될 수 있어 "
            "slm_widgets는 열지 않습니다. 믿을 수 있는 파일이라면 한 번만 변환하세요: "
            f"transformers.AutoModelForCausalLM.from_pretrained({str(folder)!r}).save_pretrained(새_폴더)를 실행하면 {FILE_NAME} 파일이 "
            "생깁니다.",
        ),
        field="folder",
    )


def _damaged(path: Path, error: Exception) -> CheckpointError:
    return CheckpointError(
        say(
            en=f"{path} cannot be read ({error}). The file is damaged: copy the folder again.",
            ko=f"{path} 파일을 읽을 수 없습니다({error}). 파일이 손상되었으니 폴더를 다시 복사하세요.",
        ),
        field=path.name,
    )
