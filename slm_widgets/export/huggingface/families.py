"""The families that folders are read of and written for, plainest first. A further one is one file and one line here."""

from __future__ import annotations

from slm_widgets.errors import ExportError
from slm_widgets.export.huggingface.decoder import Decoder
from slm_widgets.export.huggingface.family import Family
from slm_widgets.export.huggingface.gpt2 import GPT2
from slm_widgets.export.huggingface.gpt_neo import GPTNeo
from slm_widgets.export.huggingface.llama import Llama
from slm_widgets.export.huggingface.mistral import Mistral
from slm_widgets.export.huggingface.qwen3 import Qwen3
from slm_widgets.language import say

FAMILIES: dict[str, Family] = {family.model_type: family for family in (GPT2(), GPTNeo(), Llama(), Mistral(), Qwen3())}


def choose_family(decoder: Decoder, name: str | None = None) -> Family:
    """The plainest family that can say a design.

    Args:
        decoder: The design.
        name: A ``model_type``, where the caller wants just that one.

    Raises:
        ExportError: where none can; it says what stands in the way of the family that comes nearest.
    """
    if name is not None and name not in FAMILIES:
        raise ExportError(
            say(
                en=f"There is no family {name!r}. Choose one of {', '.join(FAMILIES)}, or leave it out.",
                ko=f"{name!r}(이)라는 계열은 없습니다. {', '.join(FAMILIES)} 중에서 고르거나 비워 두세요.",
            ),
            field="family",
        )
    nearest: list[ExportError] | None = None
    for family in FAMILIES.values() if name is None else [FAMILIES[name]]:
        problems = list(family.problems(decoder))
        if not problems:
            return family
        if nearest is None or len(problems) < len(nearest):
            nearest = problems
    assert nearest is not None
    raise nearest[0]
