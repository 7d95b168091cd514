"""Our tokenizers as ``tokenizer.json``, the format of Hugging Face's tokenizers library, written as plain JSON.

Source: the serialisation of ``tokenizers.Tokenizer`` (version 1.0); ``bytes_to_unicode`` of GPT-2's ``encoder.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import tiktoken

from slm_widgets.data.byte import ByteTokenizer
from slm_widgets.data.char import CharTokenizer
from slm_widgets.data.gpt2 import GPT2Tokenizer
from slm_widgets.errors import ExportError
from slm_widgets.language import say
from slm_widgets.stack.presets.parts import Json

_END_OF_TEXT = "<|endoftext|>"


def tokenizer_files(tokenizer: Any, vocab_size: int, context_length: int | None) -> dict[str, Json]:
    """The files from which ``AutoTokenizer`` gives the same ids and texts, by their names.

    Args:
        tokenizer: A char, byte or gpt2 tokenizer.
        vocab_size: The model's.
        context_length: The longest text that the model reads.

    Raises:
        ExportError: for another tokenizer, one with more tokens than the model, or characters that no JSON file can hold.
    """
    if tokenizer.vocab_size > vocab_size:
        raise ExportError(
            say(
                en=f"The tokenizer has {tokenizer.vocab_size:,} tokens, but the model knows only {vocab_size:,}. Pass the tokenizer "
                "that it was trained with.",
                ko=f"토크나이저의 토큰은 {tokenizer.vocab_size:,}개인데 모델이 아는 것은 {vocab_size:,}개뿐입니다. 학습할 때 쓴 "
                "토크나이저를 주세요.",
            ),
            field="tokenizer",
        )
    document = _document(tokenizer)
    settings: Json = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "clean_up_tokenization_spaces": False,
        # As ours: a text may speak about <|endoftext|> without ending there.
        "split_special_tokens": True,
    }
    if context_length is not None:
        settings["model_max_length"] = context_length
    if tokenizer.end_of_text_id is not None:
        settings |= {"bos_token": _END_OF_TEXT, "eos_token": _END_OF_TEXT}
    return {"tokenizer.json": document, "tokenizer_config.json": settings}


def _document(tokenizer: Any) -> Json:
    match tokenizer:
        case CharTokenizer():
            return _char(tokenizer)
        case ByteTokenizer():
            return _byte()
        case GPT2Tokenizer():
            return _gpt2(tokenizer)
    name = getattr(tokenizer, "name", type(tokenizer).__name__)
    raise ExportError(
        say(
            en=f"The tokenizer {name!r} cannot be written for Hugging Face; char, byte and gpt2 can. Export the model without it: "
            "export_huggingface(run.model, folder).",
            ko=f"토크나이저 {name!r}은(는) Hugging Face 형식으로 쓸 수 없습니다. char, byte, gpt2만 됩니다. 토크나이저 없이 모델만 "
            "내보내세요: export_huggingface(run.model, folder).",
        ),
        field="tokenizer",
    )


def _char(tokenizer: CharTokenizer) -> Json:
    """Every character is a word of its own. Without an unknown token a character outside the vocabulary is an error, as in ours."""
    broken = next((c for c in tokenizer.characters if "\ud800" <= c <= "\udfff"), None)
    if broken is not None:
        raise ExportError(
            say(
                en=f"The tokenizer's vocabulary holds {broken!r}, half a character, which no tokenizer.json can hold. Remove it from "
                "the corpus and train again, or export the model without the tokenizer.",
                ko=f"토크나이저의 어휘에 글자의 반쪽인 {broken!r}이(가) 있어 tokenizer.json에 쓸 수 없습니다. 말뭉치에서 지우고 다시 학습하거나, "
                "토크나이저 없이 모델만 내보내세요.",
            ),
            field="tokenizer",
        )
    return _tokenizer_json(
        model={
            "type": "WordLevel",
            "vocab": {character: number for number, character in enumerate(tokenizer.characters)},
            "unk_token": "",  # not in the vocabulary: the library then refuses instead of guessing
        },
        pre_tokenizer={"type": "Split", "pattern": {"Regex": r"[\s\S]"}, "behavior": "Isolated", "invert": False},
        decoder={"type": "Fuse"},
    )


def _byte() -> Json:
    """Byte pair encoding that never learned a pair."""
    return _tokenizer_json(
        model=_bpe({letter: byte for byte, letter in _letters().items()}, []),
        pre_tokenizer=_byte_level(use_regex=False),
        decoder=_byte_level(use_regex=False),
    )


def _gpt2(tokenizer: GPT2Tokenizer) -> Json:
    encoding, letters, end = tiktoken.get_encoding("gpt2"), _letters(), tokenizer.vocab_size - 1
    tokens = [encoding.decode_single_token_bytes(number) for number in range(end)]
    spelled = ["".join(letters[byte] for byte in token) for token in tokens]
    vocabulary = {token: number for number, token in enumerate(spelled)}
    vocabulary[_END_OF_TEXT] = end
    merges = [[spelled[left], spelled[right]] for left, right in _merges(tokens)]
    return _tokenizer_json(
        model=_bpe(vocabulary, merges),
        pre_tokenizer=_byte_level(use_regex=True),
        decoder=_byte_level(use_regex=True),
        end_of_text=end,
    )


def _merges(tokens: list[bytes]) -> Iterator[tuple[int, int]]:
    """The pair that each token was joined from, in the order in which they were learned, which is that of their numbers.

    tiktoken keeps only the tokens. Joining a token's bytes with the tokens before it leaves two pieces: the pair.
    """
    ranks = {token: rank for rank, token in enumerate(tokens)}
    for rank, token in enumerate(tokens):
        pieces = [bytes([byte]) for byte in token]
        while len(pieces) > 2:
            joined = [ranks.get(a + b, rank) for a, b in pairwise(pieces)]
            first = min(range(len(joined)), key=joined.__getitem__)
            pieces[first : first + 2] = [pieces[first] + pieces[first + 1]]
        if len(pieces) == 2:
            yield ranks[pieces[0]], ranks[pieces[1]]


def _letters() -> dict[int, str]:
    """A printable letter for each byte: itself where it is printable Latin-1, else one from U+0100 on."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    letters = {byte: chr(byte) for byte in printable}
    others = (byte for byte in range(256) if byte not in letters)
    return letters | {byte: chr(256 + number) for number, byte in enumerate(others)}


def _bpe(vocabulary: dict[str, int], merges: list[list[str]]) -> Json:
    return {
        "type": "BPE",
        "dropout": None,
        "unk_token": None,
        "continuing_subword_prefix": None,
        "end_of_word_suffix": None,
        "fuse_unk": False,
        "byte_fallback": False,
        "ignore_merges": False,
        "vocab": vocabulary,
        "merges": merges,
    }


def _byte_level(use_regex: bool) -> Json:
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": use_regex}


def _tokenizer_json(model: Json, pre_tokenizer: Json, decoder: Json, end_of_text: int | None = None) -> Json:
    special = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [] if end_of_text is None else [{"id": end_of_text, "content": _END_OF_TEXT, **special}],
        "normalizer": None,
        "pre_tokenizer": pre_tokenizer,
        "post_processor": None,
        "decoder": decoder,
        "model": model,
    }
