"""What happens in a training, as plain data. Everything that shows, stores or compares trainings is fed with these."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from slm_widgets.training.state import RunState


@dataclass(frozen=True, slots=True)
class Step:
    """The weights were changed for the ``step``-th time (the first is 1).

    Args:
        loss: Nats per token on this batch, before the change: what is learned from, label smoothing and what a layer adds (a
            mixture's balance) included. The validation loss has neither.
        lr: The learning rate of the change.
        grad_norm: Length of the whole gradient before clipping.
        tokens_per_s: Tokens of the batch by the seconds of the step itself, evaluations and samples left out.
        step_time_s: Seconds from the end of the step before to the end of this one, whatever came between, pauses left out.
        smooth_loss: The running mean of the losses up to this one.
        memory_bytes: What the process holds in the machine's memory, measured now and then.
        gpu_memory_bytes: What torch holds on the graphics processor; nan where there is none.
        gpu_use: How much of the time the graphics processor was busy of late, 0 to 1; nan where nobody can tell.
        peak_share: FLOPs of the step by what this machine's largest matrix product reaches in the same time; nan where unknown.
    """

    step: int
    loss: float
    lr: float
    grad_norm: float
    tokens_per_s: float
    step_time_s: float
    smooth_loss: float = math.nan
    memory_bytes: float = math.nan
    gpu_memory_bytes: float = math.nan
    gpu_use: float = math.nan
    peak_share: float = math.nan


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well the model does on held-out windows after ``step`` changes.

    Args:
        val_loss: Nats per token.
        elapsed_s: Seconds of training since the start.
        perplexity: exp(val_loss): among how many tokens the model hesitates.
        bits_per_byte: Bits for each byte of the text in UTF-8, which can be compared across tokenizers.
        accuracy: How often the likeliest token is the right one, 0 to 1.
        top5_accuracy: How often the right one is among the five likeliest, 0 to 1.
        macro_f1: The mean F1 score over the tokens that occur or were predicted, each weighted alike, 0 to 1.
    """

    step: int
    val_loss: float
    elapsed_s: float
    perplexity: float = math.nan
    bits_per_byte: float = math.nan
    accuracy: float = math.nan
    top5_accuracy: float = math.nan
    macro_f1: float = math.nan


@dataclass(frozen=True, slots=True)
class Sample:
    """A text that the model wrote after ``step`` changes; ``text`` goes on where ``prompt`` ends."""

    step: int
    prompt: str
    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A sign of life inside an evaluation, a growing sample or a trial for ``auto``: ``done`` of ``total``. Never stored.

    Args:
        text: The sample so far, prompt left out; empty for an evaluation.
    """

    step: int
    activity: Literal["evaluating", "sampling", "measuring", "compiling"]
    done: int
    total: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The run is in another state; ``message`` says why where it FAILED, or FINISHED before its steps were done."""

    state: RunState
    step: int
    message: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence that a person should read and that changes nothing about the training."""

    message: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What ``auto`` chose for a setting, and why, in a sentence."""

    setting: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class CheckpointDue:
    """Whoever keeps checkpoints should take one now (``Training.snapshot``). Never stored, never shown."""

    step: int


@dataclass(frozen=True, slots=True)
class CheckpointSaved:
    """A checkpoint is on disk.

    Args:
        name: Its folder's name within the run's ``checkpoints``.
        val_loss: The validation loss of its weights, nan where it was not measured at this step.
        is_best: Whether it is the best of the checkpoints that are kept.
    """

    step: int
    name: str
    val_loss: float = math.nan
    is_best: bool = False


Event = Step | Evaluation | Sample | Progress | StateChanged | Notice | Choice | CheckpointDue | CheckpointSaved
