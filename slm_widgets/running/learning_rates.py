"""Which learning rate suits a design, in one call."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slm_widgets.data import Corpus, Tokenizer
from slm_widgets.errors import ConfigError, RunError
from slm_widgets.language import say
from slm_widgets.model.build import build_with_doubts
from slm_widgets.running.device_queue import Place
from slm_widgets.running.memory import check_memory_of
from slm_widgets.running.plan import Plan
from slm_widgets.running.queue import paused_on, paused_sentence
from slm_widgets.running.train import make_plan
from slm_widgets.stack import LayerStack
from slm_widgets.training import TrainConfig
from slm_widgets.training.finder import LEAST_POINTS, Tried, suggest, try_learning_rates


@dataclass(frozen=True)
class LearningRateSearch:
    """What a search for a learning rate found.

    Args:
        suggestion: The rate to begin with.
        tried: The curve: each rate with the loss at it, and the running mean of the losses, in nats per token.
    """

    suggestion: float
    tried: tuple[Tried, ...]

    def __repr__(self) -> str:
        first, last = self.tried[0], self.tried[-1]
        return say(
            en=f"Learning rate {self.suggestion:g}: {len(self.tried)} rates from {first.lr:.1g} to {last.lr:.1g} were tried, with "
            f"losses from {first.smoothed:.3f} down to {min(one.smoothed for one in self.tried):.3f}.",
            ko=f"학습률 {self.suggestion:g}: {first.lr:.1g}에서 {last.lr:.1g}까지 {len(self.tried)}가지 학습률을 시험했고, 손실은 "
            f"{first.smoothed:.3f}에서 {min(one.smoothed for one in self.tried):.3f}까지 내려갔습니다.",
        )


def find_learning_rate(
    stack: LayerStack | str | Path | Mapping[str, Any] | list[Any],
    corpus: Corpus | str | Path | None = None,
    tokenizer: Tokenizer | str | Path = "char",
    config: TrainConfig | Mapping[str, Any] | None = None,
    *,
    steps: int = 100,
) -> LearningRateSearch:
    """Trains a design for a moment with a learning rate that rises until the loss explodes; nothing of it is kept.

    Waits for the device where runs are using it, and returns when it is done: a few seconds for a small model. An interrupt
    (Ctrl-C, the notebook's stop button) ends it, and leaves the device to the next.

    Args:
        stack, corpus, tokenizer, config: As ``train`` takes them; the learning rate in ``config`` plays no part.
        steps: How many rates are tried at most, 10 or more.

    Raises:
        SLMError: what ``train`` would raise; ConfigError for too few steps; TrainingError where the loss fell at no rate.
        RunError: where a paused run keeps the device: nobody could let it go on while this waits.

    Source: Smith 2017 (arXiv 1506.01186), section 3.3.
    """
    if steps < LEAST_POINTS:
        raise ConfigError(
            say(
                en=f"steps is {steps}, but a search needs {LEAST_POINTS} or more to tell a slope from noise.",
                ko=f"steps가 {steps}인데, 기울기를 잡음과 구별하려면 {LEAST_POINTS} 이상이어야 합니다.",
            ),
            field="steps",
        )
    plan = make_plan(stack, corpus, tokenizer, config)
    device = str(plan.device)
    tried = tuple(search_in_turn(plan, steps, lambda: _refuse_if_paused(device)))
    return LearningRateSearch(suggest(tried), tried)


def search_in_turn(plan: Plan, steps: int, gives_up: Callable[[], bool]) -> Generator[Tried]:
    """Tries rising learning rates on a new model, once it is the device's turn.

    Args:
        plan: What would be trained.
        steps: How many rates are tried at most.
        gives_up: Is asked again and again while it waits, and ends it by returning true or raising.
    """
    with Place(str(plan.device)).turn(gives_up) as its_turn:
        if its_turn:
            check_memory_of(plan)
            model, _ = build_with_doubts(plan.stack, seed=plan.config.seed, device=plan.device)
            model.recompute_blocks(plan.config.gradient_checkpointing)
            yield from try_learning_rates(model, plan.dataset, plan.config, steps=steps)


def _refuse_if_paused(device: str) -> bool:
    """Says that the waiting goes on, or raises RunError where it would not end."""
    run = paused_on(device)
    if run is not None:
        raise RunError(paused_sentence(run.name, device))
    return False
