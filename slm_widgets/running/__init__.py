"""The Run: a training in a thread, recorded, watched and controlled from a notebook, a script or a test."""

from slm_widgets.running.run import Run
from slm_widgets.running.train import train
from slm_widgets.training.state import RunState

__all__ = ["Run", "RunState", "train"]
