"""Short stories that a grammar of our own writes: a corpus for class, with no network and a known entropy.

grammar.py    the notation: choices, and variables that are drawn once and come back
english.py    the tales, pure data
korean.py
particles.py  은/는, 이/가, 을/를, ...
sampler.py    writes a story
entropy.py    how surprising a story is on average, in closed form
parser.py     reads a story back, and so proves that there is one way only to write it
"""

from slm_widgets.data.tales.entropy import Expectation, expected_story
from slm_widgets.data.tales.grammar import Grammar
from slm_widgets.data.tales.parser import Derivation, derivations
from slm_widgets.data.tales.sampler import Story, write_story

__all__ = ["Derivation", "Expectation", "Grammar", "Story", "derivations", "expected_story", "write_story"]
