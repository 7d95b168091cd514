"""What a teacher rules in a graph editor, enforced on whatever a page sends.

The rules bind the page alone: the notebook's own Python may always change the design, and gives it anew by that. ``locked`` and
``allowed`` are about layers; the config (the name, the vocabulary, the training recipe), which comes with a design that the page
opens, is ruled by ``readonly`` alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets as t

from slm_widgets.errors import ConfigError, LayerStackError
from slm_widgets.language import Text, say, use_language
from slm_widgets.layers import Problem, layer_types
from slm_widgets.stack.dialects.values import MAX_DEPTH, too_deep
from slm_widgets.stack.given import BrokenRule, broken_rules
from slm_widgets.widgets.design_source import ids_of
from slm_widgets.widgets.editor.drawn import Drawn

_HINTS = {"help", "summary", "formulas", "letters", "papers"}
_MENDING = {"mend": None, "mend_title": ""}


class Ruled(Drawn):
    """The traits of an editor with rules, and what is asked of them. Python owns every one.

    A design is *given* when it is opened, when Python assigns it, and when a rule changes: the page's changes are held
    against that one, so that whatever was taken back by an undo is judged like the first time. It is a trait, ``given``,
    because the page holds its gestures against it, too.
    """

    readonly = t.Bool(False).tag(sync=True)
    locked = t.List(t.Unicode()).tag(sync=True)
    allowed = t.List(t.Unicode(), default_value=None, allow_none=True).tag(sync=True)
    hints = t.Bool(True).tag(sync=True)
    refusal = t.Unicode().tag(sync=True)
    given = t.List().tag(sync=True)

    _refused: Sequence[BrokenRule | Text] = ()

    @t.validate("allowed")
    def _known_types(self, proposal: Any) -> Any:
        known = layer_types()
        for name in proposal["value"] or ():
            if name not in known:
                raise ConfigError(
                    say(
                        en=f"allowed names the layer type {name!r}, which does not exist. Choose from: {', '.join(known)}.",
                        ko=f"allowed에 적힌 레이어 종류 {name!r}은(는) 없습니다. 다음 중에서 고르세요: {', '.join(known)}.",
                    ),
                    field="allowed",
                )
        return proposal["value"]

    def give(self, layers: list[Any]) -> None:
        """Takes a design as the one that the page's changes are held against."""
        has_rules = self.readonly or bool(self.locked) or self.allowed is not None
        self.given = layers if has_rules else []  # without rules nobody asks for it, and it would be sent twice
        self.tell()

    def refuses(self, layers: Any, number: int) -> bool:
        """Whether the page may not make this of the design; ``refusal`` then says why.

        Args:
            layers: The nodes.
            number: Of the opened design that they go back to, whose config comes along.
        """
        rules = {"readonly": self.readonly, "locked": self.locked, "allowed": self.allowed}
        broken = broken_rules(self.given, layers, **rules) if isinstance(layers, list) else []
        if self.readonly and number != self.opened:
            broken = [BrokenRule("readonly")]
        self.tell(*broken[:3])
        return bool(broken)

    def tell(self, *words: BrokenRule | Text) -> None:
        """Says why something could not be done as the page asked; nothing says that all is well."""
        self._refused = words
        self.say_refusal()

    def say_refusal(self) -> None:
        """Says it in the editor's language."""
        with use_language(self.language):
            said = [one.message if isinstance(one, BrokenRule) else str(one) for one in self._refused]
        self.refusal = " ".join(dict.fromkeys(said))


def check_locked(locked: list[str], layers: list[Any]) -> None:
    """Refuses to lock what is not there: a slip of the pen would leave a layer open.

    Raises:
        ConfigError: with the ids that there are.
    """
    known = ids_of(layers)
    for name in locked:
        if name not in known:
            ids = ", ".join(sorted(known))
            raise ConfigError(
                say(
                    en=f"locked names {name!r}, but no layer of the design has this id. Choose from: {ids or '(it is empty)'}.",
                    ko=f"locked에 적힌 {name!r}은(는) 설계에 없는 id입니다. 다음 중에서 고르세요: {ids or '(빈 설계)'}.",
                ),
                field="locked",
            )


def ruled_palette(palette: list[dict[str, Any]], allowed: list[str] | None, hints: bool) -> list[dict[str, Any]]:
    """Marks which types may be added; without hints, names and fields are all that is left of each.

    Types that may not be added stay: the design may have some, which need their colour and their form.
    """
    marked = [{**entry, "offered": allowed is None or entry["type"] in allowed} for entry in palette]
    return marked if hints else [_bare(entry) for entry in marked]


def without_mends(analysis: dict[str, Any]) -> dict[str, Any]:
    """An analysis that says what is wrong and offers nothing."""
    rest = {key: value for key, value in analysis.items() if key != "offers"}
    return {**rest, "problems": [{**problem, **_MENDING} for problem in analysis["problems"]]}


def _bare(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry, or a field of it, with nothing where help stood."""
    bare = {key: type(value)() if key in _HINTS else value for key, value in entry.items()}
    fields = entry.get("fields")
    return {**bare, "fields": [_bare(field) for field in fields]} if isinstance(fields, list) else bare


def is_too_deep(value: Any) -> bool:
    """Whether lists and objects lie deeper within each other than in any design, told without recursion."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def check_depth(layers: list[Any]) -> None:
    """Refuses what is nested so deeply that it could not even be sent.

    Raises:
        LayerStackError: which says so.
    """
    if is_too_deep(layers):
        problem: Problem = too_deep().problem
        raise LayerStackError([problem])


def _inside(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
