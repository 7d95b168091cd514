"""The tales in English: plain data in the notation of ``grammar.py``. Read a rule aloud before you change it.

Two rules for whoever adds a sentence. It must be true in every story that can reach it. And no two ways of writing may give
the same text, or the parser will find both and the tests will say so.
"""

from __future__ import annotations

from slm_widgets.data.tales.english.plots import PLOTS
from slm_widgets.data.tales.english.pools import POOLS
from slm_widgets.data.tales.english.scenes import SCENES
from slm_widgets.data.tales.grammar import Grammar


def english_ending(word: str, ending: str) -> str:
    """Puts ``a`` or ``an`` before a word (``a``), or begins it with a capital letter (``cap``)."""
    if ending == "a":
        return f"an {word}" if word[0] in "aeiou" else f"a {word}"
    return word[0].upper() + word[1:]


ENGLISH = Grammar(POOLS, PLOTS | SCENES, english_ending)
