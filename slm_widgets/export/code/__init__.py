"""A design as one readable PyTorch file that needs nothing of ours.

The modules that a design builds are general: one attention for every switch. Their source is read, made special, and printed::

    plan, recording     each layer's module, and the arguments that every constructor was called with
          |
    program, syntax     the classes, functions and constants that the modules are made of, as syntax trees with comments
          |
    specialise          rounds of the next four, until nothing changes
      |-- facts         what is known of the modules of a class, and what an expression comes to for them
      |-- calls         what functions are called with, and so which parameters are always the same
      |-- folding       known values into conditions and expressions
      |-- inlining      a function that has become one expression into its callers
      `-- pruning       away with methods, names and attributes that nothing uses
          |
    rendering           the call that makes a module: ``Attention(WIDTH, heads=4)``
    remaking            whether that call really makes it; refuses what was changed afterwards
          |
    model_classes       ``Block`` and ``LanguageModel``: what they are made of
    wiring              their ``forward``: one line a layer
    starting_weights    ``initialise``
    trying              ``generate``, and one step of training
          |
    file                puts all in order: header, imports, numbers, classes
    docstrings          shortens what docstrings say about arguments that are gone
    printing            statements as text, as written where nothing changed
    expressions         expressions as text
    lines               which lines of the text belong to which layer

``names`` makes a design's names and texts safe to write.
"""

from __future__ import annotations

from typing import Any

from slm_widgets.errors import LayerStackError
from slm_widgets.export.code.file import File
from slm_widgets.export.code.lines import CodeWithLines, LayerLines
from slm_widgets.export.code.plan import plan
from slm_widgets.stack.check import examine
from slm_widgets.stack.describe import report

__all__ = ["CodeWithLines", "LayerLines", "export_code", "export_code_with_lines"]


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
    return _file(stack).text()


def export_code_with_lines(stack: Any) -> CodeWithLines:
    """Writes a design as ``export_code`` does, and tells which lines belong to which layer.

    Args:
        stack: A design as ``parse_stack`` takes it.

    Raises:
        LayerStackError: when the design cannot be built.
        LayerTypeError: as ``export_code`` does.
    """
    return _file(stack).with_lines()


def _file(stack: Any) -> File:
    examined = examine(stack)
    if not examined.ok:
        raise LayerStackError([p for p in examined.problems if p.severity == "error"])
    name = examined.config.get("name")
    return File(plan(examined.trace), str(name or "model"), report(examined).parameters)
