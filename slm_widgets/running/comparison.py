"""Several runs side by side: what differs between them, and what came of it. Reads a Run and a SavedRun alike."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from slm_widgets.errors import sentence_of
from slm_widgets.library.ancestry import Parent
from slm_widgets.library.run_difference import difference_from
from slm_widgets.stack import LayerStack, describe
from slm_widgets.training import RunState
from slm_widgets.training.evaluation import perplexity

DESIGN = "design"
CORPUS = "corpus"
MOST_LAYER_COLUMNS = 6
"""Designs that differ in more fields than this are told apart by their names or in words."""


class Compared(Protocol):
    """What is read of a run, whether it trains here or lies on disk."""

    name: Any
    folder: Any
    stack: Any
    config: Any
    corpus_name: Any
    state: Any
    step: Any
    elapsed_s: Any
    max_steps: Any
    history: Any
    error: Any


@dataclass(frozen=True)
class Outcome:
    """What came of a run so far; nan where nothing is known yet.

    Args:
        best_val_loss: The lowest validation loss, in nats per token.
        val_loss: The last one.
        perplexity: exp of the lowest.
        bits_per_byte: Where the validation loss was lowest; comparable across tokenizers.
        steps: How many steps are done.
        seconds: How long they took.
    """

    best_val_loss: float
    val_loss: float
    perplexity: float
    bits_per_byte: float
    steps: int
    seconds: float


def differing(runs: Sequence[Compared]) -> dict[str, list[Any]]:
    """What is not the same in all runs: each setting by its name, each field of a layer as ``"<layer id>.<field>"``.

    A field that several layers share, and change alike, stands there once, as ``"<field>"``; designs that are built of other
    layers differ in ``"design"``, and runs that read other texts in ``"corpus"``: their losses cannot be compared.

    Returns:
        For each key its value in every run, in order; None where a run leaves it open.
    """
    configs = [run.config.model_dump(mode="json") for run in runs]
    settings = {key: [config.get(key) for config in configs] for key in (configs[0] if configs else {})}
    texts = [run.corpus_name for run in runs]
    corpus = {CORPUS: texts} if _vary(texts) else {}
    return {**corpus, **_designs(runs), **{key: values for key, values in settings.items() if _vary(values)}}


def outcome(run: Compared) -> Outcome:
    """Reads the results of a run out of its history."""
    history = run.history
    losses = list(history["val_loss"])
    finite = [index for index, loss in enumerate(losses) if math.isfinite(loss)]
    best = min(finite, key=losses.__getitem__) if finite else None
    lowest = math.nan if best is None else losses[best]
    bits = history.get("val_bits_per_byte") or []
    return Outcome(
        best_val_loss=lowest,
        val_loss=losses[-1] if losses else math.nan,
        perplexity=perplexity(lowest),
        bits_per_byte=bits[best] if best is not None and best < len(bits) else math.nan,
        steps=run.step,
        seconds=run.elapsed_s,
    )


def count_parameters(stack: LayerStack) -> int:
    """How many numbers a design learns; counted once for each design."""
    return _count(json.dumps(stack.to_json(), sort_keys=True))


def rows(runs: Sequence[Compared]) -> list[dict[str, Any]]:
    """One dict a run: name, state, what differs, parameters, and what came of it."""
    varying = differing(runs)
    return [
        {
            "name": run.name,
            "state": str(RunState(run.state)),
            **{key: values[index] for key, values in varying.items()},
            "parameters": count_parameters(run.stack),
            **vars(outcome(run)),
            "error": None if run.error is None else sentence_of(run.error),
        }
        for index, run in enumerate(runs)
    ]


def _designs(runs: Sequence[Compared]) -> dict[str, list[Any]]:
    fields = [_fields(run.stack) for run in runs]
    layers = [{layer: values["type"] for layer, values in each.items()} for each in fields]
    if any(each != layers[0] for each in layers):
        return {DESIGN: _design_words(runs)}
    found: dict[tuple[str, str], list[Any]] = {}
    for layer in fields[0] if fields else ():
        names = dict.fromkeys(name for each in fields for name in each[layer])
        for name in names:
            values = [each[layer].get(name) for each in fields]
            if _vary(values):
                found[layer, name] = values
    told = _told_once(found)
    return told if len(told) <= MOST_LAYER_COLUMNS else {DESIGN: _design_words(runs)}


def _fields(stack: LayerStack) -> dict[str, dict[str, Any]]:
    return {
        node.layer.id: {
            "type": node.layer.type,
            **node.layer.model_dump(mode="json", by_alias=True, exclude={"id", "label"}),
        }
        for node in stack.walk()
    }


def _told_once(found: Mapping[tuple[str, str], list[Any]]) -> dict[str, list[Any]]:
    alike: dict[tuple[str, str], list[str]] = {}
    for (layer, name), values in found.items():
        alike.setdefault((name, json.dumps(values, sort_keys=True, default=repr)), []).append(layer)
    told: dict[str, list[Any]] = {}
    for (name, _), layers in alike.items():
        key = f"{layers[0]}.{name}" if len(layers) == 1 or name in told else name
        told[key] = found[layers[0], name]
    return told


def _design_words(runs: Sequence[Compared]) -> list[str]:
    """The designs' names where they tell them apart, else what each does otherwise than the first."""
    names = [run.stack.name for run in runs]
    prints = [json.dumps(run.stack.layers, sort_keys=True) for run in runs]
    if len(set(zip(names, prints, strict=True))) == len(set(names)) == len(set(prints)):
        return names
    first = Parent(names[0], runs[0].stack)
    words = [difference_from(first, run.name, run.stack, run.config).short() for run in runs]
    return [said or names[0] for said in words]


def _vary(values: Sequence[Any]) -> bool:
    return len({json.dumps(value, sort_keys=True, default=repr) for value in values}) > 1


@lru_cache(maxsize=512)
def _count(document: str) -> int:
    return describe(json.loads(document)).parameters
