"""The text of a run, kept so that it can go on with the very same one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from slm_widgets.data import Corpus, corpora, load_corpus
from slm_widgets.data.text_file import read_text
from slm_widgets.errors import CorpusError, RunError
from slm_widgets.files import write_atomically, write_json
from slm_widgets.language import say
from slm_widgets.library import layout
from slm_widgets.library.run_json import missing, read_json, unreadable
from slm_widgets.version import __version__

# A longer text that lies in a file is not written a second time.
_COPIED_BYTES = 64 * 2**20
_PIECE = 2**20  # characters


def keep_corpus(folder: Path, corpus: Corpus) -> None:
    """Keeps a corpus in the folder of a run: a built-in one by its name, any other as corpus.txt.

    A text of more than 64 MiB that lies in a file is kept as the path of that file and what its text amounts to.

    Raises:
        OSError: where the folder cannot be written to or the disk is full.
    """
    digest, length = _measure(corpus.text)
    if _is_built_in(corpus):
        kind = "built-in"
    elif length > _COPIED_BYTES and _is_in(corpus.source, digest):
        kind = "path"
    else:
        kind = "copy"
        write_atomically(folder / layout.CORPUS_TEXT, lambda temporary: _write(temporary, corpus.text))
    facts = {
        "name": corpus.name,
        "language": corpus.language,
        "entropy_floor": corpus.entropy_floor,
        "separator": corpus.separator,
        "kept": kind,
        "source": None if corpus.source is None else str(corpus.source),
        "sha256": digest,
        "bytes": length,
        "slm_widgets": __version__,
    }
    write_json(folder / layout.CORPUS, facts)


def kept_corpus(folder: Path) -> Corpus:
    """Reads the corpus of a run again.

    Raises:
        RunError: where the text is missing or no longer the same; the sentence says what to do.
    """
    path = folder / layout.CORPUS
    if not path.is_file():
        raise missing(path)
    facts = read_json(path)
    try:
        kind, source = facts["kept"], None if facts["source"] is None else Path(facts["source"])
        corpus = _MAKERS[kind](folder, facts, source)
        same = _measure(corpus.text)[0] == facts["sha256"]
    except (KeyError, TypeError) as error:
        raise unreadable(path, error) from error
    if not same:
        raise _changed(folder, kind, facts)
    return corpus


def _built_in(folder: Path, facts: dict[str, Any], source: Path | None) -> Corpus:
    try:
        return load_corpus(facts["name"])
    except CorpusError as error:
        raise _changed(folder, "built-in", facts) from error


def _from_path(folder: Path, facts: dict[str, Any], source: Path | None) -> Corpus:
    if source is None or not source.is_file():
        raise RunError(
            say(
                en=f"The text of this run lay in {source}, and is no longer there. Put the file back in its place, or train anew "
                "on another text.",
                ko=f"이 실행의 글은 {source}에 있었는데 지금은 없습니다. 파일을 제자리에 되돌려 놓거나 다른 글로 새로 학습하세요.",
            ),
            field="corpus",
        )
    try:
        return _corpus(facts, read_text(source), source)
    except CorpusError as error:
        raise RunError(error.message, field="corpus") from error


def _from_copy(folder: Path, facts: dict[str, Any], source: Path | None) -> Corpus:
    path = folder / layout.CORPUS_TEXT
    if not path.is_file():
        raise missing(path)
    try:
        # Bytes, since reading as a text would make all line breaks alike.
        return _corpus(facts, path.read_bytes().decode("utf-8"), source)
    except (OSError, ValueError, CorpusError) as error:
        raise unreadable(path, error) from error


_MAKERS = {"built-in": _built_in, "path": _from_path, "copy": _from_copy}


def _corpus(facts: dict[str, Any], text: str, source: Path | None) -> Corpus:
    return Corpus(facts["name"], text, facts["language"], facts["entropy_floor"], facts["separator"], source)


def _is_built_in(corpus: Corpus) -> bool:
    return any(info.name == corpus.name for info in corpora()) and load_corpus(corpus.name) == corpus


def _is_in(source: Path | None, digest: str) -> bool:
    """Whether a file still holds the text of this digest."""
    try:
        return source is not None and _measure(read_text(source))[0] == digest
    except CorpusError:
        return False


def _pieces(text: str) -> Iterator[bytes]:
    """The text in UTF-8, a little at a time: a whole copy of a long one could be too much."""
    return (text[start : start + _PIECE].encode() for start in range(0, len(text), _PIECE))


def _measure(text: str) -> tuple[str, int]:
    """SHA-256 in hexadecimal digits, and the number of bytes in UTF-8."""
    digest, length = hashlib.sha256(), 0
    for piece in _pieces(text):
        digest.update(piece)
        length += len(piece)
    return digest.hexdigest(), length


def _write(path: Path, text: str) -> None:
    with path.open("wb") as file:
        file.writelines(_pieces(text))


def _changed(folder: Path, kind: str, facts: dict[str, Any]) -> RunError:
    if kind == "built-in":
        name, version = facts["name"], facts.get("slm_widgets")
        return RunError(
            say(
                en=f'This run learned from the built-in corpus "{name}" of slm-widgets {version}, and that of this version '
                f"({__version__}) is another text. Go on with slm-widgets {version}, or train anew.",
                ko=f'이 실행은 slm-widgets {version}의 내장 말뭉치 "{name}"(으)로 학습했는데, 이 버전({__version__})의 글은 '
                f"다릅니다. slm-widgets {version}(으)로 이어 가거나 새로 학습하세요.",
            ),
            field="corpus",
        )
    path = facts["source"] if kind == "path" else folder / layout.CORPUS_TEXT
    return RunError(
        say(
            en=f"{path} is no longer the text that this run learned from: it was changed. Bring back the file as it was, or "
            "train anew on the new text.",
            ko=f"{path}의 글이 바뀌어 이 실행이 학습하던 글이 아닙니다. 파일을 원래대로 되돌리거나 새 글로 새로 학습하세요.",
        ),
        field="corpus",
    )
