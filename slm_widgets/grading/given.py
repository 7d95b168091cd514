"""Is what the teacher gave still there?"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from slm_widgets.errors import GradingError
from slm_widgets.grading.reading import read_design
from slm_widgets.stack import LayerStack
from slm_widgets.stack.check import examine
from slm_widgets.stack.given import broken_rules


def check_given(
    design: LayerStack | str | os.PathLike[str] | list[Any] | dict[str, Any],
    given: LayerStack | str | os.PathLike[str] | list[Any] | dict[str, Any],
    *,
    locked: Iterable[str] = (),
    allowed: Iterable[str] | None = None,
) -> None:
    """Checks that a design keeps to what ``GraphEditor(given, locked=..., allowed=...)`` ruled, whoever changed its file.

    These rules are about layers. The config (the name, the vocabulary, the training recipe) is not compared: a student may open
    a design that brings its own.

    Args:
        design: The path of the drawing that was handed in, or a design in any form.
        given: What was handed out, as ``parse_stack`` takes it.
        locked: The ids of layers that must have stayed as they were.
        allowed: The only layer types that may have been added; None for all.

    Raises:
        GradingError: with every rule that was not kept.
    """
    kinds = None if allowed is None else set(allowed)
    broken = broken_rules(examine(given).layers, read_design(design).layers, locked=set(locked), allowed=kinds)
    if broken:
        raise GradingError("\n".join(rule.message for rule in broken), layer_id=broken[0].layer_id)
