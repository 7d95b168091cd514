"""From anything that may be a design to a LayerStack, or to the list of what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from slm_widgets.errors import LayerStackError
from slm_widgets.layers import Problem
from slm_widgets.stack.dialects.containers import open_container
from slm_widgets.stack.dialects.refusal import RefusalError
from slm_widgets.stack.dialects.values import read_values
from slm_widgets.stack.document import LayerStack
from slm_widgets.stack.guess import Guess
from slm_widgets.stack.nodes import Draft, Reader
from slm_widgets.stack.settling import put_width, relative, settle
from slm_widgets.stack.trace import Trace, trace


@dataclass(frozen=True)
class Examined:
    """Everything that one look at a document found.

    Args:
        drafts: The nodes in canonical spelling, those with mistakes too.
        config: The config in canonical spelling.
        trace: What flows through the design.
        problems: Everything that is wrong or worth a warning.
        refused: Whether the source is no design at all; ``drafts`` is then empty.
    """

    drafts: list[Draft]
    config: dict[str, Any]
    trace: Trace
    problems: list[Problem]
    refused: bool = False

    @property
    def ok(self) -> bool:
        """Whether it can be built."""
        return not any(problem.severity == "error" for problem in self.problems)

    @property
    def layers(self) -> list[Any]:
        """The nodes as plain JSON in canonical spelling, of a design that cannot be built yet too."""
        return [draft.to_json() for draft in self.drafts]


def examine(source: Any, vocab_size: int | None = None) -> Examined:
    """Reads, types and traces a document; never raises.

    Args:
        source: As ``parse_stack`` takes it.
        vocab_size: The tokenizer's vocabulary size, where it is known.
    """
    problems: list[Problem] = []
    try:
        values = read_values(source.to_json() if isinstance(source, LayerStack) else source, problems)
        opened = open_container(values, problems)
        reader = Reader(opened.nodes)
    except RefusalError as refusal:
        return Examined([], {}, Trace(), [*problems, refusal.problem], refused=True)
    settle(reader, opened.config, reader.older if opened.older is None else opened.older)
    walked = trace(reader.drafts, opened.config, vocab_size)
    if waiting := relative(reader):
        for draft in waiting:
            flow = walked.flows[draft.id][0] if draft.id in walked.flows else None
            if flow is not None and flow.width is not None and not isinstance(flow, Guess):
                put_width(reader, draft, flow.width)
        walked = trace(reader.drafts, opened.config, vocab_size)
    places = {draft.id: draft.place for draft in reader.walk()}
    placed = [p if p.place else replace(p, place=places.get(p.layer_id or "", "")) for p in problems]
    found = _from_top_down([*placed, *reader.problems, *walked.problems], reader)
    return Examined(reader.drafts, opened.config, walked, found)


def _from_top_down(problems: list[Problem], reader: Reader) -> list[Problem]:
    """In the order of the layers; what is wrong with the design as a whole comes first."""
    order = {draft.place: number for number, draft in enumerate(reader.walk())}
    return sorted(problems, key=lambda problem: order.get(problem.place, -1))


def check_stack(source: Any) -> list[Problem]:
    """Lists what is wrong with a design, errors and warnings; never raises on bad input.

    Args:
        source: As ``parse_stack`` takes it.
    """
    return examine(source).problems


def parse_stack(source: Any) -> LayerStack:
    """Reads a design in any dialect.

    Args:
        source: A list of nodes, an envelope, a request, a saved structure, a canvas, a LayerStack, JSON text (leading ``[`` or
            ``{``), or the path of a file.

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
