from __future__ import annotations

import pytest

from slm_widgets.errors import ConfigError
from slm_widgets.stack import text_table
from slm_widgets.stack.sizes import parse_bytes, with_prefix, write_bytes
from slm_widgets.stack.text_table import in_columns, text_width


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("16 GB", 16 * 10**9),
        ("16GB", 16 * 10**9),
        ("16gb", 16 * 10**9),
        ("16G", 16 * 10**9),
        ("16GiB", 16 * 2**30),
        ("512 MB", 512 * 10**6),
        ("1.5 TB", 1.5 * 10**12),
        ("100 B", 100),
        (12345, 12345),
        (16e9, 16 * 10**9),
    ],
)
def test_amounts_of_memory_are_read_as_people_write_them(text, count):
    assert parse_bytes(text) == count


@pytest.mark.parametrize(
    "text", ["", "lots", "-1 GB", "16 XB", "GB", "1e9", None, True, "16 GB of it", "9" * 400 + " GB", "8 iB", "٣ GB"]
)
def test_what_is_no_amount_is_refused_with_examples(text):
    with pytest.raises(ConfigError, match="16 GB") as caught:
        parse_bytes(text)
    assert caught.value.field == "memory"


@pytest.mark.parametrize("number", [-1, pytest.param(10**5000, id="huge"), float("nan"), float("inf")])
def test_numbers_that_are_no_bytes_are_refused(number):
    with pytest.raises(ConfigError, match="number of bytes"):
        parse_bytes(number)


@pytest.mark.parametrize("text", ["8", " 1.5 "])
def test_a_number_in_a_text_needs_a_unit(text):
    with pytest.raises(ConfigError, match=f'no unit. Write "{text.strip()} GB"'):
        parse_bytes(text)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (9_994, "9.99 kB"),
        (12_345, "12.3 kB"),
        (124_439_808, "124 MB"),
        (999_999, "1.00 MB"),
        (10**30, "1000000 YB"),
    ],
)
def test_counts_are_written_in_three_digits(count, text):
    assert write_bytes(count) == text


def test_the_unit_is_anything():
    assert with_prefix(874_944_921_600, "FLOP") == "875 GFLOP"


def test_columns_stand_below_each_other_with_hangul_too():
    lines = in_columns([("이름", "b"), ("a", "수"), ("abcdef", "x")]).splitlines()
    assert [text_width(line[: line.index(end)]) for line, end in zip(lines, "b수x", strict=True)] == [8, 8, 8]


def test_long_names_are_shortened_in_their_middle_until_a_line_fits():
    table = in_columns([("attention-" * 20 + "1", "x" * 60), ("attention-" * 20 + "2", "y" * 10), ("ffn", "z")])
    first, second, third = table.splitlines()
    assert max(map(text_width, (first, second, third))) == 100
    assert first.split()[0] != second.split()[0]
    assert "…" in first
    assert third.startswith("ffn ")


def test_a_name_as_long_as_a_book_is_not_tried_at_every_length(monkeypatch):
    asked = 0

    def counted(text):
        nonlocal asked
        asked += len(text)
        return text_width(text)

    monkeypatch.setattr(text_table, "text_width", counted)
    name = "가" * 100_000
    (line,) = in_columns([(name, "x" * 60)]).splitlines()
    assert text_width(line) <= 100
    assert asked < 10 * len(name)


def test_a_letter_that_moves_the_cursor_is_spelled_out():
    table = in_columns([("a\x1b[2J\nb\u202e", "x"), ("가", "y")])
    assert table.splitlines()[0].split() == ["a\\x1b[2J\\nb\\u202e", "x"]
    assert len(table.splitlines()) == 2
