"""GraphEditor: a design drawn with the mouse."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from slm_widgets.files import write_json
from slm_widgets.language import LANGUAGES, Text, use_language
from slm_widgets.language import language as current_language
from slm_widgets.layers import Problem
from slm_widgets.stack import LayerStack, analyse, parse_stack
from slm_widgets.stack.document import envelope
from slm_widgets.widgets.bundle import bundled
from slm_widgets.widgets.design_source import read_design, with_ids
from slm_widgets.widgets.drawn_palette import drawn_palette
from slm_widgets.widgets.requests import answer_requests
from slm_widgets.widgets.texts import editor_texts

HEIGHT_PX = 680
"""High enough to show a design of ten layers at once, low enough for a laptop's screen."""


class GraphEditor(anywidget.AnyWidget):
    """Draws a layer_stack and lets it be changed; Python checks each change and says what is wrong.

    The owner of each trait: ``layer_stack`` is written by gestures in the browser and by Python, and Python never rewrites
    what the browser sent; ``language`` by both; ``config``, ``palette``, ``analysis``, ``texts``, ``notice``,
    ``height_px`` and ``vocab_size`` by Python alone. The page asks for the design's code with a request (``requests.py``).

    Args:
        stack: The name of a preset, a LayerStack, a list of nodes, an envelope or JSON text; None for an empty drawing. A
            design with mistakes in it is welcome: they are shown.
        path: A file that keeps the drawing. It is read if it is there (``stack`` is then not used), and written, whole or
            not at all, at every change.
        language: ``"en"`` or ``"ko"``; None for the current language.
        vocab_size: The tokenizer's vocabulary size, where it is known.
        height_px: The height of the editor in pixels.

    Raises:
        LayerStackError: for an unknown preset, or a source or file that is no design. The file is left as it is.
        ConfigError: for an unknown language.
    """

    _esm = bundled("graph_editor.js")
    _css = bundled("graph_editor.css")

    layer_stack = t.List().tag(sync=True)
    config = t.Dict().tag(sync=True)
    palette = t.List().tag(sync=True)
    analysis = t.Dict().tag(sync=True)
    texts = t.Dict().tag(sync=True)
    notice = t.Unicode().tag(sync=True)
    language = t.Enum(list(LANGUAGES)).tag(sync=True)
    height_px = t.Int(HEIGHT_PX).tag(sync=True)
    vocab_size = t.Int(None, allow_none=True)

    def __init__(
        self,
        stack: str | LayerStack | list[Any] | dict[str, Any] | None = None,
        *,
        path: str | os.PathLike[str] | None = None,
        language: str | None = None,
        vocab_size: int | None = None,
        height_px: int = HEIGHT_PX,
        **layout: Any,
    ) -> None:
        self.path = None if path is None else Path(path)
        self._lock = threading.RLock()  # with subshells, a change of the browser's and one of the notebook's may meet
        self._answers = 0
        self._trouble: Text | None = None
        self._from_browser = False
        with use_language(language):
            layers, config = read_design(stack, self.path)
            super().__init__(
                layer_stack=layers,
                config=config,
                language=current_language(),
                vocab_size=vocab_size,
                height_px=height_px,
                **layout,
            )
        self._speak()
        self.observe(self._on_design, ["layer_stack", "config"])
        self.observe(lambda _: self._answer(self.layer_stack), "vocab_size")
        self.observe(lambda _: self._speak(), "language")
        answer_requests(self, {"code": lambda _: self._code()})

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
        spoken = sync_data.get("language", self.language)
        refused = {name for name in sync_data if name in _OWNED_BY_PYTHON}
        if not isinstance(stack, list):
            refused.add("layer_stack")
        if spoken not in LANGUAGES:
            refused.add("language")
        with self._lock, self._hearing_the_browser():
            super().set_state({name: value for name, value in sync_data.items() if name not in refused})
        if "layer_stack" in refused:
            self._answer(stack)

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
        return proposal["value"] if self._from_browser else with_ids(proposal["value"])

    # -- what goes to the browser -------------------------------------------------------------------------------------

    def _on_design(self, _change: Any) -> None:
        with self._lock, self.hold_sync():
            self._save()
            self._answer(self.layer_stack)

    def _answer(self, layers: Any) -> None:
        """Examines a design, or what was sent in its place, and shows what is found."""
        with self._lock, use_language(self.language):
            try:
                found = analyse(layers, self.config, self.vocab_size)
            except Exception as error:  # the widget's border: a mistake of ours is shown rather than lost in a log
                found = {"problems": [_failed(error).to_json()], "layers": {}, "total": {}, "ok": False}
            self._answers += 1
            # The number makes each answer another value, so that the browser learns of those that say the same as before.
            self.analysis = {**found, "revision": self._answers}

    def _code(self) -> str:
        """The design as one file of PyTorch, as ``slm_widgets.export_code`` writes it, with the vocabulary that is counted here."""
        with self._lock:
            known = {} if self.vocab_size is None else {"vocab_size": self.vocab_size}
            stack = parse_stack(envelope(self.layer_stack, {**self.config, **known}))
        from slm_widgets.export import export_code  # only when somebody wants to see it

        return export_code(stack)

    def _speak(self) -> None:
        with self._lock, self.hold_sync(), use_language(self.language):
            self.palette = drawn_palette()
            self.texts = editor_texts()
            self.notice = str(self._trouble or "")
            self._answer(self.layer_stack)

    def _save(self) -> None:
        if self.path is None:
            return
        try:
            write_json(self.path, envelope(self.layer_stack, self.config))
            self._trouble = None
        except (OSError, ValueError, TypeError) as error:
            reason = getattr(error, "strerror", None) or error
            self._trouble = Text(
                en=f"The drawing was not saved to {self.path}: {reason}. It is safe here as long as the kernel runs.",
                ko=f"그림을 {self.path}에 저장하지 못했습니다: {reason}. 커널이 실행되는 동안은 여기에 남아 있습니다.",
            )
        with use_language(self.language):
            self.notice = str(self._trouble or "")


_OWNED_BY_PYTHON = {"config", "palette", "analysis", "texts", "notice", "height_px"}


def _failed(error: Exception) -> Problem:
    text = Text(
        en=f"The design could not be examined ({type(error).__name__}: {error}). Undo the last change, and please report this.",
        ko=f"설계를 검사하지 못했습니다({type(error).__name__}: {error}). 마지막 변경을 취소하고, 이 문제를 알려 주세요.",
    )
    return Problem(None, None, "error", str(text))
