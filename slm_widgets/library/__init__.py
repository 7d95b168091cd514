"""Runs on disk: the folder of a run, written so that a crash at any moment leaves it readable, and read back."""

from slm_widgets.library.checkpoint_reading import latest_whole, load_checkpoint
from slm_widgets.library.checkpoint_writing import save_checkpoint
from slm_widgets.library.checkpoints import Checkpoint, checkpoints
from slm_widgets.library.corpus_copy import keep_corpus, kept_corpus
from slm_widgets.library.layout import runs_folder
from slm_widgets.library.ownership import claim, let_go, release, unwritable
from slm_widgets.library.process import process_identity
from slm_widgets.library.records import EventWriter
from slm_widgets.library.rewinding import discard_later, rewind, set_weights_aside
from slm_widgets.library.run_folder import RunFolder
from slm_widgets.library.saved_run import SavedRun, load_run, runs
from slm_widgets.library.weights import load_weights, save_weights

__all__ = [
    "Checkpoint",
    "EventWriter",
    "RunFolder",
    "SavedRun",
    "checkpoints",
    "claim",
    "discard_later",
    "keep_corpus",
    "kept_corpus",
    "latest_whole",
    "let_go",
    "load_checkpoint",
    "load_run",
    "load_weights",
    "process_identity",
    "release",
    "rewind",
    "runs",
    "runs_folder",
    "save_checkpoint",
    "save_weights",
    "set_weights_aside",
    "unwritable",
]
