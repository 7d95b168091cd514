"""What can be typed about runs: to train them, go on with them, list them, and see them in MLflow."""

from __future__ import annotations

import argparse
from typing import Any

from slm_widgets.cli.settings import add_settings
from slm_widgets.cli.subcommand import add_command
from slm_widgets.language import say


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Where a new run is kept."""
    parser.add_argument("--name", help=say(en="the run's name", ko="실행의 이름"))
    parser.add_argument(
        "--folder",
        help=say(
            en="where to keep the run (default: a new folder in slm_runs)",
            ko="실행을 둘 폴더 (기본: slm_runs 안에 새로)",
        ),
    )
    _add_no_track(parser)


def _add_no_track(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--no-track", action="store_true", help=say(en="do not write to MLflow", ko="MLflow에 기록하지 않음")
    )


def add_train(commands: Any) -> None:
    """A new run."""
    parser = add_command(commands, "train", en="train a design on a text", ko="설계를 글로 학습합니다")
    design = parser.add_mutually_exclusive_group()
    design.add_argument(
        "--preset",
        metavar="NAME",
        help=say(en="a ready design (default: gpt2-nano)", ko="준비된 설계 (기본: gpt2-nano)"),
    )
    design.add_argument(
        "--stack", metavar="FILE", help=say(en="a saved design, *.slm.json", ko="저장된 설계, *.slm.json")
    )
    parser.add_argument(
        "--corpus",
        metavar="NAME_OR_FILE",
        help=say(
            en="a built-in text or a file in UTF-8 (default: tiny-tales-en)",
            ko="내장된 글 또는 UTF-8 파일 (기본: tiny-tales-ko)",
        ),
    )
    parser.add_argument(
        "--tokenizer",
        default="char",
        help=say(en="char, byte, gpt2, or a folder of one", ko="char, byte, gpt2 또는 토크나이저 폴더"),
    )
    parser.add_argument(
        "--config",
        metavar="FILE.json",
        help=say(
            en="settings, fields of TrainConfig; what is typed wins", ko="TrainConfig의 설정. 직접 준 옵션이 우선"
        ),
    )
    add_run_options(parser)
    add_settings(parser)


def add_resume(commands: Any) -> None:
    """A run that goes on."""
    parser = add_command(
        commands,
        "resume",
        en="go on with a run that was stopped, failed or killed, in the same folder; settings change it from here on",
        ko="멈췄거나 실패했거나 강제로 끝난 실행을 같은 폴더에서 이어 갑니다. 설정을 주면 여기서부터 바뀝니다",
    )
    parser.add_argument("run", metavar="RUN_FOLDER", help=say(en="the folder of a run", ko="실행 폴더"))
    _add_no_track(parser)
    add_settings(parser)


def add_runs(commands: Any) -> None:
    """The runs on disk."""
    parser = add_command(commands, "runs", en="list the runs on disk", ko="디스크에 있는 실행을 나열합니다")
    parser.add_argument(
        "--folder", help=say(en="where they lie (default: slm_runs)", ko="실행이 있는 폴더 (기본: slm_runs)")
    )


def add_mlflow(commands: Any) -> None:
    """MLflow's pages."""
    parser = add_command(
        commands,
        "mlflow",
        en="open MLflow's pages on this machine, until Ctrl-C",
        ko="이 컴퓨터에서 MLflow 화면을 엽니다. Ctrl-C로 끝냅니다",
    )
    parser.add_argument(
        "run",
        nargs="?",
        metavar="RUN_FOLDER",
        help=say(en="open them at this run", ko="이 실행의 화면을 엶"),
    )


def add_deliver(commands: Any) -> None:
    """What MLflow did not get."""
    parser = add_command(
        commands,
        "deliver",
        en="send MLflow what waits on disk because it was away or a training was killed",
        ko="MLflow가 없었거나 학습이 강제로 끝나 디스크에 남은 기록을 MLflow에 보냅니다",
    )
    parser.add_argument(
        "folder",
        nargs="?",
        metavar="FOLDER",
        help=say(
            en="a run, or a folder of runs (default: slm_runs)", ko="실행, 또는 실행이 있는 폴더 (기본: slm_runs)"
        ),
    )
