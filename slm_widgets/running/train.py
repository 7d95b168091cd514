"""From a design and a text to a run."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from slm_widgets.data import Corpus, Tokenizer, load_corpus, load_tokenizer, prepare
from slm_widgets.errors import ConfigError, RunError
from slm_widgets.files import write_json
from slm_widgets.language import say
from slm_widgets.library import RunFolder, process_identity
from slm_widgets.running.memory import check_memory
from slm_widgets.running.plan import Plan
from slm_widgets.running.run import Run
from slm_widgets.stack import LayerStack, describe, fill_vocabulary, parse_stack, preset
from slm_widgets.stack.describe import CONTEXT_WITHOUT_LIMIT
from slm_widgets.training import RunState, TrainConfig, choose_device, steps_per_epoch, total_steps
from slm_widgets.version import __version__


def train(
    stack: LayerStack | str | Path | Mapping[str, Any] | list[Any],
    corpus: Corpus | str | Path = "tiny-tales-en",
    tokenizer: Tokenizer | str | Path = "char",
    config: TrainConfig | Mapping[str, Any] | None = None,
    *,
    name: str | None = None,
    folder: str | Path | None = None,
    track: bool = True,
) -> Run:
    """Starts a training and returns at once; the steps run in a thread of their own.

    Everything a person can get wrong is checked before it returns. Reading and encoding the text happens in the call too (a
    second or two for a built-in corpus that is made for the first time); building and training the model does not.

    Args:
        stack: A design, a preset's name, a file, or a document as JSON.
        corpus: A text, its built-in name, or a file.
        tokenizer: A tokenizer, its name, or a folder of one.
        config: Settings. None: those that the design carries in ``config["training"]``, else the defaults.
        name: The run's name; the design's unless given.
        folder: Where the run is kept: a folder that does not exist yet or is empty. None: a new one in ``runs_folder()``.
        track: Whether the run is written to MLflow too.

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
    plan = make_plan(stack, corpus, tokenizer, config, name)
    run_folder = RunFolder.create(plan.name, _facts(plan), folder)
    try:
        write_json(run_folder.config, plan.config.model_dump(mode="json"))
        plan.stack.save(run_folder.stack)
        plan.tokenizer.save(run_folder.tokenizer)
        run = Run(plan, run_folder, track)
    except BaseException as error:
        run_folder.discard()  # it would read PENDING for as long as this program lives
        if isinstance(error, OSError):
            raise _not_written(run_folder.path, error) from error
        raise
    return run.start()


def make_plan(
    stack: LayerStack | str | Path | Mapping[str, Any] | list[Any],
    corpus: Corpus | str | Path,
    tokenizer: Tokenizer | str | Path,
    config: TrainConfig | Mapping[str, Any] | None,
    name: str | None = None,
) -> Plan:
    """Reads and checks everything that ``train`` is given."""
    design = _read_stack(stack)
    settings = _read_config(config, design)
    device = choose_device(settings.device)
    corpus = corpus if isinstance(corpus, Corpus) else load_corpus(corpus)
    tokenizer = tokenizer if isinstance(tokenizer, Tokenizer) else load_tokenizer(tokenizer, corpus)
    design = fill_vocabulary(design, tokenizer.vocab_size)
    context_length = _context_length(settings, describe(design).context_length)
    check_memory(design, settings.batch_size, context_length, device)
    if settings.sample_every and settings.sample_prompt is not None:
        tokenizer.encode(settings.sample_prompt)  # raises for characters that it does not know
    dataset = prepare(corpus, tokenizer, context_length, settings.stride, settings.validation_fraction)
    steps = total_steps(settings, steps_per_epoch(dataset, settings))
    settings.check_warmup(steps)
    return Plan(name or design.name, design, corpus, tokenizer, dataset, settings, context_length, steps, device)


def _read_stack(stack: LayerStack | str | Path | Mapping[str, Any] | list[Any]) -> LayerStack:
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


def _read_config(config: TrainConfig | Mapping[str, Any] | None, design: LayerStack) -> TrainConfig:
    if isinstance(config, TrainConfig):
        return config
    if config is None:
        config = design.config.get("training") or {}
    if not isinstance(config, Mapping):
        raise ConfigError(
            say(
                en=f"config is a {type(config).__name__}, but it must be a TrainConfig, a dict of its fields, or left out.",
                ko=f"config가 {type(config).__name__}인데, TrainConfig나 그 필드의 dict이거나 비어 있어야 합니다.",
            ),
            field="config",
        )
    return TrainConfig(**{str(key): value for key, value in config.items()})


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
        "threads": torch.get_num_threads(),  # the same numbers come out at the same number of threads only
        "versions": {
            "slm_widgets": __version__,
            "torch": torch.__version__,
            "python": platform.python_version(),
        },
        "error": None,
        "mlflow": None,
    }
