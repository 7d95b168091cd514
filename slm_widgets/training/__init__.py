"""How a model learns: settings, learning rate, optimizer, and the loop as a generator of events over plain data."""

from slm_widgets.training.config import TrainConfig
from slm_widgets.training.devices import choose_device
from slm_widgets.training.events import Evaluation, Event, Notice, Progress, Sample, StateChanged, Step
from slm_widgets.training.history import History
from slm_widgets.training.loop import steps_per_epoch, train_events
from slm_widgets.training.optimizer import build_optimizer
from slm_widgets.training.schedule import learning_rate, total_steps
from slm_widgets.training.state import RunState

__all__ = [
    "Evaluation",
    "Event",
    "History",
    "Notice",
    "Progress",
    "RunState",
    "Sample",
    "StateChanged",
    "Step",
    "TrainConfig",
    "build_optimizer",
    "choose_device",
    "learning_rate",
    "steps_per_epoch",
    "total_steps",
    "train_events",
]
