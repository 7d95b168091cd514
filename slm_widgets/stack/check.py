"""From anything that may be a design to a LayerStack, or to the list of what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from slm_widgets.errors import LayerStackError
from slm_widgets.layers import Problem
from slm_widgets.stack.document import LayerStack, read_document
from slm_widgets.stack.nodes import Draft, Reader
from slm_widgets.stack.trace import Trace, trace


@dataclass(frozen=True)
class Examined:
    """Everything that one look at a document found."""

    drafts: list[Draft]
    config: dict[str, Any]
    trace: Trace
    problems: list[Problem]

    @property
    def ok(self) -> bool:
        """Whether it can be built."""
        return not any(problem.severity == "error" for problem in self.problems)


def examine(source: Any, vocab_size: int | None = None) -> Examined:
    """Reads, types and traces a document; never raises.

    Args:
        source: As ``parse_stack`` takes it.
        vocab_size: The tokenizer's vocabulary size, where it is known.
    """
    document = read_document(source)
    if isinstance(document, Problem):
        return Examined([], {}, Trace(), [document])
    raw, config = document
    reader = Reader()
    drafts = reader.read(raw)
    walked = trace(drafts, config, vocab_size)
    return Examined(drafts, config, walked, reader.problems + walked.problems)


def check_stack(source: Any) -> list[Problem]:
    """Lists what is wrong with a design, errors and warnings; never raises on bad input.

    Args:
        source: As ``parse_stack`` takes it.
    """
    return examine(source).problems


def parse_stack(source: Any) -> LayerStack:
    """Reads a design.

    Args:
        source: A list of nodes, an envelope, a LayerStack, JSON text (leading ``[`` or ``{``), or the path of a file.

    Returns:
        The design, in canonical form.

    Raises:
        LayerStackError: with every problem that keeps it from being built.
    """
    examined = examine(source)
    errors = [problem for problem in examined.problems if problem.severity == "error"]
    if errors:
        raise LayerStackError(errors)
    return LayerStack(tuple(draft.node() for draft in examined.drafts), examined.config)
