"""What the editor shows about a design while it is being drawn: problems, shapes and counts, of half-finished ones too."""

from __future__ import annotations

from typing import Any

from slm_widgets.errors import ConfigError
from slm_widgets.fields import settled_values
from slm_widgets.layers import Problem
from slm_widgets.stack.check import examine
from slm_widgets.stack.describe import check_vocabulary, report
from slm_widgets.stack.distinct import Counter
from slm_widgets.stack.document import envelope


def analyse(layers: Any, config: dict[str, Any] | None = None, vocab_size: int | None = None) -> dict[str, Any]:
    """Examines a raw list of nodes; never raises on bad input.

    Args:
        layers: The value of the ``layer_stack`` trait, whatever it holds.
        config: The design's config.
        vocab_size: The tokenizer's vocabulary size, where it is known; one that cannot be is a problem too.

    Returns:
        Plain JSON: ``problems``; ``layers`` (id -> ``in``, ``out``, ``parameters``, ``repeats``; None for what a mistake
        hides; ``resolved``: what fields hold that may be left empty); ``total`` (``parameters``, ``context_length``,
        ``vocab_size``, ``vocab_assumed``); ``ok``.
    """
    wrong: list[Problem] = []
    try:
        check_vocabulary(vocab_size)
    except ConfigError as error:
        wrong, vocab_size = [Problem(None, error.field, "error", error.message)], None
    examined = examine(envelope(layers, config or {}) if isinstance(layers, list) else layers, vocab_size)
    found = examined.trace
    counted, ok = report(examined), examined.ok and not wrong
    rows: dict[str, dict[str, Any]] = {
        name: {"in": into.shape, "out": out.shape if out else None, "parameters": None, "repeats": 1}
        for name, (into, out) in found.flows.items()
    }
    for row in counted.layers:
        rows[row.id].update(parameters=row.parameters, repeats=row.repeats)
    counter = Counter()
    for name, step in found.understood.items():
        rows[name]["resolved"] = settled_values(step.layer)
        # Beside a mistake in the same block: the block cannot be counted, this layer can.
        if rows[name]["parameters"] is None and not step.layer.container:
            rows[name]["parameters"] = counter.count(step)
    return {
        "problems": [problem.to_json() for problem in wrong + examined.problems],
        "layers": rows,
        "total": {
            "parameters": counted.parameters if ok else None,
            "context_length": counted.context_length,
            "vocab_size": found.vocab_size,
            "vocab_assumed": found.vocab_assumed,
        },
        "ok": ok,
    }
