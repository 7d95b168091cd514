"""Sizes as people write them: "16 GB", 1.24 GB, 3.7 TFLOP."""

from __future__ import annotations

import re
from numbers import Real
from typing import Any

from slm_widgets.errors import ConfigError
from slm_widgets.language import say
from slm_widgets.stack.dialects.values import shown

_PREFIXES = "kMGTPEZY"
MOST_BYTES = 10**24
"""More is no memory that anybody has, and soon too large a number for the arithmetic here."""

_NUMBER = r"\s*(\d{1,24}(?:\.\d{1,24})?)\s*"
_BARE = re.compile(_NUMBER, re.ASCII)
_AMOUNT = re.compile(_NUMBER + r"(?:([kmgtp])(i?)b?|b)\s*", re.ASCII | re.IGNORECASE)


def parse_bytes(memory: int | str) -> int:
    """Reads an amount of memory.

    Args:
        memory: A number of bytes, or a text with a unit such as ``"16 GB"`` (16·10⁹), ``"16GiB"`` (16·2³⁰) or
            ``"100 B"``. A bare ``"8"`` is refused: who writes it means gigabytes, and bytes would answer another question.

    Raises:
        ConfigError: for anything else.
    """
    if isinstance(memory, Real) and not isinstance(memory, bool | str) and 0 <= memory < MOST_BYTES:
        return int(memory)
    match = _AMOUNT.fullmatch(memory) if isinstance(memory, str) else None
    if match is None:
        raise _no_amount(memory)
    number, prefix, binary = match.groups()
    power = _PREFIXES.lower().index(prefix.lower()) + 1 if prefix else 0
    count = int(float(number) * (1024 if binary else 1000) ** power)
    if count >= MOST_BYTES:
        raise _no_amount(memory)
    return count


def _no_amount(memory: Any) -> ConfigError:
    if isinstance(memory, str) and _BARE.fullmatch(memory):
        said = memory.strip()
        return ConfigError(
            say(
                en=f'{memory!r} is no amount of memory: it has no unit. Write "{said} GB" or "{said} MB", as in "16 GB".',
                ko=f'{memory!r}에 단위가 없어 메모리 크기를 알 수 없습니다. "16 GB"처럼 "{said} GB"나 "{said} MB"로 쓰세요.',
            ),
            field="memory",
        )
    there = shown(memory)
    return ConfigError(
        say(
            en=f'{there} is no amount of memory. Write it as "16 GB", "512 MB" or "24GiB", or give a number of bytes.',
            ko=f'{there}은(는) 메모리 크기가 아닙니다. "16 GB", "512 MB", "24GiB"처럼 쓰거나 바이트 수를 주세요.',
        ),
        field="memory",
    )


def with_prefix(count: float, unit: str) -> str:
    """A count in three digits: 124_439_808 bytes is "124 MB"."""
    power = 0
    while count >= 999.5 and power < len(_PREFIXES):
        count, power = count / 1000, power + 1
    digits = 0 if power == 0 or count >= 99.95 else 1 if count >= 9.995 else 2
    return f"{count:.{digits}f} {_PREFIXES[power - 1] if power else ''}{unit}"


def write_bytes(count: float) -> str:
    """Bytes in three digits."""
    return with_prefix(count, "B")
