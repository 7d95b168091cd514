"""Texts that the model writes while it learns."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import torch

from slm_widgets.data import Dataset, Tokenizer
from slm_widgets.generation import stream
from slm_widgets.training.config import TrainConfig
from slm_widgets.training.events import Progress

if TYPE_CHECKING:
    from slm_widgets.model import LanguageModel

_PROMPT_TOKENS = 12


def default_prompt(dataset: Dataset, tokenizer: Tokenizer) -> str:
    """The first words of the validation text: a beginning that the model has never seen and that suits its language."""
    window, _ = dataset.validation.batch(torch.tensor([0]))
    # Tokens of bytes may end in the middle of a character, which is then decoded as a replacement sign.
    beginning = tokenizer.decode(window[0, :_PROMPT_TOKENS]).rstrip("\ufffd")
    words = beginning.rsplit(" ", 1)[0]  # the last word is probably cut in two
    return words or beginning


def write_sample(
    model: LanguageModel, tokenizer: Tokenizer, prompt: str, config: TrainConfig, step: int
) -> Generator[Progress, None, str]:
    """Lets the model go on after a prompt, token by token, with the same seed each time.

    Yields:
        ``Progress`` with the text so far after each token, so that a sample can be watched and stopped.

    Returns:
        The text after the prompt.
    """
    text = ""
    tokens = stream(
        model,
        tokenizer,
        prompt,
        max_new_tokens=config.sample_tokens,
        temperature=config.sample_temperature,
        seed=config.seed,
    )
    for done, token in enumerate(tokens, start=1):
        text += token.text
        yield Progress(step, "sampling", min(done, config.sample_tokens), config.sample_tokens, text)
    return text
