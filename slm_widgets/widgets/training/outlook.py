"""How long a training will be, as far as settings and text tell before it begins."""

from __future__ import annotations

from dataclasses import dataclass

from slm_widgets.data import Corpus, Tokenizer
from slm_widgets.training import TrainConfig, total_steps

_PROBE_CHARACTERS = 20_000


@dataclass(frozen=True)
class Length:
    """How many steps a training has.

    Args:
        steps: None where only its minutes are limited: nobody can tell before it runs.
        is_estimate: Whether the epochs or the minutes decide, which are counted only when the text is read for the run.
    """

    steps: int | None
    is_estimate: bool


def count_tokens(corpus: Corpus, tokenizer: Tokenizer) -> int:
    """About how many tokens a text has, judged by its beginning: encoding all of it is left to the run."""
    probe = corpus.text[:_PROBE_CHARACTERS]
    return round(len(tokenizer.encode(probe)) * len(corpus.text) / max(1, len(probe)))


def expected_length(config: TrainConfig, tokens: int | None, context_length: int | None) -> Length:
    """How long a training with some settings will be.

    Args:
        config: The settings.
        tokens: About how many the text has, None where it is not read yet.
        context_length: The design's own, for settings that leave it empty.
    """
    is_estimate = config.epochs is not None or config.max_minutes is not None
    window = config.stride or config.context_length or context_length
    if config.epochs is None or tokens is None or not window:
        return Length(config.max_steps, is_estimate)
    windows = tokens * (1 - config.validation_fraction) / window
    return Length(total_steps(config, windows / (config.batch_size * config.grad_accumulation)), is_estimate)
