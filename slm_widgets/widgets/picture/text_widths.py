"""Words in a picture: nobody breaks or shortens lines in an SVG, so that their width must be guessed beforehand."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

FONTS = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Apple SD Gothic Neo', 'Malgun Gothic', "
    "'Noto Sans KR', 'Noto Sans CJK KR', NanumGothic, sans-serif"
)
"""With letters for Korean on each system: a picture that stands alone loads no fonts."""

_LONGEST = 2_000
# What XML cannot hold (control characters, halves of surrogate pairs, non-characters), and what turns the reading direction.
_FORBIDDEN = re.compile(r"[\ud800-\udfff\ufffe\uffff\x7f-\x9f]|(?![\t\n\r])[\x00-\x1f]")
_TURNING = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")

# In em, of a wide font (DejaVu Sans): a guess that is too large costs a little room, one that is too small costs words.
_NARROW, _THIN, _CAPITAL, _BROAD, _OTHER, _HANGUL = 0.33, 0.41, 0.71, 0.98, 0.63, 0.94
_BOLD = 1.11


def clean(text: object) -> str:
    """A text on one line, without what an XML file must not hold."""
    whole = _FORBIDDEN.sub("\ufffd", _TURNING.sub("", str(text)[:_LONGEST]))
    return " ".join(whole.split())


def width_of(text: str, size: float, *, is_bold: bool = False) -> float:
    """About how wide a line is, in pixels, with letters of a size; rather too much than too little."""
    return sum(_em(letter, is_bold) for letter in text) * size


def shorten(text: str, width: float, size: float, *, is_bold: bool = False) -> str:
    """Cuts a line to a width; what is cut ends in "…"."""
    if width_of(text, size, is_bold=is_bold) <= width and len(text) <= width:
        return text
    room = width / size - 1
    for end, letter in enumerate(text):
        room -= _em(letter, is_bold)
        if room < 0 or end >= width:
            return text[:end].rstrip() + "…"
    return text


def wrap(text: str, width: float, size: float, *, lines: int, between: str = " ") -> list[str]:
    """Breaks a text into a few lines; the last one is cut where there is more.

    Args:
        between: Where it may be broken.
    """
    broken: list[str] = []
    for part in text.split(between):
        longer = between.join([*broken[-1:], part])
        if broken and width_of(longer, size) <= width:
            broken[-1] = longer
        else:
            broken.append(part)
    if len(broken) > lines:
        broken[lines - 1 :] = [between.join(broken[lines - 1 :])]
    return [shorten(line, width, size) for line in broken]


@cache
def _em(letter: str, is_bold: bool) -> float:
    em = _plain_em(letter)
    return em * _BOLD if is_bold and letter < "\u1100" else em  # Hangul is no wider when it is bold


def _plain_em(letter: str) -> float:
    if "\uac00" <= letter <= "\ud7a3":
        return _HANGUL
    if letter in "il.,:;'|!()[]/ ·":
        return _NARROW
    if letter in "fjrtI-":
        return _THIN
    if letter in "mwMW@%—…↔→←":
        return _BROAD
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.3 if ord(letter) > 0xFFFF else 1.0  # pictures are wider than letters
    return _CAPITAL if letter.isupper() or letter == "×" or ord(letter) > 0x500 else _OTHER
