"""A design as one readable PyTorch file that needs nothing of ours."""

from __future__ import annotations

from typing import Any

from slm_widgets.errors import LayerStackError
from slm_widgets.export.code.file import File
from slm_widgets.export.code.plan import plan
from slm_widgets.stack.check import examine
from slm_widgets.stack.describe import report

__all__ = ["export_code"]


def export_code(stack: Any) -> str:
    """Writes a design as one PyTorch file: its classes in the order of a lecture, shapes at line ends.

    The file runs alone, takes the state dict of ``build_model(stack)`` and gives the same logits; the same seed gives the same
    starting weights. Its code is that of the modules themselves, without what this design does not use.

    Args:
        stack: A design as ``parse_stack`` takes it.

    Returns:
        The text of the file. Nothing is run to make it.

    Raises:
        LayerStackError: when the design cannot be built.
        LayerTypeError: when a layer's source cannot be read, or its module is made from things that cannot be written as code.
    """
    examined = examine(stack)
    if not examined.ok:
        raise LayerStackError([p for p in examined.problems if p.severity == "error"])
    name = examined.config.get("name")
    return File(plan(examined.trace), str(name or "model"), report(examined).parameters).text()
