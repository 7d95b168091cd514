"""Straight code for what flows through a list of layers: one line a layer, names for what is needed again."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from slm_widgets.export.code.lines import belong, relate
from slm_widgets.export.code.names import identifier, is_plain, unused
from slm_widgets.export.code.plan import Part
from slm_widgets.export.code.syntax import attribute, name, set_note, walk
from slm_widgets.layers import Flow
from slm_widgets.layers.place import SOURCE
from slm_widgets.stack.references import INPUT

# In one line of code:
MOST_NESTED = 3
MOST_MERGED = 2

Inline = Callable[[Part, list[ast.expr]], ast.expr | None]
"""The expression that a layer without weights comes to, from what it reads; None for a layer that is called."""


@dataclass(eq=False)
class Value:
    """Something that flows."""

    flow: Flow
    origin: str
    uses: list[int] = field(default_factory=list)  # the numbers of the operations that read it
    crosses: bool = False  # whether layers inside a block read it
    name: str = ""
    nested: ast.expr | None = None


@dataclass
class Operation:
    """One layer at work."""

    part: Part
    inputs: list[Value]
    output: Value
    inline: bool
    dead: bool = False
    after: tuple[str, ...] = ()  # layers without code that have handed on what it reads


def child(base: ast.expr, module: str) -> ast.expr:
    """A module inside another one, by its name."""
    if is_plain(module):
        return attribute(base, module)
    return ast.Call(attribute(base, "get_submodule"), [ast.Constant(module)], [])


def parameter_names(outside: tuple[str, ...], imported: Iterable[str]) -> dict[str, str]:
    """Names for what a block reads from outside, none of them that of an import."""
    taken = set(imported)
    return {
        reference: "source" if reference == SOURCE else unused(identifier(reference.replace(":", "_"), "value"), taken)
        for reference in outside
    }


class Wiring:
    """The body of ``forward`` of a list of layers.

    Args:
        parts: The layers.
        incoming: What flows in, and its name.
        outside: What else may be read: reference -> (what, its name).
        inline: Writes layers without weights as expressions.
        itself: References to what flows in, where layers know it under a name.
        imported: Names of imports, which no variable may hide.
    """

    def __init__(
        self,
        parts: tuple[Part, ...],
        incoming: tuple[Flow, str],
        outside: Mapping[str, tuple[Flow, str]],
        inline: Inline,
        itself: Sequence[str] = (),
        imported: Iterable[str] = (),
    ) -> None:
        self.inline = inline
        self.incoming = Value(incoming[0], "", name=incoming[1])
        self.values = [self.incoming]
        self.kept: dict[str, Value] = dict.fromkeys(itself, self.incoming)
        for reference, (flow, known) in outside.items():
            self.kept[reference] = Value(flow, reference, name=known)
            self.values.append(self.kept[reference])
        self.taken = {*imported, *(value.name for value in self.values)}
        self.operations: list[Operation] = []
        self.silent: dict[str, tuple[str, ...]] = {}  # by reference, the layers without code that have handed it on
        self.result = self._trace(parts)
        self.emitted = self._nest()

    def _trace(self, parts: tuple[Part, ...]) -> Value:
        current, reference = self.incoming, ""
        for part in parts:
            step = part.step
            if step.reads is not None:
                current, reference = self.kept[step.reads], step.reads
            own_input = step.layer.id + INPUT
            self.kept.setdefault(own_input, current)  # unless a layer's own id ends so
            self.silent.setdefault(own_input, self.silent.get(reference, ()))
            current = (
                self._hand_on(part, current, reference) if part.passes_on else self._operate(part, current, reference)
            )
            self.kept[step.layer.id], reference = current, step.layer.id
        self.silent_last = self.silent.get(reference, ())
        current.uses.append(len(self.operations))
        for number, op in reversed([*enumerate(self.operations)]):
            if op.inline and not op.output.uses:  # a sum that nothing reads
                op.dead = True
                for value in op.inputs:
                    value.uses = [use for use in value.uses if use != number]
        return current

    def _hand_on(self, part: Part, value: Value, reference: str) -> Value:
        self.silent[part.step.layer.id] = (*self.silent.get(reference, ()), part.step.layer.id)
        return value

    def _operate(self, part: Part, current: Value, reference: str) -> Value:
        references = [reference, *(part.outside if part.module is None else part.step.sources)]
        inputs = [current, *(self.kept[other] for other in references[1:])]
        names = [name(f"_{number}") for number in range(len(inputs))]
        shown = self.inline(part, [*names]) if part.module is not None else None
        if isinstance(shown, ast.Name):  # it hands on one of them
            place = int(shown.id[1:])
            return self._hand_on(part, inputs[place], references[place])
        for value in inputs:
            value.uses.append(len(self.operations))
        if part.module is None:
            for value in inputs[1:]:
                value.crosses = True
        output = Value(part.step.outgoing, part.step.layer.id)
        silent = tuple(layer for other in references for layer in self.silent.get(other, ()))
        self.operations.append(Operation(part, inputs, output, shown is not None, after=silent))
        self.silent[part.step.layer.id] = ()
        self.values.append(output)
        return output

    def _nest(self) -> list[int]:
        """Where each operation's code stands: at its own place, or inside the merge that ends its branch."""
        places = list(range(len(self.operations)))
        for end, merge in enumerate(self.operations):
            if not merge.inline or merge.dead:
                continue
            start = end
            while start > 0 and self._only_feeds(start - 1, start):
                # What already stands in an earlier merge goes along as a whole.
                chunk = places.index(start - 1) if self.operations[start - 1].inline else start - 1
                within = self.operations[chunk:end]
                if sum(op.inline for op in within) >= MOST_MERGED:
                    break
                if sum(not op.inline for op in within) > MOST_NESTED:
                    start = end
                    break
                start = chunk
            places[start:end] = [end] * (end - start)
        return places

    def _only_feeds(self, number: int, following: int) -> bool:
        op, after = self.operations[number], self.operations[following]
        if op.part.module is None or after.part.module is None or op.output.uses != [following]:
            return False
        if after.inline:  # computed once only where the expression names it once
            names = [name(f"_{place}") for place in range(len(after.inputs))]
            shown = self.inline(after.part, [*names])
            place = next(i for i, value in enumerate(after.inputs) if value is op.output)
            return shown is not None and sum(isinstance(n, ast.Name) and n.id == f"_{place}" for n in walk(shown)) == 1
        return True

    # -- code -----------------------------------------------------------------------------------------------------------

    def statements(self) -> list[ast.stmt]:
        """The lines, ``return`` last."""
        lines: list[ast.stmt] = []
        for number, op in enumerate(self.operations):
            if op.dead:
                continue
            if op.part.module is None:
                lines += [self._marked(line, number) for line in self._loop(number, op)]
                continue
            shown = self._expression(op)
            if not op.output.uses:
                lines.append(self._marked(ast.Expr(shown), number))
                set_note(lines[-1], "trailing", "# nothing reads what it gives")
                continue
            if self.emitted[number] != number:
                op.output.nested = shown
                continue
            last = number == len(self.operations) - 1 and op.output is self.result
            if last and not op.inline:
                return [*lines, self._marked(_noted(ast.Return(shown), op.output.flow), number)]
            op.output.name = self._name(op.output, number)
            assigned = ast.Assign([ast.Name(op.output.name, ast.Store())], shown)
            lines.append(self._marked(_noted(assigned, op.output.flow), number))
        returned = belong(ast.Return(self._read(self.result)), *self._origin(self.result))
        return [*lines, relate(returned, self.silent_last)]

    def _marked(self, statement: ast.stmt, number: int) -> ast.stmt:
        """Says whose code stands at the place of an operation."""
        here = [op for op, place in zip(self.operations, self.emitted, strict=True) if place == number and not op.dead]
        belong(statement, *(op.part.step.layer.id for op in here))
        return relate(statement, [layer for op in here for layer in op.after])

    def _origin(self, value: Value) -> list[str]:
        return [op.part.step.layer.id for op in self.operations if op.output is value]

    def _read(self, value: Value) -> ast.expr:
        return value.nested if value.nested is not None else name(value.name)

    def _expression(self, op: Operation) -> ast.expr:
        inputs = [self._read(value) for value in op.inputs]
        if op.inline:
            shown = self.inline(op.part, inputs)
            assert shown is not None
            # What flows by comes first, as it is usually written: x + f(x). The sum is the same to the last bit.
            match shown:
                case ast.BinOp(left, ast.Add(), ast.Name(id=known) as right) if not (
                    isinstance(left, ast.Name) and known != "x"
                ):
                    shown.left, shown.right = right, left
            return _without_sign(shown)
        return ast.Call(child(name("self"), op.part.name), inputs, [])

    def _loop(self, number: int, op: Operation) -> list[ast.stmt]:
        given, output = op.inputs[0], op.output
        lines: list[ast.stmt] = []
        free = self._last_use(given) <= number and given.name in ("x", "h")
        running = given.name if free else self._name(output, number, own=False)
        if running != given.name:
            lines.append(ast.Assign([ast.Name(running, ast.Store())], self._read(given)))
        variable = unused("block", set(self.taken))
        call = ast.Call(name(variable), [name(running), *(self._read(v) for v in op.inputs[1:])], [])
        body = _noted(ast.Assign([ast.Name(running, ast.Store())], call), output.flow)
        lines.append(ast.For(ast.Name(variable, ast.Store()), child(name("self"), op.part.name), [body], []))
        output.name = running
        if output.crosses:
            output.name = self._name(output, number)
            lines.append(ast.Assign([ast.Name(output.name, ast.Store())], name(running)))
        return lines

    def _last_use(self, value: Value) -> int:
        return max((self.emitted[use] if use < len(self.emitted) else use for use in value.uses), default=-1)

    def _name(self, value: Value, number: int, own: bool = True) -> str:
        live = {v.name for v in self.values if v.name and v is not value and self._last_use(v) > number}
        if not (own and value.crosses):
            for usual in ("x", "h"):
                if usual not in live:
                    return usual
        return unused(identifier(value.origin, "value"), self.taken)


def _without_sign(shown: ast.expr) -> ast.expr:
    """``x + -2.0 * y`` as ``x - 2.0 * y``."""
    match shown:
        case ast.BinOp(left, ast.Add(), ast.BinOp(ast.Constant(value=float(factor)), ast.Mult(), of)) if factor < 0:
            return ast.BinOp(left, ast.Sub(), ast.BinOp(ast.Constant(-factor), ast.Mult(), of))
    return shown


def _noted(statement: ast.stmt, flow: Flow) -> ast.stmt:
    set_note(statement, "trailing", f"# ({', '.join(map(str, flow.shape))})")
    return statement
