"""``import_huggingface``: a folder of transformers' -> a design and its model."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch

from slm_widgets.errors import CheckpointError, LayerStackError
from slm_widgets.export.huggingface.checkpoint import Checkpoint
from slm_widgets.export.huggingface.config_file import ConfigFile
from slm_widgets.export.huggingface.decoder import find_decoder
from slm_widgets.export.huggingface.families import FAMILIES
from slm_widgets.export.huggingface.family import Family
from slm_widgets.export.huggingface.weights import Shape, Weight
from slm_widgets.language import say
from slm_widgets.model import LanguageModel, build_model
from slm_widgets.stack import LayerStack, parse_stack
from slm_widgets.stack.check import examine
from slm_widgets.stack.presets.parts import Json


def import_huggingface(
    folder: str | os.PathLike[str], max_bytes: int | None = None
) -> tuple[LayerStack, LanguageModel]:
    """Reads a GPT-2, GPT-Neo, Llama, Mistral or Qwen 3 model in the format of transformers (version 4 or 5).

    Nothing in the folder is executed: ``config.json`` is checked value by value, weights are read from safetensors only, and
    names and shapes are compared before any memory is taken. Weights in bf16, fp16 or fp64 become fp32.

    Args:
        folder: Holds ``config.json`` and ``model.safetensors`` (or its parts and their index).
        max_bytes: The most that the model may take, as in ``build_model``; None for what is free.

    Returns:
        The design, as the presets draw it, and the model with the folder's weights, in evaluation mode as from
        ``from_pretrained`` (call ``model.train()`` to go on training).

    Raises:
        CheckpointError: where a file is missing or damaged, a setting asks for something that our layers do not do, or the
            tensors are not those that the settings ask for.
        LayerStackError: where the model is larger than ``max_bytes``.
    """
    path = Path(folder).expanduser()
    config = ConfigFile.read(path)
    family = _family(config)
    with Checkpoint(path, family.prefix) as checkpoint:
        shapes = _without_buffers(family, checkpoint.shapes)
        family.check_depth(config, list(shapes))
        stack = _stack(family.draw(config), config, path.resolve().name)
        weights = list(family.weights(find_decoder(examine(stack))))
        _compare(family, weights, shapes, checkpoint)
        model = build_model(stack, max_bytes=max_bytes)
        _fill(model, weights, checkpoint)
    return stack, model.eval()


def _family(config: ConfigFile) -> Family:
    name = config.text("model_type", "", list(FAMILIES))
    if config.values.get("quantization_config") is not None:
        raise config.wrong("quantization_config", say(en="absent (the original weights)", ko="없음 (원래 가중치)"))
    return FAMILIES[name]


def _stack(document: Json, config: ConfigFile, name: str) -> LayerStack:
    document["config"]["name"] = name
    try:
        return parse_stack(document)
    except LayerStackError as error:
        raise CheckpointError(
            say(
                en=f"{config.path} describes a model that cannot be built. {error}",
                ko=f"{config.path}에 적힌 모델은 만들 수 없습니다. {error}",
            ),
            layer_id=error.layer_id,
            field=error.field,
        ) from error


def _without_buffers(family: Family, shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    """Old files carry masks and angles beside the weights; they are computed anew."""
    return {name: shape for name, shape in shapes.items() if not re.fullmatch(family.ignored, name)}


def _compare(family: Family, weights: Sequence[Weight], shapes: Mapping[str, Shape], checkpoint: Checkpoint) -> None:
    """Every tensor that is asked for must be there, in its shape, and no other."""
    wanted = {name: shape for weight in weights for name, shape in weight.theirs.items()}
    missing = [name for name in wanted if name not in shapes]
    if missing:
        raise _mismatch(checkpoint, missing, say(en="is missing in the weights", ko="가중치에 없습니다"))
    extra = [name for name in shapes if name not in wanted]
    if extra == ["lm_head.weight"]:
        _must_be_tied(family, checkpoint)  # the settings say tied, and the file holds the matrix twice
    elif extra:
        raise _mismatch(checkpoint, extra, say(en="has no place in the design", ko="설계에 들어갈 자리가 없습니다"))
    for name, shape in wanted.items():
        if shapes[name] != shape:
            have, want = list(shapes[name]), list(shape)
            raise _mismatch(
                checkpoint,
                [name],
                say(en=f"has shape {have}, but {want} is needed", ko=f"모양이 {have}인데 {want}이어야 합니다"),
            )


def _must_be_tied(family: Family, checkpoint: Checkpoint) -> None:
    table = f"{family.embedding}.weight"
    same_shape = checkpoint.shapes["lm_head.weight"] == checkpoint.shapes[table]
    if same_shape and torch.equal(checkpoint.read("lm_head.weight"), checkpoint.read(table)):
        return
    raise CheckpointError(
        say(
            en=f"{checkpoint.folder}: config.json says that the head shares the token embedding (tie_word_embeddings), but "
            "lm_head.weight holds other numbers. Versions of transformers differ in which of the two they believe: set "
            "tie_word_embeddings to false, or take lm_head.weight out.",
            ko=f"{checkpoint.folder}: config.json에는 헤드가 토큰 임베딩과 가중치를 공유한다고(tie_word_embeddings) 되어 있지만 "
            "lm_head.weight의 값은 다릅니다. transformers의 버전마다 따르는 쪽이 다르니 tie_word_embeddings를 false로 바꾸거나 "
            "lm_head.weight를 빼세요.",
        ),
        field="tie_word_embeddings",
    )


def _mismatch(checkpoint: Checkpoint, names: Sequence[str], what: str) -> CheckpointError:
    others = len(names) - 1
    and_others = say(en=f" (and {others} more)", ko=f" (외 {others}개)") if others else ""
    hint = say(
        en="The weights and config.json belong to different models, or the copy is not whole.",
        ko="가중치와 config.json이 서로 다른 모델의 것이거나 복사가 덜 되었습니다.",
    )
    if names == ["lm_head.weight"]:
        hint = say(
            en="The folder may hold a model without a head: save it with AutoModelForCausalLM.",
            ko="헤드가 없는 모델일 수 있습니다. AutoModelForCausalLM으로 저장하세요.",
        )
    return CheckpointError(
        say(
            en=f"{checkpoint.folder}: the tensor {names[0]}{and_others} {what}. {hint}",
            ko=f"{checkpoint.folder}: 텐서 {names[0]}{and_others}: {what}. {hint}",
        ),
        field=names[0],
    )


@torch.no_grad()
def _fill(model: LanguageModel, weights: Sequence[Weight], checkpoint: Checkpoint) -> None:
    ours = model.state_dict()
    for weight in weights:
        ours[weight.ours].copy_(weight.to_ours([checkpoint.read(name) for name in weight.theirs]))
