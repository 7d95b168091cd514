"""A training loop as one writes it by hand: no thread, no widget, no MLflow, no file. What everything is compared with."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

Batch = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Settings:
    """What a loop is told. The defaults are those of nanoGPT's example for a CPU."""

    steps: int
    lr: float = 1e-3
    min_lr: float = 1e-4
    warmup: int = 100
    betas: tuple[float, float] = (0.9, 0.99)
    weight_decay: float = 0.1
    grad_clip: float = 1.0
    device: str = "cpu"
    bfloat16: bool = False
    fused: bool = True


@dataclass
class Told:
    """When each step ended, in seconds since the loop began, and its loss."""

    ended_s: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)


def train_plainly(
    parameters: list[nn.Parameter],
    loss_of: Callable[[Tensor, Tensor], Tensor],
    batches: Iterator[Batch],
    settings: Settings,
    after: Callable[[int], None] = lambda step: None,
) -> Told:
    """Trains: batch, loss, gradient, clipping, AdamW with decay on matrices only, half a cosine down.

    Args:
        parameters: What is trained.
        loss_of: The mean loss of a batch.
        batches: As many as there are steps.
        settings: The rest.
        after: Called after each step with its number (evaluations and samples of whoever wants them).
    """
    decayed, free = ([p for p in parameters if (p.dim() >= 2) == matrix] for matrix in (True, False))
    groups = [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": free, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(
        [group for group in groups if group["params"]], lr=settings.lr, betas=settings.betas, fused=settings.fused
    )
    told, began = Told(), time.perf_counter()
    for step in range(1, settings.steps + 1):
        x, y = next(batches)
        x, y = x.to(settings.device), y.to(settings.device)
        for group in optimizer.param_groups:
            group["lr"] = cosine(step - 1, settings)
        with torch.autocast(settings.device, torch.bfloat16) if settings.bfloat16 else contextlib.nullcontext():
            loss = loss_of(x, y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if settings.grad_clip:
            nn.utils.clip_grad_norm_(parameters, settings.grad_clip)
        optimizer.step()
        told.losses.append(loss.item())
        told.ended_s.append(time.perf_counter() - began)
        after(step)
    return told


def cosine(step: int, settings: Settings) -> float:
    """nanoGPT's learning rate of a step, counted from 0."""
    if step < settings.warmup:
        return settings.lr * (step + 1) / (settings.warmup + 1)
    progress = min(1.0, (step - settings.warmup) / max(1, settings.steps - settings.warmup))
    return settings.min_lr + (settings.lr - settings.min_lr) * 0.5 * (1 + math.cos(math.pi * progress))


def random_windows(ids: Tensor, context: int, batch_size: int, seed: int = 0) -> Iterator[Batch]:
    """nanoGPT's batches: windows that begin anywhere, drawn with replacement, stacked in Python."""
    dice = torch.Generator().manual_seed(seed)
    while True:
        starts = torch.randint(len(ids) - context - 1, (batch_size,), generator=dice).tolist()
        yield (
            torch.stack([ids[i : i + context] for i in starts]),
            torch.stack([ids[i + 1 : i + 1 + context] for i in starts]),
        )
