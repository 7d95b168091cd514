"""Settings of a training as they are typed: the most used by name, every other with ``--set``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, NamedTuple

from slm_widgets.errors import ConfigError
from slm_widgets.language import Text, say


class _Option(NamedTuple):
    """An option for a field of TrainConfig, which is not imported here: help must answer at once."""

    field: str
    type: type
    help: Text


OPTIONS = {
    "--steps": _Option("max_steps", int, Text(en="how often the weights are changed", ko="가중치를 바꾸는 횟수")),
    "--epochs": _Option("epochs", float, Text(en="how often the text is read", ko="글 전체를 읽는 횟수")),
    "--minutes": _Option("max_minutes", float, Text(en="how long it may train", ko="학습할 수 있는 시간(분)")),
    "--batch-size": _Option("batch_size", int, Text(en="windows of text per step", ko="한 스텝에 읽는 글 조각의 수")),
    "--grad-accumulation": _Option(
        "grad_accumulation", int, Text(en="batches added up for one step", ko="한 스텝에 더하는 배치의 수")
    ),
    "--optimizer": _Option("optimizer", str, Text(en="AdamW, Adam, SGD or Muon", ko="AdamW, Adam, SGD, Muon 중 하나")),
    "--lr": _Option("lr", float, Text(en="the learning rate", ko="학습률")),
    "--schedule": _Option(
        "schedule",
        str,
        Text(
            en="how the learning rate goes on: cosine, linear, constant, noam or wsd",
            ko="학습률 스케줄: cosine, linear, constant, noam, wsd 중 하나",
        ),
    ),
    "--dropout": _Option(
        "dropout", float, Text(en="in place of every dropout of the design", ko="설계의 모든 드롭아웃을 바꿀 값")
    ),
    "--eval-every": _Option(
        "eval_every", int, Text(en="steps between two looks at the validation loss", ko="검증 손실을 재는 간격(스텝)")
    ),
    "--checkpoint-every": _Option(
        "checkpoint_every",
        int,
        Text(en="steps between two checkpoints (else by itself)", ko="체크포인트 간격(스텝, 주지 않으면 자동)"),
    ),
    "--patience": _Option(
        "patience",
        int,
        Text(en="ends after so many evaluations without a better one", ko="이 횟수만큼 나아지지 않으면 일찍 끝냄"),
    ),
    "--seed": _Option("seed", int, Text(en="same seed, same training", ko="시드가 같으면 학습도 같음")),
    "--device": _Option("device", str, Text(en="auto, cpu, cuda or mps", ko="auto, cpu, cuda, mps 중 하나")),
    "--precision": _Option("precision", str, Text(en="auto, fp32, bf16 or fp16", ko="auto, fp32, bf16, fp16 중 하나")),
    "--compile": _Option("compile", str, Text(en="auto, on or off", ko="auto, on, off 중 하나")),
}


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Adds the options for settings to a subcommand."""
    group = parser.add_argument_group(
        say(en="settings (left out: as the design or the run has them)", ko="설정 (빼면 설계나 실행에 있는 대로)")
    )
    for name, option in OPTIONS.items():
        kind = {int: "N", float: "X", str: "NAME"}[option.type]
        group.add_argument(name, dest=option.field, type=option.type, metavar=kind, help=str(option.help))
    group.add_argument(
        "--set",
        dest="others",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=say(
            en='any field of TrainConfig, as often as you like: --set warmup_steps=200 --set "betas=[0.9, 0.99]"',
            ko='TrainConfig의 아무 필드나 여러 번: --set warmup_steps=200 --set "betas=[0.9, 0.99]"',
        ),
    )


def read_settings(arguments: argparse.Namespace) -> dict[str, Any]:
    """All that was typed; a field with a name of its own wins over the same one in ``--set``.

    Raises:
        ConfigError: for a ``--set`` that sets nothing.
    """
    typed = {option.field: getattr(arguments, option.field) for option in OPTIONS.values()}
    named = {field: value for field, value in typed.items() if value is not None}
    return {**dict(map(_read_pair, arguments.others)), **named}


def with_file(file: str | None, typed: dict[str, Any]) -> dict[str, Any]:
    """The settings of a file and what was typed, which wins; what does not go with that stays out.

    Raises:
        ConfigError: for a file that cannot be read or holds no settings.
    """
    if file is None:
        return typed
    from slm_widgets.training.overlay import OF_THE_OPTIMIZER, WORK  # torch with it, which --help need not wait for

    settings = _read_file(Path(file).expanduser())
    left_out: set[str] = set()
    if "optimizer" in typed and typed["optimizer"] != settings.get("optimizer"):
        left_out.update(OF_THE_OPTIMIZER)
    if typed.keys() & set(WORK):  # minutes are a limit beside the file's steps
        left_out.update(WORK)
    return {**{name: value for name, value in settings.items() if name not in left_out}, **typed}


def _read_pair(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    name = name.strip().replace("-", "_")
    if not equals or not name:
        raise ConfigError(
            say(
                en=f"--set {text} sets nothing. Write --set NAME=VALUE, such as --set warmup_steps=200.",
                ko=f"--set {text}(으)로는 아무것도 정해지지 않습니다. --set warmup_steps=200처럼 --set 이름=값으로 쓰세요.",
            ),
            field="set",
        )
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError):
        return name, value  # a word: --set optimizer=Muon


def _read_file(path: Path) -> dict[str, Any]:
    try:
        settings = json.loads(path.read_text(encoding="utf-8-sig"))
        if not isinstance(settings, dict):
            raise ValueError(f"a {type(settings).__name__}, not an object")
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(
            say(
                en=f'The settings in {path} cannot be read: {reason}. Give a JSON file such as {{"max_steps": 500, "lr": 0.002}}.',
                ko=f'{path}의 설정을 읽을 수 없습니다: {reason}. {{"max_steps": 500, "lr": 0.002}} 같은 JSON 파일을 주세요.',
            ),
            field="config",
        ) from error
    return settings
