"""From a design and a text to a run."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from slm_widgets.data import Corpus, Dataset, Tokenizer, default_corpus, load_corpus, load_tokenizer, prepare
from slm_widgets.errors import ConfigError, RunError
from slm_widgets.files import write_json
from slm_widgets.language import say
from slm_widgets.library import RunFolder, keep_corpus, process_identity
from slm_widgets.library.ancestry import Parent, find_parent
from slm_widgets.running.memory import check_memory, memory_format
from slm_widgets.running.plan import Plan
from slm_widgets.running.run import Run
from slm_widgets.running.threads import share_of
from slm_widgets.stack import LayerStack, describe, fill_vocabulary, parse_stack, preset
from slm_widgets.stack.describe import CONTEXT_WITHOUT_LIMIT
from slm_widgets.stack.layer_fields import set_everywhere
from slm_widgets.training import (
    RunState,
    TrainConfig,
    check_available,
    choose_device,
    overlaid,
    read_recipe,
    steps_per_epoch,
    total_steps,
)
from slm_widgets.version import __version__

_DROPOUT = "dropoutRate"


def train(
    stack: LayerStack | str | Path | Mapping[str, Any] | list[Any],
    corpus: Corpus | str | Path | None = None,
    tokenizer: Tokenizer | str | Path = "char",
    config: TrainConfig | Mapping[str, Any] | None = None,
    *,
    name: str | None = None,
    folder: str | Path | None = None,
    track: bool = True,
    share: bool = False,
    parent: Any = None,
) -> Run:
    """Starts a training and returns at once; the steps run in a thread of their own.

    Everything a person can get wrong is checked before it returns. Reading and encoding the text happens in the call too (a
    second or two for a built-in corpus that is made for the first time); building and training the model does not.

    Args:
        stack: A design, a preset's name, a file, or a document as JSON.
        corpus: A text, its built-in name, or a file. None for the built-in stories in the chosen language.
        tokenizer: A tokenizer, its name, or a folder of one.
        config: Settings. None: those that the design carries in ``config["training"]``, else the defaults; a dict changes
            some of these; a TrainConfig takes the place of all.
        name: The run's name; the design's unless given.
        folder: Where the run is kept: a folder that does not exist yet or is empty. None: a new one in ``runs_folder()``.
        track: Whether the run is written to MLflow too.
        share: Whether another run that shares may train at the same time on the same CPU, on half of the threads each. With
            dropout only one of them goes forward at a time, as torch has one generator for both.
        parent: A run or a design that this one is a change of, for ``run.difference()``. None: the preset of that name, where
            ``stack`` names one.

    Returns:
        The run, PENDING or RUNNING. Runs on one device wait for each other.

    Raises:
        LayerStackError: for a design that cannot be built, or a vocabulary smaller than the tokenizer's.
        ConfigError: for settings outside what is allowed.
        CorpusError: for a text that cannot be read or is too short.
        TokenizerError: for an unknown tokenizer, or a prompt of the samples that it cannot read.
        TrainingError: for a model that cannot fit into memory.
        RunError: for a folder that is in use, or cannot be made or written.
    """
    plan = make_plan(stack, corpus, tokenizer, config, name, share)
    run = new_run(plan, folder, track=track, share=share, origin=find_parent(parent, plan.stack))
    try:
        return run.start()
    except BaseException:
        run.run_folder.discard()
        raise


def new_run(
    plan: Plan,
    folder: str | Path | None = None,
    *,
    track: bool,
    share: bool,
    origin: Parent | None,
    facts: Mapping[str, Any] | None = None,
) -> Run:
    """Makes the folder of a run and takes its place in the queue; ``start`` lets it go.

    Args:
        plan: What is trained and how.
        folder: As ``train`` takes it.
        track: Whether it is written to MLflow too.
        share: Whether another run that shares may train at the same time.
        origin: What it was changed from, where that is known.
        facts: Further facts for its run.json.

    Raises:
        RunError: for a folder that is in use, or cannot be made or written.
    """
    told = {**_facts(plan), "parent": None if origin is None else origin.facts(), **(facts or {})}
    run_folder = RunFolder.create(plan.name, told, folder)
    try:
        if origin is not None:
            origin.save_stack(run_folder.path)
        write_json(run_folder.config, plan.config.model_dump(mode="json"))
        plan.stack.save(run_folder.stack)
        plan.tokenizer.save(run_folder.tokenizer)
        keep_corpus(run_folder.path, plan.corpus)
        run = Run(plan, run_folder, track, share, origin=origin)
    except BaseException as error:
        run_folder.discard()  # it would read PENDING for as long as this program lives
        if isinstance(error, OSError):
            raise _not_written(run_folder.path, error) from error
        raise
    return run


def make_plan(
    stack: LayerStack | str | Path | Mapping[str, Any] | list[Any],
    corpus: Corpus | str | Path | None,
    tokenizer: Tokenizer | str | Path,
    config: TrainConfig | Mapping[str, Any] | None,
    name: str | None = None,
    share: bool = False,
    prepare: Callable[..., Dataset] = prepare,
    check_memory: Callable[..., None] = check_memory,
) -> Plan:
    """Reads and checks everything that ``train`` is given; ``prepare`` makes the windows, ``check_memory`` foresees the rest."""
    design = read_stack(stack)
    settings = read_config(config, design)
    check_available(settings)
    device = choose_device(settings.device)
    settings.check_device(device.type)
    if settings.dropout is not None:
        design = _with_dropout(design, settings.dropout)
    corpus = load_corpus(default_corpus() if corpus is None else corpus)
    tokenizer = tokenizer if isinstance(tokenizer, Tokenizer) else load_tokenizer(tokenizer, corpus)
    design = fill_vocabulary(design, tokenizer.vocab_size)
    context_length = _context_length(settings, describe(design).context_length)
    check_memory(
        design, settings.batch_size, context_length, device, memory_format(settings), settings.gradient_checkpointing
    )
    if settings.sample_every and settings.sample_prompt is not None:
        tokenizer.encode(settings.sample_prompt)  # raises for characters that it does not know
    dataset = prepare(corpus, tokenizer, context_length, settings.stride, settings.validation_fraction)
    steps = total_steps(settings, steps_per_epoch(dataset, settings))
    if steps is not None:
        settings.check_steps(steps)
    threads = share_of(torch.get_num_threads(), share and device.type == "cpu")
    return Plan(
        name or design.name, design, corpus, tokenizer, dataset, settings, context_length, steps, device, threads
    )


def read_stack(stack: LayerStack | str | Path | Mapping[str, Any] | list[Any]) -> LayerStack:
    """The design that ``train`` is given: a LayerStack, a preset's name, a file, or a document."""
    if isinstance(stack, LayerStack):
        return stack
    if isinstance(stack, str) and not _looks_like_document(stack):
        return preset(stack)
    return parse_stack(stack)


def _looks_like_document(text: str) -> bool:
    return text.lstrip()[:1] in ("[", "{") or text.endswith(".json") or os.sep in text or _is_file(text)


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except OSError:  # longer than a file's name may be
        return False


def read_config(config: TrainConfig | Mapping[str, Any] | None, design: LayerStack) -> TrainConfig:
    """The settings of a training: a TrainConfig as it is; else the design's own recipe, changed by a dict.

    Raises:
        ConfigError: for anything else, and for settings outside what is allowed.
    """
    if isinstance(config, TrainConfig):
        return config
    if config is not None and not isinstance(config, Mapping):
        raise no_settings(config)
    given = {str(key): value for key, value in (config or {}).items()}
    return TrainConfig(**overlaid(read_recipe(design.config), given))


def no_settings(config: object) -> ConfigError:
    """The error for settings that are none."""
    return ConfigError(
        say(
            en=f"config is a {type(config).__name__}, but it must be a TrainConfig, a dict of its fields, or left out.",
            ko=f"config가 {type(config).__name__}인데, TrainConfig나 그 필드의 dict이거나 비어 있어야 합니다.",
        ),
        field="config",
    )


def _with_dropout(design: LayerStack, rate: float) -> LayerStack:
    """The design with every dropout of it set."""
    changed = set_everywhere(design, _DROPOUT, rate)
    if rate and f'"{_DROPOUT}"' not in json.dumps(changed.layers):
        raise ConfigError(
            say(
                en=f"dropout is {rate}, but no layer of the design has a dropout. Add a dropout layer, or leave dropout empty.",
                ko=f"dropout 값이 {rate}인데 설계에 드롭아웃이 있는 레이어가 없습니다. 드롭아웃 레이어를 넣거나 dropout을 비워 두세요.",
            ),
            field="dropout",
        )
    return changed


def _context_length(config: TrainConfig, longest: int | None) -> int:
    """Tokens in a window: as set, else as many as the design reads."""
    if config.context_length is None:
        return longest or CONTEXT_WITHOUT_LIMIT
    if longest is not None and config.context_length > longest:
        raise ConfigError(
            say(
                en=f"context_length is {config.context_length}, but the design reads at most {longest} tokens. Give at most "
                f"{longest}, or leave it empty.",
                ko=f"context_length 값이 {config.context_length}인데, 이 설계는 최대 {longest}토큰을 읽습니다. {longest} 이하로 "
                "정하거나 비워 두세요.",
            ),
            field="context_length",
        )
    return config.context_length


def _not_written(path: Path, error: OSError) -> RunError:
    reason = error.strerror or error
    return RunError(
        say(
            en=f"The run's folder {path} cannot be written: {reason}. Make room, or choose another place with folder=... or "
            "SLM_RUNS.",
            ko=f"실행 폴더 {path}에 쓸 수 없습니다: {reason}. 공간을 비우거나 folder=... 또는 SLM_RUNS로 다른 곳을 정하세요.",
        ),
        field="folder",
    )


def _facts(plan: Plan) -> dict[str, Any]:
    return {
        "name": plan.name,
        "created": datetime.now(UTC).isoformat(),
        "state": RunState.PENDING,
        "process": process_identity(),
        "step": 0,
        "max_steps": plan.total_steps,
        "context_length": plan.context_length,
        "corpus": plan.corpus.name,
        "tokenizer": plan.tokenizer.name,
        "entropy_floor": plan.dataset.entropy_floor,
        "device": str(plan.device),
        "threads": plan.threads,  # the same numbers come out at the same number of threads only
        "versions": {
            "slm_widgets": __version__,
            "torch": torch.__version__,
            "python": platform.python_version(),
        },
        "choices": [],
        "error": None,
        "mlflow": None,
    }
