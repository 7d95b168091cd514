"""The Run: a training in a thread, recorded, watched and controlled from a notebook, a script or a test."""

from slm_widgets.running.compared_runs import Sweep
from slm_widgets.running.learning_rates import LearningRateSearch, find_learning_rate
from slm_widgets.running.leftovers import deliver
from slm_widgets.running.queue import Queue, queue
from slm_widgets.running.resuming import resume
from slm_widgets.running.run import Run
from slm_widgets.running.sweep import sweep
from slm_widgets.running.train import train
from slm_widgets.training.state import RunState

__all__ = [
    "LearningRateSearch",
    "Queue",
    "Run",
    "RunState",
    "Sweep",
    "deliver",
    "find_learning_rate",
    "queue",
    "resume",
    "sweep",
    "train",
]
