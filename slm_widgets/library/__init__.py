"""Runs on disk: the folder of a run, written so that a crash at any moment leaves it readable, and read back."""

from slm_widgets.library.process import process_identity
from slm_widgets.library.records import EventWriter
from slm_widgets.library.run_folder import RunFolder, runs_folder
from slm_widgets.library.saved_run import SavedRun, load_run, runs
from slm_widgets.library.weights import load_weights, save_weights

__all__ = [
    "EventWriter",
    "RunFolder",
    "SavedRun",
    "load_run",
    "load_weights",
    "process_identity",
    "runs",
    "runs_folder",
    "save_weights",
]
