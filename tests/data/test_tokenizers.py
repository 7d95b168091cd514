"""Tokenizers against other implementations: nanoGPT's dictionary, Python's codec, tiktoken."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
import tiktoken
import torch
from hypothesis import given
from hypothesis import strategies as st

from slm_widgets.data import Corpus, Tokenizer, load_corpus, load_tokenizer
from slm_widgets.data.byte import ByteTokenizer
from slm_widgets.data.char import CharTokenizer
from slm_widgets.errors import TokenizerError
from slm_widgets.language import use_language

SAMPLE = "Once there was a fox.\n옛날에 여우가 살았어요! 🦊 <|endoftext|> naïve\t"


@pytest.fixture
def vocabulary(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """tiktoken's files, as somebody would have put them there who has no network."""
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(shared_data / "tiktoken_cache"))


@pytest.fixture
def no_vocabulary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of tiktoken's, and a network that fails loudly when somebody asks for it."""

    def refuse(*_args: object, **_keywords: object) -> None:
        raise OSError("a test has no network")

    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(tiktoken.registry, "ENCODINGS", {})  # forget what another test has loaded
    return tmp_path / "cache"


# ---------------------------------------------------------------- char


@pytest.mark.parametrize("source", ["tinyshakespeare.txt", "korean_chatbot.csv"])
def test_char_ids_are_nanogpts(shared_data: Path, source: str) -> None:
    corpus = load_corpus(shared_data / source)
    tokenizer = load_tokenizer("char", corpus)
    # nanoGPT, data/shakespeare_char/prepare.py
    chars = sorted(set(corpus.text))
    stoi = {ch: i for i, ch in enumerate(chars)}
    assert tokenizer.vocab_size == len(chars)
    ids = tokenizer.encode(corpus.text)
    assert (ids.dtype, ids.shape) == (torch.int64, (len(corpus.text),))
    assert ids.tolist() == [stoi[c] for c in corpus.text]
    assert tokenizer.decode(ids) == corpus.text
    assert tokenizer.end_of_text_id is None


@given(st.text(st.characters(), min_size=1))  # surrogates and all
def test_char_reads_back_every_text(text: str) -> None:
    tokenizer = CharTokenizer.from_text(text)
    assert tokenizer.decode(tokenizer.encode(text)) == text
    assert tokenizer.decode(tokenizer.encode(text).tolist()) == text


def test_char_names_unknown_characters_and_their_places() -> None:
    tokenizer = load_tokenizer("char", Corpus("c", "abc xyz"))
    with pytest.raises(TokenizerError) as caught:
        tokenizer.encode("ab가c\U0001f98aa!가")
    message = str(caught.value)
    assert "'가' (2), '\U0001f98a' (4), '!' (6)" in message
    assert " abcxyz" in message
    with use_language("ko"), pytest.raises(TokenizerError, match="모르는 글자"):
        tokenizer.encode("가")


def test_char_without_a_corpus_says_what_to_give() -> None:
    with pytest.raises(TokenizerError, match=r'load_tokenizer\("char", corpus\)'):
        load_tokenizer("char")


def test_char_of_a_corpus_by_name_is_the_char_of_the_corpus() -> None:
    assert load_tokenizer("char", "tiny-tales-en").vocab_size == len(set(load_corpus("tiny-tales-en").text))


# ---------------------------------------------------------------- byte


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_byte_ids_are_pythons_utf8(text: str) -> None:
    tokenizer = load_tokenizer("byte")
    assert tokenizer.encode(text).tolist() == list(text.encode())
    assert tokenizer.decode(tokenizer.encode(text)) == text


@given(st.lists(st.integers(0, 255)))
def test_byte_decodes_any_bytes_as_python_does(ids: list[int]) -> None:
    assert load_tokenizer("byte").decode(ids) == bytes(ids).decode("utf-8", errors="replace")


def test_half_a_character_is_a_replacement_character() -> None:
    tokenizer = load_tokenizer("byte")
    ids = tokenizer.encode("여우")
    assert tokenizer.decode(ids[:-1]) == "여\ufffd"


# ---------------------------------------------------------------- gpt2


@pytest.mark.usefixtures("vocabulary")
def test_gpt2_ids_are_tiktokens(shared_data: Path) -> None:
    tokenizer, peer = load_tokenizer("gpt2"), tiktoken.get_encoding("gpt2")
    assert (tokenizer.vocab_size, tokenizer.end_of_text_id) == (50257, 50256) == (peer.n_vocab, peer.eot_token)
    for text in (
        SAMPLE,
        "",
        load_corpus(shared_data / "tinyshakespeare.txt").text[:100_000],
        load_corpus("tiny-tales-ko").text[:9000],
    ):
        ids = tokenizer.encode(text)
        assert ids.dtype == torch.int64
        assert ids.tolist() == peer.encode_ordinary(text)
        assert tokenizer.decode(ids) == text
    assert tokenizer.decode([50256]) == "<|endoftext|>"


@pytest.mark.usefixtures("vocabulary")
@pytest.mark.parametrize("text", ["a" * 1_000_000, " " * 1_000_000, "가" * 60_000 + " end", "ab " * 50_000])
def test_gpt2_survives_long_runs(text: str) -> None:
    tokenizer = load_tokenizer("gpt2")
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_gpt2_without_its_vocabulary_says_what_to_fetch_and_what_works_meanwhile(no_vocabulary: Path) -> None:
    for language in ("en", "ko"):
        with use_language(language), pytest.raises(TokenizerError) as caught:
            load_tokenizer("gpt2")
        message = str(caught.value)
        for expected in (
            "vocab.bpe",
            "encoder.json",
            str(no_vocabulary),
            "download=True",
            '"char"',
            '"byte"',
            "TIKTOKEN_CACHE_DIR",
        ):
            assert expected in message, language


def test_gpt2_download_without_a_network_is_a_sentence(no_vocabulary: Path) -> None:
    with pytest.raises(TokenizerError, match="could not be fetched") as caught:
        load_tokenizer("gpt2", download=True)
    assert str(no_vocabulary) in str(caught.value)


def test_files_under_the_names_of_the_message_are_all_that_is_missing(
    shared_data: Path, no_vocabulary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TokenizerError) as caught:
        load_tokenizer("gpt2")
    no_vocabulary.mkdir()
    named = [
        file
        for file in (shared_data / "tiktoken_cache").iterdir()
        if str(no_vocabulary / file.name) in str(caught.value)
    ]
    assert len(named) == 2
    for file in named:
        (no_vocabulary / file.name).write_bytes(file.read_bytes())
    assert load_tokenizer("gpt2").encode("Hello world").tolist() == [15496, 995]  # as the GPT-2 paper's code encodes it


def test_damaged_vocabulary_is_kept_and_named(shared_data: Path, no_vocabulary: Path) -> None:
    no_vocabulary.mkdir()
    for file in (shared_data / "tiktoken_cache").iterdir():
        (no_vocabulary / file.name).write_bytes(file.read_bytes()[:1000])
    with pytest.raises(TokenizerError, match=r"vocab\.bpe"):
        load_tokenizer("gpt2")
    assert all(len(file.read_bytes()) == 1000 for file in no_vocabulary.iterdir())


# ---------------------------------------------------------------- all of them


@pytest.fixture(params=["char", "byte", "gpt2"])
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    if request.param == "gpt2":
        request.getfixturevalue("vocabulary")
    return load_tokenizer(request.param, Corpus("sample", SAMPLE))


def test_saved_tokenizer_is_the_same_after_loading(tokenizer: Tokenizer, tmp_path: Path) -> None:
    tokenizer.save(tmp_path / "new" / "folder")
    tokenizer.save(tmp_path / "new" / "folder")  # over the old one
    loaded = load_tokenizer(tmp_path / "new" / "folder")
    assert (type(loaded), loaded.name, loaded.vocab_size) == (type(tokenizer), tokenizer.name, tokenizer.vocab_size)
    assert torch.equal(loaded.encode(SAMPLE), tokenizer.encode(SAMPLE))
    assert loaded.decode(loaded.encode(SAMPLE)) == SAMPLE
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == ["tokenizer.json"]


def test_empty_text_has_no_tokens(tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode("")
    assert (ids.shape, ids.dtype) == ((0,), torch.int64)
    assert tokenizer.decode(ids) == tokenizer.decode([]) == ""


def test_ids_outside_the_vocabulary_are_refused(tokenizer: Tokenizer) -> None:
    for id in (-1, tokenizer.vocab_size):
        with pytest.raises(TokenizerError, match=f"no token {id}"):
            tokenizer.decode([0, id])
        with pytest.raises(TokenizerError, match=f"no token {id}"):
            tokenizer.token_text(id)


def test_every_token_can_be_shown(tokenizer: Tokenizer) -> None:
    shown = [tokenizer.token_text(id) for id in range(min(tokenizer.vocab_size, 3000))]
    assert all(text and text.isprintable() and " " not in text for text in shown)


def test_tokens_are_shown_as_people_read_them() -> None:
    byte = ByteTokenizer()
    assert [byte.token_text(id) for id in b"a \n\xea\x00"] == ["a", "␣", "⏎", "<EA>", "<00>"]
    char = CharTokenizer.from_text("a \n가")
    assert [char.token_text(id) for id in range(4)] == ["⏎", "␣", "a", "가"]


def test_loaded_tokenizer_is_handed_through() -> None:
    tokenizer = ByteTokenizer()
    assert load_tokenizer(tokenizer) is tokenizer


def test_settings_in_the_place_of_a_tokenizer_are_told_where_they_go() -> None:
    with pytest.raises(TokenizerError, match=r"cannot be of the type dict.*config=\.\.\."):
        load_tokenizer({"max_steps": 3})  # type: ignore[arg-type]


def test_unknown_name_offers_the_close_one_and_the_list() -> None:
    with pytest.raises(TokenizerError) as caught:
        load_tokenizer("gpt-2")
    assert 'Did you mean "gpt2"?' in str(caught.value)
    assert '"char", "byte", "gpt2"' in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not json",
        "[]",
        "{}",
        '{"format": "slm-widgets-tokenizer"}',
        '{"format": "slm-widgets-tokenizer", "name": "morse"}',
        '{"format": "slm-widgets-tokenizer", "name": "char"}',
        '{"format": "slm-widgets-tokenizer", "name": "char", "characters": ""}',
        '{"format": "slm-widgets-tokenizer", "name": "char", "characters": "aa"}',
        '{"format": "slm-widgets-tokenizer", "name": "char", "characters": ["a", "b"]}',
        json.dumps({"format": "slm-widgets-tokenizer", "name": "char", "characters": 5}),
        "\udcff",
    ],
)
def test_damaged_file_is_a_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "tokenizer.json").write_text(content, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(TokenizerError, match=r"tokenizer\.json is not a tokenizer"):
        load_tokenizer(tmp_path)
