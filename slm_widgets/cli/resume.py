"""``slm-widgets resume``: a run goes on where it was stopped, failed or killed."""

from __future__ import annotations

import argparse

from rich.console import Console

from slm_widgets.cli.settings import read_settings
from slm_widgets.cli.training import follow, resume_command, tell_outcome
from slm_widgets.language import say
from slm_widgets.running import Run, resume


def main(arguments: argparse.Namespace) -> int:
    """Goes on with a run in the same folder, and tells the losses; says so where there is nothing left to do."""
    console = Console(highlight=False)
    settings = read_settings(arguments)
    with console.status(say(en="Reading the run ...", ko="실행을 읽는 중 ...")):
        run = resume(arguments.run, settings or None, track=not arguments.no_track)
    if not isinstance(run, Run):
        if run.ended_early:
            console.print(run.ended_early, soft_wrap=True, markup=False)
        more = resume_command(run.folder, f"--steps {2 * run.step}")
        console.print(
            say(
                en=f"This run has finished, after {run.step} steps. To train it further, say how long: {more}",
                ko=f"{run.step}스텝으로 이미 끝난 실행입니다. 더 학습하려면 길이를 정하세요: {more}",
            ),
            soft_wrap=True,
            markup=False,
        )
        return 0
    console.print(
        say(en=f"{run.name} goes on after step {run.step}.", ko=f"{run.name}: {run.step}스텝부터 이어집니다."),
        soft_wrap=True,
        markup=False,
    )
    follow(console, run)
    return tell_outcome(console, run)
