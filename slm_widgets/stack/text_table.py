"""Lines of text in columns, where Hangul counts double."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

WIDEST_LINE = 100
_NARROWEST_NAME = 12


def in_columns(rows: Sequence[Sequence[str]], gap: int = 2) -> str:
    """Puts rows of cells one below the other.

    Args:
        rows: Equally long. The cells of the first column are shortened where the lines would be wider than 100 columns; a
            letter that would move the cursor is spelled out.
        gap: Spaces between columns.
    """
    rows = [tuple(map(_on_one_line, row)) for row in rows]
    widths = [max(map(text_width, column)) for column in zip(*rows, strict=True)]
    beside = sum(widths[1:]) + gap * (len(widths) - 1)
    widths[0] = min(widths[0], max(_NARROWEST_NAME, WIDEST_LINE - beside))
    lines = ((_shortened(row[0], widths[0]), *row[1:]) for row in rows)
    return "\n".join(
        (" " * gap)
        .join(cell + " " * (width - text_width(cell)) for cell, width in zip(line, widths, strict=True))
        .rstrip()
        for line in lines
    )


def text_width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _on_one_line(text: str) -> str:
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _shortened(text: str, width: int) -> str:
    """The text, its middle left out where it is too wide: the end tells one id from the next."""
    if text_width(text) <= width:
        return text
    # Each letter takes a column at least: however long the text, only so many tries can fit.
    tries = (_without_middle(text, keep) for keep in range(min(len(text), width) - 1, 0, -1))
    return next((shorter for shorter in tries if text_width(shorter) <= width), "…")


def _without_middle(text: str, keep: int) -> str:
    return text[: keep - keep // 3] + "…" + text[len(text) - keep // 3 :]
