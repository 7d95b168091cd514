"""GPT-2's byte pair encoding, by tiktoken, and a plain sentence where its vocabulary is not on this machine."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tiktoken
import torch
from tiktoken_ext import openai_public

from slm_widgets.data.tokenizer import Tokenizer, byte_text
from slm_widgets.errors import TokenizerError
from slm_widgets.language import say

# tiktoken panics on very long runs without (or of nothing but) blanks, so they are cut. Source: Llama 3's tokenizer.py.
_LONG_RUN = re.compile(r"\S{25000}|\s{25000}")


class GPT2Tokenizer(Tokenizer):
    """50,257 tokens: pieces of words as they are frequent in English web text. Korean takes two to three tokens a syllable.

    ``<|endoftext|>`` in a text is ordinary letters; the token of that name is ``end_of_text_id``.

    Args:
        download: Fetch the vocabulary (1.5 MB) where it is not on this machine.

    Raises:
        TokenizerError: The vocabulary is not on this machine, or cannot be fetched.
    """

    name = "gpt2"
    end_of_text_id = 50256

    def __init__(self, *, download: bool = False) -> None:
        # tiktoken has no offline switch and no time limit, so we look first and never let it wait for a network unasked.
        missing = missing_files()
        if missing and not download:
            raise TokenizerError(_not_here(missing))
        try:
            self._encoding = tiktoken.get_encoding("gpt2")
        except Exception as error:  # requests' and OSError's many kinds, and ValueError for a broken download
            raise TokenizerError(
                say(
                    en=f"The GPT-2 vocabulary could not be fetched ({type(error).__name__}). {_not_here(missing)}",
                    ko=f"GPT-2 어휘를 내려받지 못했습니다({type(error).__name__}). {_not_here(missing)}",
                )
            ) from error
        self.vocab_size = self._encoding.n_vocab

    def encode(self, text: str) -> torch.Tensor:
        """Cuts the text into tokens. Shape: (T,) int64."""
        pieces, start = [], 0
        for run in _LONG_RUN.finditer(text):
            pieces.append(text[start : run.end()])
            start = run.end()
        pieces.append(text[start:])
        # disallowed_special=(): a text may speak about <|endoftext|> without an error.
        arrays = [self._encoding.encode_to_numpy(piece, disallowed_special=()) for piece in pieces]
        return torch.from_numpy(np.concatenate(arrays).astype(np.int64))

    def decode(self, ids: torch.Tensor | Sequence[int]) -> str:
        r"""Puts the tokens together; half a character becomes ``"\ufffd"``. Raises TokenizerError for other ids."""
        return self._encoding.decode_bytes(self._checked(ids).tolist()).decode("utf-8", errors="replace")

    def token_text(self, id: int) -> str:
        """The token as people can see it: ``␣cat``, or ``<EA><B0>`` where it is part of a character."""
        return byte_text(self._encoding.decode_single_token_bytes(int(self._checked([id])[0])))


def missing_files() -> dict[str, Path]:
    """The files of the vocabulary that tiktoken would have to fetch: address -> where tiktoken would keep it."""
    # tiktoken names its files, and the hashes of their contents, in the code of the function that builds the encoding.
    constants = [value for value in openai_public.gpt2.__code__.co_consts if isinstance(value, str)]
    hashes = {value for value in constants if re.fullmatch(r"[0-9a-f]{64}", value)}
    places = {url: cache_folder() / hashlib.sha1(url.encode()).hexdigest() for url in constants if "://" in url}
    if not places:  # a tiktoken that is built otherwise: assume nothing is here
        return {"tiktoken.get_encoding('gpt2')": cache_folder()}

    def is_here(path: Path) -> bool:
        # A file with other contents would be removed and fetched again.
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() in hashes

    return {url: path for url, path in places.items() if not is_here(path)}


def cache_folder() -> Path:
    """Where tiktoken keeps its files. Source: ``tiktoken/load.py``, ``read_file_cached``."""
    chosen = os.environ.get("TIKTOKEN_CACHE_DIR") or os.environ.get("DATA_GYM_CACHE_DIR")
    return Path(chosen or Path(tempfile.gettempdir()) / "data-gym-cache")


def _not_here(missing: dict[str, Path]) -> str:
    files = "; ".join(f"{url} -> {path}" for url, path in missing.items())
    return say(
        en='The GPT-2 vocabulary is not on this machine. With a network, load_tokenizer("gpt2", download=True) fetches it. Without '
        f"one, fetch these files elsewhere and save them under these names: {files} (the folder may be another one: set "
        'TIKTOKEN_CACHE_DIR). Meanwhile the tokenizers "char" and "byte" work without any file.',
        ko='GPT-2 어휘가 이 컴퓨터에 없습니다. 네트워크가 있으면 load_tokenizer("gpt2", download=True)로 내려받습니다. 없으면 다른 곳에서 '
        f"다음 파일을 받아 이 이름으로 저장하세요: {files} (다른 폴더를 쓰려면 TIKTOKEN_CACHE_DIR를 설정하세요). 그동안 파일이 필요 없는 "
        '"char"와 "byte" 토크나이저를 쓸 수 있습니다.',
    )
