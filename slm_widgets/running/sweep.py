"""Begins a comparison: reads what is to be tried, checks all of it together, and queues the runs together."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from slm_widgets.data import Corpus, Dataset, Tokenizer, default_corpus, load_corpus, load_tokenizer, prepare
from slm_widgets.errors import ConfigError, SLMError
from slm_widgets.library.ancestry import Parent, find_parent
from slm_widgets.running.active_runs import list_active
from slm_widgets.running.compared_runs import Sweep
from slm_widgets.running.grid import Combination, combinations, named_designs
from slm_widgets.running.memory import check_memory
from slm_widgets.running.plan import Plan
from slm_widgets.running.run import Run
from slm_widgets.running.sweep_refusals import refused, unknown_setting
from slm_widgets.running.train import make_plan, new_run, no_settings, read_stack
from slm_widgets.stack import LayerStack
from slm_widgets.stack.layer_fields import with_fields
from slm_widgets.training import TrainConfig, overlaid, read_recipe


def sweep(
    stacks: Any,
    corpus: Corpus | str | Path | None = None,
    tokenizer: Tokenizer | str | Path = "char",
    config: TrainConfig | Mapping[str, Any] | None = None,
    grid: Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]] | None = None,
    *,
    name: str | None = None,
    parent: Any = None,
    share: bool = False,
    track: bool = True,
) -> Sweep:
    """Trains several designs, or one with several settings, one after the other, and compares them; returns at once.

    Everything is checked before the first run begins. All have the same seed unless the grid says otherwise, so that what
    differs is what was changed.

    Args:
        stacks: One design as ``train`` takes it, a list of designs, or a dict of them by name.
        corpus: A text, its built-in name, or a file. None for the built-in stories in the chosen language.
        tokenizer: A tokenizer, its name, or a folder of one.
        config: The settings that all have in common. None: those that each design carries, else the defaults.
        grid: What differs: a dict of lists, ``{"lr": [1e-3, 3e-3], "dropout": [0.1, 0.3]}``, of which every value is tried with
            every other; or a list of dicts, one for each run. A key is a field of TrainConfig, the field of a layer as
            ``"<layer id>.<field>"``, or ``"*.<field>"`` for every layer that has it.
        name: What the comparison is called.
        parent: What all were changed from, as ``train`` takes it. None: the first of them for all others.
        share: Whether two of them train at the same time, each on half of the processor (see ``train``).
        track: Whether the runs are written to MLflow too, as children of one.

    Returns:
        The runs, queued.

    Raises:
        ConfigError: with every reason why some of them cannot be trained, and which they are; for a grid that is none, or
            larger than 200 runs.
        CorpusError: for a text that cannot be read.
        TokenizerError: for an unknown tokenizer.
        RunError: for a folder that cannot be made or written; then none is begun.
    """
    chosen = combinations(stacks, grid)
    if unknown := [error for key in _settings(chosen) if (error := unknown_setting(key)) is not None]:
        raise ConfigError("\n".join(error.message for error in unknown), field=unknown[0].field)
    corpus = load_corpus(default_corpus() if corpus is None else corpus)
    tokenizer = tokenizer if isinstance(tokenizer, Tokenizer) else load_tokenizer(tokenizer, corpus)
    plans = _plans(chosen, corpus, tokenizer, config, share)
    title = name or _title(list(named_designs(stacks)), chosen)
    return Sweep(title, _begin(title, plans, parent, share, track))


def _plans(
    chosen: Sequence[Combination],
    corpus: Corpus,
    tokenizer: Tokenizer,
    config: TrainConfig | Mapping[str, Any] | None,
    share: bool,
) -> list[Plan]:
    """Checks every combination, and only then complains about all of them."""
    prepared, checked = _prepared_once(corpus, tokenizer), _checked_once()
    plans: list[Plan] = []
    problems: list[tuple[str, SLMError]] = []
    for one in chosen:
        try:
            design = with_fields(read_stack(one.design), one.layers)
            settings = _merged(config, design, one.settings)
            plans.append(make_plan(design, corpus, tokenizer, settings, one.name, share, prepared, checked))
        except SLMError as error:
            problems.append((one.name, error))
    if problems:
        raise refused(problems, len(chosen)) from problems[0][1]
    return plans


def _prepared_once(corpus: Corpus, tokenizer: Tokenizer) -> Callable[..., Dataset]:
    """Reads the text into tokens once for all runs that cut it alike; a hundred runs hold it once, too."""

    @cache
    def prepared(context_length: int, stride: int | None, validation_fraction: float) -> Dataset:
        return prepare(corpus, tokenizer, context_length, stride, validation_fraction)

    return lambda _corpus, _tokenizer, *cut: prepared(*cut)


def _checked_once() -> Callable[..., None]:
    """Foresees the memory once for all runs that need the same: it takes a large part of a second."""
    fits: set[str] = set()

    def checked(design: LayerStack, *asked: Any) -> None:
        need = json.dumps([design.layers, *map(str, asked)])
        if need not in fits:
            check_memory(design, *asked)
            fits.add(need)

    return checked


def _merged(base: Any, design: LayerStack, settings: Mapping[str, Any]) -> TrainConfig:
    if base is not None and not isinstance(base, TrainConfig | Mapping):
        raise no_settings(base)
    common = (
        base.model_dump(exclude_unset=True)
        if isinstance(base, TrainConfig)
        else overlaid(read_recipe(design.config), base or {})
    )
    return TrainConfig(**overlaid(common, settings))


def _begin(title: str, plans: Sequence[Plan], parent: Any, share: bool, track: bool) -> list[Run]:
    """Queues all runs, or none where one of them cannot be made or started."""
    begun: list[Run] = []
    number = uuid.uuid4().hex
    try:
        for position, plan in enumerate(plans):
            origin = find_parent(parent, plan.stack)
            if parent is None and begun:
                origin = Parent(begun[0].name, begun[0].stack, begun[0].config, begun[0].folder)
            facts = {"sweep": {"id": number, "name": title, "position": position, "of": len(plans)}}
            begun.append(new_run(plan, track=track, share=share, origin=origin, facts=facts))
        for run in begun:
            run.start()
    except BaseException:
        for run in begun:
            if run in list_active():  # it was started already
                run.stop()
            else:
                run.place.leave()
                run.run_folder.discard()
        raise
    return begun


def _settings(chosen: Sequence[Combination]) -> list[str]:
    return list(dict.fromkeys(key for one in chosen for key in one.settings))


def _title(designs: Sequence[str], chosen: Sequence[Combination]) -> str:
    keys = dict.fromkeys(key for one in chosen for key in (*one.layers, *one.settings))
    named = ", ".join(designs[:3]) + (", …" if len(designs) > 3 else "")
    return f"{named}: {', '.join(keys)}" if keys else named
