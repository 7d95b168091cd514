"""Sizes as people write them: "16 GB", 1.24 GB, 3.7 TFLOP."""

from __future__ import annotations

import re

from slm_widgets.errors import ConfigError
from slm_widgets.language import say

_PREFIXES = "kMGTPEZY"


def parse_bytes(memory: int | str) -> int:
    """Reads an amount of memory.

    Args:
        memory: A number of bytes, or a text such as ``"16 GB"`` (16·10⁹), ``"16GiB"`` (16·2³⁰) or ``"512 MB"``.

    Raises:
        ConfigError: for anything else.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(?:([kmgtp])(i?)b?|b)?\s*", str(memory), re.IGNORECASE)
    if isinstance(memory, bool) or match is None:
        raise ConfigError(
            say(
                en=f'{memory!r} is no amount of memory. Write it as "16 GB", "512 MB" or "24GiB", or give a number of bytes.',
                ko=f'{memory!r}은(는) 메모리 크기가 아닙니다. "16 GB", "512 MB", "24GiB"처럼 쓰거나 바이트 수를 주세요.',
            ),
            field="memory",
        )
    number, prefix, binary = match.groups()
    power = _PREFIXES.lower().index(prefix.lower()) + 1 if prefix else 0
    return int(float(number) * (1024 if binary else 1000) ** power) if prefix else int(float(number))


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
