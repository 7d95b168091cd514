"""The training itself: a generator of events over plain data. No thread, no asyncio, no MLflow, no widget."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

import torch
from torch import nn

from slm_widgets.data import Batches, Dataset, Tokenizer
from slm_widgets.training.config import TrainConfig
from slm_widgets.training.evaluation import evaluate
from slm_widgets.training.events import Evaluation, Event, Sample, Step
from slm_widgets.training.last_good import LastGood
from slm_widgets.training.optimizer import build_optimizer, set_learning_rate
from slm_widgets.training.sampling import default_prompt, write_sample
from slm_widgets.training.schedule import learning_rate, total_steps

if TYPE_CHECKING:
    from slm_widgets.model import LanguageModel


def train_events(
    model: LanguageModel,
    dataset: Dataset,
    tokenizer: Tokenizer,
    config: TrainConfig,
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> Generator[Event]:
    """Trains a model where it lies, and tells each thing that happens.

    Whoever iterates is in charge: not asking for the next event pauses the training, closing the generator stops it. At
    each event the weights are consistent (no step is half done). The model is left in eval mode, however it ends.

    Args:
        model: Takes (B, T) int64 ids to (B, T, V) logits; its parameters' device is the training's.
        dataset: The windows to train and to validate on.
        tokenizer: Reads the samples' prompt and writes the samples.
        config: All settings.
        clock: Seconds that only run while the training does; a run that can pause gives its own.

    Yields:
        ``Evaluation`` before the first step, every ``eval_every`` steps and at the end (with ``Progress`` within),
        ``Step`` after each step, ``Sample`` every ``sample_every`` steps and at the end (with ``Progress`` within).

    Raises:
        DivergedError: where a loss or a gradient is not a finite number any more; the model then carries the last good
            weights.
    """
    device = next(model.parameters()).device
    steps = total_steps(config, steps_per_epoch(dataset, config))
    config.check_warmup(steps)
    torch.manual_seed(config.seed)  # dropout
    optimizer = build_optimizer(model, config)
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    batches = iter(Batches(dataset.train, config.batch_size, seed=config.seed))
    prompt = default_prompt(dataset, tokenizer) if config.sample_prompt is None else config.sample_prompt
    last_good = LastGood(model)
    started = step_ended = clock()

    def look(step: int) -> Generator[Event]:
        if step % config.eval_every == 0 or step == steps:
            val_loss = yield from evaluate(model, dataset.validation, config, step)
            last_good.check(val_loss, model, step, config)
            yield Evaluation(step, val_loss, clock() - started)
        if config.sample_every and step and (step % config.sample_every == 0 or step == steps):
            text = yield from write_sample(model, tokenizer, prompt, config, step)
            yield Sample(step, prompt, text)

    try:
        yield from look(0)
        model.train()
        for step in range(1, steps + 1):
            step_began = clock()
            x, y = next(batches)
            x, y = x.to(device), y.to(device)  # (B, T), (B, T)
            lr = learning_rate(step - 1, steps, config)
            set_learning_rate(optimizer, lr)
            loss = model.loss(x, y)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            grad_norm = _clip(parameters, config.grad_clip)
            loss_value, norm_value = loss.item(), grad_norm.item()
            last_good.check(loss_value, model, step - 1, config)
            last_good.check(norm_value, model, step - 1, config, what="gradient")
            last_good.keep(model, step - 1)
            optimizer.step()
            now = clock()
            tokens_per_s = x.numel() / max(now - step_began, 1e-9)
            yield Step(step, loss_value, lr, norm_value, tokens_per_s, now - step_ended)
            step_ended = now
            yield from look(step)
            model.train()
    finally:
        model.eval()


def steps_per_epoch(dataset: Dataset, config: TrainConfig) -> float:
    """How many batches one pass over the training windows takes; a batch may reach from one pass into the next."""
    return len(dataset.train) / config.batch_size


def _clip(parameters: list[nn.Parameter], longest: float) -> torch.Tensor:
    """Shortens the gradient to ``longest`` (0: leaves it) and tells how long it was."""
    if longest:
        return nn.utils.clip_grad_norm_(parameters, longest)
    return nn.utils.get_total_norm([p.grad for p in parameters if p.grad is not None])
