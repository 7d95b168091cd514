"""Draw a small language model in a notebook, train it, watch it learn, look inside and take it home.

The public names are loaded on first use: ``import slm_widgets`` alone imports neither torch nor any widget library.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from slm_widgets.version import __version__ as __version__

# Name -> the module it lives in. pyright and editors read the TYPE_CHECKING block below; a test keeps the two alike.
_HOMES = {
    "GraphEditor": "widgets",
    "ModelGraph": "widgets",
    "RunComparison": "widgets",
    "TextGenerator": "widgets",
    "TrainConfig": "training",
    "TrainingPanel": "widgets",
    "build_model": "model",
    "check_stack": "stack",
    "corpora": "data",
    "deliver": "running",
    "describe": "stack",
    "difference": "stack",
    "export_code": "export",
    "export_huggingface": "export",
    "find_learning_rate": "running",
    "generate": "generation",
    "import_huggingface": "export",
    "load_corpus": "data",
    "load_run": "library",
    "load_tokenizer": "data",
    "parse_stack": "stack",
    "preset": "stack",
    "presets": "stack",
    "queue": "running",
    "resume": "running",
    "runs": "library",
    "set_language": "language",
    "sweep": "running",
    "train": "running",
}
_MODULES = ("errors", "grading", "layers")

__all__ = sorted([*_HOMES, *_MODULES])  # pyright: ignore[reportUnsupportedDunderAll]  (literal names would say it twice)

if TYPE_CHECKING:
    from slm_widgets import errors, grading, layers
    from slm_widgets.data import corpora, load_corpus, load_tokenizer
    from slm_widgets.export import export_code, export_huggingface, import_huggingface
    from slm_widgets.generation import generate
    from slm_widgets.language import set_language
    from slm_widgets.library import load_run, runs
    from slm_widgets.model import build_model
    from slm_widgets.running import deliver, find_learning_rate, queue, resume, sweep, train
    from slm_widgets.stack import check_stack, describe, difference, parse_stack, preset, presets
    from slm_widgets.training import TrainConfig
    from slm_widgets.widgets import GraphEditor, ModelGraph, RunComparison, TextGenerator, TrainingPanel


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    elif name in _MODULES:
        value = importlib.import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value  # the next access is an ordinary one
    return value


def __dir__() -> list[str]:
    return __all__
