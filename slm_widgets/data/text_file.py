"""Reads a text file, or says in plain words why it is none."""

from __future__ import annotations

import codecs
from pathlib import Path

from slm_widgets.errors import CorpusError
from slm_widgets.language import say

_WIDE_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def read_text(path: Path) -> str:
    r"""Reads a file in UTF-8; a byte order mark is dropped and every line ends with ``\n``.

    Raises:
        CorpusError: It is a folder, cannot be opened, is empty, or is not UTF-8.
    """
    if path.is_dir():
        raise CorpusError(
            say(
                en=f"{path} is a folder. Give the path of one text file in it.",
                ko=f"{path}은(는) 폴더입니다. 그 안의 텍스트 파일 하나의 경로를 주세요.",
            )
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CorpusError(
            say(
                en=f"{path} cannot be read: {error.strerror}. Check that the file may be opened by you.",
                ko=f"{path}을(를) 읽을 수 없습니다: {error.strerror}. 파일을 열 권한이 있는지 확인하세요.",
            )
        ) from error
    text = _decode(path, data).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise CorpusError(
            say(
                en=f"{path} is empty ({len(data)} bytes). Put some text into it, or choose another file.",
                ko=f"{path} 파일이 비어 있습니다({len(data)}바이트). 글을 넣거나 다른 파일을 고르세요.",
            )
        )
    return text


def _decode(path: Path, data: bytes) -> str:
    for mark, encoding in _WIDE_MARKS.items():
        if data.startswith(mark):
            raise _not_utf8(path, en=f"It begins with the mark of {encoding}", ko=f"{encoding} 표시로 시작합니다")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # error.start counts from behind a byte order mark
        start = error.start + (len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0)
        byte = f"0x{data[start]:02X}"
        guess_en, guess_ko = "", ""
        if _is_cp949(data):
            guess_en, guess_ko = (
                "; it looks like CP949, as Korean Windows writes it",
                ". 한국어 Windows의 CP949로 보입니다",
            )
        raise _not_utf8(
            path,
            en=f"Byte {start:,} ({byte}) cannot be read{guess_en}",
            ko=f"{start:,}번째 바이트({byte})를 읽을 수 없습니다{guess_ko}",
        ) from error
    if "\0" in text:
        raise _not_utf8(
            path,
            en=f"Byte {data.index(0):,} is zero, which no text contains",
            ko=f"{data.index(0):,}번째 바이트가 0인데, 텍스트에는 없는 값입니다",
        )
    return text


def _is_cp949(data: bytes) -> bool:
    try:
        text = data.decode("cp949")
    except UnicodeDecodeError:
        return False
    return any("가" <= character <= "힣" for character in text)


def _not_utf8(path: Path, *, en: str, ko: str) -> CorpusError:
    return CorpusError(
        say(
            en=f"{path} is not a text in UTF-8. {en}. Open it in an editor and save it again with the encoding UTF-8.",
            ko=f"{path}은(는) UTF-8 텍스트가 아닙니다. {ko}. 편집기에서 열어 인코딩을 UTF-8로 다시 저장하세요.",
        )
    )
