"""Events to MLflow.

A run's numbers wait on disk (``outbox``) and a process of its own brings them to MLflow (``courier``, ``courier_process``,
``delivery``): mlflow takes seconds to import and milliseconds for a call, all of it in Python, which would hold up the
training. Only ``delivery`` imports mlflow.

The names below are loaded on first use, so that the courier's process does without torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES = {
    "Tracker": "tracker",
    "close_ui": "server",
    "deliver_waiting": "leftovers",
    "has_waiting": "outbox",
    "open_ui": "server",
    "open_ui_soon": "server",
}

__all__ = ["Tracker", "close_ui", "deliver_waiting", "has_waiting", "open_ui", "open_ui_soon"]

if TYPE_CHECKING:
    from slm_widgets.tracking.leftovers import deliver_waiting
    from slm_widgets.tracking.outbox import has_waiting
    from slm_widgets.tracking.server import close_ui, open_ui, open_ui_soon
    from slm_widgets.tracking.tracker import Tracker


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
