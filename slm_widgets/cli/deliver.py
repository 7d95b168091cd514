"""``slm-widgets deliver``: MLflow gets what still waits on disk."""

from __future__ import annotations

import argparse

from slm_widgets.cli.runs import existing_folder
from slm_widgets.running import deliver


def main(arguments: argparse.Namespace) -> int:
    """Sends it, and prints a sentence for each run."""
    print(deliver(existing_folder(arguments.folder)))
    return 0
