"""What a design costs, and which share of it each layer has: what takes a run on fake tensors, as plain JSON for the editor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch.overrides import TorchFunctionMode

from slm_widgets.errors import SLMError
from slm_widgets.language import say
from slm_widgets.stack.check import examine
from slm_widgets.stack.costs import PROCESS_BYTES, TRAINING_PARTS
from slm_widgets.stack.describe import Report, report
from slm_widgets.stack.document import envelope
from slm_widgets.stack.workload import Workload

MOST_LAYERS = 1_000
"""Larger drawings are not counted by themselves: ``describe`` takes the time that it takes."""


class StaleError(Exception):
    """Nobody waits for these costs any more."""


def count_shares(
    layers: Any,
    config: dict[str, Any],
    vocab_size: int | None,
    workload: Workload,
    goes_on: Callable[[], bool] = lambda: True,
) -> dict[str, Any]:
    """Counts a design's arithmetic and memory; a fraction of a second for the published designs.

    Args:
        layers: The value of the ``layer_stack`` trait.
        config: The design's config.
        vocab_size: The tokenizer's vocabulary size, where it is known.
        workload: What to count with.
        goes_on: Asked at each step whether the answer is still wanted.

    Returns:
        Plain JSON: the ``workload``'s three values, the context length as counted with; ``layers`` (id -> ``flops`` of a
        training step over all repeats, ``flops_share``, ``parameters_share``); ``total`` (``flops`` of a training step,
        ``flops_per_token`` of a forward pass, ``training_bytes``, ``inference_bytes``, ``process_bytes``, ``parts``); ``words``:
        None, or the sentence that says why there are no figures, which are empty then.

    Raises:
        StaleError: when it is not wanted any more.
    """
    settings = workload.to_json()
    try:
        examined = examine(envelope(layers, config) if isinstance(layers, list) else layers, vocab_size)
        if not examined.ok:
            return {**settings, **_without(_unfinished())}
        if len(examined.trace.flows) > MOST_LAYERS:
            return {**settings, **_without(_too_many(len(examined.trace.flows)))}
        counted = report(examined, **settings)
        settings["context_length"] = counted.meter.context_length
        with _Watched(goes_on):
            return {**settings, "layers": _layers(counted), "total": _total(counted), "words": None}
    except SLMError as error:
        return {**settings, **_without(error.message)}


def _layers(counted: Report) -> dict[str, dict[str, Any]]:
    flops, parameters = counted.training_flops, counted.parameters
    return {
        row.id: {
            "flops": row.repeats * row.training_flops,
            "flops_share": row.repeats * row.training_flops / flops if flops else 0.0,
            "parameters_share": row.repeats * row.parameters / parameters if parameters else 0.0,
        }
        for row in counted.layers
    }


def _total(counted: Report) -> dict[str, Any]:
    tokens = counted.batch_size * counted.meter.context_length
    parts = counted.training_parts
    return {
        "flops": counted.training_flops,
        "flops_per_token": counted.forward_flops / tokens,
        "training_bytes": sum(parts.values()),
        "inference_bytes": counted.weight_bytes + counted.buffer_bytes + counted.cache_bytes,
        "process_bytes": PROCESS_BYTES,
        "parts": [{"title": str(TRAINING_PARTS[name]), "bytes": size} for name, size in parts.items() if size],
    }


class _Watched(TorchFunctionMode):
    """Stops the thread that counts at its next call of torch once nobody waits for the answer."""

    def __init__(self, goes_on: Callable[[], bool]) -> None:
        super().__init__()
        self._goes_on = goes_on

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if not self._goes_on():
            raise StaleError
        return func(*args, **(kwargs or {}))


def _without(words: str) -> dict[str, Any]:
    return {"layers": {}, "total": {}, "words": words}


def _unfinished() -> str:
    return say(
        en="Arithmetic and memory are counted once the design has no errors.",
        ko="설계의 오류를 모두 고치면 계산량과 메모리를 계산합니다.",
    )


def _too_many(count: int) -> str:
    return say(
        en=f"A drawing of {count:,} layers is too large to count its arithmetic and memory while it is edited (at most "
        f"{MOST_LAYERS:,}). Ask slm.describe(editor.stack) instead.",
        ko=f"레이어가 {count:,}개인 그림은 너무 커서 편집하는 동안 계산량과 메모리를 계산하지 않습니다(최대 {MOST_LAYERS:,}개). "
        "slm.describe(editor.stack)으로 확인하세요.",
    )
