"""``slm-widgets demo``: design, train and sample, with no network."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.text import Text

from slm_widgets.cli.training import follow, tell_outcome
from slm_widgets.data import default_corpus
from slm_widgets.generation import generate
from slm_widgets.language import language, say
from slm_widgets.running import Run, RunState, train
from slm_widgets.stack import describe, preset

PRESET = "gpt2-nano"
_SAMPLE_TOKENS = {"en": 320, "ko": 160}


def main(arguments: argparse.Namespace) -> int:
    """Trains the default preset on the default corpus, and shows what came of it."""
    console = Console(highlight=False)
    corpus = default_corpus()
    stack = preset(PRESET)
    wanted = {} if arguments.steps is None else {"max_steps": arguments.steps}
    console.print(say(en=f"The design {PRESET}, to be trained on {corpus}:", ko=f"설계 {PRESET}, 학습할 글 {corpus}:"))
    console.print()
    with console.status(say(en="Writing the stories ...", ko="이야기를 짓는 중 ...")):
        run = train(
            stack, corpus, config=wanted, name=arguments.name, folder=arguments.folder, track=not arguments.no_track
        )
    console.print(str(describe(run.stack)), soft_wrap=True)
    console.print()
    follow(console, run)
    _tell_sample(console, run)
    status = tell_outcome(console, run)
    if run.state is RunState.FAILED:
        return status
    console.print(
        say(
            en="\nTo draw models of your own and see inside, open the first lesson in JupyterLab:\n\n    slm-widgets lab\n\n"
            f'and load this run there with slm.load_run("{run.folder}").',
            ko="\n직접 모델을 그리고 안을 들여다보려면 JupyterLab에서 첫 수업을 여세요:\n\n    slm-widgets lab --language ko\n\n"
            f'거기서 slm.load_run("{run.folder}")로 이 실행을 불러올 수 있습니다.',
        ),
        soft_wrap=True,
    )
    return status


def _tell_sample(console: Console, run: Run) -> None:
    if run.model is None or not run.step or run.state is RunState.FAILED:
        return
    prompt = run.samples[-1].prompt if run.samples else ""
    text = generate(run, prompt, max_new_tokens=_SAMPLE_TOKENS[language()], seed=run.config.seed)
    console.print(
        say(
            en="\nThe model writes on, letter by letter, after a beginning that it has never seen:\n",
            ko="\n처음 보는 시작글 뒤를 모델이 한 글자씩 이어 씁니다:\n",
        )
    )
    console.print(Text.assemble((prompt, "bold"), text[len(prompt) :]))
    console.print()
