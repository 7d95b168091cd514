"""The function that gives a model its starting weights, written for one design."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from torch import nn

from slm_widgets.export.code.lines import belong
from slm_widgets.export.code.plan import Part, Plan
from slm_widgets.export.code.syntax import name, set_note
from slm_widgets.export.code.wiring import child
from slm_widgets.layers.residual import Add
from slm_widgets.model.chain import Chain, Link, Repeat, Wired
from slm_widgets.model.initialise import STANDARD_DEVIATION, projections, residual_writers

_START = f"""
def initialise(model: LanguageModel) -> None:
    for module in model.modules():
        if isinstance(module, nn.Linear | nn.Embedding):
            nn.init.normal_(module.weight, std={STANDARD_DEVIATION})
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)
"""
_ABOUT = "Small random numbers, and smaller ones where a branch ends in a residual."
_WHY = "# The sum in the residual stream grows with every residual, like the square root of their number."


def starting_weights(plan: Plan) -> ast.FunctionDef:
    """Writes ``initialise`` as ``slm_widgets.model.initialise`` works for a design: the same draws in the same order."""
    function = ast.parse(_START).body[0]
    assert isinstance(function, ast.FunctionDef)
    wired = _wired(plan.parts)
    residuals = sum(_times(plan.parts, part) for part in plan.walk() if isinstance(part.module, Add))
    writers = list(residual_writers(wired))
    root = ast.BinOp(ast.Constant(residuals), ast.Pow(), ast.Constant(0.5))
    small: ast.expr = ast.Constant(STANDARD_DEVIATION)
    if residuals > 1:
        small = ast.BinOp(small, ast.Div(), root)
    lines = _lines(plan.parts, name("model"), writers, "normal_", [ast.keyword("std", small)])
    if lines:
        set_note(lines[0], "leading", [_WHY if residuals > 1 else "# It ends the branch of the only residual."])
    from_zero = [p for m in wired.modules() if getattr(m, "zero_init", False) for p in projections(m)]
    zeros = _lines(plan.parts, name("model"), from_zero, "zeros_", [])
    if zeros:
        set_note(zeros[0], "leading", ["# These branches start with nothing to add."])
    about = _ABOUT if lines else "Small random numbers."
    function.body = [ast.Expr(ast.Constant(about)), *function.body, *lines, *zeros]
    return function


def _wired(parts: tuple[Part, ...]) -> Wired:
    """The parts as the model wires them, each block once."""
    modules = [part.module if part.module is not None else _repeat(part) for part in parts]
    return Chain([Link(part.name) for part in parts], modules)


def _repeat(part: Part) -> Repeat:
    chain = _wired(part.parts)
    assert isinstance(chain, Chain)
    return Repeat([chain], None)


def _times(parts: tuple[Part, ...], wanted: Part) -> int:
    """How often a part stands in the model."""
    for part in parts:
        if part is wanted:
            return 1
        if (inside := _times(part.parts, wanted)) > 0:
            return part.repeats * inside
    return 0


def _lines(
    parts: tuple[Part, ...], base: ast.expr, wanted: Iterable[nn.Linear], fill: str, keywords: list[ast.keyword]
) -> list[ast.stmt]:
    """One call of a filling function for each matrix, in loops over the repeats."""
    ids = {id(module) for module in wanted}
    lines: list[ast.stmt] = []
    pending: list[ast.expr] = []
    owners: list[str] = []  # the layers that the pending matrices belong to

    def flush() -> None:
        if not pending:
            return
        several = len(pending) > 1 or isinstance(pending[0], ast.Starred)
        matrix: ast.expr = name("projection") if several else pending[0]
        call = ast.Call(
            ast.Attribute(ast.Attribute(name("nn"), "init", ast.Load()), fill, ast.Load()),
            [ast.Attribute(matrix, "weight", ast.Load())],
            keywords,
        )
        line: ast.stmt = ast.Expr(call)
        if several:
            over = pending[0].value if isinstance(pending[0], ast.Starred) and len(pending) == 1 else None
            line = ast.For(ast.Name("projection", ast.Store()), over or ast.Tuple([*pending], ast.Load()), [line], [])
        lines.append(belong(line, *owners))
        pending.clear()
        owners.clear()

    for part in parts:
        place = child(base, part.name)
        if part.module is None:
            inner = _lines(part.parts, name(part.variable), wanted, fill, keywords)
            if inner:
                flush()
                loop = ast.For(ast.Name(part.variable, ast.Store()), place, inner, [])
                lines.append(belong(loop, part.step.layer.id))
        else:
            matrices = _matrices(part.module, place, ids)
            pending += matrices
            owners += [part.step.layer.id] if matrices else []
    flush()
    return lines


def _matrices(module: nn.Module, place: ast.expr, ids: set[int]) -> list[ast.expr]:
    """Expressions for the wanted matrices in a module."""
    if id(module) in ids:
        return [place]
    if isinstance(module, nn.ModuleList) and len(module) > 1:
        one = name("one")
        shown = [_matrices(inner, one, ids) for inner in module]
        if all(len(s) == 1 and ast.dump(s[0]) == ast.dump(shown[0][0]) for s in shown):
            loop = ast.comprehension(ast.Name("one", ast.Store()), place, [], 0)
            return [ast.Starred(ast.GeneratorExp(shown[0][0], [loop]), ast.Load())]
    found: list[ast.expr] = []
    for key, inner in module.named_children():
        below = ast.Subscript(place, ast.Constant(int(key)), ast.Load()) if key.isdigit() else child(place, key)
        found += _matrices(inner, below, ids)
    return found
