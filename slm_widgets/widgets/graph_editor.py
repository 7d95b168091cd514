"""GraphEditor: a design drawn with the mouse."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

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
from slm_widgets.widgets.editor.file_requests import file_requests
from slm_widgets.widgets.editor.kept_design import Kept
from slm_widgets.widgets.editor.opened_configs import OpenedConfigs
from slm_widgets.widgets.editor.origin import origin_of
from slm_widgets.widgets.editor.requests import answer_requests
from slm_widgets.widgets.editor.rules import check_depth, check_locked, is_too_deep, ruled_palette, without_mends
from slm_widgets.widgets.picture.drawn_palette import drawn_palette
from slm_widgets.widgets.picture.picture_file import PicturedDesign
from slm_widgets.widgets.texts import editor_texts

HEIGHT_PX = 680
"""High enough to show a design of ten layers at once, low enough for a laptop's screen."""


class GraphEditor(PicturedDesign, Kept, CountedCosts, Compared):
    """Draws a layer_stack and lets it be changed; Python checks each change and says what is wrong.

    The owner of each trait: ``layer_stack`` is written by gestures in the browser and by Python, and Python never rewrites
    what the browser sent; ``language``, ``folded`` (the ids of blocks drawn as one card), ``workload`` and ``opened``
    (``Kept``) by both; ``edition``, the page's name for the design it sent last, by the browser. All others are Python's
    alone: ``config``, ``palette``, ``analysis``, ``costs``, ``comparison``, ``texts``, ``height_px``, ``vocab_size``,
    ``origin``, ``file_state``, and the rules ``readonly``, ``locked``, ``allowed``, ``hints``, ``given`` and ``refusal``. What is asked
    of Python (code, pictures, files, presets) goes as requests (``requests.py``).

    Args:
        stack: The name of a preset, a LayerStack, a list of nodes, an envelope or JSON text; None for an empty drawing. A
            design with mistakes in it is welcome: they are shown.
        path: A file that keeps the drawing. It is read if it is there (``stack`` is then not used), and written, whole or
            not at all, at every change. What somebody else writes there meanwhile is not written over: the page then asks.
            ``save`` and ``open_file`` choose another file.
        language: ``"en"`` or ``"ko"``; None for the current language.
        vocab_size: The tokenizer's vocabulary size, where it is known.
        height_px: The height of the editor in pixels.
        readonly: Whether the page may change nothing, the config and the file included.
        locked: The ids of layers that the page may neither change nor take out, nor move out of their blocks or past each
            other. Other layers may come and go around them, and inside of a locked block.
        allowed: The only layer types that the page may add; None for all. Those that are there already stay.
        hints: Whether the page shows help texts and one-click mends; False for an exam.

    The rules can be changed later, as in ``editor.readonly = True``. They bind the page; Python may always change the design.
    ``locked`` and ``allowed`` are about layers alone: a design that the page opens brings its own name, vocabulary and
    training recipe along.

    Raises:
        LayerStackError: for an unknown preset, or a source or file that is no design. The file is left as it is.
        ConfigError: for an unknown language, a layer type in ``allowed`` that does not exist, an id in ``locked`` that the design
            lacks.
    """

    _esm = bundled("graph_editor.js")
    _css = bundled("graph_editor.css")

    palette = t.List().tag(sync=True)
    texts = t.Dict().tag(sync=True)
    folded = t.List().tag(sync=True)
    height_px = t.Int(HEIGHT_PX).tag(sync=True)
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
        self._heard: Any = None  # the nodes that the page says are drawn, while its message is dealt with
        with use_language(language):
            self._is_from_file = self.path is not None and os.path.lexists(self.path)
            layers, config = self._file.read() if self._file and self._is_from_file else read_design(stack, None)
            if self._file and self._is_from_file:
                self._file.read_as = self.opened
            self._configs = OpenedConfigs(config)
            super().__init__(
                layer_stack=layers,
                config=config,
                language=current_language(),
                vocab_size=vocab_size,
                height_px=height_px,
                allowed=None if allowed is None else list(allowed),
                # What a file holds changes from one run of the cell to the next; where it lies does not.
                origin=origin_of([layers, config] if self.path is None else os.path.abspath(self.path)),
                readonly=readonly,
                locked=list(locked),
                hints=hints,
                **layout,
            )
            self.give(self.layer_stack)
        self._is_from_file = False  # from now on, layers are locked that are there
        self._speak()
        self.observe(self._on_design, ["layer_stack", "config"])
        self.observe(lambda _: self._answer(self.layer_stack), "vocab_size")
        self.observe(lambda _: self._speak(), ["language", "allowed", "hints"])
        self.observe(lambda _: self.give(self.layer_stack), ["readonly", "locked", "allowed"])
        self.observe(lambda _: self.say_file(), "readonly")
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
        refused = set(sync_data) - _WRITTEN_BY_THE_PAGE
        if sync_data.get("language", self.language) not in list(LANGUAGES):  # a list takes what cannot be hashed
            refused.add("language")
        if not isinstance(sync_data.get("edition", ""), str):
            refused.add("edition")
        if not isinstance(sync_data.get("folded", []), list):
            refused.add("folded")
        if not self._configs.gave(sync_data.get("opened", 0)):
            refused.add("opened")
        with self._lock, use_language(self.language):
            # A page sends what differs from before, so a design with the same nodes comes as a number alone.
            stack = sync_data.get("layer_stack", self.layer_stack)
            number = self.opened if "opened" in refused else sync_data.get("opened", self.opened)
            malformed = "layer_stack" in sync_data and (not isinstance(stack, list) or is_too_deep(stack))
            is_drawn = not malformed and bool({"layer_stack", "opened"} & (sync_data.keys() - refused))
            is_against_rules = is_drawn and self.refuses(stack, number)
            if malformed or is_against_rules:
                refused |= {"layer_stack", "opened"}
            answers = self._answers
            with self._hearing(stack), self.moving():
                if "opened" not in refused:
                    self.follow_config(number)
                super().set_state({name: value for name, value in sync_data.items() if name not in refused})
            if is_against_rules:
                self.send_state({"layer_stack", "opened"})  # the page goes back to what is
            is_waiting = bool({"layer_stack", "edition"} & sync_data.keys())
            if is_waiting and self._answers == answers:  # a page that waits is always answered
                self._answer(stack if malformed else self.layer_stack)

    @contextmanager
    def _hearing(self, stack: Any) -> Iterator[None]:
        self._heard = stack
        try:
            yield
        finally:
            self._heard = None

    @t.validate("layer_stack")
    def _name_nodes(self, proposal: Any) -> list[Any]:
        """Gives ids to nodes that Python assigns without; the browser's own are left alone."""
        if proposal["value"] is self._heard:
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
                self._has_moved = True
                return
            if self.layer_stack is not self._heard:
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
            self.say_refusal()
            self._answer(self.layer_stack)


_WRITTEN_BY_THE_PAGE = {"layer_stack", "opened", "edition", "language", "folded", "workload"}


def _failed(error: Exception) -> Problem:
    text = Text(
        en=f"The design could not be examined ({type(error).__name__}: {error}). Undo the last change, and please report this.",
        ko=f"설계를 검사하지 못했습니다({type(error).__name__}: {error}). 마지막 변경을 취소하고, 이 문제를 알려 주세요.",
    )
    return Problem(None, None, "error", str(text))
