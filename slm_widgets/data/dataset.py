"""Corpus + tokenizer -> the windows that train and the windows that validate."""

from __future__ import annotations

from dataclasses import dataclass

from slm_widgets.data.corpus import Corpus
from slm_widgets.data.tokenizer import Tokenizer
from slm_widgets.data.windows import Windows
from slm_widgets.errors import CorpusError
from slm_widgets.language import say


@dataclass(frozen=True)
class Dataset:
    """What a model learns from, and what it is examined on.

    Args:
        train: Windows of the first part of the corpus.
        validation: Windows of the last part, side by side: no token of it was in training.
        entropy_floor: The loss in nats per token of the validation text that no model can beat; None where it is not known.
        characters_per_token: How many characters a token of the validation text stands for on average.
        bytes_per_token: How many bytes of UTF-8 a token of the validation text stands for on average.
    """

    train: Windows
    validation: Windows
    entropy_floor: float | None
    characters_per_token: float
    bytes_per_token: float


def prepare(
    corpus: Corpus,
    tokenizer: Tokenizer,
    context_length: int,
    stride: int | None = None,
    validation_fraction: float = 0.1,
) -> Dataset:
    """Splits a corpus, encodes each part by itself, and cuts both into windows.

    Args:
        corpus: The text.
        tokenizer: Must know all of its characters.
        context_length: Tokens in a window.
        stride: Tokens between the starts of two training windows; None: ``context_length``.
        validation_fraction: The share of the text that validates.

    Raises:
        CorpusError: A part is shorter than one window.
        TokenizerError: The text has characters that the tokenizer does not know.
        ConfigError: A number is outside its range.
    """
    train_text, validation_text = corpus.split(validation_fraction)
    # Encoded apart, so that no token reaches from one part into the other.
    train_ids, validation_ids = tokenizer.encode(train_text), tokenizer.encode(validation_text)
    shortest = min(len(train_ids), len(validation_ids))
    if shortest < context_length + 1:
        shorter_en = f", or a context_length of at most {shortest - 1:,}" if shortest > 1 else ""
        shorter_ko = f" context_length를 {shortest - 1:,} 이하로 하거나" if shortest > 1 else ""
        raise CorpusError(
            say(
                en=f"The corpus {corpus.name!r} is too short: {len(train_ids):,} tokens to train and {len(validation_ids):,} to "
                f"validate, and each part needs at least {context_length + 1:,} for context_length {context_length:,}. Take a "
                f"longer text{shorter_en}.",
                ko=f"말뭉치 {corpus.name!r}이(가) 너무 짧습니다. 학습용 {len(train_ids):,}토큰, 검증용 {len(validation_ids):,}토큰인데, "
                f"context_length {context_length:,}에는 두 부분 모두 {context_length + 1:,}토큰 이상이 필요합니다.{shorter_ko} "
                "더 긴 글을 쓰세요.",
            ),
            field="context_length",
        )
    characters_per_token = len(validation_text) / len(validation_ids)
    floor = corpus.entropy_floor
    return Dataset(
        train=Windows(train_ids, context_length, stride),
        validation=Windows(validation_ids, context_length),
        entropy_floor=None if floor is None else floor * characters_per_token,
        characters_per_token=characters_per_token,
        bytes_per_token=len(validation_text.encode()) / len(validation_ids),
    )
