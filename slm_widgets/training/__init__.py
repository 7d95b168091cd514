"""How a model learns: settings, learning rate, optimizer, and the loop as a generator of events over plain data."""

from slm_widgets.training.config import TrainConfig
from slm_widgets.training.devices import choose_device
from slm_widgets.training.events import (
    CheckpointDue,
    CheckpointSaved,
    Choice,
    Evaluation,
    Event,
    Notice,
    Progress,
    Sample,
    StateChanged,
    Step,
)
from slm_widgets.training.history import History
from slm_widgets.training.horizon import steps_per_epoch
from slm_widgets.training.loop import train_events
from slm_widgets.training.optimizers import Optimizers, build_optimizers, check_available
from slm_widgets.training.overlay import overlaid
from slm_widgets.training.recipe import read_recipe
from slm_widgets.training.schedule import learning_rate, schedule_curve, total_steps
from slm_widgets.training.snapshot import Snapshot
from slm_widgets.training.state import RunState
from slm_widgets.training.time_left import TimeLeft
from slm_widgets.training.training import Training

__all__ = [
    "CheckpointDue",
    "CheckpointSaved",
    "Choice",
    "Evaluation",
    "Event",
    "History",
    "Notice",
    "Optimizers",
    "Progress",
    "RunState",
    "Sample",
    "Snapshot",
    "StateChanged",
    "Step",
    "TimeLeft",
    "TrainConfig",
    "Training",
    "build_optimizers",
    "check_available",
    "choose_device",
    "learning_rate",
    "overlaid",
    "read_recipe",
    "schedule_curve",
    "steps_per_epoch",
    "total_steps",
    "train_events",
]
