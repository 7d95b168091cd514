"""One token for each character of the corpus: the smallest vocabulary, and the one to begin with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from slm_widgets.data.tokenizer import Tokenizer
from slm_widgets.errors import TokenizerError
from slm_widgets.language import say

_UNKNOWN = -1


class CharTokenizer(Tokenizer):
    """Numbers the characters of a corpus in the order of their code points.

    Args:
        characters: The vocabulary. ``CharTokenizer.from_text`` takes it from a text.

    Source: the same ids as nanoGPT's ``data/shakespeare_char/prepare.py``, ``sorted(set(text))``.
    """

    name = "char"

    def __init__(self, characters: str) -> None:
        self.characters = characters
        self.vocab_size = len(characters)
        self._codes = _code_points(characters)  # id -> code point
        self._ids = np.full(
            int(self._codes.max()) + 2, _UNKNOWN, dtype=np.int32
        )  # code point -> id; the last is unknown
        self._ids[self._codes] = np.arange(self.vocab_size, dtype=np.int32)

    @classmethod
    def from_text(cls, text: str) -> CharTokenizer:
        """Takes every character that occurs in the text."""
        return cls("".join(sorted(set(text))))

    def encode(self, text: str) -> torch.Tensor:
        """Looks up each character. Shape: (T,) int64. Raises TokenizerError for characters outside the vocabulary."""
        ids = self._ids[np.minimum(_code_points(text), len(self._ids) - 1)]
        if (ids == _UNKNOWN).any():
            raise TokenizerError(self._unknown(text, ids))
        return torch.from_numpy(ids.astype(np.int64))

    def decode(self, ids: torch.Tensor | Sequence[int]) -> str:
        """Puts the characters together. Raises TokenizerError for ids outside the vocabulary."""
        return self._codes[self._checked(ids)].tobytes().decode("utf-32-le", errors="surrogatepass")

    def _contents(self) -> dict[str, Any]:
        return {"characters": self.characters}

    def _unknown(self, text: str, ids: np.ndarray) -> str:
        places: dict[str, int] = {}  # each unknown character and where it stands first
        for place in np.flatnonzero(ids == _UNKNOWN)[:1000].tolist():
            places.setdefault(text[place], place)
        listed = ", ".join(f"{character!r} ({place:,})" for character, place in list(places.items())[:5])
        sample = "".join(c for c in self.characters if c.isprintable())
        sample = sample if len(sample) <= 100 else f"{sample[:100]}..."
        return say(
            en=f"The tokenizer 'char' does not know these characters (and where they stand): {listed}. Its {self.vocab_size:,} "
            f"characters are those of its corpus: {sample}. Leave the others out, or use the tokenizer 'byte', which knows every "
            "text.",
            ko=f"토크나이저 'char'가 모르는 글자가 있습니다(괄호 안은 위치): {listed}. 아는 글자는 말뭉치에 나온 {self.vocab_size:,}개입니다: "
            f"{sample}. 모르는 글자를 빼거나, 모든 글을 다루는 'byte' 토크나이저를 쓰세요.",
        )


def _code_points(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", errors="surrogatepass"), dtype="<u4")
