"""Where an editor was begun, so that a page can tell whether a drawing that it kept belongs to it."""

from __future__ import annotations

import hashlib
import json
import sys
import uuid
from typing import Any

_KERNEL = uuid.uuid4().hex
"""Another one in each kernel."""


def origin_of(layers: list[Any], config: dict[str, Any]) -> dict[str, str]:
    """Names an editor's place and the editor itself.

    Args:
        layers: The nodes that it was opened with.
        config: Their config.

    Returns:
        ``place``: the same for each editor that this cell opens with this design. ``session``: another one for each, or, where
        the notebook does not tell its cells apart, for each kernel: two cells may then have opened the same design.
    """
    cell = _cell()
    text = json.dumps([cell, layers, config], sort_keys=True, default=str)
    place = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:24]
    return {"place": place, "session": uuid.uuid4().hex if cell else _KERNEL}


def _cell() -> str:
    """The id of the notebook cell that runs now; JupyterLab and VS Code tell it, others do not."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    parent = getattr(shell, "parent_header", None)
    metadata = parent.get("metadata") if isinstance(parent, dict) else None
    cell = metadata.get("cellId") if isinstance(metadata, dict) else None
    return cell if isinstance(cell, str) else ""
