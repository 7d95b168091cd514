"""What stands in the notebook: the only importers of ipywidgets, bqplot, ipycytoscape and anywidget.

The names are loaded on first use, each with the library it needs and no other: the panel works where ipycytoscape is
missing, and where the editor's bundle was not built.
"""

# ruff: noqa: F401 -- names for type checkers; at run time they are loaded on first use
from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

# Name -> the module it lives in; the TYPE_CHECKING block says the same to pyright.
_HOMES = {
    "GraphEditor": "graph_editor",
    "LiveFigure": "live_figure",
    "ModelGraph": "model_graph",
    "RunComparison": "run_comparison",
    "TextGenerator": "text_generator",
    "TrainingPanel": "training_panel",
}

__all__ = sorted(_HOMES)  # pyright: ignore[reportUnsupportedDunderAll]  (literal names would say it twice)

if TYPE_CHECKING:
    from slm_widgets.widgets.graph_editor import GraphEditor
    from slm_widgets.widgets.live_figure import LiveFigure
    from slm_widgets.widgets.model_graph import ModelGraph
    from slm_widgets.widgets.run_comparison import RunComparison
    from slm_widgets.widgets.text_generator import TextGenerator
    from slm_widgets.widgets.training_panel import TrainingPanel


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value  # the next access is an ordinary one
    return value


def __dir__() -> list[str]:
    return __all__
