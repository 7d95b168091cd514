"""``slm-widgets check``: what is wrong with a saved design, and what it is made of."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from slm_widgets.language import say
from slm_widgets.stack.check import examine
from slm_widgets.stack.describe import report


def main(arguments: argparse.Namespace) -> int:
    """Prints problems on stderr, the table and the total on stdout."""
    examined = examine(Path(arguments.file).expanduser())
    for problem in examined.problems:
        kind = say(en="error", ko="오류") if problem.severity == "error" else say(en="warning", ko="경고")
        print(f"{kind}: {problem.message}", file=sys.stderr)
    console = Console(highlight=False)
    found = report(examined)
    if not examined.ok:
        console.print(found.table() if found.layers else "", soft_wrap=True)
        return 1
    console.print(str(found), soft_wrap=True)
    console.print(say(en="It can be built.", ko="만들 수 있습니다."))
    return 0
