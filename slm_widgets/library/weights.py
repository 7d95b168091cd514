"""Weights on disk, as safetensors only: a file of numbers, from which nothing is ever executed."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from slm_widgets.errors import RunError
from slm_widgets.files import write_atomically
from slm_widgets.language import say


def save_weights(model: nn.Module, path: Path) -> None:
    """Writes all weights atomically. A tied weight is written once: whoever rebuilds the model has the tie again.

    Raises:
        OSError: where the folder cannot be written to or the disk is full; nothing is left behind.
    """
    write_tensors(path, {names[0]: tensor for tensor, names in _distinct(model)})


def write_tensors(path: Path, tensors: Mapping[str, torch.Tensor]) -> None:
    """Writes tensors of any device atomically, each with numbers of its own, also where two share a memory.

    Raises:
        OSError: where the folder cannot be written to or the disk is full; nothing is left behind.
    """
    plain = _plain(tensors)
    try:
        write_atomically(path, lambda temporary: save_file(plain, temporary, metadata={"format": "pt"}))
    except SafetensorError as error:
        # What the system said stands in its text only: "I/O error: No space left on device (os error 28)".
        number = re.search(r"os error (\d+)", str(error))
        if number is None:
            raise
        raise OSError(int(number[1]), os.strerror(int(number[1])), str(path)) from error


def _plain(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The same numbers on the CPU, in order, each in a memory that holds nothing else: safetensors writes no other."""
    found, seen = {}, set()
    for name, tensor in tensors.items():
        plain = tensor.detach().cpu().contiguous()
        memory = plain.untyped_storage()
        if memory.nbytes() != plain.nbytes or memory.data_ptr() in seen:
            plain = plain.clone()
        seen.add(memory.data_ptr())
        found[name] = plain
    return found


def load_weights(model: nn.Module, path: Path) -> None:
    """Fills a freshly built model with the weights of a file.

    Raises:
        RunError: where the file is missing or broken, or its tensors are not those of the model; the sentence names the
            first tensor in question. The model is then unchanged.
    """
    if not path.is_file():
        raise RunError(
            say(
                en=f"{path} is not there: this run saved no weights. Train it again.",
                ko=f"{path} 파일이 없습니다. 이 실행은 가중치를 저장하지 않았습니다. 다시 학습하세요.",
            )
        )
    try:
        stored = load_file(path)
    except (SafetensorError, OSError) as error:
        raise RunError(
            say(
                en=f"{path} cannot be read as safetensors ({error}). The file is damaged: restore it or train again.",
                ko=f"{path} 파일을 safetensors로 읽을 수 없습니다({error}). 파일이 손상되었습니다. 복구하거나 다시 학습하세요.",
            )
        ) from error
    pairs = []
    for tensor, names in _distinct(model):
        name = next((name for name in names if name in stored), None)
        if name is None:
            raise _mismatch(path, names[0], say(en="is missing in the file", ko="파일에 없습니다"))
        if stored[name].shape != tensor.shape:
            have, want = list(stored[name].shape), list(tensor.shape)
            raise _mismatch(
                path,
                name,
                say(en=f"has shape {have}, the design needs {want}", ko=f"모양이 {have}인데 설계는 {want}입니다"),
            )
        pairs.append((tensor, stored[name]))
    known = {name for _, names in _distinct(model) for name in names}
    for name in stored:
        if name not in known:
            raise _mismatch(path, name, say(en="is not part of the design", ko="설계에 없습니다"))
    with torch.no_grad():
        for tensor, value in pairs:
            tensor.copy_(value)


def _distinct(model: nn.Module) -> list[tuple[torch.Tensor, list[str]]]:
    """Each tensor of the state once, with all its names."""
    found: dict[int, tuple[torch.Tensor, list[str]]] = {}
    for name, tensor in model.state_dict(keep_vars=True).items():
        found.setdefault(id(tensor), (tensor, []))[1].append(name)
    return list(found.values())


def _mismatch(path: Path, name: str, what: str) -> RunError:
    return RunError(
        say(
            en=f"{path}: the tensor {name} {what}. Weights and layer_stack.json belong to different designs.",
            ko=f"{path}: 텐서 {name}: {what}. 가중치와 layer_stack.json이 서로 다른 설계의 것입니다.",
        ),
        field=name,
    )
