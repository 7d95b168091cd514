"""A run that goes on where it was stopped, failed or killed."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import torch

from slm_widgets.data import prepare
from slm_widgets.errors import ConfigError, DivergedError
from slm_widgets.files import write_json
from slm_widgets.language import say
from slm_widgets.library import (
    RunFolder,
    SavedRun,
    claim,
    discard_later,
    latest_whole,
    load_run,
    release,
    rewind,
    set_weights_aside,
    unwritable,
)
from slm_widgets.library.ancestry import read_parent
from slm_widgets.running import active_runs
from slm_widgets.running.logbook import Past
from slm_widgets.running.memory import check_memory, memory_format
from slm_widgets.running.plan import Plan
from slm_widgets.running.resume_refusals import (
    none_is_whole,
    refuse_end_behind,
    refuse_given_up,
    still_training,
    would_diverge_again,
)
from slm_widgets.running.run import Run
from slm_widgets.running.train import no_settings
from slm_widgets.training import (
    RunState,
    TrainConfig,
    check_available,
    choose_device,
    overlaid,
    steps_per_epoch,
    total_steps,
)
from slm_widgets.training.judgement import Judgement

# What the weights and the moments in a checkpoint belong to, and what the order of the windows is drawn from.
_FIXED = ("optimizer", "dropout", "context_length", "stride", "validation_fraction", "seed")


def resume(
    folder: str | Path | Run | SavedRun,
    config: TrainConfig | Mapping[str, Any] | None = None,
    *,
    track: bool = True,
    share: bool = False,
) -> Run | SavedRun:
    """Goes on with a run that was stopped, failed or whose program ended, in the same folder; returns at once.

    It begins at its newest checkpoint, or at the beginning where it has none, and the numbers are bit for bit those that the
    run would have had: on a CPU, with the same version of torch.

    Args:
        folder: The run's, or the run.
        config: Settings to change from here on, such as ``{"max_steps": 2000}`` for a finished run that is to go further, or a
            lower ``lr`` for one that diverged. The optimizer, the dropout, the windows and the seed stay. With another
            ``batch_size`` or ``grad_accumulation`` other windows come next than would have come: some may come again in the
            same epoch, and others not at all. Of a TrainConfig what was given when it was made.
        track: Whether it is written to MLflow; one that was before goes on in the same MLflow run.
        share: As ``train`` takes it; but the run computes with the threads that it began with, as the numbers depend on them.

    Returns:
        The run. One that is still going on in this program is returned as it is (and goes on, where it was paused), and one
        that was told to stop is waited for and then resumed; one that has finished is returned as ``load_run`` reads it, unless
        ``config`` gives it more to do.

    Raises:
        RunError: where the folder is no run's or cannot be written, another process still trains it, it is to be changed while
            it is trained, or its text, its records or all its checkpoints are damaged or missing. The run is then as it was.
        TrainingError: for a model that cannot fit into memory (any more).
        ConfigError: for settings outside what is allowed, or that cannot be changed any more, and for a run that diverged and
            is to go on unchanged.
    """
    config = _changes(config)
    path = (folder.folder if isinstance(folder, Run | SavedRun) else Path(folder)).expanduser().resolve()
    for run in active_runs.list_active():
        if run.folder != path:
            continue
        while run.control.stopping and run.state.is_active and run in active_runs.list_active():
            run.drain(0.02)
        if run.state.is_active:
            if config:
                raise still_training(run)
            run.unpause()
            return run
    saved = load_run(path)
    settings = _settings(saved, config)
    if saved.state is RunState.FINISHED and not config:
        return saved
    if isinstance(saved.error, DivergedError) and settings == saved.config:
        raise would_diverge_again(saved)
    run_folder = claim(path)
    try:
        return _prepare(saved, settings, config.keys(), run_folder, track, share).start()
    except BaseException:
        release(run_folder, saved.facts)
        raise


def _changes(config: TrainConfig | Mapping[str, Any] | None) -> Mapping[str, Any]:
    if isinstance(config, TrainConfig):
        return config.model_dump(exclude_unset=True)
    if config is not None and not isinstance(config, Mapping):
        raise no_settings(config)
    return config or {}


def _settings(saved: SavedRun, changes: Mapping[str, Any]) -> TrainConfig:
    for name in _FIXED:
        if name in changes and changes[name] != getattr(saved.config, name):
            raise ConfigError(
                say(
                    en=f"{name} cannot be changed any more: the run began with {getattr(saved.config, name)!r}. Leave it out, or "
                    "train a new run.",
                    ko=f"{name}은(는) 이제 바꿀 수 없습니다. 이 실행은 {getattr(saved.config, name)!r}(으)로 시작했습니다. 빼거나 새로 "
                    "학습하세요.",
                ),
                field=name,
            )
    if changes.get("max_minutes") is not None and not {"max_steps", "epochs"} & changes.keys():
        changes = {
            "max_steps": saved.config.max_steps,
            "epochs": saved.config.epochs,
            **changes,
        }  # one more limit, no other
    return TrainConfig(**overlaid(saved.config.model_dump(), changes))


def _prepare(
    saved: SavedRun, config: TrainConfig, changed: Collection[str], run_folder: RunFolder, track: bool, share: bool
) -> Run:
    facts = saved.facts
    check_available(config)
    device = choose_device(config.device)
    config.check_device(device.type)
    context_length = int(facts["context_length"])
    check_memory(
        saved.stack, config.batch_size, context_length, device, memory_format(config), config.gradient_checkpointing
    )
    corpus, tokenizer = saved.corpus, saved.tokenizer
    dataset = prepare(corpus, tokenizer, context_length, config.stride, config.validation_fraction)
    steps = total_steps(config, steps_per_epoch(dataset, config))
    if steps is not None:
        config.check_steps(steps)
    threads = int(facts.get("threads", torch.get_num_threads()))
    plan = Plan(saved.name, saved.stack, corpus, tokenizer, dataset, config, context_length, steps, device, threads)
    checkpoint, at, notices = latest_whole(saved.folder)
    if checkpoint is not None and config != saved.config:  # else it ended just there, and only has to say so
        refuse_end_behind(config, checkpoint.step, steps, float(at["elapsed_s"]))
        refuse_given_up(config, Judgement.of(at["judgement"]))
    if checkpoint is None and notices:
        raise none_is_whole(saved.folder, notices)
    step = 0 if checkpoint is None else checkpoint.step
    ended_at = (
        saved.step
    )  # read now: where its end was not written down, only the records know, and what is later is cut off
    origin = read_parent(saved.folder, facts.get("parent") or {})
    choices = () if checkpoint is None else tuple(saved.choices)
    run = None
    try:
        rewind(saved.folder, step, bool(at.get("looked")))
        history = load_run(saved.folder).recorded
        where = None if checkpoint is None else checkpoint.path
        past = Past(history, where, float(at.get("elapsed_s", 0.0)), choices)
        run = Run(plan, run_folder, track, share, past, origin)
        # Late, as nothing brings it back: whatever goes wrong before, the weights are still there.
        # As a rule the checkpoint has the weights of the end; of a run that was stopped before its first step the seed has.
        aside = set_weights_aside(saved.folder) if ended_at > step else None
        discard_later(saved.folder, step)
        run_folder.update(error=None, ended=None, max_steps=steps)
        write_json(run_folder.config, config.model_dump(mode="json"))
    except BaseException as error:
        if run is not None:
            run.place.leave()  # else all later runs would wait for one that never begins
        if isinstance(error, OSError):
            raise unwritable(saved.folder, error) from error
        raise
    if aside is not None:
        notices.append(_set_aside(aside, step, ended_at, saved))
    elif ended_at > step:
        notices.append(_lost(step, ended_at))
    for sentence in [*notices, *_given_way(saved.config, config, changed), *_differences(facts, device)]:
        run.notify(sentence)
    return run


def _set_aside(aside: Path, step: int, ended_at: int, saved: SavedRun) -> str:
    if step:
        # Of one that diverged those are older than its last step; its error says of which step they are.
        of_en = of_ko = "" if isinstance(saved.error, DivergedError) else f"{ended_at}"
        of_en, of_ko = (f", step {of_en}," if of_en else "", f"({of_ko}스텝)" if of_ko else "")
        return say(
            en=f"The newest checkpoint is that of step {step}, so it goes on from there. The weights that it ended with{of_en} are "
            f"in {aside}.",
            ko=f"가장 새로운 체크포인트가 {step}스텝의 것이므로 거기서 이어 갑니다. 끝났을 때{of_ko}의 가중치는 {aside}에 있습니다.",
        )
    return say(
        en=f"This run has no checkpoint, so it begins anew. The weights that it had are in {aside}.",
        ko=f"이 실행에는 체크포인트가 없어 처음부터 다시 학습합니다. 이전 가중치는 {aside}에 있습니다.",
    )


def _lost(step: int, last_step: int) -> str:
    return say(
        en=f"The run was cut off after step {last_step}. Its newest checkpoint is of step {step}, so the steps since then are "
        "done again."
        if step
        else f"The run was cut off after step {last_step}, before its first checkpoint: it begins anew.",
        ko=f"이 실행은 {last_step}스텝 뒤에 끊겼습니다. 가장 새로운 체크포인트가 {step}스텝의 것이므로 그 뒤의 스텝을 다시 학습합니다."
        if step
        else f"이 실행은 {last_step}스텝 뒤에, 첫 체크포인트 전에 끊겼으므로 처음부터 다시 학습합니다.",
    )


def _given_way(before: TrainConfig, now: TrainConfig, changed: Collection[str]) -> list[str]:
    """Sentences about settings that nobody changed and that are other ones all the same, as they did not fit the changed ones."""
    names = TrainConfig.model_fields.keys() - {*changed, "max_steps", "epochs"}  # another length takes their place
    values = {name: (getattr(before, name), getattr(now, name)) for name in sorted(names)}
    return [
        say(
            en=f"{name} was {old} and is {new} from here on: the other settings have no room for it.",
            ko=f"{name} 값이 {old}에서 {new}(으)로 바뀌었습니다. 다른 설정과 맞지 않기 때문입니다.",
        )
        for name, (old, new) in values.items()
        if old != new
    ]


def _differences(facts: Mapping[str, Any], device: torch.device) -> list[str]:
    """Sentences about what is not as it was when the run began, so that the numbers may differ."""
    sentences = []
    before, now = (facts.get("versions") or {}).get("torch"), torch.__version__
    if before != now:
        sentences.append(
            say(
                en=f"This run began with torch {before} and goes on with {now}: the numbers may differ in their last digits.",
                ko=f"이 실행은 torch {before}에서 시작했는데 {now}에서 이어집니다. 값의 끝자리가 다를 수 있습니다.",
            )
        )
    if facts.get("device") != str(device):
        sentences.append(
            say(
                en=f"This run began on {facts.get('device')} and goes on on {device}: the numbers may differ in their last digits.",
                ko=f"이 실행은 {facts.get('device')}에서 시작했는데 {device}에서 이어집니다. 값의 끝자리가 다를 수 있습니다.",
            )
        )
    threads, processors = int(facts.get("threads", 1)), os.cpu_count() or 1
    if device.type == "cpu" and threads > processors:
        sentences.append(
            say(
                en=f"This run began with {threads} threads, and so goes on with as many, as the numbers depend on it; this "
                f"machine has {processors} processors, so that it is slow. A new run takes {torch.get_num_threads()}.",
                ko=f"이 실행은 스레드 {threads}개로 시작했고, 값이 그에 따라 달라지므로 그대로 이어집니다. 이 컴퓨터의 프로세서는 {processors}개뿐이어서 "
                f"느립니다. 새로 학습하면 {torch.get_num_threads()}개를 씁니다.",
            )
        )
    return sentences
