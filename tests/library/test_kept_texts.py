from __future__ import annotations

import json

import pytest

from slm_widgets.data import Corpus, load_corpus
from slm_widgets.errors import RunError
from slm_widgets.language import use_language
from slm_widgets.library import corpus_copy, keep_corpus, kept_corpus
from tests.library.run_folders import small_disk


def files(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    "text",
    ["a\r\nb\rc\n\nd\u2028e", "\ufeff옛날에 여우가 살았어요. 🦊\n", " x", "x" * 3 + "\n" * 5, "가" * (3 * 2**20)],
    ids=["line breaks", "korean", "leading space", "trailing breaks", "long"],
)
def test_text_comes_back_to_the_last_character(tmp_path, text):
    corpus = Corpus("내 글", text, "ko", entropy_floor=0.1 + 0.2, separator="\r\n")
    keep_corpus(tmp_path, corpus)
    assert kept_corpus(tmp_path) == corpus
    assert files(tmp_path) == ["corpus.json", "corpus.txt"]


def test_built_in_corpus_is_kept_by_its_name(tmp_path):
    keep_corpus(tmp_path, load_corpus("tiny-tales-ko"))
    assert files(tmp_path) == ["corpus.json"]
    assert kept_corpus(tmp_path) == load_corpus("tiny-tales-ko")


def test_text_that_merely_bears_a_built_in_name_is_written(tmp_path):
    corpus = Corpus("tiny-tales-en", "Something else. " * 20, "en")
    keep_corpus(tmp_path, corpus)
    assert kept_corpus(tmp_path) == corpus


def test_built_in_corpus_of_another_version_is_refused(tmp_path):
    keep_corpus(tmp_path, load_corpus("tiny-tales-en"))
    path = tmp_path / "corpus.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**facts, "sha256": "0" * 64, "slm_widgets": "0.0.7"}))
    with pytest.raises(RunError, match=r"0\.0\.7") as caught:
        kept_corpus(tmp_path)
    assert caught.value.field == "corpus"
    path.write_text(json.dumps({**facts, "name": "tales-of-old"}))
    with pytest.raises(RunError, match="tales-of-old"):
        kept_corpus(tmp_path)


def _from_file(tmp_path, monkeypatch, limit_bytes):
    """A corpus that lies in a file with the line breaks of Windows, and a folder of a run."""
    monkeypatch.setattr(corpus_copy, "_COPIED_BYTES", limit_bytes)
    source = tmp_path / "big.txt"
    source.write_bytes("고양이가 간다.\r\n".encode() * 10)
    folder = tmp_path / "run"
    folder.mkdir()
    return source, load_corpus(source), folder


def test_file_is_copied_up_to_the_limit_and_kept_by_its_path_above(tmp_path, monkeypatch):
    source, corpus, folder = _from_file(tmp_path, monkeypatch, limit_bytes=210)
    assert len(corpus.text.encode()) == 210
    keep_corpus(folder, corpus)
    assert files(folder) == ["corpus.json", "corpus.txt"]
    (folder / "corpus.txt").unlink()
    monkeypatch.setattr(corpus_copy, "_COPIED_BYTES", 209)
    keep_corpus(folder, corpus)
    assert files(folder) == ["corpus.json"]
    assert kept_corpus(folder) == corpus
    assert kept_corpus(folder).source == source


def test_text_that_is_no_longer_that_of_its_file_is_copied(tmp_path, monkeypatch):
    source, corpus, folder = _from_file(tmp_path, monkeypatch, limit_bytes=0)
    source.write_text("Something else.")
    keep_corpus(folder, corpus)
    source.unlink()
    assert kept_corpus(folder) == corpus


@pytest.mark.parametrize("change", ["gone", "changed", "no text"])
def test_file_that_is_gone_or_changed_is_a_sentence(tmp_path, monkeypatch, change):
    source, corpus, folder = _from_file(tmp_path, monkeypatch, limit_bytes=0)
    keep_corpus(folder, corpus)
    if change == "gone":
        source.unlink()
    else:
        source.write_bytes(b"Something else." if change == "changed" else b"\xff\xfe")
    for language, what_to_do in (("en", r"train anew|save it again"), ("ko", "새로 학습|다시 저장")):
        with use_language(language), pytest.raises(RunError, match=what_to_do) as caught:
            kept_corpus(folder)
        assert str(source) in caught.value.message
        assert caught.value.field == "corpus"


@pytest.mark.parametrize("damage", ["changed", "gone", "bytes", "empty", "no json", "no facts", "unknown kind"])
def test_damaged_copy_is_a_sentence(tmp_path, damage):
    keep_corpus(tmp_path, Corpus("mine", "The cat saw the dog."))
    copy, facts = tmp_path / "corpus.txt", tmp_path / "corpus.json"
    if damage == "gone":
        copy.unlink()
    elif damage in ("changed", "bytes", "empty"):
        copy.write_bytes({"changed": b"The cat saw the hog.", "bytes": b"\xff", "empty": b""}[damage])
    else:
        facts.write_text({"no json": "{", "no facts": "{}", "unknown kind": '{"kept": "url", "source": null}'}[damage])
    with pytest.raises(RunError, match=r"corpus\.(txt|json)"):
        kept_corpus(tmp_path)


def test_folder_without_a_text_is_a_sentence(tmp_path):
    with pytest.raises(RunError, match=r"corpus\.json is missing"):
        kept_corpus(tmp_path)


def test_full_disk_leaves_no_half_text(tmp_path):
    with small_disk(tmp_path / "disk", "64k") as disk:
        with pytest.raises(OSError, match="No space"):
            keep_corpus(disk, Corpus("mine", "x" * 100_000))
        assert files(disk) == []


def test_where_a_text_comes_from_makes_no_other_corpus(tmp_path):
    (tmp_path / "a.txt").write_text("The cat.", encoding="utf-8")
    corpus = load_corpus(tmp_path / "a.txt")
    assert corpus.source == tmp_path / "a.txt"
    assert corpus == Corpus("a", "The cat.")
    assert str(tmp_path) not in repr(corpus)
