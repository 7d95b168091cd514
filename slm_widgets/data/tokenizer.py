"""Text <-> token ids: what every tokenizer can do, and how it is kept on disk."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from slm_widgets.errors import TokenizerError
from slm_widgets.files import write_json
from slm_widgets.language import say

FILE_NAME = "tokenizer.json"
FORMAT = "slm-widgets-tokenizer"
_VERSION = 1
_SIGNS = str.maketrans({"\n": "⏎", "\t": "⇥", "\r": "␍", " ": "␣"})


class Tokenizer(ABC):
    """Turns text into token ids and back. Ids run from 0 to ``vocab_size - 1``."""

    name: str
    vocab_size: int
    end_of_text_id: int | None = None  # the token that stands between two documents, where there is one

    @abstractmethod
    def encode(self, text: str) -> torch.Tensor:
        """Turns text into ids.

        Shape:
            (T,) int64

        Raises:
            TokenizerError: The text has characters that the vocabulary does not know.
        """

    @abstractmethod
    def decode(self, ids: torch.Tensor | Sequence[int]) -> str:
        r"""Turns ids into text. Half a character at the end or anywhere else becomes ``"\ufffd"``.

        Raises:
            TokenizerError: An id is outside the vocabulary.
        """

    def token_text(self, id: int) -> str:
        """One token as people can see it: blanks and line ends as signs, bytes that are no text of their own as ``<EA>``."""
        return self.decode([id]).translate(_SIGNS)

    def save(self, folder: str | Path) -> None:
        """Writes ``tokenizer.json`` into a folder; ``load_tokenizer(folder)`` reads it. The file holds data and no code."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        document = {"format": FORMAT, "version": _VERSION, "name": self.name, **self._contents()}
        write_json(folder / FILE_NAME, document)

    def _contents(self) -> dict[str, Any]:
        """What the file must hold besides the name."""
        return {}

    def _checked(self, ids: torch.Tensor | Sequence[int]) -> NDArray[np.int64]:
        """The ids as an array, all of them inside the vocabulary."""
        array = torch.as_tensor(ids, dtype=torch.int64, device="cpu").numpy().reshape(-1)
        outside = array[(array < 0) | (array >= self.vocab_size)]
        if outside.size:
            raise TokenizerError(
                say(
                    en=f"The tokenizer {self.name!r} has no token {outside[0]}: its ids run from 0 to {self.vocab_size - 1:,}. Use "
                    "the tokenizer that the model was trained with.",
                    ko=f"토크나이저 {self.name!r}에는 {outside[0]}번 토큰이 없습니다. 번호는 0부터 {self.vocab_size - 1:,}까지입니다. "
                    "모델을 학습할 때 쓴 토크나이저를 쓰세요.",
                )
            )
        return array


def byte_text(data: bytes) -> str:
    """Bytes as people can see them: ``b" cat"`` is ``"␣cat"``, and half a character is ``"<EA><B0>"``."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text.translate(_SIGNS).isprintable() and text:
        return text.translate(_SIGNS)
    return "".join(f"<{byte:02X}>" for byte in data)
