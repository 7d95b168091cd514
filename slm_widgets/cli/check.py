"""``slm-widgets check``: what is wrong with a saved design, what it is made of, and what it takes to train."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from slm_widgets.cli.errors import on_one_line
from slm_widgets.errors import ConfigError, LayerTypeError
from slm_widgets.language import say
from slm_widgets.stack.budget import answer_in_words, costs_in_words
from slm_widgets.stack.check import examine
from slm_widgets.stack.describe import report
from slm_widgets.stack.sizes import parse_bytes


def main(arguments: argparse.Namespace) -> int:
    """Prints problems on stderr; the table, the total and the costs on stdout. Returns whether it can be built: 0, else 1."""
    if arguments.memory is not None:
        parse_bytes(arguments.memory)  # a slip of the hand is told before anything else is done
    examined = examine(Path(arguments.file).expanduser())
    for problem in examined.problems:
        kind = say(en="error", ko="오류") if problem.severity == "error" else say(en="warning", ko="경고")
        print(f"{kind}: {on_one_line(problem.message)}", file=sys.stderr)
    console = Console(highlight=False, markup=False)
    if not examined.ok:
        found = report(examined)
        console.print(found.table() if found.layers else "", soft_wrap=True)
        return 1
    found = report(examined, arguments.batch_size, arguments.context, arguments.precision)
    console.print(str(found), soft_wrap=True)
    console.print(say(en="It can be built.", ko="만들 수 있습니다."))
    try:
        console.print(costs_in_words(found), soft_wrap=True)
        if arguments.memory is not None:
            console.print(answer_in_words(found, arguments.memory))
    except (ConfigError, LayerTypeError) as error:  # it can be built, only not measured
        print(error.message, file=sys.stderr)
    return 0
