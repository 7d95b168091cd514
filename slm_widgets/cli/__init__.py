"""The command ``slm-widgets``: demo, lab, train, resume, runs, generate, export, check, mlflow and deliver, without a browser.

arguments.py, run_arguments.py, settings.py, subcommand.py   what can be typed
demo.py, lab.py, train.py ...                                one subcommand each, mlflow_pages.py among them
training.py, interrupts.py                                   following a run to its end, and Ctrl-C
progress.py, numbers.py, curve.py                            what a training shows
errors.py                                                    from errors to sentences

This file and those of the first line import nothing heavy: ``slm-widgets --help`` answers at once.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from slm_widgets.cli.arguments import chosen_language, make_parser
from slm_widgets.cli.errors import plain_warnings, told
from slm_widgets.language import use_language

# Subcommand -> its module, whose ``main(arguments)`` returns the exit status.
_SAME_NAME = ("demo", "lab", "train", "resume", "runs", "generate", "export", "check", "deliver")
_MODULES = {name: f"{__name__}.{name}" for name in _SAME_NAME} | {"mlflow": f"{__name__}.mlflow_pages"}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line.

    Returns:
        The exit status: 0, or 1 for a design that cannot be built (``check``), 2 for anything else that was not understood or
        did not work, 130 after Ctrl-C.
    """
    # Must be said before torch is loaded. torch's threads wait for each other by spinning; where anything else wants a core (a
    # browser, a build) that makes a small model up to twenty times slower. Sleeping costs a small model half at worst.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError, OSError):
            # A terminal without Hangul or bars shows question marks instead of an error.
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    with use_language(chosen_language(words)):
        parser = make_parser()
        arguments, rest = parser.parse_known_args(words)
        if arguments.command is None:
            parser.print_help()
            return 0
        if rest and arguments.command != "lab":  # JupyterLab knows more options than we do
            parser.error(f"unrecognized arguments: {' '.join(rest)}")
        arguments.rest = rest
        with plain_warnings():
            return told(lambda: importlib.import_module(_MODULES[arguments.command]).main(arguments))
