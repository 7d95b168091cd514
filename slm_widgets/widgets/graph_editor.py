"""GraphEditor: a design drawn with the mouse."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import anywidget
import traitlets as t

from slm_widgets.language import LANGUAGES, Text, use_language
from slm_widgets.language import language as current_language
from slm_widgets.layers import Problem
from slm_widgets.stack import LayerStack, analyse, parse_stack
from slm_widgets.stack.document import envelope
from slm_widgets.stack.linked import LinkedValues
from slm_widgets.widgets.bundle import bundled
from slm_widgets.widgets.design_source import read_design, with_ids
from slm_widgets.widgets.editor.comparison import Compared, compare_requests
from slm_widgets.widgets.editor.counted_costs import CountedCosts
from slm_widgets.widgets.editor.design_file import DesignFile
from slm_widgets.widgets.editor.drawn_palette import drawn_palette
from slm_widgets.widgets.editor.file_requests import file_requests
from slm_widgets.widgets.editor.kept_design import Kept
from slm_widgets.widgets.editor.origin import origin_of
from slm_widgets.widgets.editor.requests import answer_requests
from slm_widgets.widgets.editor.rules import Ruled, check_depth, check_locked, is_too_deep, ruled_palette, without_mends
from slm_widgets.widgets.editor.texts import editor_texts
from slm_widgets.widgets.picture.picture_file import PicturedDesign

HEIGHT_PX = 680
"""High enough to show a design of ten layers at once, low enough for a laptop's screen."""


class GraphEditor(Kept, Ruled, CountedCosts, Compared, PicturedDesign, anywidget.AnyWidget):
    """Draws a layer_stack and lets it be changed; Python checks each change and says what is wrong.

    The owner of each trait: ``layer_stack`` is written by gestures in the browser and by Python, and Python never rewrites
    what the browser sent; ``language``, ``folded`` (the ids of blocks drawn as one card), ``workload`` and ``opened``
    (``Kept``) by both; ``edition``, the page's name for the design it sent last, by the browser. All others are Python's
    alone: ``config``, ``palette``, ``analysis``, ``costs``, ``comparison``, ``texts``, ``height_px``, ``vocab_size``,
    ``origin``, ``file_state``, and the rules ``readonly``, ``locked``, ``allowed``, ``hints`` and ``refusal``. What is asked of
    Python (code, pictures, files, presets) goes as requests (``requests.py``).

    Args:
        stack: The name of a preset, a LayerStack, a list of nodes, an envelope or JSON text; None for an empty drawing. A
            design with mistakes in it is welcome: they are shown.
        path: A file that keeps the drawing. It is read if it is there (``stack`` is then not used), and written, whole or
            not at all, at every change. What somebody else writes there meanwhile is not written over: the page then asks.
            ``save`` and ``open_file`` choose another file.
        language: ``"en"`` or ``"ko"``; None for the current language.
        vocab_size: The tokenizer's vocabulary size, where it is known.
        height_px: The height of the editor in pixels.
        readonly: Whether the page may change nothing.
        locked: The ids of layers that the page may neither change nor take out, nor move out of their blocks or past each
            other. Other layers may come and go around them, and inside of a locked block.
        allowed: The only layer types that the page may add; None for all. Those that are there already stay.
        hints: Whether the page shows help texts and one-click mends; False for an exam.

    The rules can be changed later, as in ``editor.readonly = True``. They bind the page; Python may always change the design.

    Raises:
        LayerStackError: for an unknown preset, or a source or file that is no design. The file is left as it is.
        ConfigError: for an unknown language, a layer type in ``allowed`` that does not exist, an id in ``locked`` that the design
            lacks.
    """

    _esm = bundled("graph_editor.js")
    _css = bundled("graph_editor.css")

    layer_stack = t.List().tag(sync=True)
    config = t.Dict().tag(sync=True)
    palette = t.List().tag(sync=True)
    analysis = t.Dict().tag(sync=True)
    texts = t.Dict().tag(sync=True)
    folded = t.List().tag(sync=True)
    language = t.Enum(list(LANGUAGES)).tag(sync=True)
    height_px = t.Int(HEIGHT_PX).tag(sync=True)
    vocab_size = t.Int(None, allow_none=True)
    edition = t.Unicode().tag(sync=True)
    origin = t.Dict().tag(sync=True)

    def __init__(
        self,
        stack: str | LayerStack | list[Any] | dict[str, Any] | None = None,
        *,
        path: str | os.PathLike[str] | None = None,
        language: str | None = None,
        vocab_size: int | None = None,
        height_px: int = HEIGHT_PX,
        readonly: bool = False,
        locked: Iterable[str] = (),
        allowed: Iterable[str] | None = None,
        hints: bool = True,
        **layout: Any,
    ) -> None:
        self._file = None if path is None else DesignFile(path)
        self._lock = threading.RLock()  # with subshells, a change of the browser's and one of the notebook's may meet
        self._answers = 0
        self._linked = LinkedValues()
        self._from_browser = False
        with use_language(language):
            self._is_from_file = self.path is not None and os.path.lexists(self.path)
            layers, config = self._file.read() if self._file and self._is_from_file else read_design(stack, None)
            super().__init__(
                layer_stack=layers,
                config=config,
                language=current_language(),
                vocab_size=vocab_size,
                height_px=height_px,
                allowed=None if allowed is None else list(allowed),
                # A file keeps the drawing by itself.
                origin={} if path is not None else origin_of(layers, config),
                readonly=readonly,
                locked=list(locked),
                hints=hints,
                **layout,
            )
            self.give(self.layer_stack)
        self._speak()
        self.observe(self._on_design, ["layer_stack", "config"])
        self.observe(lambda _: self._answer(self.layer_stack), "vocab_size")
        self.observe(lambda _: self._speak(), ["language", "allowed", "hints"])
        self.observe(lambda _: self.give(self.layer_stack), ["readonly", "locked", "allowed"])
        answer_requests(
            self,
            {
                "code": lambda _: self._code(),
                "costs": lambda _: self.look_at_costs(),
                "picture": self.answer_picture,
                **file_requests(self),
                **compare_requests(self),
            },
        )

    @property
    def stack(self) -> LayerStack:
        """The design as it is drawn now.

        Raises:
            LayerStackError: with every problem, while it cannot be built.
        """
        return parse_stack(envelope(self.layer_stack, self.config))

    # -- what comes from the browser ----------------------------------------------------------------------------------

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Takes a message of the browser's. What is malformed becomes a problem on the screen, not an error in a log."""
        stack = sync_data.get("layer_stack", [])
        refused = {name for name in sync_data if name in _OWNED_BY_PYTHON}
        if sync_data.get("language", self.language) not in LANGUAGES:
            refused.add("language")
        if not isinstance(sync_data.get("edition", ""), str):
            refused.add("edition")
        if not isinstance(sync_data.get("folded", []), list):
            refused.add("folded")
        if not self.knows(sync_data.get("opened", self.opened)):
            refused.add("opened")
        with self._lock, use_language(self.language):
            malformed = not isinstance(stack, list) or is_too_deep(stack)
            is_against_rules = "layer_stack" in sync_data and not malformed and self.refuses(stack)
            if malformed or is_against_rules:
                refused |= {"layer_stack", "opened"}
            answers = self._answers
            if "opened" not in refused:
                self.follow_config(sync_data.get("opened"))
            with self._hearing_the_browser():
                super().set_state({name: value for name, value in sync_data.items() if name not in refused})
            if is_against_rules:
                self.send_state({"layer_stack", "opened"})  # the page goes back to what is
            if "layer_stack" in sync_data and self._answers == answers:  # a page that waits is always answered
                self._answer(stack if malformed else self.layer_stack)

    @contextmanager
    def _hearing_the_browser(self) -> Iterator[None]:
        self._from_browser = True
        try:
            yield
        finally:
            self._from_browser = False

    @t.validate("layer_stack")
    def _name_nodes(self, proposal: Any) -> list[Any]:
        """Gives ids to nodes that Python assigns without; the browser's own are left alone."""
        if self._from_browser:
            return proposal["value"]
        check_depth(proposal["value"])
        return with_ids(proposal["value"])

    @t.validate("locked")
    def _check_locked(self, proposal: Any) -> Any:
        # A file that was begun before the rule is shown all the same: whether it kept the layers is for the grading to say.
        if not self._is_from_file:
            check_locked(proposal["value"], self.layer_stack)
        return proposal["value"]

    # -- what goes to the browser -------------------------------------------------------------------------------------

    def _on_design(self, _change: Any) -> None:
        with self._lock, self.hold_sync():
            if self._is_moving:
                return
            if not self._from_browser:
                self.give(self.layer_stack)
            self.keep()
            self._answer(self.layer_stack)

    def _answer(self, layers: Any) -> None:
        """Examines a design, or what was sent in its place, and shows what is found."""
        with self._lock, use_language(self.language):
            try:
                found = analyse(layers, self.config, self.vocab_size)
                offers = self._linked.follow(layers, self.config, self.vocab_size, self.locked, found["problems"])
                found["offers"] = [] if self.readonly or not self.hints else offers
            except Exception as error:  # the widget's border: a mistake of ours is shown rather than lost in a log
                found = {"problems": [_failed(error).to_json()], "layers": {}, "total": {}, "ok": False}
            self._answers += 1
            # The number makes each answer another value, so that the browser learns of those that say the same as before.
            shown = found if self.hints else without_mends(found)
            self.analysis = {**shown, "revision": self._answers, "edition": self.edition}

    def _code(self) -> dict[str, Any]:
        """The design as one file of PyTorch, as ``slm_widgets.export_code`` writes it, with the vocabulary that is counted here.

        With it come the lines of each layer.
        """
        with self._lock:
            known = {} if self.vocab_size is None else {"vocab_size": self.vocab_size}
            stack = parse_stack(envelope(self.layer_stack, {**self.config, **known}))
        from slm_widgets.export import export_code_with_lines  # only when somebody wants to see it

        return export_code_with_lines(stack).to_json()

    def _speak(self) -> None:
        with self._lock, self.hold_sync(), use_language(self.language):
            self.palette = ruled_palette(drawn_palette(), self.allowed, self.hints)
            self.texts = editor_texts()
            self.say_file()
            self._answer(self.layer_stack)


_OWNED_BY_PYTHON = {
    *("config", "palette", "analysis", "costs", "texts", "height_px", "origin", "file_state", "comparison"),
    *Ruled.class_own_traits(),
}


def _failed(error: Exception) -> Problem:
    text = Text(
        en=f"The design could not be examined ({type(error).__name__}: {error}). Undo the last change, and please report this.",
        ko=f"설계를 검사하지 못했습니다({type(error).__name__}: {error}). 마지막 변경을 취소하고, 이 문제를 알려 주세요.",
    )
    return Problem(None, None, "error", str(text))
