"""AutoTokenizer, from the files that we write, gives the ids and texts of our tokenizers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer

from slm_widgets.data import Corpus, Tokenizer, load_corpus, load_tokenizer
from slm_widgets.data.char import CharTokenizer
from slm_widgets.errors import ExportError, TokenizerError
from slm_widgets.export import export_huggingface
from slm_widgets.export.huggingface.tokenizers import tokenizer_files
from slm_widgets.model import build_model
from slm_widgets.stack import fill_vocabulary, preset

TEXTS = [
    "Once there was a fox.\n옛날에 여우가 살았어요! 🦊 <|endoftext|> naïve\t",
    "",
    " leading and trailing ",
    "\n\n\r\n two  spaces   three\u00a0hard\u3000wide",
    "don't, it's, we'll; 3.14 -- 中文 ελληνικά עברית",
    "e\u0301 (two) é (one), 각 (three) 각 (one)",  # nothing may be normalised
    "[UNK] <s> </s> <pad> [PAD] ##ing Ġ Ċ ▁",
    "\x00\x01\x7f\u200b\ufeff\ufffd 👩‍👩‍👧 \U0010ffff",
    "." * 300 + "가" * 300,
]

Spelling = tuple[Tokenizer, Any, Path]


@pytest.fixture(scope="module")
def spelling_of(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Spelling]:
    made: dict[str, Spelling] = {}

    def make(name: str) -> Spelling:
        if name not in made:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("TIKTOKEN_CACHE_DIR", str(shared_data / "tiktoken_cache"))
                ours = load_tokenizer(name, Corpus("c", "".join(TEXTS)))
                # The plainest model and the one whose own tokenizer transformers would rather take.
                stack = fill_vocabulary(preset("gpt2-nano" if name == "gpt2" else "mistral-nano"), ours.vocab_size)
                folder = export_huggingface(build_model(stack), tmp_path_factory.mktemp(name) / "model", ours)
            made[name] = ours, AutoTokenizer.from_pretrained(folder, model_max_length=10**9), folder
        return made[name]

    return make


@pytest.mark.parametrize("name", ["char", "byte", "gpt2"])
def test_texts_give_the_same_ids_and_back(spelling_of: Callable[[str], Spelling], name: str) -> None:
    ours, theirs, _ = spelling_of(name)
    for text in TEXTS:
        ids = ours.encode(text).tolist()
        assert theirs(text).input_ids == ids, text
        assert theirs.decode(ids) == ours.decode(ids) == text
    assert len(theirs) == ours.vocab_size
    assert (theirs.eos_token_id, theirs.bos_token_id) == (ours.end_of_text_id, ours.end_of_text_id)
    if ours.end_of_text_id is not None:
        assert theirs.decode([ours.end_of_text_id]) == "<|endoftext|>"
        assert theirs.decode([64, ours.end_of_text_id], skip_special_tokens=True) == ours.decode([64])


@pytest.mark.parametrize("name", ["byte", "gpt2"])
def test_a_whole_corpus_gives_the_same_ids(
    spelling_of: Callable[[str], Spelling], shared_data: Path, name: str
) -> None:
    ours, theirs, _ = spelling_of(name)
    for text in (
        load_corpus(shared_data / "tinyshakespeare.txt").text[:10_000],
        load_corpus("tiny-tales-ko").text[:5_000],
    ):
        assert theirs(text).input_ids == ours.encode(text).tolist()


@pytest.mark.parametrize("name", ["byte", "gpt2"])
@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cn", "Co"]), max_size=30))
def test_any_text_gives_the_same_ids(spelling_of: Callable[[str], Spelling], name: str, text: str) -> None:
    ours, theirs, _ = spelling_of(name)
    assert theirs(text).input_ids == ours.encode(text).tolist()


@settings(max_examples=100, deadline=None)
@given(ids=st.lists(st.integers(0, 255), max_size=12))
def test_any_bytes_read_as_the_same_text(spelling_of: Callable[[str], Spelling], ids: list[int]) -> None:
    ours, theirs, _ = spelling_of("byte")
    assert theirs.decode(ids) == ours.decode(ids)


def test_gpt2_is_written_as_it_was_published(spelling_of: Callable[[str], Spelling], shared_data: Path) -> None:
    model = json.loads((spelling_of("gpt2")[2] / "tokenizer.json").read_text(encoding="utf-8"))["model"]
    published = [path.read_text(encoding="utf-8") for path in (shared_data / "tiktoken_cache").iterdir()]
    merges = next(text for text in published if text.startswith("#version")).splitlines()[1:]
    assert model["vocab"] == json.loads(next(text for text in published if text.startswith("{")))
    assert [" ".join(pair) for pair in model["merges"]] == merges


def test_a_character_outside_the_vocabulary_is_refused_on_both_sides(spelling_of: Callable[[str], Spelling]) -> None:
    ours, theirs, _ = spelling_of("char")
    with pytest.raises(TokenizerError, match="ζ"):
        ours.encode("aζ")
    with pytest.raises(Exception, match=r"Missing \[UNK\] token"):
        theirs("aζ")


def test_half_a_character_in_the_vocabulary_is_refused(tmp_path: Path) -> None:
    tokenizer = CharTokenizer("ab\ud83e")
    with pytest.raises(ExportError, match=r"half a character.*export the model without the tokenizer"):
        export_huggingface(build_model(preset("gpt2-nano")), tmp_path / "model", tokenizer)
    assert list(tmp_path.iterdir()) == []


def test_a_tokenizer_with_more_tokens_than_the_model_is_refused(tmp_path: Path) -> None:
    model = build_model(fill_vocabulary(preset("gpt2-nano"), 5))
    with pytest.raises(ExportError, match="The tokenizer has 256 tokens, but the model knows only 5"):
        export_huggingface(model, tmp_path / "model", load_tokenizer("byte"))


def test_another_tokenizer_is_refused_by_name() -> None:
    morse = SimpleNamespace(name="morse", vocab_size=3, end_of_text_id=None)
    with pytest.raises(ExportError, match=r"'morse' cannot be written.*export_huggingface\(run\.model, folder\)"):
        tokenizer_files(morse, 10, None)


def test_the_files_are_json_that_any_reader_takes(spelling_of: Callable[[str], Spelling]) -> None:
    ours, _, folder = spelling_of("char")
    for name, content in tokenizer_files(ours, ours.vocab_size, 64).items():
        assert json.loads((folder / name).read_text(encoding="utf-8")) == content
    assert content["model_max_length"] == 64
