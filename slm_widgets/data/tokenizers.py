"""``load_tokenizer``: a tokenizer by name, or from the folder that it was saved to."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

from slm_widgets.data.byte import ByteTokenizer
from slm_widgets.data.catalogue import load_corpus
from slm_widgets.data.char import CharTokenizer
from slm_widgets.data.corpus import Corpus
from slm_widgets.data.gpt2 import GPT2Tokenizer
from slm_widgets.data.tokenizer import FILE_NAME, FORMAT, Tokenizer
from slm_widgets.errors import TokenizerError
from slm_widgets.language import say

_NAMES = ("char", "byte", "gpt2")


def load_tokenizer(
    name_or_folder: str | Path | Tokenizer, corpus: Corpus | str | Path | None = None, *, download: bool = False
) -> Tokenizer:
    """Finds a tokenizer.

    Args:
        name_or_folder: ``"char"``, ``"byte"``, ``"gpt2"``, a folder that ``tokenizer.save(folder)`` has written, or a
            ``Tokenizer``, which is returned as it is.
        corpus: Where ``"char"`` takes its characters from.
        download: Let ``"gpt2"`` fetch its vocabulary (1.5 MB) where it is not on this machine.

    Raises:
        TokenizerError: There is no such tokenizer, its file is damaged, or its vocabulary is not on this machine.
    """
    if isinstance(name_or_folder, Tokenizer):
        return name_or_folder
    if name_or_folder == "char":
        if corpus is None:
            raise TokenizerError(
                say(
                    en='The tokenizer "char" is built from a corpus. Give it one: load_tokenizer("char", corpus).',
                    ko='"char" 토크나이저는 말뭉치로 만듭니다. load_tokenizer("char", corpus)처럼 말뭉치를 주세요.',
                )
            )
        return CharTokenizer.from_text(load_corpus(corpus).text)
    if name_or_folder == "byte":
        return ByteTokenizer()
    if name_or_folder == "gpt2":
        return GPT2Tokenizer(download=download)
    if not isinstance(name_or_folder, str | Path):
        raise TokenizerError(_no_name(name_or_folder))
    return _read(name_or_folder, download)


def _read(folder: str | Path, download: bool) -> Tokenizer:
    try:
        path = Path(folder).expanduser() / FILE_NAME
        is_there = path.is_file()
    except (OSError, RuntimeError) as error:  # longer than a file's name may be; the home of nobody; a closed folder
        raise TokenizerError(_not_found(folder)) from error
    if not is_there:
        raise TokenizerError(_not_found(folder))
    try:
        return _from_document(json.loads(path.read_text(encoding="utf-8")), download)
    except (OSError, ValueError, KeyError, TypeError) as error:  # ValueError: no JSON, no UTF-8, or the wrong contents
        raise TokenizerError(
            say(
                en=f"{path} is not a tokenizer that can be read ({error}). Save the tokenizer again with tokenizer.save(folder).",
                ko=f"{path}은(는) 읽을 수 있는 토크나이저가 아닙니다({error}). tokenizer.save(folder)로 다시 저장하세요.",
            )
        ) from error


def _from_document(document: Any, download: bool) -> Tokenizer:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f'no "format": "{FORMAT}"')
    match document["name"]:
        case "char":
            characters = document["characters"]
            if not isinstance(characters, str) or not characters or len(set(characters)) != len(characters):
                raise ValueError("characters must be different letters in one text")
            return CharTokenizer(characters)
        case "byte":
            return ByteTokenizer()
        case "gpt2":
            return GPT2Tokenizer(download=download)
        case other:
            raise ValueError(f"name {other!r} is none of {', '.join(_NAMES)}")


def _no_name(given: object) -> str:
    kind, names = type(given).__name__, ", ".join(f'"{known}"' for known in _NAMES)
    return say(
        en=f"A tokenizer cannot be of the type {kind}. Choose one of {names}, or a folder written by tokenizer.save(folder). Settings of "
        "a training go by name: config=...",
        ko=f"{kind}은(는) 토크나이저가 될 수 없습니다. {names} 중에서 고르거나 tokenizer.save(folder)로 저장한 폴더를 주세요. "
        "학습 설정은 config=...처럼 이름을 붙여 주세요.",
    )


def _not_found(name: str | Path) -> str:
    close = difflib.get_close_matches(str(name), _NAMES, n=1, cutoff=0.5)
    names = ", ".join(f'"{known}"' for known in _NAMES)
    hint_en = f'Did you mean "{close[0]}"? ' if close else ""
    hint_ko = f'"{close[0]}"을(를) 찾으셨나요? ' if close else ""
    return say(
        en=f'There is no tokenizer called "{name}", and no {FILE_NAME} in a folder of that name. '
        f"{hint_en}Choose one of {names}, or a folder written by tokenizer.save(folder).",
        ko=f'"{name}"(이)라는 토크나이저도, 그 이름의 폴더에 {FILE_NAME} 파일도 없습니다. '
        f"{hint_ko}{names} 중에서 고르거나 tokenizer.save(folder)로 저장한 폴더를 주세요.",
    )
