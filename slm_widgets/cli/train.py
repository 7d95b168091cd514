"""``slm-widgets train``: a design, a text, a run."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from slm_widgets.cli.demo import PRESET
from slm_widgets.cli.settings import read_settings, with_file
from slm_widgets.cli.training import follow, tell_outcome
from slm_widgets.language import say
from slm_widgets.running import train
from slm_widgets.stack import parse_stack, preset


def main(arguments: argparse.Namespace) -> int:
    """Trains, and tells the losses and the folder."""
    console = Console(highlight=False)
    stack = parse_stack(Path(arguments.stack)) if arguments.stack is not None else preset(arguments.preset or PRESET)
    settings = with_file(arguments.config, read_settings(arguments))
    with console.status(say(en="Reading the text ...", ko="글을 읽는 중 ...")):
        run = train(
            stack,
            arguments.corpus,
            arguments.tokenizer,
            settings,
            name=arguments.name,
            folder=arguments.folder,
            track=not arguments.no_track,
        )
    follow(console, run)
    return tell_outcome(console, run)
