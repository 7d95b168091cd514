"""What can be typed after ``slm-widgets``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from slm_widgets.cli.run_arguments import add_deliver, add_mlflow, add_resume, add_run_options, add_runs, add_train
from slm_widgets.cli.subcommand import add_command, add_language
from slm_widgets.language import LANGUAGES, say
from slm_widgets.version import __version__


def chosen_language(words: Sequence[str]) -> str | None:
    """Looks ahead for ``--language``, because the help itself is written in it; None where it is not (rightly) given."""
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    parser.add_argument("--language", choices=list(LANGUAGES))
    try:
        return parser.parse_known_args(list(words))[0].language
    except argparse.ArgumentError:
        return None  # make_parser says what is wrong with it


def make_parser() -> argparse.ArgumentParser:
    """Makes the parser of all subcommands, in the chosen language."""
    parser = argparse.ArgumentParser(
        prog="slm-widgets",
        allow_abbrev=False,
        description=say(
            en="Draw a small language model, train it, watch it learn. All of it works without a network.",
            ko="작은 언어 모델을 설계하고 학습하며 배우는 모습을 봅니다. 모두 네트워크 없이 됩니다.",
        ),
    )
    parser.add_argument("--version", action="version", version=__version__)
    add_language(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title=say(en="commands", ko="명령"))
    for add in (_demo, _lab, add_train, add_resume, add_runs, _generate, _export, _check, add_mlflow, add_deliver):
        add(commands)
    for one in [parser, *commands.choices.values()]:
        one._optionals.title = say(en="options", ko="옵션")
        one._positionals.title = say(en="arguments", ko="인자")
    return parser


def _demo(commands: Any) -> None:
    parser = add_command(
        commands,
        "demo",
        en="train a small model for about a minute and read what it writes",
        ko="작은 모델을 1분쯤 학습하고 모델이 쓴 글을 봅니다",
    )
    parser.add_argument("--steps", type=int, help=say(en="fewer or more steps", ko="스텝 수 바꾸기"))
    add_run_options(parser)


def _lab(commands: Any) -> None:
    parser = add_command(
        commands,
        "lab",
        en="copy the course notebooks to ./slm_course and open the first in JupyterLab; options that are not listed here go "
        "to JupyterLab",
        ko="강의 노트북을 ./slm_course에 복사하고 첫 번째를 JupyterLab에서 엽니다. 여기에 없는 옵션은 JupyterLab에 전달됩니다",
    )
    parser.add_argument("--no-browser", action="store_true", help=say(en="only print the address", ko="주소만 알려 줌"))
    parser.add_argument("--port", type=int, help=say(en="the port of the server", ko="서버의 포트"))
    parser.add_argument("--ip", help=say(en="the address the server listens on", ko="서버가 듣는 주소"))


def _generate(commands: Any) -> None:
    parser = add_command(commands, "generate", en="let a trained model write", ko="학습한 모델에게 글을 쓰게 합니다")
    parser.add_argument("run", metavar="RUN_FOLDER", help=say(en="the folder of a run", ko="실행 폴더"))
    parser.add_argument("--prompt", default="", help=say(en="how the text begins", ko="글의 시작"))
    parser.add_argument(
        "--tokens", type=int, default=200, help=say(en="how many tokens to write (200)", ko="쓸 토큰 수 (200)")
    )
    parser.add_argument(
        "--temperature",
        type=float,
        default=0.8,
        help=say(
            en="0 takes the likeliest, more is wilder (0.8)", ko="0이면 가장 그럴듯한 것만, 클수록 제멋대로 (0.8)"
        ),
    )
    parser.add_argument(
        "--top-k", type=int, help=say(en="draw among the k likeliest", ko="가장 그럴듯한 k개 가운데 뽑음")
    )
    parser.add_argument(
        "--top-p", type=float, help=say(en="draw among the likeliest that hold p", ko="확률의 합이 p인 것 가운데 뽑음")
    )
    parser.add_argument("--seed", type=int, help=say(en="same seed, same text", ko="시드가 같으면 글도 같음"))


def _export(commands: Any) -> None:
    parser = add_command(
        commands,
        "export",
        en="write a design as PyTorch code, or a trained run as a Hugging Face folder",
        ko="설계를 PyTorch 코드로, 학습한 실행을 Hugging Face 폴더로 씁니다",
    )
    parser.add_argument(
        "source",
        metavar="RUN_OR_DESIGN",
        help=say(en="a run's folder, a saved design, or a preset", ko="실행 폴더, 저장된 설계, 또는 프리셋"),
    )
    parser.add_argument(
        "--code",
        metavar="FILE.py",
        help=say(en="write the model as one PyTorch file", ko="모델을 PyTorch 파일 하나로 씀"),
    )
    parser.add_argument(
        "--huggingface",
        metavar="FOLDER",
        help=say(en="write a folder that transformers loads", ko="transformers가 읽는 폴더로 씀"),
    )
    parser.add_argument(
        "--overwrite", action="store_true", help=say(en="replace what is there", ko="이미 있는 것을 바꿔 씀")
    )


def _check(commands: Any) -> None:
    parser = add_command(
        commands,
        "check",
        en="problems, shapes, counts and costs of a saved design; exit status 0 if it can be built, else 1",
        ko="저장된 설계의 문제, 모양, 파라미터 수, 계산량과 메모리. 만들 수 있으면 종료 상태 0, 아니면 1",
    )
    parser.add_argument("file", metavar="FILE", help=say(en="a saved design, *.slm.json", ko="저장된 설계, *.slm.json"))
    parser.add_argument(
        "--memory",
        metavar="SIZE",
        help=say(en='does it train in so much memory? "16GB"', ko='이만한 메모리에서 학습할 수 있을까요? "16GB"'),
    )
    parser.add_argument(
        "--batch-size", type=int, default=1, help=say(en="texts read at once (1)", ko="한 번에 읽는 글의 수 (1)")
    )
    parser.add_argument(
        "--context",
        type=int,
        metavar="TOKENS",
        help=say(en="the length of each text (the design's longest)", ko="글의 길이 (설계가 읽는 가장 긴 길이)"),
    )
    parser.add_argument(
        "--precision",
        choices=["fp32", "bf16"],
        default="fp32",
        help=say(
            en="bf16: train under autocast, activations are smaller",
            ko="bf16: 자동 혼합 정밀도로 학습, 활성값이 작아짐",
        ),
    )
