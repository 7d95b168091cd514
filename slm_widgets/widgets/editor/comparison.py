"""Another design beside the one that an editor shows, and what differs between the two."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import traitlets as t

from slm_widgets.language import language, say, use_language
from slm_widgets.stack import LayerStack, analyse, difference, preset
from slm_widgets.stack.check import examine
from slm_widgets.stack.document import envelope
from slm_widgets.widgets.border import sentence
from slm_widgets.widgets.design_source import Design, design_of, read, read_text, with_ids
from slm_widgets.widgets.editor.drawn import Drawn
from slm_widgets.widgets.editor.requests import Body

LONGEST_NAME = 80


class Compared(Drawn):
    """The trait ``comparison`` of an editor.

    It is Python's own: empty, or ``name``, ``layer_stack`` and ``analysis`` of the other design, and
    ``difference`` from it to the one that is drawn (see ``Difference.to_json``), or ``trouble``, the sentence that says why
    there is none. What is ``"added"`` there is only in the drawing, what is ``"removed"`` only in the other design.
    """

    comparison = t.Dict().tag(sync=True)
    _other: Beside | None = None

    def compare(self, other: Any, name: str | None = None) -> None:
        """Shows another design beside the drawing, with what differs marked on both.

        Args:
            other: The name of a preset, a LayerStack, a run, a list of nodes, an envelope, JSON text, the path of a file, or
                another editor, whose design is taken as it is now; None ends the comparison.
            name: What to call it; None for the name that it brings along.

        Raises:
            LayerStackError: for an unknown preset, or what is no design at all. The comparison is left as it is.
        """
        with use_language(self.language):
            self.put_beside(None if other is None else Beside(_design_of(other), name or _name_of(other)))

    def put_beside(self, other: Beside | None) -> None:
        """Compares with a design that was read already, or no more."""
        with self._lock:
            self._other = other
            self._renew_comparison()

    @t.observe("analysis")
    def _renew_comparison(self, _change: Any = None) -> None:
        other = self._other
        if other is None:
            self.comparison = {}
            return
        with use_language(self.language):
            try:
                self.comparison = other.compared_with(self.layer_stack, self.config, self.vocab_size)
            except Exception as error:  # the widget's border: a mistake of ours is shown rather than lost in a log
                self.comparison = {**other.shown, "analysis": {}, "difference": {}, "trouble": sentence(error)}


class Beside:
    """A design that does not change, to be compared with one that does.

    Args:
        design: Its nodes and config.
        name: What it is called; empty for its own name.
    """

    def __init__(self, design: Design, name: str = "") -> None:
        self.layers, self.config = with_ids(design[0]), design[1]
        self.name = str(name or self.config.get("name") or say(en="the other design", ko="다른 설계"))[:LONGEST_NAME]
        self._known: dict[Any, Any] = {}  # what was found out about it, by language and vocabulary

    @property
    def shown(self) -> dict[str, Any]:
        """What a page shows of it, whatever it is compared with."""
        return {"name": self.name, "layer_stack": self.layers}

    def compared_with(self, layers: list[Any], config: dict[str, Any], vocab_size: int | None) -> dict[str, Any]:
        """The comparison for the page, in the current language."""
        asked = (language(), vocab_size)
        if asked not in self._known:
            own = envelope(self.layers, self.config)
            self._known = {asked: (examine(own, vocab_size), analyse(self.layers, self.config, vocab_size))}
        examined, analysis = self._known[asked]
        found = difference(examined, envelope(layers, config), vocab_size)
        return {**self.shown, "analysis": analysis, "difference": found.to_json()}


def compare_requests(editor: Compared) -> dict[str, Body]:
    """What the page may ask: ``compare`` with a ``source``, the name of a preset or a file's text, and ``end-compare``.

    Args:
        editor: A GraphEditor.
    """

    def compare(request: Mapping[str, Any]) -> None:
        source, name = str(request.get("source") or ""), str(request.get("name") or "")
        if source.lstrip("\ufeff \t\r\n")[:1] in ("[", "{"):  # never the path of a file: the page chooses its own files
            design = design_of(read_text(source, name or say(en="The text", ko="글")))
        else:
            design = _of_stack(preset(source))
        editor.put_beside(Beside(design, name))

    return {"compare": compare, "end-compare": lambda _: editor.put_beside(None)}


def _design_of(source: Any) -> Design:
    if isinstance(source, Drawn):
        return source.layer_stack, source.config
    stack = source if isinstance(source, LayerStack) else getattr(source, "stack", None)
    if isinstance(stack, LayerStack):
        return _of_stack(stack)
    if isinstance(source, str) and not source.endswith(".json") and source.lstrip()[:1] not in ("[", "{"):
        return _of_stack(preset(source))
    return design_of(read(source))


def _of_stack(stack: LayerStack) -> Design:
    return stack.layers, stack.config


def _name_of(source: Any) -> str:
    """The name of a file, where the source is one; others bring their own along."""
    is_path = isinstance(source, Path) or (isinstance(source, str) and source.endswith(".json"))
    return Path(source).name if is_path else ""
