"""Names and texts of a design, made safe: a design comes from a file, and nothing in it may become code."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata

RESERVED = frozenset(
    {
        *dir(builtins),
        *keyword.kwlist,
        *("torch", "nn", "F", "Tensor", "math", "self", "ids", "source", "model", "x", "h"),
        *("LanguageModel", "initialise", "generate", "VOCABULARY", "CONTEXT", "WIDTH", "BLOCKS"),
    }
)
_IN_STARTING_WEIGHTS = {"module", "projection", "one"}


def one_line(text: str, longest: int = 80) -> str:
    """A text for a comment or a docstring: on one line, without quotes, backslashes and invisible signs."""
    plain = "".join(c if c.isprintable() and c not in "\"'\\`" else " " for c in text)
    plain = " ".join(plain.split())
    return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "…"


def is_plain(name: str) -> bool:
    """Whether a module's name can be written after a dot and means itself there."""
    if not name.isidentifier() or keyword.iskeyword(name):
        return False
    # Python reads identifiers in their normal form, and puts the class's name before those that start with two underscores.
    return unicodedata.normalize("NFKC", name) == name and not name.startswith("__")


def identifier(text: str, fallback: str) -> str:
    """A name for a variable, as near to ``text`` as possible."""
    name = unicodedata.normalize("NFKC", re.sub(r"\W+", "_", text)).strip("_")
    name = name if name.isidentifier() else f"{fallback}_{name}".strip("_")
    return name if name.isidentifier() else fallback


def class_name(text: str) -> str:
    """A name for a class: ``decoder-block`` becomes ``DecoderBlock``."""
    words = [w for w in re.split(r"[\W_]+", text) if w]
    return identifier("".join(w[0].upper() + w[1:] for w in words), "Block")


def unused(name: str, taken: set[str]) -> str:
    """The name, or the name with a number where it is taken; it is taken afterwards."""
    number, candidate = 2, name
    while candidate in taken or candidate in RESERVED:
        candidate, number = f"{name}{'_' if name[-1].isdigit() else ''}{number}", number + 1
    taken.add(candidate)
    return candidate


def loop_variable(class_name: str, taken: set[str]) -> str:
    """A name for one of several blocks in a loop, ``decoderBlock``; in use are also the classes and imports of the file."""
    name = class_name[:1].lower() + class_name[1:]
    free = name not in taken | RESERVED | _IN_STARTING_WEIGHTS
    return unused(name if free else f"{name}_block", taken)
