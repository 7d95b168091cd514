"""The file that keeps a drawing, beside others who may write it too: git, another notebook, a text editor, the teacher."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import threading
from pathlib import Path
from typing import Any, NamedTuple

from slm_widgets.errors import LayerStackError
from slm_widgets.files import write_atomically
from slm_widgets.language import Text
from slm_widgets.stack.dialects.values import MAX_BYTES
from slm_widgets.stack.document import envelope
from slm_widgets.widgets.design_source import Design, design_of, no_json, read, read_text
from slm_widgets.widgets.editor import file_words as words

_WRITING = threading.Lock()
"""Between looking at a file and writing it, no other editor of this process writes."""


class FileState(NamedTuple):
    """How the file and the drawing stand to each other.

    Args:
        state: ``"saved"``; ``"unsaved"``: not written yet, or it cannot be; ``"changed underneath"``: somebody else wrote
            another design; ``"gone"``; ``"unreadable"``: what is there now is no design.
        text: The sentence about it.
        is_trouble: Whether somebody has to know.
    """

    state: str
    text: Text
    is_trouble: bool = True


class _Content(NamedTuple):
    """What a file holds, and what tells at a glance that it still does."""

    content: bytes
    stamp: tuple[int, int, int]

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.content).digest()


class DesignFile:
    """Keeps a drawing in a file, and never writes over what it has not read or written itself.

    Before each write it looks at the file. What somebody else put there stays until the user has chosen. What gives way is
    kept beside it as ``NAME.bak``: another design, and what was spelled otherwise, as in an older dialect. A file that was only
    spelled anew, and says the same, is no change.

    Args:
        path: The file. A link stays a link.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.state = FileState("unsaved", words.new(self.path.name), is_trouble=False)
        self.read_as: int | None = None
        """The number of the opened design that was read from it; None where it holds what an editor drew."""
        self._written: bytes | None = None  # the digest of what was last written here
        # Of what was last read or written:
        self._digest: bytes | None = None
        self._stamp: tuple[int, int, int] | None = None
        self._document: Any = None
        self._other: tuple[bytes, Any] | None = None  # what somebody else wrote, and its digest

    def read(self) -> Design:
        """Reads the design, and takes the file as it is now for seen.

        Raises:
            LayerStackError: for a file that cannot be read or is no design; it is left as it is.
        """
        try:
            found = _look(self.path)
        except OSError:
            found = None  # the sentence about it comes from reading
        design = design_of(read(self.path))
        if found:
            self._remember(found, _document(design))
        return design

    def save(self, design: Design, number: int | None = None, *, overwrite: bool = False) -> FileState:
        """Writes a drawing, or says why it did not.

        Args:
            design: The nodes and the config.
            number: Of the opened design that it goes back to. The first time that it is another one than was read from the
                file, what is there is kept as ``NAME.bak``.
            overwrite: Whether to write over what somebody else put there, which is then kept as ``NAME.bak``.
        """
        with _WRITING:
            try:
                self.state = self._save(design, number, overwrite)
            except (OSError, ValueError, TypeError, RecursionError) as error:
                self.state = FileState("unsaved", words.not_saved(self.path, error))
        return self.state

    def check(self, design: Design, number: int | None = None) -> FileState:
        """Looks whether somebody else changed the file; what could not be saved before is tried again.

        Args:
            design: The drawing as it is now.
            number: As in ``save``.
        """
        try:
            stamp = _stamp(self.path.stat())
        except FileNotFoundError:
            stamp = None
        except OSError as error:
            self.state = FileState("unsaved", words.not_saved(self.path, error))
            return self.state
        if stamp is None and self._digest is not None:
            self.state = FileState("gone", words.gone(self.path.name))
        elif self.state.is_trouble or stamp != self._stamp:
            self.save(design, number)
        return self.state

    def peek(self) -> Design:
        """The design that is in the file now.

        Raises:
            LayerStackError: where there is none.
        """
        return design_of(read(self.path))

    def put_aside(self, design: Design) -> None:
        """Keeps a drawing that gives way to the file as ``NAME.bak``, where the folder can be written to."""
        try:
            _back_up(self.path, _encode(design))
        except (OSError, ValueError, TypeError, RecursionError):
            return  # it is still in the page's history

    def _save(self, design: Design, number: int | None, overwrite: bool) -> FileState:
        content = _encode(design)
        ours = json.loads(content)
        try:
            found = _look(self.path)
        except FileNotFoundError:
            found = None
        if found and found.digest == self._digest and self._document == ours:
            return self._remember(found, ours)
        if found and found.digest != self._digest:
            theirs = self._theirs(found)
            if theirs == ours:
                return self._remember(found, ours)
            if not overwrite and (isinstance(theirs, Text) or theirs != self._document):
                return _refused(self.path, theirs)
        is_other = self.read_as not in (None, number)
        if found and (is_other or self._would_be_lost(found)):
            _back_up(self.path, self.path.read_bytes())
        written = _write(self.path, content)
        self._written = written.digest
        if is_other or overwrite:
            self.read_as = None
        return self._remember(written, ours)

    def _would_be_lost(self, found: _Content) -> bool:
        """Whether the file says, or spells, what was neither written here nor will be."""
        return found.digest != self._written and _values(found.content) != self._document

    def _theirs(self, found: _Content) -> Any:
        """The document that somebody else wrote, or the Text that says why it is none."""
        if self._other is None or self._other[0] != found.digest:  # read once, however often the drawing changes
            self._other = (found.digest, self._read_other(found.content))
        return self._other[1]

    def _read_other(self, content: bytes) -> Any:
        def other() -> Any:
            try:
                text = content.decode("utf-8-sig")
            except UnicodeDecodeError:
                raise no_json(self.path.name) from None
            return _document(design_of(read_text(text, self.path.name)))

        def why() -> str:
            try:
                return str(other())
            except LayerStackError as error:
                return error.message

        try:
            return other()
        except LayerStackError:
            return words.unreadable(self.path.name, why)

    def _remember(self, found: _Content, document: Any) -> FileState:
        self._digest, self._stamp, self._document = found.digest, found.stamp, document
        self.state = FileState("saved", words.saved(self.path.name), is_trouble=False)
        return self.state


def _refused(path: Path, theirs: Any) -> FileState:
    if isinstance(theirs, Text):
        return FileState("unreadable", theirs)
    return FileState("changed underneath", words.changed(path.name))


def _document(design: Design) -> Any:
    """A design as a file would say it, and as nobody changes it later."""
    return json.loads(_encode(design))


def _values(content: bytes) -> Any:
    """What a file says as plain JSON, whatever the dialect; None for what is none."""
    try:
        return json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def _encode(design: Design) -> bytes:
    return (json.dumps(envelope(*design), ensure_ascii=False, indent=2) + "\n").encode()


def _stamp(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_mtime_ns, status.st_size


def _look(path: Path) -> _Content:
    """The content as it is now.

    Raises:
        OSError: where it cannot be read; FileNotFoundError where there is none.
    """
    # Told before it is opened: a pipe would be waited for, and a device has no end.
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(words.no_file(path.name))
    with path.open("rb") as file:
        return _Content(file.read(MAX_BYTES + 1), _stamp(os.fstat(file.fileno())))


def _write(path: Path, content: bytes) -> _Content:
    stamps = []
    target = Path(os.path.realpath(path))
    if target.exists() and not os.access(target, os.W_OK):  # renaming would get around the protection
        raise PermissionError(13, os.strerror(13))

    def fill(temporary: Path) -> None:
        temporary.write_bytes(content)
        if target.exists():
            shutil.copymode(target, temporary)
        stamps.append(_stamp(temporary.stat()))

    write_atomically(target, fill)
    return _Content(content, stamps[0])


def _back_up(path: Path, content: bytes) -> Path:
    """Keeps a content beside a file, in the first of ``NAME.bak``, ``NAME.bak2``, ... that holds nothing else."""
    number, place = 1, path.with_name(f"{path.name}.bak")
    while os.path.lexists(place):
        if place.is_file() and place.read_bytes() == content:
            return place
        number += 1
        place = path.with_name(f"{path.name}.bak{number}")
    write_atomically(place, lambda temporary: _fill(temporary, content))
    return place


def _fill(temporary: Path, content: bytes) -> None:
    temporary.write_bytes(content)
