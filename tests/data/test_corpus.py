"""Corpora: files that are texts, files that are not, and the cut between training and validation."""

from __future__ import annotations

import codecs
import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_widgets.data import Corpus, corpora, load_corpus
from slm_widgets.errors import ConfigError, CorpusError
from slm_widgets.language import use_language


@pytest.fixture
def write(tmp_path: Path):
    def write(data: bytes, name: str = "my_text.txt") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def test_text_file_is_read_whole(shared_data: Path) -> None:
    path = shared_data / "tinyshakespeare.txt"
    corpus = load_corpus(path)
    assert corpus.name == "tinyshakespeare"
    assert corpus.text == path.read_bytes().decode("utf-8")
    assert (corpus.entropy_floor, corpus.separator, corpus.language) == (None, None, None)
    assert load_corpus(str(path)) == corpus


def test_nanogpt_cut_of_tiny_shakespeare(shared_data: Path) -> None:
    corpus = load_corpus(shared_data / "tinyshakespeare.txt")
    train, validation = corpus.split(0.1)
    data, n = corpus.text, len(corpus.text)
    assert train == data[: int(n * 0.9)]  # nanoGPT, data/shakespeare_char/prepare.py
    assert validation == data[int(n * 0.9) :]


def test_korean_file_is_read(shared_data: Path) -> None:
    path = shared_data / "korean_chatbot.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        answers = [row[1] for row in csv.reader(file)]
    assert all(answer.replace("\r\n", "\n") in load_corpus(path).text for answer in answers[:100])


def test_byte_order_mark_is_dropped_and_line_ends_become_one(write) -> None:
    assert load_corpus(write(codecs.BOM_UTF8 + "가\r\n나\r다\n".encode())).text == "가\n나\n다\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty (0 bytes)"),
        (b" \n\t\r\n", "empty (5 bytes)"),
        (codecs.BOM_UTF8, "empty"),
        (b"abc\xff\xfe def", "Byte 3 (0xFF)"),
        (codecs.BOM_UTF8 + b"abc\xff", "Byte 6 (0xFF)"),
        ("나는 오늘 학교에 갔다".encode("cp949"), "CP949"),
        ("hello".encode("utf-16"), "UTF-16"),
        ("hello".encode("utf-32"), "UTF-32"),
        (b"a\0b", "Byte 1 is zero"),
    ],
)
def test_file_that_is_no_text_in_utf8_says_why(write, data: bytes, said: str) -> None:
    path = write(data)
    with pytest.raises(CorpusError) as caught:
        load_corpus(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    with use_language("ko"), pytest.raises(CorpusError, match=r"[가-힣]") as korean:
        load_corpus(path)
    assert str(path) in str(korean.value)


def test_latin1_is_not_taken_for_korean(write) -> None:
    with pytest.raises(CorpusError) as caught:
        load_corpus(write("un café".encode("latin-1")))
    assert "0xE9" in str(caught.value)
    assert "CP949" not in str(caught.value)


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="is a folder"):
        load_corpus(tmp_path)


def test_unknown_name_offers_the_close_one_and_the_list() -> None:
    with pytest.raises(CorpusError) as caught:
        load_corpus("tiny-tale-ko")
    assert 'Did you mean "tiny-tales-ko"?' in str(caught.value)
    for info in corpora():
        assert f'"{info.name}"' in str(caught.value)


def test_a_path_wins_over_a_built_in_name_where_it_is_a_path(write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(b"mine", "tiny-tales-en")
    monkeypatch.chdir(path.parent)
    assert load_corpus(Path("tiny-tales-en")).text == "mine"
    assert load_corpus("tiny-tales-en").text != "mine"


@pytest.mark.parametrize("source", ["Once upon a time\nthere was", "x" * 5000])
def test_text_in_place_of_a_name_says_how_to_hand_it_over(source: str) -> None:
    with pytest.raises(CorpusError, match=r"Corpus\(name="):
        load_corpus(source)


@pytest.mark.parametrize("source", ["a sentence of one line " * 20, "~nobody-of-this-name/poems.txt"])
def test_path_that_cannot_be_looked_up_says_how_to_hand_text_over(source: str) -> None:
    with pytest.raises(CorpusError, match=r"Corpus\(name=") as caught:
        load_corpus(source)
    assert source[:20] in str(caught.value)
    assert len(str(caught.value)) < 400
    with use_language("ko"), pytest.raises(CorpusError, match=r"[가-힣]"):
        load_corpus(source)


def test_something_else_in_place_of_a_name_is_refused() -> None:
    with pytest.raises(CorpusError, match="from a int"):
        load_corpus(3)  # pyright: ignore[reportArgumentType]


def test_corpus_is_handed_through_and_does_not_show_its_text() -> None:
    corpus = Corpus(name="mine", text="secret poem")
    assert load_corpus(corpus) is corpus
    assert "secret" not in repr(corpus)


@pytest.mark.parametrize("text", ["", " \n ", None, b"bytes"])
def test_corpus_without_text_is_refused(text) -> None:
    with pytest.raises(CorpusError, match="mine"):
        Corpus(name="mine", text=text)


def test_half_of_a_character_is_refused_with_its_place() -> None:
    with pytest.raises(CorpusError, match=r"\\ud83d.* 4,"):
        Corpus(name="mine", text=" cat\ud83d!")
    assert Corpus(name="mine", text="a cat 😀").text.endswith("😀")


@given(
    documents=st.lists(st.text("ab\n", min_size=1).filter(str.strip), min_size=1, max_size=8),
    fraction=st.floats(0.01, 0.99),
)
def test_split_loses_nothing_and_cuts_between_documents(documents: list[str], fraction: float) -> None:
    text = "".join(document + "##" for document in documents)
    train, validation = Corpus("c", text, separator="##").split(fraction)
    assert train + validation == text
    if len(documents) > 1:
        assert train.endswith("##")
        assert validation
        # It is the next border after the plain cut, where that is not the end of the text.
        cut = int(len(text) * (1 - fraction))
        borders = [place + 2 for place in range(len(text)) if text.startswith("##", place)]
        assert len(train) == next((border for border in borders if cut <= border < len(text)), borders[-2])


def test_tales_are_never_cut_in_two() -> None:
    corpus = load_corpus("tiny-tales-en")
    train, validation = corpus.split(0.1)
    assert train.endswith("\n\n")
    assert validation.endswith("\n\n")
    assert 0.08 < len(validation) / len(corpus) <= 0.1
    assert not set(train.split("\n\n")[:-1]) & set(validation.split("\n\n")[:-1])


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 2])
def test_fraction_outside_zero_to_one_is_refused(fraction: float) -> None:
    with pytest.raises(ConfigError) as caught:
        Corpus("c", "some text").split(fraction)
    assert caught.value.field == "validation_fraction"
    assert str(fraction) in str(caught.value)
