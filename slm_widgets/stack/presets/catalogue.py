"""All presets by name."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache

from slm_widgets.errors import LayerStackError
from slm_widgets.language import say
from slm_widgets.layers import Problem
from slm_widgets.stack.check import parse_stack
from slm_widgets.stack.describe import describe
from slm_widgets.stack.document import LayerStack
from slm_widgets.stack.presets import encoder_decoder, gpt2, gpt_j, gpt_neo, llama, speedrun
from slm_widgets.stack.presets.entry import Entry

_FAMILIES = (gpt2, speedrun, llama, gpt_neo, gpt_j, encoder_decoder)
# Those to train come first; within both halves the order is that of the families.
_PRESETS: dict[str, Entry] = dict(
    sorted(
        ((name, entry) for family in _FAMILIES for name, entry in family.PRESETS.items()),
        key=lambda item: item[1].sibling is not None,
    )
)


@dataclass(frozen=True)
class PresetInfo:
    """A preset's name, size and purpose.

    Args:
        name: What ``preset`` takes.
        parameters: Learned numbers; of presets that leave the vocabulary open, with 256 tokens.
        purpose: What it is for.
        sibling: Of a published design the small one of the same shape, to be trained instead; None for the small ones.
    """

    name: str
    parameters: int
    purpose: str
    sibling: str | None = None


def presets() -> list[PresetInfo]:
    """Lists the presets: first those to train here, then the published ones to read and count."""
    return [PresetInfo(name, _count(name), str(entry.purpose), entry.sibling) for name, entry in _PRESETS.items()]


def preset(name: str) -> LayerStack:
    """A fresh copy of a ready design.

    Raises:
        LayerStackError: for an unknown name; the message lists those that exist.
    """
    if name not in _PRESETS:
        near = difflib.get_close_matches(str(name), _PRESETS, n=1)
        raise LayerStackError(
            [
                Problem(
                    None,
                    None,
                    "error",
                    say(
                        en=f"There is no preset {name!r}."
                        + (f" Did you mean {near[0]}?" if near else "")
                        + f" Presets: {', '.join(_PRESETS)}.",
                        ko=f"{name!r}(이)라는 프리셋은 없습니다."
                        + (f" {near[0]}을(를) 뜻하셨나요?" if near else "")
                        + f" 프리셋: {', '.join(_PRESETS)}.",
                    ),
                )
            ]
        )
    design = _PRESETS[name].draw()
    design["config"]["name"] = name
    return parse_stack(design)


@cache
def _count(name: str) -> int:
    """Counted once: menus ask for all of them again and again."""
    return describe(preset(name)).parameters
