"""Where a drawing comes from and where it is kept: opening designs, and the file beside the notebook."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import traitlets as t

from slm_widgets.errors import ExportError
from slm_widgets.language import say, use_language
from slm_widgets.widgets.design_source import Design
from slm_widgets.widgets.editor import file_words as words
from slm_widgets.widgets.editor.design_file import DesignFile
from slm_widgets.widgets.editor.opened_configs import OpenedConfigs
from slm_widgets.widgets.editor.rules import Ruled


class Kept(Ruled):
    """The part of an editor that opens and keeps designs.

    A page that opens a design is given its nodes and a number, and makes the step itself, so that it can be undone like any
    other: with each ``layer_stack`` it sends the number of the opened design that this one goes back to, and the config
    follows. ``opened`` is written by both sides, ``file_state`` by Python alone.
    """

    file_state = t.Dict().tag(sync=True)

    _file: DesignFile | None = None
    _configs: OpenedConfigs
    _is_moving = False
    _has_moved = False

    @property
    def path(self) -> Path | None:
        """The file that keeps the drawing; None where there is none."""
        return self._file.path if self._file else None

    def open_file(self, path: str | os.PathLike[str]) -> None:
        """Draws the design of a file, and keeps the drawing there from now on.

        The page can undo it: the design of before is then kept in the file, and the file's own as ``NAME.bak``.

        Args:
            path: A file that is there, in any dialect.

        Raises:
            LayerStackError: where there is none, or it holds no design. Nothing changes then.
        """
        file = DesignFile(path)
        with self._lock, use_language(self.language):
            layers, config = file.read()
            self._configs.put(self.opened, self.config)
            file.read_as = number = self.note_config(config)
            with self.moving():
                self._file = file
                self.layer_stack, self.config, self.opened = layers, config, number
                self._has_moved = True  # even where it is the same design: the file is another

    def save(self, path: str | os.PathLike[str] | None = None, *, overwrite: bool = False) -> Path:
        """Saves the drawing now. With a path, it is kept there from now on, at every change.

        Args:
            path: A file; None for the one that keeps the drawing.
            overwrite: Whether to write over a design that somebody else put there; it is kept as ``NAME.bak``.

        Returns:
            The file.

        Raises:
            ExportError: where there is no file yet, or it holds another design, or cannot be written.
        """
        with self._lock, use_language(self.language):
            file = self._file if path is None else DesignFile(path)
            if file is None:
                raise ExportError(
                    say(
                        en='The drawing is kept in no file yet. Name one: editor.save("my_model.slm.json").',
                        ko='그림을 저장할 파일이 없습니다. 이름을 주세요: editor.save("my_model.slm.json").',
                    ),
                    field="path",
                )
            state = file.save(self._design, self.opened, overwrite=overwrite)
            if state.state == "saved":
                self._file = file
            self.say_file()
            if state.state != "saved":
                words = say(en="Or pass overwrite=True.", ko="또는 overwrite=True를 주세요.")
                raise ExportError(
                    f"{state.text} {words}" if state.state != "unsaved" else str(state.text), field="path"
                )
            return file.path

    # -- the config of the design that is drawn ---------------------------------------------------------------------------

    def note_config(self, config: dict[str, Any]) -> int:
        """Remembers the config of a design that the page may draw; returns the number to ask for it."""
        with self._lock:
            return self._configs.note(config, self.opened)

    def follow_config(self, number: int) -> None:
        """Takes the config of an opened design, whose nodes the page draws at the same time.

        Of one that was forgotten, the layers are drawn without any: another design's would be wrong. The page says so.
        """
        if number == self.opened:
            return
        self._configs.put(self.opened, self.config)  # what Python has made of it since
        config = self._configs.get(number)
        if config is None:
            self.tell(words.forgotten())
        self.config = config or {}

    @contextmanager
    def moving(self) -> Iterator[None]:
        """Several traits change, and are one change: it is sent, kept and answered after the last of them."""
        with self._lock, self.hold_sync():
            self._is_moving, self._has_moved = True, False
            try:
                yield
            finally:
                self._is_moving = False
            if self._has_moved:
                self._on_design(None)

    # -- the file ---------------------------------------------------------------------------------------------------------

    @property
    def _design(self) -> Design:
        return self.layer_stack, self.config

    def keep(self) -> None:
        """Saves a change where a file keeps the drawing; what is in the way is said, not raised."""
        if self._file:
            self._file.save(self._design, self.opened)
            self.say_file()

    def check_file(self) -> None:
        """Looks whether somebody else changed the file."""
        with self._lock:
            if self._file:
                self._file.check(self._design, self.opened)
                self.say_file()

    def keep_mine(self) -> None:
        """Writes the drawing over what somebody else put into the file, which is kept as ``NAME.bak``."""
        with self._lock:
            if self._file:
                self._file.save(self._design, self.opened, overwrite=True)
                self.say_file()

    def theirs(self) -> tuple[list[Any], int]:
        """What somebody else put into the file; the drawing, which is to give way, is kept as ``NAME.bak``.

        Returns:
            The nodes, and the number of their config.

        Raises:
            LayerStackError: where there is none.
            ExportError: where no file keeps the drawing.
        """
        with self._lock:
            if self._file is None:
                raise ExportError(say(en="No file keeps this drawing.", ko="이 그림을 저장하는 파일이 없습니다."))
            layers, config = self._file.peek()
            self._file.put_aside(self._design)
            self._file.read_as = number = self.note_config(config)
            return layers, number

    def say_file(self) -> None:
        """Tells the page how the file and the drawing stand to each other, in the editor's language."""
        if self._file is None:
            return
        state, text, is_trouble = self._file.state
        with use_language(self.language):
            name = self._file.path.name
            if self.readonly and state in ("changed underneath", "unreadable"):
                text = words.changed_for_readers(name)  # there is nothing to choose
            self.file_state = {"path": name, "state": state, "words": str(text), "trouble": is_trouble}

    def _on_design(self, _change: Any) -> None:
        raise NotImplementedError
