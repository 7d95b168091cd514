"""``prepare``: a corpus and a tokenizer become windows that do not leak."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from slm_widgets.data import Corpus, load_corpus, load_tokenizer, prepare
from slm_widgets.errors import ConfigError, CorpusError, TokenizerError
from slm_widgets.language import use_language


@pytest.mark.parametrize("name", ["tiny-tales-en", "tiny-tales-ko"])
@pytest.mark.parametrize("kind", ["char", "byte", "gpt2"])
def test_windows_hold_each_part_and_the_floor_is_converted(
    name: str, kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "gpt2":
        monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(request.getfixturevalue("shared_data") / "tiktoken_cache"))
    corpus = load_corpus(name)
    tokenizer = load_tokenizer(kind, corpus)
    dataset = prepare(corpus, tokenizer, context_length=64)
    train_text, validation_text = corpus.split(0.1)
    assert tokenizer.decode(dataset.train.ids) == train_text
    assert tokenizer.decode(dataset.validation.ids) == validation_text
    tokens = len(dataset.validation.ids)
    assert corpus.entropy_floor is not None
    assert dataset.entropy_floor is not None
    # The same surprise for the same text, whatever it is cut into.
    assert dataset.entropy_floor * tokens == pytest.approx(corpus.entropy_floor * len(validation_text))
    assert dataset.characters_per_token == pytest.approx(len(validation_text) / tokens)
    assert dataset.bytes_per_token == pytest.approx(len(validation_text.encode("utf-8")) / tokens)
    if kind == "byte":
        assert dataset.bytes_per_token == 1
    if kind == "char":
        assert dataset.entropy_floor == corpus.entropy_floor


def test_floor_is_below_what_counting_letters_reaches() -> None:
    corpus = load_corpus("tiny-tales-en")
    ids = load_tokenizer("char", corpus).encode(corpus.text)
    pairs = torch.zeros(100, 100).index_put_((ids[:-1], ids[1:]), torch.ones(()), accumulate=True)
    chances = pairs / pairs.sum(1, keepdim=True).clamp(min=1)
    bigram_loss = -(pairs * chances.clamp(min=1e-30).log()).sum() / pairs.sum()
    assert corpus.entropy_floor is not None
    assert 0 < corpus.entropy_floor < bigram_loss


def test_stride_is_for_training_and_validation_windows_lie_side_by_side() -> None:
    corpus = Corpus("c", "abcdefghij" * 100)
    dataset = prepare(corpus, load_tokenizer("char", corpus), 10, stride=1)
    assert len(dataset.train) == 900 - 10
    assert len(dataset.validation) == 9
    assert dataset.entropy_floor is None


def test_no_window_of_training_reaches_into_validation() -> None:
    # Every character is another one, so that a leak could not hide.
    corpus = Corpus("c", "".join(chr(0x4E00 + i) for i in range(1000)))
    dataset = prepare(corpus, load_tokenizer("char", corpus), 16, stride=3)
    train, validation = (
        {int(id) for part in windows.batch(torch.arange(len(windows))) for id in part.flatten()}
        for windows in (dataset.train, dataset.validation)
    )
    assert not train & validation


def test_short_corpus_says_how_much_there_is_and_what_to_do() -> None:
    corpus = Corpus("haiku", "x" * 100)
    tokenizer = load_tokenizer("char", corpus)
    with pytest.raises(CorpusError) as caught:
        prepare(corpus, tokenizer, 64)
    message = str(caught.value)
    for part in ("'haiku'", "90 tokens to train", "10 to validate", "at least 65", "at most 9"):
        assert part in message
    prepare(corpus, tokenizer, 9)  # what the message offers works
    with use_language("ko"), pytest.raises(CorpusError, match="9 이하"):
        prepare(corpus, tokenizer, 64)


def test_one_letter_is_too_short_for_any_window() -> None:
    corpus = Corpus("c", "xy")
    with pytest.raises(CorpusError) as caught:
        prepare(corpus, load_tokenizer("byte"), 1)
    assert "at most" not in str(caught.value)


def test_tokenizer_of_another_corpus_names_what_it_does_not_know() -> None:
    tokenizer = load_tokenizer("char", Corpus("a", "abc"))
    with pytest.raises(TokenizerError, match="'z'"):
        prepare(Corpus("z", "abcz" * 100), tokenizer, 8)


def test_context_length_zero_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        prepare(Corpus("c", "abcz" * 100), load_tokenizer("byte"), 0)
    assert caught.value.field == "context_length"


def test_korean_chatbot_can_be_prepared(shared_data: Path) -> None:
    corpus = load_corpus(shared_data / "korean_chatbot.csv")
    dataset = prepare(corpus, load_tokenizer("char", corpus), 128)
    assert len(dataset.train) == (len(dataset.train.ids) - 1) // 128
