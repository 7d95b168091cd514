"""What a notebook shows of runs at the end of a cell."""

from __future__ import annotations

import html
import importlib
from collections.abc import Iterable
from typing import Any

from slm_widgets.errors import SLMError
from slm_widgets.main_loop import main_loop

_KEPT = "_shown_as"


def cell_output(thing: Any, runs: Iterable[Any]) -> dict[str, Any]:
    """Makes the outputs of IPython's ``_repr_mimebundle_``: a figure and a table in a notebook, text elsewhere.

    Args:
        thing: What is shown; its ``repr`` is the text. It keeps its widget: shown twice, it is the same one.
        runs: What the figure draws.
    """
    text = repr(thing)
    if main_loop() is None:  # no kernel, and so nobody who could draw a widget
        return {"text/plain": text}
    bundle: dict[str, Any] = {"text/plain": text, "text/html": f"<pre>{html.escape(text)}</pre>"}
    try:
        kept = vars(thing).get(_KEPT)
        if kept is not None and kept.comm is not None:  # else it was closed
            kept.show_again()
        else:
            # By its public name: runs know no widget, but whoever looks at one in a notebook has them, as a rule.
            vars(thing)[_KEPT] = importlib.import_module("slm_widgets").RunComparison(runs)
    except (ImportError, SLMError):
        return bundle  # no library that draws, or no numbers that could be drawn: the text says what there is
    view = {"version_major": 2, "version_minor": 0, "model_id": vars(thing)[_KEPT].model_id}
    return {**bundle, "application/vnd.jupyter.widget-view+json": view}
