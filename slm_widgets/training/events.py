"""What happens in a training, as plain data. Everything that shows, stores or compares trainings is fed with these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from slm_widgets.training.state import RunState


@dataclass(frozen=True, slots=True)
class Step:
    """The weights were changed for the ``step``-th time (the first is 1).

    Args:
        loss: Nats per token on this batch, before the change.
        lr: The learning rate of the change.
        grad_norm: Length of the whole gradient before clipping.
        tokens_per_s: Tokens of the batch by the seconds of the step itself, evaluations and samples left out.
        step_time_s: Seconds from the end of the step before to the end of this one, whatever came between, pauses left out.
    """

    step: int
    loss: float
    lr: float
    grad_norm: float
    tokens_per_s: float
    step_time_s: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The loss on held-out windows after ``step`` changes: nats per token, and seconds of training since the start."""

    step: int
    val_loss: float
    elapsed_s: float


@dataclass(frozen=True, slots=True)
class Sample:
    """A text that the model wrote after ``step`` changes; ``text`` goes on where ``prompt`` ends."""

    step: int
    prompt: str
    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A sign of life inside an evaluation or a growing sample: ``done`` of ``total`` batches or tokens. Never stored.

    Args:
        text: The sample so far, prompt left out; empty for an evaluation.
    """

    step: int
    activity: Literal["evaluating", "sampling"]
    done: int
    total: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The run is in another state; ``message`` says why where it FAILED."""

    state: RunState
    step: int
    message: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence that a person should read and that changes nothing about the training."""

    message: str


Event = Step | Evaluation | Sample | Progress | StateChanged | Notice
