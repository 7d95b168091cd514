"""The parts of a design: each layer with the module it builds, blocks once however often they repeat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from torch import nn

from slm_widgets.export.code.recording import Recording, record
from slm_widgets.model.build import module_name
from slm_widgets.stack.references import INPUT
from slm_widgets.stack.skeleton import skeleton
from slm_widgets.stack.trace import Step, Trace


@dataclass(eq=False)
class Part:
    """One layer.

    Args:
        step: The layer at its place.
        name: The name of its module in the model, and in the state dict.
        module: Its module, without numbers in it; None for a block.
        parts: What stands inside a block.
        class_name: Of a block, the name of its class in the file.
        variable: Of a block, the name of one of its repeats in a loop.
        outside: Of a block, the references to layers outside that something inside reads.
    """

    step: Step
    name: str
    module: nn.Module | None
    parts: tuple[Part, ...] = ()
    class_name: str = ""
    variable: str = ""
    outside: tuple[str, ...] = ()

    @property
    def repeats(self) -> int:
        """How often a block stands in a row."""
        return getattr(self.step.layer, "num_of_blocks", 1)

    @property
    def passes_on(self) -> bool:
        """Whether it hands on what comes in."""
        return not self.parts if self.module is None else type(self.module) is nn.Identity

    def walk(self) -> Iterator[Part]:
        """This part and those inside."""
        yield self
        for part in self.parts:
            yield from part.walk()


@dataclass
class Plan:
    """A whole design."""

    parts: tuple[Part, ...]
    recording: Recording
    trace: Trace
    modules: list[nn.Module] = field(default_factory=list)

    def walk(self) -> Iterator[Part]:
        """All parts, top down."""
        for part in self.parts:
            yield from part.walk()


def plan(trace: Trace) -> Plan:
    """Builds each layer of a design once, on torch's meta device: nothing is allocated and nothing drawn."""
    with record() as recording:
        parts = _parts(trace.steps, _ids(trace.steps))
    whole = Plan(parts, recording, trace)
    seen: dict[nn.Module, None] = {}
    for part in whole.walk():
        if part.module is not None:
            seen.update(dict.fromkeys(part.module.modules()))
    whole.modules = list(seen)
    return whole


def _ids(steps: tuple[Step, ...]) -> set[str]:
    return {one for step in steps for one in (step.layer.id, *_ids(step.children))}


def _parts(steps: tuple[Step, ...], ids: set[str]) -> tuple[Part, ...]:
    names: set[str] = set()
    parts: list[Part] = []
    for step in steps:
        name = module_name(step.layer.id, names)
        names.add(name)
        if step.layer.container:
            inside = _parts(step.children, ids)
            parts.append(Part(step, name, None, inside, outside=tuple(_outside(step, ids))))
        else:
            parts.append(Part(step, name, skeleton(step)))
    return tuple(parts)


def _outside(step: Step, ids: set[str]) -> list[str]:
    """What a block's layers read that is not in the block; an id that itself ends in ``:in`` wins over an input."""
    inside = {step.layer.id + INPUT} - ids
    wanted: dict[str, None] = {}
    for child in step.children:
        below = _outside(child, ids) if child.layer.container else child.sources
        wanted.update(dict.fromkeys([*([child.reads] if child.reads is not None else []), *below]))
        inside |= {child.layer.id, *({child.layer.id + INPUT} - ids)}
    return [reference for reference in wanted if reference not in inside]
