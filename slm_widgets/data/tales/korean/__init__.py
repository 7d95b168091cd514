"""The tales in Korean: plain data in the notation of ``grammar.py``, written anew and not translated.

The narrator says 해요, children and animals speak plainly to one another, and a child is polite to an elder. ``{hero+은}`` adds
the particle in the shape that fits (``particles.py``). As in English: a sentence must be true in every story that can reach
it, and no two ways of writing may give the same text.
"""

from __future__ import annotations

from slm_widgets.data.tales.grammar import Grammar
from slm_widgets.data.tales.korean.plots import PLOTS
from slm_widgets.data.tales.korean.pools import POOLS
from slm_widgets.data.tales.korean.scenes import SCENES
from slm_widgets.data.tales.particles import with_particle

KOREAN = Grammar(POOLS, PLOTS | SCENES, with_particle)
