"""One token for each byte of UTF-8: knows every text in every language, at up to four tokens a character."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from slm_widgets.data.tokenizer import Tokenizer, byte_text


class ByteTokenizer(Tokenizer):
    """The id of a byte is its value, 0 to 255. A Korean syllable is three tokens."""

    name = "byte"
    vocab_size = 256

    def encode(self, text: str) -> torch.Tensor:
        """Gives the bytes of the text. Shape: (T,) int64."""
        data = text.encode("utf-8", errors="replace")  # only a lone surrogate, half a character of UTF-16, is replaced
        return torch.from_numpy(np.frombuffer(data, dtype=np.uint8).astype(np.int64))

    def decode(self, ids: torch.Tensor | Sequence[int]) -> str:
        r"""Reads the bytes as UTF-8; what is no character becomes ``"\ufffd"``. Raises TokenizerError for other ids."""
        return self._checked(ids).astype(np.uint8).tobytes().decode("utf-8", errors="replace")

    def token_text(self, id: int) -> str:
        """The byte as people can see it: ``a``, ``␣``, ``<EA>``."""
        return byte_text(self._checked([id]).astype(np.uint8).tobytes())
