"""The built-in corpora, and ``load_corpus``, which finds one by name or reads a file of the user's."""

from __future__ import annotations

import difflib
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from slm_widgets.data.corpus import Corpus
from slm_widgets.data.tales.english import ENGLISH
from slm_widgets.data.tales.entropy import expected_story
from slm_widgets.data.tales.grammar import Grammar
from slm_widgets.data.tales.korean import KOREAN
from slm_widgets.data.tales.sampler import write_story
from slm_widgets.data.text_file import read_text
from slm_widgets.errors import CorpusError
from slm_widgets.language import Text, language, say


@dataclass(frozen=True)
class CorpusInfo:
    """What is known about a built-in corpus before it is made."""

    name: str
    language: str
    description: Text


def _tiny_tales_en() -> Corpus:
    return _write_tales("tiny-tales-en", "en", ENGLISH, stories=700)


def _tiny_tales_ko() -> Corpus:
    return _write_tales("tiny-tales-ko", "ko", KOREAN, stories=550)


_MAKERS: dict[str, tuple[Callable[[], Corpus], CorpusInfo]] = {
    "tiny-tales-en": (
        _tiny_tales_en,
        CorpusInfo(
            "tiny-tales-en",
            "en",
            Text(
                en="700 short stories in English, 1 MB, written by a grammar: what is introduced returns later",
                ko="문법이 지어낸 영어 동화 700편, 1 MB. 앞에 나온 이름과 물건이 뒤에 다시 나옵니다",
            ),
        ),
    ),
    "tiny-tales-ko": (
        _tiny_tales_ko,
        CorpusInfo(
            "tiny-tales-ko",
            "ko",
            Text(
                en="550 short stories in Korean, 1 MB, written by a grammar: what is introduced returns later",
                ko="문법이 지어낸 한국어 동화 550편, 1 MB. 앞에 나온 이름과 물건이 뒤에 다시 나옵니다",
            ),
        ),
    ),
}


def corpora() -> list[CorpusInfo]:
    """Lists the built-in corpora."""
    return [info for _, info in _MAKERS.values()]


def default_corpus() -> str:
    """The name of the corpus that is taken where nobody chose one: the stories in the chosen language."""
    return next(info.name for info in corpora() if info.language == language())


def load_corpus(source: str | Path | Corpus) -> Corpus:
    """Finds a corpus.

    Args:
        source: The name of a built-in corpus, the path of a text file in UTF-8, or a ``Corpus``, which is returned as it is.

    Returns:
        The corpus. Built-in ones are made on first use, in about a second, and kept in memory.

    Raises:
        CorpusError: There is no such corpus or file, or it is not a text.
    """
    if isinstance(source, Corpus):
        return source
    if isinstance(source, str) and source in _MAKERS:
        return _make(source)
    if not isinstance(source, str | Path):
        kind = type(source).__name__
        raise CorpusError(
            say(
                en=f"A corpus cannot be loaded from a {kind}. Give the name of a built-in corpus ({_names()}), the path of a "
                "text file, or Corpus(name=..., text=...).",
                ko=f"{kind}에서는 말뭉치를 불러올 수 없습니다. 내장 말뭉치 이름({_names()}), 텍스트 파일 경로, 또는 "
                "Corpus(name=..., text=...)를 주세요.",
            )
        )
    if isinstance(source, str) and ("\n" in source or len(source) > 1000):  # no path looks like this
        raise CorpusError(
            say(
                en=f"load_corpus takes a name or a path, and this looks like the text itself ({len(source):,} characters). "
                'Hand text over as Corpus(name="my text", text=...).',
                ko=f"load_corpus는 이름이나 경로를 받는데, 글 자체가 온 것 같습니다({len(source):,}자). "
                '글은 Corpus(name="내 글", text=...)로 넘겨주세요.',
            )
        )
    try:
        path = Path(source).expanduser()
        is_there = path.exists()
    except (OSError, RuntimeError) as error:  # longer than a file's name may be; the home of nobody; a closed folder
        raise CorpusError(_no_path(source, error)) from error
    if not is_there:
        raise CorpusError(_not_found(source, path))
    return Corpus(name=path.stem, text=read_text(path), source=path.absolute())


@cache
def _make(name: str) -> Corpus:
    maker, _ = _MAKERS[name]
    return maker()


def _write_tales(name: str, language: str, grammar: Grammar, stories: int) -> Corpus:
    # A fixed number of stories, not "until 1 MB is full": stopping at a length would favour some stories over others.
    dice = random.Random(0)
    text = "".join(write_story(grammar, dice).text for _ in range(stories))
    return Corpus(name, text, language, expected_story(grammar).nats_per_character, separator="\n\n")


def _names() -> str:
    return ", ".join(f'"{name}"' for name in _MAKERS)


def _no_path(source: str | Path, error: Exception) -> str:
    reason = getattr(error, "strerror", None) or str(error)
    start = str(source) if len(str(source)) <= 60 else f"{str(source)[:60]}..."
    return say(
        en=f'No file can be looked up as "{start}": {reason}. Give one of {_names()}, or the path of a text file. Text itself is '
        'handed over as Corpus(name="my text", text=...).',
        ko=f'"{start}"(이)라는 파일을 찾아볼 수 없습니다: {reason}. {_names()} 중 하나나 텍스트 파일의 경로를 주세요. '
        '글 자체는 Corpus(name="내 글", text=...)로 넘겨주세요.',
    )


def _not_found(source: str | Path, path: Path) -> str:
    own = [name for name in _MAKERS if name == f"{source}-{language()}"]  # tiny-tales of the language that is spoken
    close = own or difflib.get_close_matches(str(source), _MAKERS, n=1, cutoff=0.5)
    hint_en = f'Did you mean "{close[0]}"? ' if close else ""
    hint_ko = f'"{close[0]}"을(를) 찾으셨나요? ' if close else ""
    return say(
        en=f'There is no built-in corpus and no file called "{source}" (looked in {path.absolute().parent}). {hint_en}Choose '
        f"one of {_names()}, or give the path of a text file in UTF-8.",
        ko=f'"{source}"(이)라는 내장 말뭉치도 파일도 없습니다({path.absolute().parent}에서 찾았습니다). {hint_ko}'
        f"{_names()} 중에서 고르거나 UTF-8 텍스트 파일의 경로를 주세요.",
    )
